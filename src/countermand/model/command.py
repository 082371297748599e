"""What can be asked of an order. One dataclass per command; the engine decides each (`countermand.engine`).

`executed_by` is the key that carries it out, for the event; empty where nobody but the vendor's own account could.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from countermand.model.order import Hold, Lease, Line, Order, Payment, Shipment, TaxTotal


class Selector(Struct, frozen=True, kw_only=True):
    """Names a line by one or more of its `Line.names`, all of which must be equal, and perhaps a part of its quantity.

    Without a quantity it takes all of every line that matches; with one it must match exactly one line.
    `pointer` is where the caller wrote it, for error messages (`items[0]`).
    """

    names: Mapping[str, str]
    quantity_milli: int | None = None
    pointer: str = ""

    def matches(self, line: Line) -> bool:
        """Whether the line has each of these names, to the code point."""
        return all(line.names.get(name) == value for name, value in self.names.items())


class Actors(Struct, frozen=True, kw_only=True):
    """Who asked, who carried it out, and who is at fault: three facts that are often three parties."""

    requested_by: str = ""
    executed_by: str = ""
    attributed_to: str = ""


class Amount(Struct, frozen=True, kw_only=True):
    """An amount stated by the caller instead of the one that follows from the lines.

    `taxes` None: split as the lines would have it.
    """

    price_minor: int
    currency: str
    taxes: tuple[TaxTotal, ...] | None = None


class Refund(StrEnum):
    """Where the money goes."""

    ORIGINAL = "original"  # back to the tenders it came from
    STORE_CREDIT = "store_credit"  # what was captured becomes credit; what was only authorised is voided
    NONE = "none"  # nowhere: the units are cancelled and the money stays


class Charges(StrEnum):
    """What becomes of lines that are no goods: shipping and the like."""

    AUTO = "auto"  # cancelled with the last of the goods, if nothing has left
    CANCEL = "cancel"
    KEEP = "keep"


class Cancel(Struct, frozen=True, kw_only=True):
    """Cancel everything that is open (`selectors` None), or the selected units. All or nothing.

    `action` is looked up in `Lifecycle.allowed`: a dialect with two doors to cancelling gives each its own word.
    `restock` False: the units are not put back on sale, and their reservation ends as a loss (`data.restock` of the event).
    `waits`: the caller can be answered "later", so the cancel may wait for approval or for `effective_at`. `agreed_by` is who
    approved it, `agreed_key` with which key; `due` says that its time has come.
    """

    cancellation_id: str
    selectors: tuple[Selector, ...] | None = None
    action: str = "cancel"
    reason: str = "other"
    note: str = ""
    message: str = ""
    actors: Actors = field(default_factory=Actors)
    amount: Amount | None = None
    operation_id: str | None = None
    expected_version: int | None = None
    refund: Refund = Refund.ORIGINAL
    charges: Charges = Charges.AUTO
    restock: bool = True
    notify: bool = True
    effective_at: datetime | None = None
    waits: bool = False
    agreed_by: str = ""
    agreed_key: str = ""
    due: bool = False


class Ship(Struct, frozen=True, kw_only=True):
    """Everything that is open, or the selected units, leave with `shipment`.

    `happened`: this is a report of what has happened, so it is never refused for what it contradicts; what it contradicts
    becomes a conflict.
    """

    shipment: Shipment
    selectors: tuple[Selector, ...] | None = None
    action: str = "ship"
    happened: bool = False
    executed_by: str = ""


class Deliver(Struct, frozen=True, kw_only=True):
    """Everything not yet delivered, or the selected units, arrived. Open units may arrive without having been shipped."""

    shipment: Shipment | None = None
    selectors: tuple[Selector, ...] | None = None
    action: str = "deliver"
    #: Whether units that nobody reported as shipped may arrive as well.
    unshipped: bool = True
    executed_by: str = ""


class Return(Struct, frozen=True, kw_only=True):
    """Everything that left, or the selected units, came back. No units and an `amount`: money only."""

    selectors: tuple[Selector, ...] | None = None
    amount: Amount | None = None
    action: str = "return"
    executed_by: str = ""


class Reopen(Struct, frozen=True, kw_only=True):
    """The units of a shipment that was called off become open again, and are reserved again."""

    shipment_id: str
    action: str = "reopen"
    executed_by: str = ""


class Move(Struct, frozen=True, kw_only=True):
    """Take a legal move of the lifecycle table. `payments` and `facts` replace the order's when given."""

    action: str
    payments: tuple[Payment, ...] | None = None
    facts: bytes | None = None
    reason: str = ""
    #: Whoever gives one gets a cancellation when the move cancels the order.
    cancellation_id: str | None = None
    by: str = ""


class Amend(Struct, frozen=True, kw_only=True):
    """Replace members of the order, each None left alone. What may be amended when is the dialect's to say, in its plan."""

    facts: bytes | None = None
    lines: tuple[Line, ...] | None = None
    total_minor: int | None = None
    taxes: tuple[TaxTotal, ...] | None = None
    currency: str | None = None
    payments: tuple[Payment, ...] | None = None
    aliases: Mapping[str, str] | None = None
    #: The word in the event log: `facts.amended` becomes `facts.<what>`.
    what: str = "amended"


class Place(Struct, frozen=True, kw_only=True):
    """A new order, complete as its dialect made it. Reservations are what its lines say in `reserved_milli`."""

    order: Order
    executed_by: str = ""


class PutHold(Struct, frozen=True, kw_only=True):
    """Nothing of the order may leave until the hold is lifted."""

    hold: Hold


class LiftHold(Struct, frozen=True, kw_only=True):
    """The hold is over. One that is over already stays so."""

    hold_id: str
    lifted_by: str = ""


class TakeLease(Struct, frozen=True, kw_only=True):
    """Fulfilment is about to pick. The same holder may take its lease again, to keep it longer."""

    lease: Lease
    executed_by: str = ""


class DropLease(Struct, frozen=True, kw_only=True):
    """The lease is over before its time. One that is over already stays so."""

    lease_id: str
    executed_by: str = ""


class PaymentStep(StrEnum):
    """What happened to money."""

    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"
    REFUNDED = "refunded"


class ReportPayment(Struct, frozen=True, kw_only=True):
    """Something happened to the money of one tender. Never refused: it has happened."""

    payment_id: str
    step: PaymentStep
    amount_minor: int
    method: str = ""
    obligation_id: str | None = None
    executed_by: str = ""


class Closing(StrEnum):
    """How an obligation comes to its end, or goes on."""

    SETTLE = "settle"
    FAIL = "fail"  # one more attempt that came to nothing
    PARK = "park"
    RETRY = "retry"
    WAIVE = "waive"


class Close(Struct, frozen=True, kw_only=True):
    """What became of an obligation, or what shall become of it, with the name of whoever says so."""

    obligation_id: str
    how: Closing
    by: str
    because: str = ""
    retry_at: datetime | None = None
    executed_by: str = ""


class Answer(StrEnum):
    """How a pending cancellation ends without taking effect."""

    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    FAIL = "fail"


class Dismiss(Struct, frozen=True, kw_only=True):
    """A pending cancellation will not take effect."""

    cancellation_id: str
    how: Answer
    by: str
    because: str = ""
    executed_by: str = ""


class Restore(Struct, frozen=True, kw_only=True):
    """Undo an effective cancellation. `in_part`: even though some of what it did outside can't be undone."""

    cancellation_id: str
    by: str
    because: str = ""
    in_part: bool = False
    executed_by: str = ""


Command = (
    Cancel
    | Ship
    | Deliver
    | Return
    | Reopen
    | Move
    | Amend
    | Place
    | PutHold
    | LiftHold
    | TakeLease
    | DropLease
    | ReportPayment
    | Close
    | Dismiss
    | Restore
)
