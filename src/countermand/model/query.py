"""What can be read. A query is a value; the store answers it from an index (`countermand.store.port`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Generic, TypeVar

from msgspec import Struct, field

from countermand.model.event import Event
from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation
from countermand.model.order import Order
from countermand.model.outcome import Cancellation, CancellationState
from countermand.model.record import Record
from countermand.model.survey import CohortFigures, CohortSurvey, Figures, Survey

#: The facet of which rows are counted as they come and go: one word for everything that a numbered list filters by.
GROUP: Final = "#"

#: The facet that says which others are joined, so that lists filtered by one and sorted by another are read in order.
JOINED: Final = "&"

Item = TypeVar("Item")


class Listing(Struct, frozen=True, kw_only=True):
    """A page of orders or records in a total order: by `sort`, ties by id.

    `sort` is `placed_at` (`created_at` for records), `id`, or the name of a facet. `facets` must all be equal. `after` is
    the cursor of the last item seen, an id; an id that is unknown starts at the beginning. `offset` skips rows for dialects
    whose pages have numbers; give one of the two. `count` asks for the number of all rows that match.

    `groups` are values of the facet `GROUP`: rows of one of them, of any when it is empty. Such a list is by time, newest
    first, has no other filters than time, and any page of it with its total is found without looking at those before.

    `joined` is the value of the facet `JOINED` that all rows of such a list have (`countermand.store.joints`). `stretch` bounds
    the facet by which the list is sorted: its values from the first on and before the second.
    """

    sort: str = "placed_at"
    descending: bool = True
    statuses: tuple[str, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)
    from_at: datetime | None = None
    until_at: datetime | None = None
    after: str | None = None
    offset: int = 0
    limit: int | None = None
    count: bool = False
    groups: tuple[str, ...] | None = None
    joined: str = ""
    stretch: tuple[str, str] | None = None


class GetOrder(Struct, frozen=True, kw_only=True):
    """The order, or None. By key, by one of its aliases, or as the parent of a record."""

    key: OrderKey | AliasKey | RecordKey


class ListOrders(Struct, frozen=True, kw_only=True):
    """A `Page` of orders of one tenant and dialect; `kind` None for all kinds."""

    tenant: str
    dialect: str
    kind: str | None = "order"
    listing: Listing = field(default_factory=Listing)


class GetRecord(Struct, frozen=True, kw_only=True):
    """The record, or None."""

    key: RecordKey


class ListRecords(Struct, frozen=True, kw_only=True):
    """A `Page` of records of one kind, perhaps of one order only."""

    tenant: str
    dialect: str
    kind: str
    order_id: str | None = None
    listing: Listing = field(default_factory=Listing)


class ListEvents(Struct, frozen=True, kw_only=True):
    """The events of one order after a sequence number, oldest first."""

    key: OrderKey
    after: int = 0
    limit: int = 100


class GetCancellation(Struct, frozen=True, kw_only=True):
    """The cancellation of an order with its obligations, notices left out; None when there is no such."""

    key: OrderKey
    cancellation_id: str


class ListCancellations(Struct, frozen=True, kw_only=True):
    """A `Page` of cancellations of one order, or of all orders of a tenant (`key` None), newest first unless said otherwise.

    `after` is the id of the last one seen.
    """

    tenant: str
    key: OrderKey | None = None
    states: tuple[CancellationState, ...] = ()
    descending: bool = True
    after: str | None = None
    limit: int = 50


class ListObligations(Struct, frozen=True, kw_only=True):
    """A `Page` of what is or was owed for one order, notices left out, oldest first unless said otherwise. `after` as above."""

    key: OrderKey
    descending: bool = False
    after: str | None = None
    limit: int = 50


Query = (
    GetOrder
    | ListOrders
    | GetRecord
    | ListRecords
    | ListEvents
    | GetCancellation
    | ListCancellations
    | ListObligations
    | Survey
    | CohortSurvey
)


class Page(Struct, Generic[Item], frozen=True, kw_only=True):
    """Some rows, whether more follow, and how many there are in all when that was asked."""

    items: tuple[Item, ...]
    more: bool = False
    total: int | None = None


class Whole(Struct, frozen=True, kw_only=True):
    """A cancellation with everything that is or was owed for it."""

    cancellation: Cancellation
    obligations: tuple[Obligation, ...] = ()


Found = (
    Order
    | Record
    | Whole
    | Figures
    | CohortFigures
    | Page[Order]
    | Page[Record]
    | Page[Event]
    | Page[Cancellation]
    | Page[Obligation]
    | None
)
