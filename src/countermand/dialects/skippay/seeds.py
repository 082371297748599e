"""What a world says of an application: the vendor's own shapes, any member of which may be missing."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from countermand.dialects.wire import milli_of

from .requests import FinancingType, ItemType
from .values import Amount, DateTime, Day, OrderNumber, Symbol, Text, Text64, Text200, Text255, VatAmount, Wire

ItemState = Literal["PROCESSING", "SENT", "DELIVERED", "RETURNED", "CANCELLED"]
State = Literal["PROCESSING", "READY", "REJECTED", "CANCELLED"]
StateReason = Literal[
    "PROCESSING_REDIRECT_NEEDED",
    "PROCESSING_PREAPPROVED",
    "PROCESSING_VALIDATION_IN_PROGRESS",
    "READY_TO_SHIP",
    "READY_SHIPPED",
    "READY_DELIVERED",
    "READY_PAID",
    "REJECTED",
    "CANCELLED_NOT_PAID",
    "CANCELLED_RETURNED",
]


def _quantity(value: object) -> int:
    """Any positive quantity: what is open of a split item may be less than one."""
    quantity_milli = milli_of(value)
    if quantity_milli is None or quantity_milli <= 0:
        raise PydanticCustomError("quantity", "must be a positive quantity with at most three decimals")
    return quantity_milli


Quantity = Annotated[int, BeforeValidator(_quantity)]
Document = dict[str, object]


class SeedItem(Wire):
    code: Text200 | None = None
    ean: Text64 | None = None
    name: Text255 | None = None
    type: ItemType | None = None
    variant: Text | None = None
    description: Text | None = None
    producer: Text | None = None
    categories: list[Text] | None = None
    product_url: Text | None = None
    image: Document | None = None
    quantity: Quantity | None = None
    unit_price: Amount | None = None
    unit_vat: VatAmount | None = None
    total_price: Amount | None = None
    total_vat: VatAmount | None = None
    state: ItemState | None = None
    sent_date: Day | None = None
    delivery_date: Day | None = None
    delivery_tracking_number: Text64 | None = None


class SeedOrder(Wire):
    number: OrderNumber | None = None
    variable_symbols: list[Symbol] | None = None
    total_price: Amount | None = None
    total_vat: list[VatAmount] | None = None
    items: Annotated[list[SeedItem], Field(default_factory=list)]
    addresses: list[Document] | None = None
    delivery_type: Text | None = None
    delivery_carrier: Text | None = None
    reservation_date: DateTime | None = None
    documents: list[Document] | None = None
    merchant_id: Text | None = None
    state: ItemState | None = None
    sent_date: Day | None = None
    delivery_date: Day | None = None
    delivery_tracking_number: Text64 | None = None


class SeedUrls(Wire):
    approved_redirect: Text | None = None
    rejected_redirect: Text | None = None
    notification_endpoint: Text | None = None
    payments_endpoint: Text | None = None


class SeedRecurrence(Wire):
    id: Text
    state: Literal["APPROVING", "READY", "CANCELLED", "EXPIRED"] | None = None


class SeedPayment(Wire):
    payment_id: Text
    date: Day | None = None
    value: Amount


class SeedCustomer(Wire):
    """Shown as it stands, so only what others compute with is typed."""

    first_name: Text | None = None
    last_name: Text | None = None
    full_name: Text | None = None
    title_before: Text | None = None
    title_after: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    tin: Text | None = None
    vatin: Text | None = None
    addresses: list[Document] | None = None
    extra_data: Document | None = None


class SeedApplication(Wire):
    id: Annotated[Text, Field(min_length=1)] | None = None
    state: State | None = None
    state_reason: StateReason | None = None
    type: FinancingType = "DEFERRED_PAYMENT"
    order: Annotated[SeedOrder, Field(default_factory=lambda: SeedOrder.model_validate({}))]
    customer: SeedCustomer = SeedCustomer()
    merchant_urls: SeedUrls = SeedUrls()
    agreement_terms_and_conditions: bool | None = None
    gateway_redirect_url: Text | None = None
    recurrence: SeedRecurrence | None = None
    payments: list[SeedPayment] | None = None
    account: Annotated[str | None, Field(alias="_account")] = None


class SeedWorld(Wire):
    """The one collection. Other members of a world are not ours to read."""

    applications: list[SeedApplication]
