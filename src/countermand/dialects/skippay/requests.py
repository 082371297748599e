"""Bodies that partners send, member by member: the vendor's OpenAPI file (v1.0, June 2023) and the pages of each operation.

Optional members may be null; null and absent mean the same.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from .values import (
    Amount,
    Country,
    DateTime,
    Day,
    File,
    OrderNumber,
    Phone,
    QuantityMilli,
    Symbol,
    Text,
    Text10,
    Text20,
    Text30,
    Text60,
    Text64,
    Text100,
    Text200,
    Text240,
    Text250,
    Text254,
    Text255,
    Url,
    VatAmount,
    Wire,
)

ItemType = Literal[
    "PHYSICAL", "DISCOUNT", "SHIPPING_FEE", "SALES_TAX", "DIGITAL", "GIFT_CARD", "STORE_CREDIT", "FEE", "INSURANCE"
]
FinancingType = Literal["DEFERRED_PAYMENT", "PAY_IN_THREE"]
DeliveryType = Literal["DELIVERY_CARRIER", "PERSONAL_BRANCH", "PERSONAL_PARTNER", "ONLINE"]
DocumentType = Literal["INVOICE", "PROFORMA_INVOICE", "CREDIT_NOTE", "OTHER"]
CancelReason = Literal[
    "APPLICATION_CANCELLED_CARRIER_CHANGED",
    "APPLICATION_CANCELLED_CART_CONTENT_CHANGED",
    "APPLICATION_CANCELLED_BY_CUSTOMER",
    "APPLICATION_CANCELLED_BY_ERP",
    "APPLICATION_CANCELLED_EXPIRED",
    "APPLICATION_CANCELLED_UNFINISHED",
    "APPLICATION_CANCELLED_BY_ESHOP_RULES",
    "APPLICATION_CANCELLED_OTHER",
]


class PartnerLogin(Wire):
    username: Text
    password: Text


# ------------------------------------------------------------------------------------------------- items on the move


class ItemSelector(Wire):
    """Names an item by one or more of four identifiers; all that are given must equal the item's."""

    code: Text200 | None = None
    ean: Text64 | None = None
    name: Text255 | None = None
    type: ItemType | None = None
    quantity: QuantityMilli | None = None

    @property
    def names(self) -> dict[str, str]:
        given = {"code": self.code, "ean": self.ean, "name": self.name, "type": self.type}
        return {name: value for name, value in given.items() if value is not None}

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.names:
            raise PydanticCustomError("identifier", "at least one of code, ean, name and type is needed")
        return self


class OrderItemsChangeRequest(Wire):
    """Which items were cancelled, sent, delivered or returned; none named: all of them."""

    items: list[ItemSelector] | None = None
    total_price: Amount | None = None
    total_vat: list[VatAmount] | None = None


class DocumentExtraData(Wire):
    variable_symbol: Symbol | None = None


class DocumentRequest(Wire):
    type: DocumentType
    file: File
    description: Text | None = None
    extra_data: DocumentExtraData | None = None


class OrderItemsSendRequest(OrderItemsChangeRequest):
    document: DocumentRequest | None = None
    variable_symbol: Symbol | None = None
    specific_symbol: Symbol | None = None
    sent_date: Day | None = None
    delivery_carrier: Text250 | None = None
    delivery_tracking_number: Text64 | None = None


class OrderItemsDeliverRequest(OrderItemsSendRequest):
    delivery_date: Day | None = None


class OrderItemsReturnRequest(OrderItemsChangeRequest):
    document: DocumentRequest | None = None
    variable_symbol: Symbol | None = None


class ApplicationCancelRequest(Wire):
    reason: CancelReason | None = None
    custom_reason: Text | None = None


# ------------------------------------------------------------------------------------------------- applications


class Address(Wire):
    name: Text100 | None = None
    country: Country
    city: Text100
    street_address: Text100
    street_number: Text100 | None = None
    zip: Text30
    address_type: Literal["PERMANENT", "CONTACT", "DELIVERY", "BILLING"]


class OrderAddress(Address):
    """An order has fewer kinds of addresses than a customer."""

    address_type: Literal["DELIVERY", "BILLING"]


Count = Annotated[float, Field(ge=1, le=10**12, strict=False)]


class CustomerExtraData(Wire):
    transactions_number: Count | None = None
    cashless_transactions_number: Count | None = None
    transactions_sum: Amount | None = None
    cashless_transactions_sum: Amount | None = None
    latest_transaction_date: Day | None = None
    earliest_transaction_date: Day | None = None
    page_total_time: Count | None = None
    page_reviews_time: Count | None = None
    cart_items_removed: Count | None = None
    items_viewed: Count | None = None
    tags: list[Text10] | None = None


class CustomerRequest(Wire):
    """First and last name together, or the full name."""

    first_name: Text60 | None = None
    last_name: Text60 | None = None
    full_name: Text240 | None = None
    title_before: Text60 | None = None
    title_after: Text60 | None = None
    email: Text254
    phone: Phone
    tin: Text20 | None = None
    vatin: Text20 | None = None
    addresses: list[Address] | None = None
    extra_data: CustomerExtraData | None = None

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if not self.full_name and not (self.first_name and self.last_name):
            raise PydanticCustomError("name", "firstName with lastName, or fullName, is needed")
        return self


class OrderItemRequest(Wire):
    """One row. `totalPrice` and `totalVat` are for all pieces, the tax contained in the price."""

    code: Text200
    ean: Text64 | None = None
    name: Text255
    type: ItemType | None = None
    variant: Text250 | None = None
    description: Text | None = None
    producer: Text250 | None = None
    categories: list[Text] | None = None
    total_price: Amount
    total_vat: VatAmount
    unit_price: Amount | None = None
    unit_vat: VatAmount | None = None
    quantity: QuantityMilli | None = None
    product_url: Text200 | None = None
    image: File | None = None


class OrderChange(Wire):
    """What may be changed of an order: everything but its merchant."""

    number: OrderNumber | None = None
    variable_symbols: list[Symbol] | None = None
    total_price: Amount | None = None
    total_vat: list[VatAmount] | None = None
    items: Annotated[list[OrderItemRequest], Field(min_length=1)] | None = None
    addresses: list[OrderAddress] | None = None
    delivery_type: DeliveryType | None = None
    delivery_carrier: Text250 | None = None
    reservation_date: DateTime | None = None
    documents: list[DocumentRequest] | None = None


class ApplicationOrderChangeRequest(Wire):
    reason: Text | None = None
    order: OrderChange


class OrderRequest(Wire):
    number: OrderNumber
    variable_symbols: list[Symbol] | None = None
    total_price: Amount
    total_vat: list[VatAmount]
    items: Annotated[list[OrderItemRequest], Field(min_length=1)]
    addresses: list[OrderAddress] | None = None
    delivery_type: DeliveryType | None = None
    delivery_carrier: Text250 | None = None
    reservation_date: DateTime | None = None
    documents: list[DocumentRequest] | None = None
    merchant_id: Text | None = None


class MerchantUrls(Wire):
    approved_redirect: Url
    rejected_redirect: Url
    notification_endpoint: Url
    payments_endpoint: Url | None = None


class ApplicationWithoutCustomerRequest(Wire):
    """An application from a recurrence: the customer is known already."""

    order: OrderRequest
    type: FinancingType
    merchant_urls: MerchantUrls
    agreement_terms_and_conditions: bool | None = None
    precheck_ids: list[Text] | None = None


class ApplicationRequest(ApplicationWithoutCustomerRequest):
    customer: CustomerRequest
    is_recurring: bool | None = None


class RecurrenceUpdateRequest(Wire):
    state: Literal["CANCELLED"]


# ------------------------------------------------------------------------------------------------- precheck


class PrecheckCustomer(Wire):
    """`personalId` is not in the published schema, but there is an error code for a wrong one."""

    first_name: Text60 | None = None
    last_name: Text60 | None = None
    full_name: Text240 | None = None
    email: Text254
    phone: Phone
    personal_id: Text | None = None


class PrecheckRequest(Wire):
    """Like an application of which nothing but the customer must be known. The order isn't looked at."""

    customer: PrecheckCustomer
    type: FinancingType | None = None
