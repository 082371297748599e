"""The rules of every payload, in the vendor's order. They validate requests and make the request schemas of the OpenAPI document.

Sources: the validation tables of the pages named below; the older revisions print them as the framework's own rules
(send-payment-link revisions 446 and 1048, send-invoice 1045, request-refund-approval 484). What a page marks optional is
optional here; recorded answers settle the rest.
"""

from dataclasses import replace
from typing import Final

from .switches import AMOUNT_MAX, TAX_RATES
from .validation import Field, Kind, When

Fields = tuple[Field, ...]


def _amount(path: str, *, required: bool = True) -> Field:
    return Field(path=path, kind=Kind.NUMERIC, required=required, at_most=AMOUNT_MAX)


def _flag(path: str, *, required: bool = False) -> Field:
    return Field(path=path, kind=Kind.BOOLEAN, required=required)


# ----------------------------------------------------------------------------------------------------------------- cancels

#: Cancel Order: "Required Order cancellation note"; no longest length is documented.
CANCEL_ORDER: Final[Fields] = (Field(path="cancellationNote", required=True, about="Order cancellation note."),)

#: Cancel Reservation.
CANCEL_RESERVATION: Final[Fields] = (Field(path="note", required=True, about="Reservation cancellation note."),)

#: Cancel Terminal Order and Cancel Refund Request share a path.
CANCEL_TERMINAL: Final[Fields] = (Field(path="type", required=True, among=("payment", "refund")),)

#: Cancel Subscription shows a note and states no rule for it.
CANCEL_SUBSCRIPTION: Final[Fields] = (Field(path="note"),)

# ------------------------------------------------------------------------------------------------------- other actions

#: Resend Payment Link: phone and country code for SMS, an address for e-mail, the others may be null.
RESEND: Final[Fields] = (
    Field(path="countryCode", required_when=When("msisdn")),
    Field(path="msisdn", required_when=When("email", absent=True)),
    Field(path="email", kind=Kind.EMAIL, required_when=When("msisdn", absent=True)),
)

_RESERVATION: Final = When("type", "reservation")
_REFUND_TYPE: Final = Field(path="type", required=True, among=("regular", "invoiced", "reservation"))
_REFUND_TOTAL: Final = Field(path="grandTotal", kind=Kind.NUMERIC, required=True, above=0, at_most=AMOUNT_MAX)
#: The pages have rules for the members of a product and none for the list: without it the sum alone is refunded.
_REFUND_REST: Final[Fields] = (
    Field(path="products", kind=Kind.ARRAY),
    Field(path="source", required_when=_RESERVATION, among=("captured", "charged")),
    Field(path="reference", required_when=_RESERVATION),
    Field(path="products.*.id", kind=Kind.NUMERIC, required=True),
    _amount("products.*.amount"),
)

#: Refund Order.
REFUND: Final[Fields] = (_REFUND_TYPE, _REFUND_TOTAL, *_REFUND_REST)

#: Request Refund Approval, revision 484.
REFUND_APPROVAL: Final[Fields] = (_REFUND_TYPE, _REFUND_TOTAL, Field(path="message", required=True), *_REFUND_REST)

# ----------------------------------------------------------------------------------------------------------------- creation

_PRODUCTS: Final[Fields] = (
    Field(path="products", kind=Kind.ARRAY, required=True),
    Field(path="products.*.name", required=True),
    Field(path="products.*.productId"),
    Field(path="products.*.quantity", kind=Kind.NUMERIC, required=True, above=0, at_most=AMOUNT_MAX),
    _amount("products.*.rate"),
    _amount("products.*.discount", required=False),
    Field(path="products.*.tax", kind=Kind.NUMERIC, required=True, among=tuple(map(str, TAX_RATES))),
    _amount("products.*.amount"),
)

_SUMMARY: Final[Fields] = (
    _amount("orderSummary.subTotal"),
    _amount("orderSummary.totalTax"),
    _amount("orderSummary.totalDiscount"),
    _amount("orderSummary.grandTotal"),
)

_DATES: Final[Fields] = (
    Field(path="orderDate", kind=Kind.DATE, required=True, about="`02 Aug, 2023`, or seconds since 1970 as text."),
    Field(path="dueDateForPaymentLink", kind=Kind.DATE),
)

_SENDING: Final[Fields] = (_flag("sendOrderBy.sms"), _flag("sendOrderBy.email"), _flag("sendOrderBy.invoice"))

_REFERENCES: Final[Fields] = (Field(path="referenceNo"), Field(path="customerReference"))

_INVOICING: Final[Fields] = (
    Field(path="invoiceInterval", kind=Kind.NUMERIC, among=("0", "1", "2")),
    _flag("separateInvoices"),
    _flag("invoiceFeeApplicable"),
    Field(path="invoiceMaturity", kind=Kind.NUMERIC),
)

_CORPORATE: Final = When("customerDetails.type", "corporate")

_CUSTOMER: Final[Fields] = (
    Field(path="customerDetails.type", required=True, among=("private", "corporate")),
    Field(path="customerDetails.customerUuid"),
    Field(path="customerDetails.countryCode"),
    Field(path="customerDetails.msisdn"),
    Field(path="customerDetails.email", kind=Kind.EMAIL),
    Field(path="customerDetails.name", required=True),
    Field(path="customerDetails.preferredLanguage", among=("en", "no", "sv", "da", "de")),
    Field(path="customerDetails.personalNumber", size=11),
    Field(path="customerDetails.organizationId", required_when=_CORPORATE, pattern="[a-zA-Z0-9]+"),
    Field(path="customerDetails.address", kind=Kind.ARRAY, required=True),
    Field(path="customerDetails.address.street", required=True),
    Field(path="customerDetails.address.zip", required=True),
    Field(path="customerDetails.address.city", required=True),
    Field(path="customerDetails.address.country", required=True, pattern="[A-Z]{2}", about="ISO 3166-1 alpha-2."),
)

_CALLBACK: Final[Fields] = (
    Field(path="callback.callbackUrl", kind=Kind.URL),
    Field(path="callback.success"),
    Field(path="callback.failure"),
)


def _but(fields: Fields, **changes: Field) -> Fields:
    """The fields with some replaced, by the last name of their path."""
    return tuple(changes.get(field.path.rpartition(".")[2], field) for field in fields)


#: Send Payment Link.
PAYMENT_LINK: Final[Fields] = (
    *_PRODUCTS,
    *_SUMMARY,
    *_DATES,
    *_SENDING,
    _flag("isCreditCheckAvailable"),
    _flag("invoiceAsPaymentOption"),
    *_CUSTOMER,
    *_REFERENCES,
    *_CALLBACK,
)

#: Create Checkout Session. Shipping costs are demanded here only, the personal number when an invoice pays: recorded.
CHECKOUT: Final[Fields] = (
    *_PRODUCTS,
    *_SUMMARY,
    _amount("orderSummary.shippingCost"),
    *_DATES,
    *_SENDING,
    *_but(
        _CUSTOMER,
        personalNumber=Field(
            path="customerDetails.personalNumber", required_when=When("submitPayment.via", "invoice"), size=11
        ),
    ),
    *_REFERENCES,
    Field(path="submitPayment.via"),
    Field(path="submitPayment.currency", pattern="[A-Z]{3}"),
    *_CALLBACK,
)

#: Create Session for Invoice Order. `fpgoUuid` updates an order instead of making another one.
INVOICE_SESSION: Final[Fields] = (
    *_PRODUCTS,
    *_SUMMARY,
    *_DATES,
    *_REFERENCES,
    Field(path="orderFrom", required_when=When("fpgoUuid"), among=("PARTNER",)),
    Field(path="fpgoUuid"),
    *_INVOICING,
    _flag("settings.secureDetails"),
    *_but(
        _CUSTOMER,
        personalNumber=Field(
            path="customerDetails.personalNumber", required_when=When("customerDetails.type", "private"), size=11
        ),
    ),
    *_CALLBACK,
)

#: Send Invoice.
INVOICE: Final[Fields] = (*_PRODUCTS, *_SUMMARY, *_DATES, *_SENDING, *_CUSTOMER, *_INVOICING, *_REFERENCES, *_CALLBACK)

#: Send E-Faktura is for private customers: its example has a personal number and no type.
FAKTURA: Final[Fields] = (
    *_PRODUCTS,
    *_SUMMARY,
    *_DATES,
    *_SENDING,
    *_but(
        _CUSTOMER,
        type=Field(path="customerDetails.type", among=("private",)),
        personalNumber=Field(path="customerDetails.personalNumber", required=True, size=11),
    ),
    *_INVOICING,
    *_REFERENCES,
    *_CALLBACK,
)

_COMPANY: Final[Fields] = _but(
    _CUSTOMER,
    type=Field(path="customerDetails.type", among=("corporate",)),
    organizationId=Field(path="customerDetails.organizationId", required=True, pattern="[a-zA-Z0-9]+"),
)

#: Send EHF Invoice is for companies: its example has an organization number and no type.
EHF: Final[Fields] = (
    *_PRODUCTS,
    *_SUMMARY,
    *_DATES,
    *_SENDING,
    *_COMPANY,
    *_INVOICING,
    *_REFERENCES,
    *_CALLBACK,
)

#: The older path of the same, which demanded more: recorded.
EHF_OLDER: Final[Fields] = (
    *_PRODUCTS,
    *_SUMMARY,
    *_DATES,
    *(replace(field, required=True) for field in _SENDING),
    _flag("isCreditCheckAvailable", required=True),
    _flag("invoiceAsPaymentOption", required=True),
    *_but(
        _COMPANY,
        preferredLanguage=Field(
            path="customerDetails.preferredLanguage", required=True, among=("en", "no", "sv", "da", "de")
        ),
    ),
    *_INVOICING,
    *_REFERENCES,
    *_CALLBACK,
)


def with_rates(fields: Fields, rates: tuple[str, ...]) -> Fields:
    """The fields for an account with tax rates of its own: "unless you have other configuration"."""
    return tuple(replace(field, among=rates) if field.path == "products.*.tax" else field for field in fields)
