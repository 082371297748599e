"""What can be asked of an order. One dataclass per command; the engine decides each (`countermand.engine`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from countermand.model.order import Line, Order, Payment, Shipment, TaxTotal


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Names a line by one or more of its `Line.names`, all of which must be equal, and perhaps a part of its quantity.

    Without a quantity it takes all of every line that matches; with one it must match exactly one line.
    `pointer` is where the caller wrote it, for error messages (`items[0]`).
    """

    names: Mapping[str, str]
    quantity_milli: int | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actors:
    """Who asked, who carried it out, and who is at fault: three facts that are often three parties."""

    requested_by: str = ""
    executed_by: str = ""
    attributed_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """An amount stated by the caller instead of the one that follows from the lines.

    `taxes` None: split as the lines would have it.
    """

    price_minor: int
    currency: str
    taxes: tuple[TaxTotal, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Cancel everything that is open (`selectors` None), or the selected units. All or nothing.

    `action` is looked up in `Lifecycle.allowed`: a dialect with two doors to cancelling gives each its own word.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship:
    """Everything that is open, or the selected units, leave with `shipment`."""

    shipment: Shipment
    selectors: tuple[Selector, ...] | None = None
    action: str = "ship"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """Everything not yet delivered, or the selected units, arrived. Open units may arrive without having been shipped."""

    shipment: Shipment | None = None
    selectors: tuple[Selector, ...] | None = None
    action: str = "deliver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Everything that left, or the selected units, came back. No units and an `amount`: money only."""

    selectors: tuple[Selector, ...] | None = None
    amount: Amount | None = None
    action: str = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """The units of a shipment that was called off become open again, and are reserved again."""

    shipment_id: str
    action: str = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Take a legal move of the lifecycle table. `payments` and `facts` replace the order's when given."""

    action: str
    payments: tuple[Payment, ...] | None = None
    facts: bytes | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A new order, complete as its dialect made it. Reservations are what its lines say in `reserved_milli`."""

    order: Order


Command = Cancel | Ship | Deliver | Return | Reopen | Move | Amend | Place
