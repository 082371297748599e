"""The shapes of answers about bulk cancellations and figures, for the OpenAPI document; a test holds them to what is sent."""

from datetime import datetime

from countermand.dialects.native.bulktypes import BulkFilter, BulkStop
from countermand.dialects.native.shapes import Shape
from countermand.model.bulk import BulkAction, BulkState


class BulkCounts(Shape):
    """How many orders are in it, how many were tried, and what became of these."""

    selected: int
    tried: int
    cancelled: int
    pending: int
    unchanged: int
    refused: int


class BulkShown(Shape):
    """A bulk cancellation."""

    id: str
    state: BulkState
    dialect: str
    dry_run: bool
    cancellation: dict[str, object]
    filter: BulkFilter | None
    stop: BulkStop | None
    counts: BulkCounts
    allowed_actions: list[BulkAction]
    created_at: datetime
    created_by: str
    approved_by: str | None
    changed_at: datetime | None
    changed_by: str | None
    finished_at: datetime | None


class BulkPage(Shape):
    """Bulk cancellations, newest first."""

    items: list[BulkShown]
    next_page_token: str | None = None


class BulkItem(Shape):
    """One order of a bulk: `waiting`, or what became of it."""

    order_id: str
    outcome: str
    code: str | None = None
    order_status: str | None = None
    cancellation_id: str | None = None


class BulkItemPage(Shape):
    """Orders of a bulk in the order of its selection. A page may be short or empty while there is a next one."""

    items: list[BulkItem]
    next_page_token: str | None = None


class CancellationGroup(Shape):
    """Cancellations of one group in one currency. Of the members by which may be counted it has those that were asked for.

    `amount` left the totals of the orders, `fees` stayed in them. `age` is where a class of ages begins, in seconds after
    placement; `status` the word of the dialect's lifecycle.
    """

    count: int
    whole: int
    amount: int
    fees: int
    currency: str
    bucket: datetime | None = None
    dialect: str | None = None
    reason: str | None = None
    cause: str | None = None
    age: int | None = None
    stage: str | None = None
    status: str | None = None


class RefusalGroup(Shape):
    """How often cancelling was refused with one code."""

    dialect: str
    code: str
    count: int


class RefusalsShown(Shape):
    """Refusals, and their share of all that was decided; null when there was nothing."""

    count: int
    rate: float | None
    items: list[RefusalGroup]


class SettlingGroup(Shape):
    """Obligations of one kind: how many, how many are over, and how long that took in seconds."""

    kind: str
    count: int
    over: int
    mean_s: float | None
    longest_s: float | None


class LatenessGroup(Shape):
    """How long after placement cancels were asked for, by the stage in which they found the order, in seconds.

    Half of them came within `median_s`, nine tenths within `p90_s`.
    """

    stage: str
    count: int
    mean_s: float
    median_s: float
    p90_s: float
    longest_s: float


class CostGroup(Shape):
    """Money that cancels for one reason give back by one kind of obligation: settled, still owed, waived."""

    reason: str
    kind: str
    currency: str
    count: int
    settled: int
    open: int
    waived: int


class FiguresShown(Shape):
    """Figures about cancellations in a period."""

    items: list[CancellationGroup]
    cancellations: int
    refusals: RefusalsShown
    settling: list[SettlingGroup]
    lateness: list[LatenessGroup]
    costs: list[CostGroup]


class OrdersGroup(Shape):
    """Orders placed, and what became of them: `cancelled` stand in a cancelled status now, of `partly_cancelled` a part was.

    Rates are shares of `placed`; null when there was none. Of `bucket` and `dialect` it has what was asked for.
    """

    placed: int
    cancelled: int
    partly_cancelled: int
    rate: float | None
    partly_rate: float | None
    bucket: datetime | None = None
    dialect: str | None = None


class OrderFiguresShown(Shape):
    """How many of the orders placed in a period were cancelled."""

    items: list[OrdersGroup]
    placed: int
    cancelled: int
    partly_cancelled: int
    rate: float | None
    partly_rate: float | None
