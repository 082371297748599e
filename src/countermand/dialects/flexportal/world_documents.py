"""What a sandbox world may hold, collection by collection: `orders`, `rentals`, `assets`, `payments`, `variants`, `customers`.

Everything but ids may be left out, and is filled in. Members not named here are kept as they are.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from .requests import OrderType
from .scalars import WHOLE, Amount, FreeForm, Id, Moment, Number
from .switches import QUANTITY_MAX

_Count = Annotated[int, Field(ge=0, le=QUANTITY_MAX), WHOLE]

OrderStatus = Literal["pending", "confirmed", "partial", "fulfilled", "cancelled"]
RentalStatus = Literal["active", "cancelled", "ended_completed", "ended_buyout", "ended_upgrade", "ended_early_return"]
AssetStatus = Literal["available", "rented_out", "returned", "sold", "unavailable"]
PaymentStatus = Literal["pending", "processing", "paid", "failed", "cancelled"]


class Part(BaseModel):
    """A piece of a document."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, alias_generator=to_camel, defer_build=True)

    def stated(self) -> dict[str, object]:
        """What the world says, in the wire's spelling, and nothing that it does not say."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude={"account"})


class Document(Part):
    """One document of a collection. `account` is the token of the account that owns it."""

    account: str | None = Field(default=None, alias="_account")
    created_at: Moment | None = None
    updated_at: Moment | None = None


class Item(Part):
    sku: Id = "SKU-1"
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX), WHOLE] = 1
    unit_price: Amount = 0
    contract_length: Number | None = None
    rental_ids: list[str] = Field(default_factory=list)
    rental_status: Literal["pending", "partial", "completed"] = "pending"


class Totals(Part):
    subtotal: Amount | None = None
    tax_amount: Amount = 0
    total: Amount | None = None
    currency: Annotated[str, Field(min_length=3, max_length=3)] = "EUR"


class Progress(Part):
    rented_devices: _Count | None = None


class Customer(Part):
    customer_id: Id | None = None
    email: Id | None = None


class OrderDocument(Document):
    order_id: Id
    status: OrderStatus = "pending"
    order_type: OrderType = "standard"
    customer: Customer = Customer()
    items: list[Item] = Field(default_factory=list)
    totals: Totals = Totals()
    rental_progress: Progress = Progress()
    rental_ids: list[str] = Field(default_factory=list)
    custom_fields: FreeForm = None


class RentalDocument(Document):
    rental_id: Id
    order_id: Id | None = None
    status: RentalStatus = "active"
    asset_serial_number: Id | None = None
    customer_id: Id | None = None
    sku: Id | None = None
    monthly_amount: Amount | None = None
    contract_length: Annotated[int, Field(ge=1, le=1200), WHOLE] | None = None
    start_date: Moment | None = None
    end_date: Moment | None = None

    @property
    def serial_number(self) -> str:
        return self.asset_serial_number or f"SN-{self.rental_id}"

    @property
    def order(self) -> str:
        """Its order; one that the world doesn't have when it names none."""
        return self.order_id or f"ord_{self.rental_id}"


class AssetDocument(Document):
    serial_number: Id
    sku: Id = "SKU-1"
    status: AssetStatus | None = None


class PaymentDocument(Document):
    payment_id: Id
    status: PaymentStatus = "pending"
    rental_id: Id | None = None
    total: Amount | None = None
    due_date: Moment | None = None


class Tier(Part):
    contract_length: Annotated[Number, Field(ge=1)]
    monthly_price: Amount


class VariantDocument(Document):
    variant_sku: Id
    status: Literal["active", "inactive"] = "active"
    pricing: list[Tier] = Field(default_factory=list)


class CustomerDocument(Document):
    customer_id: Id
    email: Id
