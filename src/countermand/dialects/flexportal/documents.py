"""What callers get, as types: the schemas of the OpenAPI document, and what tests hold every answer to.

Members as in https://docs.flexportal.io/openapi.json, checked 2026-11-21. Optional ones are left out, never null, unless they say
so. Names of people may be empty here: a create takes them so.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from .requests import (
    Address,
    AssetStatus,
    CustomerType,
    ExtensionDetails,
    OrderType,
    UpgradeDetails,
)
from .scalars import WHOLE, Amount, Email, Maybe, Number, Text
from .world_documents import OrderStatus, PaymentStatus

Currency = Annotated[str, Field(min_length=3, max_length=3)]
Count = Annotated[int, Field(ge=0), WHOLE]
Done = Literal[True]


class Shown(BaseModel):
    """A document or an answer."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, alias_generator=to_camel, defer_build=True)


class ErrorDetail(Shown):
    path: str
    message: str
    code: str


class ErrorBody(Shown):
    code: str
    message: str
    details: Maybe[list[ErrorDetail]] = None


class Error(Shown):
    error: ErrorBody


# ------------------------------------------------------------------------------------------------- orders


class Customer(Shown):
    customer_id: Text
    email: Email
    first_name: str
    last_name: str
    company: Maybe[str] = None
    phone: Maybe[str] = None
    customer_type: CustomerType = "individual"


class OrderItem(Shown):
    sku: Text
    product_name: Text
    quantity: Annotated[int, Field(ge=1), WHOLE]
    unit_price: Amount
    contract_length: Number
    product_id: Maybe[str] = None
    variant_id: Maybe[str] = None
    product_image_url: Maybe[str] = None
    list_price: Maybe[Amount] = None
    list_price_source: Maybe[Literal["variant", "manual", "unknown"]] = None
    acquisition_cost: Maybe[Amount] = None
    acquisition_cost_source: Maybe[Literal["variant", "manual", "list_price", "unknown"]] = None
    rental_ids: list[str]
    rental_status: Literal["pending", "partial", "completed"]


class Totals(Shown):
    subtotal: Amount
    tax_amount: Amount = 0
    total: Amount
    currency: Currency
    total_devices: Annotated[int, Field(ge=1), WHOLE]


class OrderPayment(Shown):
    status: Maybe[Literal["pending", "paid", "failed"]] = None
    method: Maybe[Literal["stripe", "manual"]] = None
    transaction_id: Maybe[str] = None
    paid_amount: Maybe[Amount] = None
    manually_marked: Maybe[bool] = None


class RentalProgress(Shown):
    total_devices: Count
    rented_devices: Count


class Order(Shown):
    order_id: str
    tenant_id: str
    status: OrderStatus
    order_type: OrderType
    customer: Customer
    billing_address: Address
    shipping_address: Address
    items: list[OrderItem]
    totals: Totals
    payment: Maybe[OrderPayment] = None
    custom_fields: dict[str, object] | None = None
    rental_progress: RentalProgress
    rental_ids: list[str]
    billing_group_id: Maybe[str] = None
    tracking_number: Maybe[str] = None
    shipped_at: Maybe[str] = None
    notes: Maybe[str] = None
    created_at: str
    updated_at: str
    created_by: str
    extension_details: Maybe[ExtensionDetails] = None
    upgrade_details: Maybe[UpgradeDetails] = None


class OrderPage(Shown):
    orders: list[Order]
    count: Count
    limit: Count
    has_more: bool
    next_cursor: str | None


class OrderCreated(Shown):
    success: Done
    message: str
    order_id: str
    order: Order


class OrderChanged(Shown):
    """Of cancelOrder and updateOrderNotes: these three members, and not the order."""

    success: Done
    message: str
    order_id: str


# ------------------------------------------------------------------------------------------------- payments and assets


class Payment(Shown):
    payment_id: Text
    tenant_id: Text
    customer_id: Text
    subtotal: Amount
    tax_amount: Amount = 0
    tax_rate: Maybe[Annotated[Number, Field(ge=0, le=100)]] = None
    total: Amount
    currency: Currency
    amount: Maybe[Amount] = None
    payment_type: Literal["individual", "consolidated"]
    rental_id: Maybe[str] = None
    billing_group_id: Maybe[str] = None
    billing_period: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    status: PaymentStatus
    provider: Maybe[Literal["stripe", "adyen", "paypal", "manual"]] = None
    manually_marked: Maybe[bool] = None
    payment_reference: Maybe[str] = None
    marked_by: Maybe[str] = None
    idempotency_key: Text
    notes: Maybe[str] = None
    due_date: str
    paid_at: str | None = None
    created_at: str
    updated_at: str


class PaymentPage(Shown):
    """The one list without `limit`, and with `success`."""

    success: Done
    payments: list[Payment]
    count: Count
    has_more: bool
    next_cursor: str | None


class PaymentShown(Shown):
    success: Done
    payment: Payment


class PaymentChanged(PaymentShown):
    message: str


class Asset(Shown):
    serial_number: str
    tenant_id: str
    product_id: Maybe[str] = None
    product_image_url: Maybe[str] = None
    variant_id: Maybe[str] = None
    sku: str
    product_name: str
    status: AssetStatus
    location: Maybe[str] = None
    customer_id: Maybe[str] = None
    rental_id: Maybe[str] = None
    created_at: str
    updated_at: str
    notes: Maybe[str] = None


class AssetPage(Shown):
    assets: list[Asset]
    count: Count
    limit: Count
    has_more: bool
    next_cursor: str | None


class AssetChanged(Shown):
    success: bool
    message: str
    asset: Asset


class AssetDeleted(Shown):
    success: Done
    message: str
    serial_number: str
