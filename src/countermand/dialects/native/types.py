"""The wire types of requests. Amounts are integers in minor units, quantities numbers with at most three decimals."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_.\-]+$")]
Text = Annotated[str, StringConstraints(max_length=2000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Quantity = Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=3)]
Minor = Annotated[int, Field(ge=-(10**15), le=10**15, strict=True)]

Reason = Literal[
    "customer_changed_mind",
    "customer_found_cheaper",
    "late_delivery",
    "ordered_by_mistake",
    "duplicate",
    "payment_declined",
    "payment_expired",
    "fraud",
    "out_of_stock",
    "pricing_error",
    "address_not_serviceable",
    "cannot_fulfil",
    "staff_error",
    "vendor_refused",
    "policy",
    "other",
]


class Wire(BaseModel):
    """Unknown members are refused: a misspelt `quantity` must not cancel a whole line."""

    model_config = ConfigDict(extra="forbid")


class NewLine(Wire):
    """One row of a new order. `price` and `tax` are of the whole line; the price includes the tax."""

    id: Id | None = None
    sku: Name
    quantity: Quantity = Decimal(1)
    price: Minor = 0
    tax: Minor = 0
    tax_rate: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=3)] | None = None
    reserve: bool = True


class NewOrder(Wire):
    """An order as it is placed. Without an id it gets one."""

    id: Id | None = None
    reference: Name | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    placed_at: datetime | None = None
    lines: Annotated[list[NewLine], Field(min_length=1, max_length=1000)]


class LineChoice(Wire):
    """Which units: a line by id or SKU, and how many of it; all that is open when no quantity is given."""

    line_id: Id | None = None
    sku: Name | None = None
    quantity: Quantity | None = None


class NewCancellation(Wire):
    """What is to be cancelled and why. Without `lines`: everything that is open."""

    lines: Annotated[list[LineChoice], Field(min_length=1, max_length=1000)] | None = None
    reason: Reason = "other"
    note: Text = ""
    message: Text = ""
    operation_id: Id | None = None
    requested_by: Text = ""
    attributed_to: Text = ""
