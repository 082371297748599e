"""The wire types of requests. Amounts are integers in minor units, quantities numbers with at most three decimals."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from countermand.dialects.wire import instant_of
from countermand.model.command import Charges, Refund
from countermand.model.reason import Reason

#: Instants are between these. Terms are added to them, and offsets taken from them: what comes of it has to be an instant too.
FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = datetime(3000, 1, 1, tzinfo=UTC)


def _reckonable(at: datetime) -> datetime:
    if not FIRST <= at <= LAST:
        raise ValueError("must be an instant from 1970 to 2999")
    return at.astimezone(UTC)


def _spelled(value: object) -> object:
    """A number could be seconds or milliseconds: whoever means an instant spells it."""
    if instant_of(value) is None:
        raise ValueError("must be an RFC 3339 time")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_spelled), AfterValidator(_reckonable)]
#: Not of dots alone: `.` and `..` mean something else in the path of a URL, and never reach us.
Id = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^\.*[A-Za-z0-9_\-][A-Za-z0-9_.\-]*$")]
Text = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Quantity = Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=3)]
Minor = Annotated[int, Field(ge=-(10**15), le=10**15, strict=True)]
Positive = Annotated[int, Field(gt=0, le=10**15, strict=True)]
Seconds = Annotated[int, Field(ge=0, le=366 * 86_400, strict=True)]
#: An id made by us, or by whoever names an obligation, a hold, a payment.
Named = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Wire(BaseModel):
    """Unknown members are refused: a misspelt `quantity` must not cancel a whole line."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class NewLine(Wire):
    """One row of a new order. `price` and `tax` are of the whole line; the price includes the tax."""

    id: Id | None = None
    sku: Name
    quantity: Quantity = Decimal(1)
    price: Minor = 0
    tax: Minor = 0
    tax_rate: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=3)] | None = None
    reserve: bool = True


class NewCharge(Wire):
    """A line that is no goods: shipping, gift wrap. It is cancelled with the last of the goods, or explicitly."""

    id: Id = "shipping"
    name: Name = "shipping"
    price: Minor
    tax: Minor = 0
    tax_rate: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=3)] | None = None


class NewDiscount(Wire):
    """A discount on the order or on some of its lines; shared out over their prices now, once and for all."""

    id: Name
    amount: Positive
    line_ids: Annotated[list[Id], Field(min_length=1, max_length=1000)] | None = None


class NewPayment(Wire):
    """Money of one tender that is there when the order is placed."""

    id: Named
    method: Annotated[str, StringConstraints(max_length=50)] = ""
    authorised: Annotated[int, Field(ge=0, le=10**15, strict=True)] = 0
    captured: Annotated[int, Field(ge=0, le=10**15, strict=True)] = 0


class VendorOrder(Wire):
    """An order at another company that fulfils this one and must be cancelled there too."""

    vendor: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,63}$")]
    order_id: Named
    account: Annotated[str, StringConstraints(max_length=200)] = ""


class NewOrder(Wire):
    """An order as it is placed. Without an id it gets one."""

    id: Id | None = None
    reference: Name | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    placed_at: Instant | None = None
    lines: Annotated[list[NewLine], Field(min_length=1, max_length=1000)]
    charges: Annotated[list[NewCharge], Field(max_length=20)] = Field(default_factory=list)
    discounts: Annotated[list[NewDiscount], Field(max_length=50)] = Field(default_factory=list)
    payments: Annotated[list[NewPayment], Field(max_length=50)] = Field(default_factory=list)
    coupons: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)
    invoice: Name | None = None
    contact: Name | None = None
    vendor_orders: Annotated[list[VendorOrder], Field(max_length=50)] = Field(default_factory=list)


class LineChoice(Wire):
    """Which units: a line by id or SKU, and how many of it; all that is open when no quantity is given."""

    line_id: Id | None = None
    sku: Name | None = None
    quantity: Quantity | None = None


class NewCancellation(Wire):
    """What is to be cancelled and why. Without `lines`: everything that is open.

    `effective_at`: not now, but then. `validate_only`: all checks and no effect. `preview_token`: exactly what was previewed.
    """

    lines: Annotated[list[LineChoice], Field(min_length=1, max_length=1000)] | None = None
    reason: Reason = Reason.OTHER
    note: Text = ""
    message: Text = ""
    operation_id: Id | None = None
    requested_by: Text = ""
    attributed_to: Text = ""
    refund: Refund = Refund.ORIGINAL
    charges: Charges = Charges.AUTO
    restock: bool = True
    notify: bool = True
    effective_at: Instant | None = None
    validate_only: bool = False
    preview_token: Annotated[str, StringConstraints(max_length=200_000)] | None = None


class Decision(Wire):
    """Who says so, and why."""

    by: Name
    reason: Text = ""


class Waiver(Decision):
    """Who says that it is not owed any more, and why: whoever reads it later has nothing else to go by."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"\S")]


class NewRestore(Decision):
    """Undo a cancellation; `in_part` even though some of what it did outside can't be undone."""

    in_part: bool = False


class NewHold(Wire):
    """Nothing of the order may leave until it is released."""

    reason: Text
    placed_by: Text = ""


class NewFulfilmentClaim(Wire):
    """The stop-ship lease: these lines (none named: all) are about to be picked; a cancel of them must wait."""

    holder: Name
    seconds: Annotated[int, Field(ge=1, le=3_600, strict=True)] = 300
    line_ids: Annotated[list[Id], Field(max_length=1000)] = Field(default_factory=list)


class NewShipment(Wire):
    """Units have left. Without `lines`: everything that was open. Never refused for what it contradicts."""

    id: Named | None = None
    carrier: Text | None = None
    tracking: Text | None = None
    shipped_on: Text | None = None
    lines: Annotated[list[LineChoice], Field(min_length=1, max_length=1000)] | None = None
    fulfilment_claim: Named | None = None


class NewDelivery(Wire):
    """Units have arrived. Without `lines`: everything on its way."""

    shipment_id: Named | None = None
    delivered_on: Text | None = None
    lines: Annotated[list[LineChoice], Field(min_length=1, max_length=1000)] | None = None


class NewReturn(Wire):
    """Units have come back. Without `lines`: everything that left."""

    lines: Annotated[list[LineChoice], Field(min_length=1, max_length=1000)] | None = None


class NewPaymentReport(Wire):
    """Something happened to the money of one tender. `obligation_id`: it is what was owed there."""

    step: Literal["authorised", "captured", "voided", "refunded"]
    amount: Positive
    method: Annotated[str, StringConstraints(max_length=50)] = ""
    obligation_id: Named | None = None


class NewTransition(Wire):
    """A legal move of the order's lifecycle, by its word."""

    action: Name
    reason: Text = ""


class FeeRule(Wire):
    """What a cancel costs from so many seconds after placement on: a share in percent, and a fixed amount."""

    after_seconds: Seconds = 0
    percent: Annotated[Decimal, Field(ge=0, le=100, decimal_places=3)] = Decimal(0)
    fixed: Annotated[int, Field(ge=0, le=10**15, strict=True)] = 0


class ApprovalRule(Wire):
    """Cancels with which `above` or more of the order is cancelled need somebody's agreement, within so many seconds."""

    above: Annotated[int, Field(ge=0, le=10**15, strict=True)] = 0
    timeout_seconds: Annotated[int, Field(ge=1, le=366 * 86_400, strict=True)] = 172_800
    on_timeout: Literal["approved", "rejected"] = "rejected"
    four_eyes: bool = True


class NewPolicy(Wire):
    """What the tenant allows for orders of one dialect. Everything left out is no rule."""

    author: Name
    cancellable: Annotated[list[Name], Field(max_length=50)] | None = None
    window_seconds: Seconds | None = None
    cooling_off_seconds: Seconds = 0
    fees: Annotated[list[FeeRule], Field(max_length=20)] = Field(default_factory=list)
    approval: ApprovalRule | None = None
    undo_window_seconds: Annotated[int, Field(ge=0, le=7 * 86_400, strict=True)] = 0
    unpaid_expiry_seconds: Annotated[int, Field(ge=60, le=366 * 86_400, strict=True)] | None = None
    if_match_required: bool = False
    ask_fulfilment: bool = False
