"""Figures about cancellations: how many, why, whose fault, how late, what they cost, how often refused, how long until nothing
was owed any more, and what still is; and about orders: how many of those placed were cancelled.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

#: Where the classes of age begin, in seconds after placement: at once, ten minutes, an hour, six, a day, three, a week, 30 days.
AGES_S: Final = (0, 600, 3_600, 21_600, 86_400, 259_200, 604_800, 2_592_000)


class By(StrEnum):
    """By what cancellations may be counted. An age is that of the order, a status the one that it was in."""

    BUCKET = "bucket"
    DIALECT = "dialect"
    REASON = "reason"
    CAUSE = "cause"
    AGE = "age"
    STAGE = "stage"
    STATUS = "status"


class Survey(Struct, frozen=True, kw_only=True):
    """Effective cancellations of one tenant from an instant until before another, counted by `by`.

    `bucket_s` is the width of a bucket of time; buckets begin at multiples of it since 1970 in UTC.
    """

    tenant: str
    from_at: datetime
    until_at: datetime
    by: tuple[By, ...] = ()
    bucket_s: int = 86_400
    dialect: str | None = None


class CancellationFigure(Struct, frozen=True, kw_only=True):
    """One group, per currency. Members by which was not counted are empty. `age_s` is where its class begins."""

    count: int
    whole: int
    amount_minor: int
    currency: str
    fees_minor: int = 0
    bucket: datetime | None = None
    dialect: str = ""
    reason: str = ""
    cause: str = ""
    age_s: int = 0
    stage: str = ""
    status: str = ""


class LatenessFigure(Struct, frozen=True, kw_only=True):
    """How old the orders were whose cancel came in one stage of their life, from placement until it was asked for."""

    stage: str
    count: int
    mean_s: float
    median_s: float
    p90_s: float
    longest_s: float


class CostFigure(Struct, frozen=True, kw_only=True):
    """Money that cancels for one reason give back in one way: what was settled, what is still owed, what was waived."""

    reason: str
    kind: str
    currency: str
    count: int
    settled_minor: int
    open_minor: int
    waived_minor: int


class RefusalFigure(Struct, frozen=True, kw_only=True):
    """How often cancelling was refused with one code at one dialect."""

    dialect: str
    code: str
    count: int


class SettlingFigure(Struct, frozen=True, kw_only=True):
    """What became of one kind of obligation. Times are from the decision until the obligation was over."""

    kind: str
    count: int
    over: int
    mean_s: float | None
    longest_s: float | None


class Figures(Struct, frozen=True, kw_only=True):
    """The answer to a survey."""

    cancellations: tuple[CancellationFigure, ...] = ()
    refusals: tuple[RefusalFigure, ...] = ()
    settling: tuple[SettlingFigure, ...] = ()
    lateness: tuple[LatenessFigure, ...] = ()
    costs: tuple[CostFigure, ...] = ()


class Cohort(Struct, frozen=True, kw_only=True):
    """Orders of one kind of one dialect, and the statuses in which its lifecycle calls them cancelled."""

    dialect: str
    kind: str
    cancelled: tuple[str, ...]


class CohortSurvey(Struct, frozen=True, kw_only=True):
    """The orders of one tenant placed from an instant until before another, and how many of them were cancelled since.

    `bucket_s` None: the period as a whole.
    """

    tenant: str
    from_at: datetime
    until_at: datetime
    cohorts: tuple[Cohort, ...]
    bucket_s: int | None = None


class CohortFigure(Struct, frozen=True, kw_only=True):
    """Orders of one dialect placed in one bucket: how many, how many of them are cancelled, and how many in part."""

    dialect: str
    placed: int
    cancelled: int
    partly: int
    bucket: datetime | None = None


class CohortFigures(Struct, frozen=True, kw_only=True):
    """The answer to a survey of orders."""

    items: tuple[CohortFigure, ...] = ()


class RefusalCount(Struct, frozen=True, kw_only=True):
    """Refusals of one kind in one hour, to be added to what is known of it."""

    tenant: str
    dialect: str
    hour: datetime
    code: str
    count: int


class Unsettled(Struct, frozen=True, kw_only=True):
    """What is owed of one kind and not settled yet, of every tenant together. `state` is open, or parked for a person.

    `conflict`: these put conflicts right, one each. `count` stops where the store stops counting.
    """

    dialect: str
    kind: str
    state: str
    conflict: bool
    count: int
    oldest_at: datetime
