"""Figures about cancellations: how many, why, whose fault, how often refused, how long until nothing was owed any more; and
what is still owed.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class By(StrEnum):
    """By what cancellations may be counted."""

    BUCKET = "bucket"
    DIALECT = "dialect"
    REASON = "reason"
    CAUSE = "cause"


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
    """One group, per currency. Members by which was not counted are empty."""

    count: int
    whole: int
    amount_minor: int
    currency: str
    bucket: datetime | None = None
    dialect: str = ""
    reason: str = ""
    cause: str = ""


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
