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
    BuyoutReason,
    CancelReason,
    CustomerType,
    ExtensionDetails,
    OrderType,
    ReturnCondition,
    UpgradeDetails,
)
from .scalars import WHOLE, Amount, Email, Maybe, Number, Text
from .world_documents import OrderStatus, PaymentStatus, RentalStatus

_Currency = Annotated[str, Field(min_length=3, max_length=3)]
_Count = Annotated[int, Field(ge=0), WHOLE]
_Done = Literal[True]


class Shown(BaseModel):
    """A document or an answer."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, alias_generator=to_camel)


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
    currency: _Currency
    total_devices: Annotated[int, Field(ge=1), WHOLE]


class OrderPayment(Shown):
    status: Maybe[Literal["pending", "paid", "failed"]] = None
    method: Maybe[Literal["stripe", "manual"]] = None
    transaction_id: Maybe[str] = None
    paid_amount: Maybe[Amount] = None
    manually_marked: Maybe[bool] = None


class RentalProgress(Shown):
    total_devices: _Count
    rented_devices: _Count


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
    count: _Count
    limit: _Count
    has_more: bool
    next_cursor: str | None


class OrderCreated(Shown):
    success: _Done
    message: str
    order_id: str
    order: Order


class OrderChanged(Shown):
    """Of cancelOrder and updateOrderNotes: these three members, and not the order."""

    success: _Done
    message: str
    order_id: str


# ------------------------------------------------------------------------------------------------- subscriptions


class Actor(Shown):
    user_id: str
    email: Maybe[str] = None
    display_name: Maybe[str] = None
    role: Maybe[str] = None
    member_id: Maybe[str] = None


class CancellationDetails(Shown):
    reason: CancelReason
    notes: Maybe[str] = None
    processed_by: Actor
    cancelled_at: str


class BuyoutDetails(Shown):
    buyout_price: Amount
    calculation_method: Literal["auto_calculated", "manual_override"]
    reason: BuyoutReason
    notes: Maybe[str] = None
    processed_by: Actor
    buyout_date: str


class EarlyReturnDetails(Shown):
    fee: Amount
    fee_waived: bool
    calculation_method: Literal["auto_calculated", "manual_override"]
    return_condition: ReturnCondition
    reason: Text
    damage_assessment: Maybe[str] = None
    notes: Maybe[str] = None
    processed_by: Actor
    returned_at: str


class Extension(Shown):
    extension_months: _Count
    old_contract_length: _Count
    new_contract_length: _Count
    old_monthly_amount: Amount
    new_monthly_amount: Amount
    reason: Maybe[str] = None
    notes: Maybe[str] = None
    extended_by: Actor
    old_end_date: str
    new_end_date: str
    extended_at: str


class Rental(Shown):
    rental_id: str
    tenant_id: str
    asset_serial_number: str
    customer_id: str
    sku: str
    product_name: str
    product_id: Maybe[str] = None
    variant_id: Maybe[str] = None
    product_image_url: Maybe[str] = None
    monthly_amount: Number
    currency: str
    status: RentalStatus
    billing_group_id: Maybe[str] = None
    original_contract_length: Number
    contract_length: Number
    start_date: str
    end_date: Maybe[str] = None
    next_billing_date: Maybe[str] = None
    last_modified_date: Maybe[str] = None
    extension_history: Maybe[list[Extension]] = None
    actual_months_rented: Maybe[Number] = None
    upgrade_from_rental_id: Maybe[str] = None
    list_price: Maybe[Number] = None
    acquisition_cost: Maybe[Number] = None
    total_collected: Maybe[Number] = None
    buyout_details: Maybe[BuyoutDetails] = None
    early_return_details: Maybe[EarlyReturnDetails] = None
    cancellation_details: Maybe[CancellationDetails] = None
    order_id: str
    customer_email: str
    customer_name: str
    created_at: str
    updated_at: str
    created_by: str
    notes: Maybe[str] = None


class RentalPage(Shown):
    rentals: list[Rental]
    count: _Count
    limit: _Count
    has_more: bool
    next_cursor: str | None


class RentalCreated(Shown):
    success: _Done
    message: str
    rental_id: str
    rental: Rental


class RentalChanged(Shown):
    success: _Done
    message: str
    rental_id: str


class RentalCancelled(Shown):
    success: _Done
    rental_id: str
    asset_serial_number: str
    previous_status: Literal["active"]
    cancelled_at: str
    message: str


class RentalBought(Shown):
    success: bool
    rental_id: str
    asset_serial_number: str
    buyout_price: Amount
    currency: str
    effective_date: str
    message: str


class RentalReturned(Shown):
    success: bool
    rental_id: str
    asset_serial_number: str
    early_return_fee: Amount
    currency: str
    actual_months_rented: _Count
    return_date: str
    message: str


class RentalExtended(Shown):
    success: _Done
    message: str
    rental_id: str
    asset_serial_number: str
    old_end_date: str
    new_end_date: str
    extension_months: _Count
    old_contract_length: _Count
    new_contract_length: _Count


class RentalUpgraded(Shown):
    success: _Done
    message: str
    old_rental_id: str
    new_rental_id: str
    old_device: str
    new_device: str
    new_monthly_amount: Amount
    currency: str


class BuyoutQuote(Shown):
    success: _Done
    buyout_price: Number
    remaining_payments: Number
    depreciated_value: Number


class EarlyReturnQuote(Shown):
    success: _Done
    early_return_fee: Number
    remaining_months: Number
    penalty_percentage: Number


# ------------------------------------------------------------------------------------------------- payments and assets


class Payment(Shown):
    payment_id: Text
    tenant_id: Text
    customer_id: Text
    subtotal: Amount
    tax_amount: Amount = 0
    tax_rate: Maybe[Annotated[Number, Field(ge=0, le=100)]] = None
    total: Amount
    currency: _Currency
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

    success: _Done
    payments: list[Payment]
    count: _Count
    has_more: bool
    next_cursor: str | None


class PaymentShown(Shown):
    success: _Done
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
    count: _Count
    limit: _Count
    has_more: bool
    next_cursor: str | None


class AssetChanged(Shown):
    success: bool
    message: str
    asset: Asset


class AssetDeleted(Shown):
    success: _Done
    message: str
    serial_number: str
