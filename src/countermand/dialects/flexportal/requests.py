"""What callers send, operation by operation. The same types give the request schemas of the OpenAPI document.

`Maybe` members may be left out and may not be null; what may be null says so.
"""

from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from .reading import Wire
from .scalars import WHOLE, Amount, Charge, Email, FreeForm, Id, Maybe, Moment, Number, Text
from .switches import CONTRACT_MONTHS_MAX, ITEMS_MAX, QUANTITY_MAX

OrderType = Literal["standard", "extension", "upgrade"]
CustomerType = Literal["individual", "business"]
BuyoutReason = Literal["customer_request", "end_of_contract", "other"]
ReturnCondition = Literal["excellent", "good", "fair", "poor", "damaged"]
AssetStatus = Literal["available", "rented_out", "returned", "sold", "unavailable"]
ASSET_STATUSES: Final[tuple[str, ...]] = get_args(AssetStatus)
CancelReason = Literal["customer_request", "payment_failure", "fraud", "admin_decision", "other"]


class CancelOrder(Wire):
    """https://docs.flexportal.io/api-reference/orders/cancel.md: the body is optional, and so is its only member."""

    reason: Maybe[Annotated[str, Field(max_length=1000)]] = None


class UpdateOrderNotes(Wire):
    """https://docs.flexportal.io/api-reference/orders/notes.md"""

    notes: Annotated[str, Field(max_length=5000)]


class NewCustomer(Wire):
    email: Email
    first_name: str
    last_name: str
    company: Maybe[str] = None
    phone: Maybe[str] = None
    customer_type: CustomerType = "individual"


class Address(Wire):
    contact_name: str
    street_address: str
    city: str
    country: str
    company: Maybe[str] = None
    building_info: Maybe[str] = None
    locality: Maybe[str] = None
    admin_area: Maybe[str] = None
    postal_code: str | None = None


class NewItem(Wire):
    """A contract length that is no length of the catalogue is refused there, in its own words."""

    sku: Id
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX), WHOLE]
    contract_length: Maybe[Number] = None


class ExtensionDetails(Wire):
    original_order_id: str
    extension_months: Annotated[int, Field(gt=0), WHOLE]
    previous_end_date: str
    new_end_date: str
    reason: Maybe[str] = None


class UpgradeDetails(Wire):
    previous_device: str
    previous_serial_number: str
    previous_monthly_amount: Number
    previous_rental_id: str
    upgrade_reason: Maybe[str] = None


class CreateOrder(Wire):
    """https://docs.flexportal.io/api-reference/orders/create.md"""

    customer: NewCustomer
    billing_address: Address
    items: Annotated[list[NewItem], Field(min_length=1, max_length=ITEMS_MAX)]
    order_type: OrderType = "standard"
    shipping_address: Maybe[Address] = None
    custom_fields: FreeForm = None
    notes: Maybe[str] = None
    extension_details: Maybe[ExtensionDetails] = None
    upgrade_details: Maybe[UpgradeDetails] = None


class CreateSubscription(Wire):
    """https://docs.flexportal.io/api-reference/subscriptions/create.md"""

    order_id: Id
    asset_serial_number: Id
    customer_id: Id
    billing_group_id: Maybe[Id] = None
    start_date: Maybe[Moment] = None
    contract_length: Maybe[Annotated[int, Field(ge=1, le=CONTRACT_MONTHS_MAX), WHOLE]] = None
    notes: Maybe[str] = None


class NamedSubscription(Wire):
    """What the two calculations take: subscriptions/calculate-buyout.md and calculate-early-return.md."""

    rental_id: Id


class CancelSubscription(NamedSubscription):
    """https://docs.flexportal.io/api-reference/subscriptions/cancel.md: `rentalId` repeats the id of the path."""

    reason: CancelReason
    notes: Maybe[Annotated[str, Field(max_length=1000)]] = None


class UpdateSubscriptionNotes(Wire):
    """https://docs.flexportal.io/api-reference/subscriptions/notes.md"""

    notes: Annotated[str, Field(max_length=5000)]


class BuyoutSubscription(NamedSubscription):
    """https://docs.flexportal.io/api-reference/subscriptions/buyout.md. A price that is none has a code of its own."""

    reason: BuyoutReason
    buyout_price: Maybe[Charge] = None
    notes: Maybe[str] = None


class EarlyReturnSubscription(NamedSubscription):
    """https://docs.flexportal.io/api-reference/subscriptions/early-return.md. A fee below zero has a code of its own."""

    return_condition: ReturnCondition
    reason: Text
    early_return_fee: Maybe[Charge] = None
    damage_assessment: Maybe[str] = None
    notes: Maybe[str] = None


class ExtendSubscription(NamedSubscription):
    """https://docs.flexportal.io/api-reference/subscriptions/extend.md. Months that are none have a code of their own."""

    extension_months: Annotated[int, Field(le=CONTRACT_MONTHS_MAX), WHOLE]
    new_monthly_amount: Maybe[Amount] = None
    reason: Text
    notes: Maybe[str] = None


class UpgradeSubscription(NamedSubscription):
    """https://docs.flexportal.io/api-reference/subscriptions/upgrade.md: the schema's members, not the prose's."""

    new_sku: Id
    new_serial_number: Id
    contract_length: Annotated[int, Field(ge=1, le=CONTRACT_MONTHS_MAX), WHOLE]
    new_monthly_amount: Amount
    reason: Text
    notes: Maybe[str] = None


class CancelPayment(Wire):
    """https://docs.flexportal.io/api-reference/payments/cancel.md: here, unlike with orders, a reason is required."""

    reason: Text


class MarkPaymentPaid(Wire):
    """https://docs.flexportal.io/api-reference/payments/mark-paid.md: the schema's members and the prose's."""

    payment_reference: Maybe[str] = None
    reference: Maybe[str] = None
    notes: Maybe[str] = None
    paid_at: Maybe[Moment] = None


class CreateAsset(Wire):
    """https://docs.flexportal.io/api-reference/assets/create.md. The prose and its examples need two members.

    The schema repeats the whole stored document as required, times included; its own example doesn't fit it.
    """

    serial_number: Id
    sku: Id
    product_name: Maybe[Text] = None
    status: AssetStatus = "available"
    product_id: Maybe[str] = None
    variant_id: Maybe[str] = None
    product_image_url: Maybe[str] = None
    location: Maybe[str] = None
    condition: Maybe[str] = None
    acquisition_cost: Maybe[Amount] = None
    acquisition_date: Maybe[Moment] = None
    notes: Maybe[str] = None


class UpdateAsset(Wire):
    """https://docs.flexportal.io/api-reference/assets/update.md. A status that is none has a code of its own."""

    status: Maybe[str] = None
    location: Maybe[str] = None
    condition: Maybe[str] = None
    notes: Maybe[str] = None
    acquisition_cost: Maybe[Amount] = None
