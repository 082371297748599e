"""What happened to an order. Append-only, one sequence per order, enough to rebuild the row from the placed order.

Types: exactly one of `order.cancelled` (every unit is now cancelled) and `order.lines_cancelled` (part is) per effective
cancel, and no other type that begins with `order.` but `order.restored`; `lifecycle.placed`, `lifecycle.moved`,
`units.shipped`, `units.delivered`, `units.returned`, `units.reopened`, `facts.<what>`, `cancellation.<what>`,
`obligation.<what>`, `payment.<what>`, `hold.<what>`, `lease.<what>`. docs/reference/events.md says what each carries.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from countermand.model.order import Conflict, Hold, Lease, Line, Payment, PortionState, Shipment, TaxTotal


class Taking(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Units taken out of one portion of a line and given another state, with the price and tax that go with them.

    `portion` is the index in `Line.portions` at the moment of the taking; takings of one event apply in order.
    """

    line_id: str
    sku: str
    portion: int
    state: PortionState
    quantity_milli: int
    price_minor: int
    tax_minor: int
    released_milli: int = 0


class Amendment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Members of the order that were replaced; None left alone."""

    facts: bytes | None = None
    lines: tuple[Line, ...] | None = None
    total_minor: int | None = None
    taxes: tuple[TaxTotal, ...] | None = None
    currency: str | None = None
    payments: tuple[Payment, ...] | None = None
    aliases: Mapping[str, str] | None = None
    holds: tuple[Hold, ...] | None = None
    leases: tuple[Lease, ...] | None = None
    conflicts: tuple[Conflict, ...] | None = None
    pending: str | None = None


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry. `status` is the order's afterwards; `amount_minor` and `taxes` are what left its totals."""

    type: str
    at: datetime
    status: str
    takings: tuple[Taking, ...] = ()
    amount_minor: int = 0
    taxes: tuple[TaxTotal, ...] = ()
    currency: str = ""
    cancellation_id: str | None = None
    shipment: Shipment | None = None
    amendment: Amendment | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    sequence: int = 0
