"""Bulk cancellations: a frozen selection of orders, what became of each, and where the whole stands.

A bulk is two kinds of documents. `Bulk` says what is asked and how far it is. The selection is cut into chunks, numbered from
0, and a `Chunk` holds the ids of some hundred orders and, once they were tried, what became of each: written in the database
transaction that cancelled them, so a crash leaves a chunk either done or untouched.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace


class BulkState(StrEnum):
    """Where a bulk stands."""

    SELECTING = "selecting"  # the orders that match are being written down
    REQUESTED = "requested"  # it is too large for one pair of eyes
    RUNNING = "running"
    PAUSED = "paused"  # by a person
    STOPPED = "stopped"  # by itself: too many were refused
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"  # nothing more will be cancelled


class BulkAction(StrEnum):
    """What a person may do with one."""

    APPROVE = "approve"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"


#: The legal moves. A pair that is absent is illegal.
MOVES: Final[Mapping[tuple[BulkState, BulkAction], BulkState]] = {
    (BulkState.SELECTING, BulkAction.WITHDRAW): BulkState.WITHDRAWN,
    (BulkState.REQUESTED, BulkAction.APPROVE): BulkState.RUNNING,
    (BulkState.REQUESTED, BulkAction.WITHDRAW): BulkState.WITHDRAWN,
    (BulkState.RUNNING, BulkAction.PAUSE): BulkState.PAUSED,
    (BulkState.RUNNING, BulkAction.WITHDRAW): BulkState.WITHDRAWN,
    (BulkState.PAUSED, BulkAction.RESUME): BulkState.RUNNING,
    (BulkState.PAUSED, BulkAction.WITHDRAW): BulkState.WITHDRAWN,
    (BulkState.STOPPED, BulkAction.RESUME): BulkState.RUNNING,
    (BulkState.STOPPED, BulkAction.WITHDRAW): BulkState.WITHDRAWN,
}

#: States in which a timer drives it.
DRIVEN: Final = frozenset({BulkState.SELECTING, BulkState.RUNNING})


class ItemOutcome(StrEnum):
    """What became of one order."""

    CANCELLED = "cancelled"
    PENDING = "pending"  # a cancellation was made that has no effect yet
    UNCHANGED = "unchanged"  # it was so already
    REFUSED = "refused"


class Item(Struct, frozen=True, kw_only=True):
    """One order and what became of it. `code` is the refusal's."""

    order_id: str
    outcome: ItemOutcome
    code: str = ""
    status: str = ""
    cancellation_id: str = ""


class Chunk(Struct, frozen=True, kw_only=True):
    """Some of the selection. `items` None: not tried yet."""

    order_ids: tuple[str, ...]
    items: tuple[Item, ...] | None = None


class Selection(Struct, frozen=True, kw_only=True):
    """Which orders of the tenant, when not given by id. `placed_until` keeps out those that come later."""

    kind: str = "order"
    statuses: tuple[str, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)
    placed_from: datetime | None = None
    placed_until: datetime | None = None


class Bulk(Struct, frozen=True, kw_only=True):
    """One bulk cancellation. `dialect` is whose orders; `request` the members of a single cancellation, as JSON.

    `refused_max_milli`: stop when more than so many thousandths of the orders tried were refused, once `tried_min` were.
    Both count from the last resume (`tried_before`, `refused_before`).
    """

    bulk_id: str
    dialect: str
    state: BulkState
    request: bytes
    created_at: datetime
    created_by: str
    selection: Selection | None = None
    dry_run: bool = False
    refused_max_milli: int | None = None
    tried_min: int = 100
    #: The last order written down while selecting, and how many there are in how many chunks.
    selected_until: str = ""
    selected: int = 0
    chunks: int = 0
    chunks_done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    tried_before: int = 0
    refused_before: int = 0
    approved_by: str = ""
    changed_at: datetime | None = None
    changed_by: str = ""
    finished_at: datetime | None = None

    @property
    def tried(self) -> int:
        return sum(self.counts.values())

    @property
    def refused(self) -> int:
        return self.counts.get(ItemOutcome.REFUSED, 0)


def moved(bulk: Bulk, state: BulkState, *, now: datetime, by: str = "") -> Bulk:
    """The bulk in another state. From here the error rate counts anew."""
    return replace(
        bulk,
        state=state,
        changed_at=now,
        changed_by=by or bulk.changed_by,
        tried_before=bulk.tried,
        refused_before=bulk.refused,
        finished_at=now if state in {BulkState.COMPLETED, BulkState.WITHDRAWN} else None,
    )


def tallied(bulk: Bulk, items: Iterable[Item], now: datetime) -> Bulk:
    """The bulk after one more chunk: counted, and completed or stopped when that follows."""
    counts = dict(bulk.counts)
    for item in items:
        counts[item.outcome] = counts.get(item.outcome, 0) + 1
    after = replace(bulk, counts=counts, chunks_done=bulk.chunks_done + 1)
    if after.chunks_done == after.chunks:
        return moved(after, BulkState.COMPLETED, now=now)
    return moved(after, BulkState.STOPPED, now=now) if _too_many_refused(after) else after


def _too_many_refused(bulk: Bulk) -> bool:
    tried = bulk.tried - bulk.tried_before
    if bulk.refused_max_milli is None or tried < bulk.tried_min:
        return False
    return (bulk.refused - bulk.refused_before) * 1000 > bulk.refused_max_milli * tried
