"""The sentences of a 417: which, and in which order. Five of the payloads were sent to the demo API and the answers recorded
(github.com/skatkov/frontgo, test/vcr_cassettes).
"""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from countermand.dialects.frontpayment import rules
from countermand.dialects.frontpayment.formats import date_of, is_email, is_number, is_url
from countermand.dialects.frontpayment.payload import Payload, payload_of, tidy
from countermand.dialects.frontpayment.switches import Switches
from countermand.dialects.frontpayment.validation import check, shown
from tests.vendors.frontpayment.ledger import CUSTOMER, Ledger, creation, without, wrong

DATE = "The order date does not match the format d M, Y."
SHIPPING = "The order summary.shipping cost field is required."
PERSONAL = "The customer details.personal number field is required when submit payment.via is invoice."

#: What four of the recorded payloads have in common: cassettes of 2025-07-15.
HAIR_WASH: dict[str, Any] = {
    "products": {
        "0": {
            "name": "Hair Wash",
            "productId": "VFDDF",
            "quantity": "1",
            "rate": 51,
            "discount": 0,
            "tax": "0",
            "amount": 51,
        }
    },
    "orderSummary": {"subTotal": "51.00", "totalTax": "0.00", "totalDiscount": "0.00", "grandTotal": "51.00"},
    "orderDate": "5 Dec, 2023",
    "dueDateForPaymentLink": "1703040812",
    "sendOrderBy": {"sms": True, "email": False, "invoice": False},
    "invoiceAsPaymentOption": False,
    "isCreditCheckAvailable": False,
    "customerDetails": {**CUSTOMER, "customerUuid": "CSRT3672053467", "personalNumber": None, "organizationId": None},
    "invoiceReferences": {"referenceNo": "Dhaka", "customerReference": "3500", "receiptNo": "Cumilla"},
    "internalReferences": {"referenceNo": "Dhaka", "notes": "3500"},
}

#: Cassette of 2025-07-22: the answer lists the list item's field last, although products come first in the payload.
ROUTER: dict[str, Any] = {
    "products": [{"name": "Router", "productId": "P-1", "quantity": "1", "discount": 0, "tax": 0, "amount": 1500}],
    "orderSummary": {"subTotal": "1500.00", "totalTax": "1500.00", "totalDiscount": "0.00", "grandTotal": "1500.00"},
    "orderDate": "2 Aug, 2023",
    "dueDateForPaymentLink": "1691125906",
    "sendOrderBy": {"sms": False, "email": False, "invoice": True},
    "customerDetails": {**CUSTOMER, "email": "[email protected]", "personalNumber": None, "organizationId": None},
    "invoiceInterval": 0,
    "separateInvoices": True,
    "submitPayment": {"via": "invoice", "currency": "NOK"},
    "callback": {
        "callbackUrl": "https://www.frontpayment.no/callback",
        "success": "https://www.frontpayment.no/success",
    },
}

EHF: dict[str, Any] = {
    **{name: HAIR_WASH[name] for name in ("products", "orderSummary", "orderDate")},
    "customerDetails": {
        "type": "corporate",
        "countryCode": "+47",
        "msisdn": "46567468",
        "email": "kari_nordman@yopmail.com",
        "name": "Kari Nordmann",
        "organizationId": "123456789",
        "address": CUSTOMER["address"],
    },
    "invoiceReferences": {
        "referenceNo": "66346334",
        "invoiceInterval": 0,
        "separateInvoices": True,
        "invoiceMaturity": 10,
    },
}

RECORDED = [
    (
        "createCheckoutSession",
        ROUTER,
        [
            SHIPPING,
            DATE,
            "The customer details.email must be a valid email address.",
            PERSONAL,
            "The products.0.rate field is required.",
        ],
    ),
    (
        "createCheckoutSession",
        {
            **ROUTER,
            "products": [{**ROUTER["products"][0], "rate": 4500, "tax": "12"}],
            "customerDetails": {**ROUTER["customerDetails"], "email": "karinordmann@yopmail.com"},
        },
        [SHIPPING, DATE, PERSONAL],
    ),
    ("sendPaymentLink", HAIR_WASH, [DATE]),
    ("sendInvoice", {**HAIR_WASH, "invoiceInterval": 0, "separateInvoices": True}, [DATE]),
    (
        "sendEFakturaOlder",
        {**HAIR_WASH, "customerDetails": {**HAIR_WASH["customerDetails"], "personalNumber": "12345678901"}},
        [DATE],
    ),
    (
        "sendEhfInvoiceOlder",
        EHF,
        [
            DATE,
            "The send order by.sms field is required.",
            "The send order by.email field is required.",
            "The send order by.invoice field is required.",
            "The is credit check available field is required.",
            "The invoice as payment option field is required.",
            "The customer details.preferred language field is required.",
        ],
    ),
]


@pytest.mark.parametrize(("operation", "payload", "sentences"), RECORDED)
def test_recorded_payloads_get_the_recorded_sentences(operation: str, payload: object, sentences: list[str]) -> None:
    assert Ledger().call(operation, payload) == (417, wrong(*sentences))


#: A member that is taken out of a good checkout payload, and how the vendor calls it.
REQUIRED = [
    ("products", "products"),
    ("orderSummary.subTotal", "order summary.sub total"),
    ("orderSummary.totalTax", "order summary.total tax"),
    ("orderSummary.totalDiscount", "order summary.total discount"),
    ("orderSummary.grandTotal", "order summary.grand total"),
    ("orderSummary.shippingCost", "order summary.shipping cost"),
    ("orderDate", "order date"),
    ("customerDetails.type", "customer details.type"),
    ("customerDetails.name", "customer details.name"),
    ("customerDetails.address.street", "customer details.address.street"),
    ("customerDetails.address.zip", "customer details.address.zip"),
    ("customerDetails.address.city", "customer details.address.city"),
    ("customerDetails.address.country", "customer details.address.country"),
    ("products.0.name", "products.0.name"),
    ("products.0.quantity", "products.0.quantity"),
    ("products.0.rate", "products.0.rate"),
    ("products.0.tax", "products.0.tax"),
    ("products.0.amount", "products.0.amount"),
]


@pytest.mark.parametrize(("path", "name"), REQUIRED)
def test_each_required_member_is_asked_for_by_its_name(path: str, name: str) -> None:
    assert Ledger().call("createCheckoutSession", without(path)) == (417, wrong(f"The {name} field is required."))


def test_everything_that_is_missing_is_listed_at_once_list_items_last() -> None:
    status, body = Ledger().call(
        "createCheckoutSession", {"products": [{}], "customerDetails": {"address": {"zip": 4313}}}
    )
    assert status == 417
    assert body["errors"] == [
        "The order summary.sub total field is required.",
        "The order summary.total tax field is required.",
        "The order summary.total discount field is required.",
        "The order summary.grand total field is required.",
        SHIPPING,
        "The order date field is required.",
        "The customer details.type field is required.",
        "The customer details.name field is required.",
        "The customer details.address.street field is required.",
        "The customer details.address.zip must be a string.",
        "The customer details.address.city field is required.",
        "The customer details.address.country field is required.",
        "The products.0.name field is required.",
        "The products.0.quantity field is required.",
        "The products.0.rate field is required.",
        "The products.0.tax field is required.",
        "The products.0.amount field is required.",
    ]


VALUES: list[tuple[dict[str, Any], str]] = [
    ({"orderDate": "31 Feb, 2024"}, DATE),
    ({"orderDate": "2023-08-02"}, DATE),
    ({"orderDate": 1703040812}, "The order date must be a string."),
    ({"orderDate": "999999999999"}, DATE),
    ({"submitPayment": {"via": 7}}, "The submit payment.via must be a string."),
    ({"submitPayment": {"currency": "kroner"}}, "The submit payment.currency format is invalid."),
    ({"sendOrderBy": {"sms": "yes"}}, "The send order by.sms field must be true or false."),
    ({"callback": {"callbackUrl": "shop.example/x"}}, "The callback.callback url must be a valid URL."),
    ({"callback": {"callbackUrl": "ftp://shop.example/"}}, "The callback.callback url must be a valid URL."),
]
CUSTOMER_VALUES: list[tuple[dict[str, Any], str]] = [
    ({"type": "robot"}, "The selected customer details.type is invalid."),
    ({"preferredLanguage": "fr"}, "The selected customer details.preferred language is invalid."),
    ({"personalNumber": "123"}, "The customer details.personal number must be 11 characters."),
    (
        {"type": "corporate"},
        "The customer details.organization id field is required when customer details.type is corporate.",
    ),
    ({"organizationId": "12 34"}, "The customer details.organization id format is invalid."),
    ({"email": "kari"}, "The customer details.email must be a valid email address."),
    ({"email": 3}, "The customer details.email must be a valid email address."),
    ({"address": "here"}, "The customer details.address must be an array."),
]
PRODUCT_VALUES: list[tuple[dict[str, Any], str]] = [
    ({"quantity": "many"}, "The products.0.quantity must be a number."),
    ({"quantity": 0}, "The products.0.quantity must be greater than 0."),
    ({"quantity": True}, "The products.0.quantity must be a number."),
    ({"tax": 13}, "The selected products.0.tax is invalid."),
    ({"amount": 1e12}, "The products.0.amount must not be greater than 1000000000."),
    ({"amount": "1,5"}, "The products.0.amount must be a number."),
    ({"discount": []}, "The products.0.discount must be a number."),
    ({"productId": 5}, "The products.0.product id must be a string."),
]


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        *((creation(**change), sentence) for change, sentence in VALUES),
        *((creation(customerDetails={**CUSTOMER, **change}), sentence) for change, sentence in CUSTOMER_VALUES),
        *(
            (creation(products=[{**creation()["products"][0], **change}]), sentence)
            for change, sentence in PRODUCT_VALUES
        ),
    ],
)
def test_a_value_that_breaks_a_rule_gets_the_sentence_of_the_rule(payload: object, sentence: str) -> None:
    status, body = Ledger().call("createCheckoutSession", payload)
    assert status == 417
    assert body["errors"][0] == sentence


def test_two_broken_rules_of_one_field_give_two_sentences() -> None:
    payload = creation(products=[{**creation()["products"][0], "tax": "none"}])
    expected = wrong("The products.0.tax must be a number.", "The selected products.0.tax is invalid.")
    assert Ledger().call("createCheckoutSession", payload) == (417, expected)


def test_list_items_are_checked_field_by_field_across_all_items() -> None:
    payload = creation(products={"7": {"name": "a"}, "x.y": {"quantity": 1}})
    body = Ledger().call("createCheckoutSession", payload)[1]
    assert body["errors"][:3] == [
        "The products.x.y.name field is required.",
        "The products.7.quantity field is required.",
        "The products.7.rate field is required.",
    ]


@pytest.mark.parametrize("products", [[], {}, None, ""])
def test_an_order_without_products_is_refused(products: object) -> None:
    expected = wrong("The products field is required.")
    assert Ledger().call("createCheckoutSession", creation(products=products)) == (417, expected)


@pytest.mark.parametrize("products", ["tea", 5, True])
def test_products_that_are_no_list_are_refused(products: object) -> None:
    expected = wrong("The products must be an array.")
    assert Ledger().call("createCheckoutSession", creation(products=products)) == (417, expected)


@pytest.mark.parametrize(
    ("declared", "read"),
    [
        ("application/json; charset=utf-8", True),
        ("application/problem+json", True),
        ("", True),
        ("text/plain", False),
        ("application/x-www-form-urlencoded", False),
    ],
)
def test_a_body_declared_as_something_else_is_no_input(declared: str, *, read: bool) -> None:
    ledger = Ledger()
    wire = replace(ledger.request("createCheckoutSession", creation()), headers={"content-type": declared})
    assert bool(payload_of(wire).document) is read


def test_the_declaration_matters_only_while_its_switch_is_on() -> None:
    wire = replace(Ledger().request("createCheckoutSession", creation()), headers={"content-type": "text/plain"})
    assert payload_of(wire, Switches(json_by_declaration=False)).document


# ----------------------------------------------------------------------------------------------------------------- forms


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("cancellationNote", "cancellation note"),
        ("orderSummary.shippingCost", "order summary.shipping cost"),
        ("products.0.productId", "products.0.product id"),
        ("submitPayment.via", "submit payment.via"),
        ("note", "note"),
    ],
)
def test_names_are_split_at_their_capitals(path: str, name: str) -> None:
    assert shown(path) == name


@pytest.mark.parametrize("good", [0, 51, -3.5, "51.00", ".5", "5.", "+1", "1e3", "0012"])
def test_what_spells_a_number_is_numeric(good: object) -> None:
    assert is_number(good)


@pytest.mark.parametrize("bad", [True, None, [], "", "1_0", "٣", "0x1f", "1e", "Infinity", "NaN", "1 2", "1e9999"])
def test_what_does_not_is_not(bad: object) -> None:
    assert not is_number(bad)


def test_forms_of_mail_addresses_urls_and_dates() -> None:
    assert all(map(is_email, ["a@b", "kari.nordmann+x@example.com"]))
    assert not any(map(is_email, ["a", "@b", "a@", "a b@c", ".a@b", "a@b..c", "[email protected]"]))
    assert all(map(is_url, ["https://shop.example/a?b=c", "http://localhost:8080"]))
    assert not any(map(is_url, ["https://", "https://a b", "javascript:alert(1)", "https://a:x/", "//shop.example"]))
    assert [date_of(text) is not None for text in ("02 Aug, 2023", "0", "2 Aug, 2023", "02 aug, 2023")] == [
        True,
        True,
        False,
        False,
    ]


MEMBERS = ["products", "customerDetails", "address", "0", "name", "type", "orderSummary", "quantity", "orderDate"]
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(MEMBERS), inner),
)


@given(documents)
@settings(max_examples=200, deadline=None)
def test_any_payload_at_all_gets_sentences_and_never_a_crash(document: object) -> None:
    payload = Payload(document if isinstance(document, dict) else {})
    for fields in (rules.CHECKOUT, rules.EHF_OLDER, rules.REFUND, rules.RESEND, rules.INVOICE_SESSION):
        assert all(isinstance(sentence, str) for sentence in check(payload, fields))


@given(st.text())
def test_a_tidied_text_is_never_blank_and_stays_as_it_is_when_tidied_again(text: str) -> None:
    tidied = tidy(text)
    assert tidied is None or (isinstance(tidied, str) and tidied.strip() == tidied != "")
    assert tidy(tidied) == tidied
