"""Bodies that we send, member by member: the vendor's OpenAPI file. They describe; nothing is built from them at run time.

Members without a default are always there, `None` among the types means null is possible. Nothing else is ever sent.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from .requests import DeliveryType, DocumentType, FinancingType, ItemType
from .seeds import ItemState, State, StateReason


class Shown(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, defer_build=True)


class Error(Shown):
    code: str
    message: str
    # WARN and INFO are in the vendor's list; whatever stops a request is an ERROR.
    severity: Literal["ERROR"]
    attribute: str = ""
    ticket_id: str = ""


class ErrorsResponse(Shown):
    """Every refusal but 401."""

    errors: Annotated[list[Error], Field(min_length=1)]


class OAuthError(BaseModel):
    """401, in the form of OAuth and not of the other errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    error: Literal["invalid_request", "invalid_token"]
    error_description: str


class PartnerLoginResult(Shown):
    access_token: str
    expires_in: int = 7200


class HealthCheckResponse(Shown):
    project_version: str | None


class AmountShown(Shown):
    """In minor units."""

    amount: int
    currency: str


class VatAmountShown(AmountShown):
    vat_rate: Annotated[float, Field(ge=0)]


class FileResponse(Shown):
    filename: Annotated[str, Field(max_length=100)]
    url: str


class DocumentExtraDataShown(Shown):
    variable_symbol: str


class DocumentResponse(Shown):
    type: DocumentType
    file: FileResponse
    description: str = ""
    extra_data: DocumentExtraDataShown | None = None


class AddressShown(Shown):
    name: str = ""
    country: str
    city: str
    street_address: str
    street_number: str = ""
    zip: str
    address_type: Literal["PERMANENT", "CONTACT", "DELIVERY", "BILLING"]


class OrderItemResponse(Shown):
    code: str
    ean: str | None
    name: str
    type: ItemType = "PHYSICAL"
    variant: str = ""
    description: str = ""
    producer: str = ""
    categories: list[str] = []
    product_url: str = ""
    image: FileResponse | None = None
    quantity: Annotated[float, Field(gt=0)]
    unit_price: AmountShown
    unit_vat: VatAmountShown
    total_price: AmountShown
    total_vat: VatAmountShown
    state: ItemState
    sent_date: str | None
    delivery_date: str | None
    delivery_tracking_number: str | None


class OrderResponse(Shown):
    number: str
    variable_symbols: list[str]
    total_price: AmountShown
    total_vat: list[VatAmountShown]
    addresses: list[AddressShown] = []
    delivery_type: DeliveryType = "DELIVERY_CARRIER"
    delivery_carrier: str = ""
    reservation_date: str = ""
    state: ItemState
    sent_date: str | None
    delivery_date: str | None
    delivery_tracking_number: str | None
    documents: list[DocumentResponse] = []
    items: list[OrderItemResponse]
    merchant_id: str | None


class ApplicationBaseResponse(Shown):
    id: str
    state: State
    state_reason: StateReason


class OrderExtendedResponse(OrderResponse):
    application_info: ApplicationBaseResponse


class CustomerExtraDataShown(Shown):
    transactions_number: float = 1
    cashless_transactions_number: float = 1
    transactions_sum: AmountShown | None = None
    cashless_transactions_sum: AmountShown | None = None
    latest_transaction_date: str = ""
    earliest_transaction_date: str = ""
    page_total_time: float = 1
    page_reviews_time: float = 1
    cart_items_removed: float = 1
    items_viewed: float = 1
    tags: list[str] = []


class CustomerResponse(Shown):
    first_name: str
    last_name: str
    full_name: str
    title_before: str = ""
    title_after: str = ""
    email: str
    phone: str
    tin: str = ""
    vatin: str = ""
    addresses: list[AddressShown] = []
    extra_data: CustomerExtraDataShown | None = None


class RecurrenceObject(Shown):
    id: str
    state: Literal["APPROVING", "READY", "CANCELLED", "EXPIRED"]


class ApplicationResponse(ApplicationBaseResponse):
    customer: CustomerResponse
    order: OrderResponse
    type: FinancingType
    agreement_terms_and_conditions: bool
    gateway_redirect_url: str
    recurrence: RecurrenceObject | None = None


class Payment(Shown):
    payment_id: str
    date: str
    application_id: str
    value: AmountShown
    variable_symbol: str = ""


class PagingInfo(Shown):
    items_per_page: int
    next_page: str = ""
    prev_page: str = ""


class Payments(Shown):
    data: list[Payment]
    paging_info: PagingInfo


class PrecheckResult(Shown):
    type: FinancingType
    recommendation: bool
    probability_of_approval: Annotated[float, Field(ge=0, le=1)]
    completeness: Annotated[float, Field(ge=0, le=1)]
    code: Literal["UNKNOWN"]
    customer_type: Annotated[Literal["UNKNOWN"], Field(alias="PrecheckResultResponseSerializer")]


class PrecheckResultsResponse(Shown):
    id: str
    results: list[PrecheckResult]
