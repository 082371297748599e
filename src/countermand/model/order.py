"""Orders, lines and portions.

A line is bought once and then falls apart: part is shipped, part is cancelled, part stays open. Each such part is a
portion with its own quantity, price and tax, split off the portion it came from. The portions of a line always add up
to what was ordered; that is the frozen price basis on which partial cancels are computed.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from countermand.model.keys import OrderKey

#: A quantity of one unit. Quantities have at most three decimals, so they are integers in thousandths.
UNIT_MILLI = 1000


class PortionState(StrEnum):
    """Where the units of a portion are. OPEN ones can still be cancelled."""

    OPEN = "open"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Portion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Some units of a line that share one fate. Price and tax are of the whole portion; the price includes the tax."""

    state: PortionState
    quantity_milli: int
    price_minor: int = 0
    tax_minor: int = 0
    #: The shipment (a parcel, a rental) that carries these units, once they left OPEN by being shipped.
    shipment_id: str | None = None


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of an order.

    `names` are the identifiers by which a caller may select the line, each in the dialect's own spelling of the key
    (`line_id`, `sku`, `ean`, ...); selection compares code points, nothing else. `reserved_milli` is how many of the open
    units are held in stock for this order.
    """

    line_id: str
    sku: str
    portions: tuple[Portion, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    tax_rate_milli: int | None = None
    reserved_milli: int = 0
    charge: str = ""

    def quantity_milli(self, *states: PortionState) -> int:
        """Units in any of these states; of all states when none is given."""
        total = 0
        for portion in self.portions:
            if not states or portion.state in states:
                total += portion.quantity_milli
        return total

    @property
    def open(self) -> Portion | None:
        """The one open portion of the line, if any is left."""
        for portion in self.portions:
            if portion.state is PortionState.OPEN:
                return portion
        return None


class TaxTotal(Struct, frozen=True, kw_only=True):
    """Tax of an order at one rate. The rate is in thousandths of a percent: 21 % is 21000."""

    rate_milli: int
    amount_minor: int


class Shipment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How some units left: a parcel with its carrier, or a rental with its device."""

    shipment_id: str
    carrier: str | None = None
    tracking: str | None = None
    shipped_on: str | None = None
    delivered_on: str | None = None


class Payment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Money of one tender. `authorised`, `captured` and `refunded` are running totals in minor units.

    `voiding` and `refunding` are what open obligations have promised to give back, so that nothing is promised twice;
    `released` is what was voided of the authorisation.
    """

    payment_id: str
    method: str = ""
    authorised_minor: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0
    voided: bool = False
    released_minor: int = 0
    voiding_minor: int = 0
    refunding_minor: int = 0


class Hold(Struct, frozen=True, kw_only=True):
    """Why nothing of the order may leave for now. Cancelling stays possible."""

    hold_id: str
    reason: str
    placed_by: str
    placed_at: datetime


class Lease(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The stop-ship lease: fulfilment is about to pick these lines (none named: all), and until then a cancel must wait."""

    lease_id: str
    holder: str
    taken_at: datetime
    expires_at: datetime
    line_ids: tuple[str, ...] = ()


class Tie(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something outside that hangs on the order and must be undone or told when it is cancelled.

    `kind` becomes the obligation's: `coupon`, `credit_note`, `message`, `carrier_label`, `vendor_cancellation`.
    `whole_only`: only when nothing of the order is left.
    """

    kind: str
    reference: str
    whole_only: bool = False
    data: Mapping[str, str] = field(default_factory=dict)


class ConflictKind(StrEnum):
    """What was learnt too late. Each has a default remedy (`countermand.engine.truth`)."""

    SHIPPED_AFTER_CANCEL = "shipped_after_cancel"
    SHIPPED_WHILE_HELD = "shipped_while_held"
    PAID_AFTER_CANCEL = "paid_after_cancel"
    CAPTURED_AFTER_VOID = "captured_after_void"
    REFUNDED_ELSEWHERE = "refunded_elsewhere"


class ConflictState(StrEnum):
    """Whether a conflict still has to be put right."""

    OPEN = "open"
    RESOLVED = "resolved"  # its remedy was carried out
    WAIVED = "waived"  # somebody decided that it may stay as it is


class Conflict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One late truth. `remedy` is the kind of the obligation that puts it right, and ends when that does (`closed_at`)."""

    conflict_id: str
    kind: ConflictKind
    detected_at: datetime
    remedy: str = ""
    amount_minor: int = 0
    line_ids: tuple[str, ...] = ()
    payment_id: str = ""
    state: ConflictState = ConflictState.OPEN
    closed_at: datetime | None = None


class Order(Struct, frozen=True):
    """One order as it stands now. Made by naming its members; only the stores, whose rows have their order, count on it.

    `status` is a word of its dialect's lifecycle for `kind`. `total_minor` and `taxes` are what the customer still owes or
    has paid for what is neither cancelled nor returned. `facts` is the vendor's own JSON, read by its dialect only.
    `facets` are the values by which lists filter and sort it; `aliases` its other names (see `AliasKey`).
    `version` goes up by one with every event, `sequence` is the number of the latest.
    """

    tenant: str
    dialect: str
    order_id: str
    status: str
    placed_at: datetime
    updated_at: datetime
    kind: str = "order"
    version: int = 1
    sequence: int = 0
    facts: bytes = b"{}"
    account: str = ""
    currency: str = ""
    lines: tuple[Line, ...] = ()
    total_minor: int = 0
    taxes: tuple[TaxTotal, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    payments: tuple[Payment, ...] = ()
    cancelled_at: datetime | None = None
    facets: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    holds: tuple[Hold, ...] = ()
    leases: tuple[Lease, ...] = ()
    ties: tuple[Tie, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    pending: str = ""
    #: Fees of cancels: the part of the total that belongs to no unit.
    kept_minor: int = 0

    @property
    def key(self) -> OrderKey:
        return OrderKey(self.tenant, self.dialect, self.order_id)

    def quantity_milli(self, *states: PortionState) -> int:
        """Units of all lines in any of these states; all units when none is given."""
        return sum([line.quantity_milli(*states) for line in self.lines])
