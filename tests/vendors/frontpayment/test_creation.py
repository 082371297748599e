"""Payment link, checkout session, invoices and the invoice session."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from countermand.dialects.frontpayment import ids
from countermand.dialects.frontpayment.facts import Product, facts_of
from countermand.dialects.frontpayment.reading import tax_minor
from countermand.model.order import TaxTotal
from tests.vendors.frontpayment.ledger import (
    CALLER,
    CUSTOMER,
    NOTE,
    SENT,
    Ledger,
    account,
    caller,
    conflict,
    creation,
    order,
    wrong,
)

COMPANY = {**CUSTOMER, "type": "corporate", "personalNumber": None, "organizationId": "123456789"}
FLAGS = {
    "sendOrderBy": {"sms": False, "email": True, "invoice": 1},
    "isCreditCheckAvailable": "0",
    "invoiceAsPaymentOption": True,
}

#: Operation, payload, status of the new order, message.
CALLS = [
    ("sendPaymentLink", creation(), "SENT", "Order Created Successfully"),
    ("createCheckoutSession", creation(), "SENT", "Order Submitted Successfully"),
    ("sendInvoice", creation(), "INVOICED", "Order Created Successfully"),
    ("sendEFaktura", creation(), "INVOICED", "Order Created Successfully"),
    ("sendEFakturaOlder", creation(), "INVOICED", "Order Created Successfully"),
    ("sendEhfInvoice", creation(customerDetails=COMPANY), "INVOICED", "Order Created Successfully"),
    ("sendEhfInvoiceOlder", creation(customerDetails=COMPANY, **FLAGS), "INVOICED", "Order Created Successfully"),
    ("createSessionForInvoiceOrder", creation(), "INVOICED", "Order Submitted Successfully"),
    ("createSessionForInvoiceOrder", creation(customerDetails=COMPANY), "SENT", "Order Submitted Successfully"),
]


@pytest.mark.parametrize(("operation", "payload", "status", "message"), CALLS)
def test_a_creation_call_answers_201_with_both_ids(operation: str, payload: object, status: str, message: str) -> None:
    ledger = Ledger()
    code, body = ledger.call(operation, payload)
    assert (code, body["status_message"], body["message"], body["is_data"]) == (201, "OK", message, True)
    assert ledger.status(body["data"]["orderUuid"]) == status
    assert body["data"]["customerUuid"].startswith("CSRT")
    assert len(body["data"]["orderUuid"]) == len("ODR1649249709")


def created(ledger: Ledger, operation: str = "createCheckoutSession", **members: object) -> dict[str, Any]:
    status, body = ledger.call(operation, creation(**members))
    assert status == 201, body
    data: dict[str, Any] = body["data"]
    return data


def test_a_checkout_session_has_an_address_to_pay_at() -> None:
    assert created(Ledger())["paymentUrl"].startswith("https://")


def test_a_company_is_sent_to_prove_who_it_is_and_a_private_customer_is_not() -> None:
    company = created(Ledger(), "createSessionForInvoiceOrder", customerDetails=COMPANY)
    private = created(Ledger(), "createSessionForInvoiceOrder")
    assert company["bankIdVerificationUrl"].startswith("https://")
    assert private["bankIdVerificationUrl"] is None


def test_what_was_created_can_be_read_paid_and_refunded_like_any_order() -> None:
    ledger = Ledger()
    uuid = created(ledger)["orderUuid"]
    data = ledger.call("getOrderDetailsByUuid", uuid=uuid)[1]["data"]
    assert data["productList"] == [
        {
            "id": 1,
            "name": "Router",
            "productId": "R_1",
            "quantity": 1,
            "rate": 4500,
            "discount": 0,
            "tax": 12,
            "amount": 4500,
        }
    ]
    assert data["orderSummary"] == {"subTotal": 4017.86, "tax": 482.14, "discount": 0, "grandTotal": 4500}
    assert (data["orderDate"], data["type"], data["status"]) == ("02 Aug, 2023", "REGULAR", "SENT")
    assert data["customerDetails"]["personalNumber"] == "12345678901"
    assert ledger.order(uuid).taxes == (TaxTotal(rate_milli=12_000, amount_minor=482_14),)
    ledger.move("pay", uuid)
    assert ledger.call("cancelOrder", NOTE, uuid=uuid) == (400, conflict("orderStatusAlreadyPaid"))


def test_products_may_be_an_object_and_numbers_texts() -> None:
    ledger = Ledger()
    rows = {
        "0": creation()["products"][0],
        "1": {"name": "Bag", "quantity": "2.5", "rate": "10", "tax": 0, "amount": "25.00"},
    }
    data = ledger.call("getOrderDetailsByUuid", uuid=created(ledger, products=rows)["orderUuid"])[1]["data"]
    assert [(row["id"], row["quantity"], row["amount"]) for row in data["productList"]] == [(1, 1, 4500), (2, 2.5, 25)]


@pytest.mark.parametrize("date", ["02 Aug, 2023", "1703040812"])
def test_both_forms_of_a_date_are_taken_and_given_back(date: str) -> None:
    ledger = Ledger()
    uuid = created(ledger, orderDate=date, dueDateForPaymentLink=date)["orderUuid"]
    data = ledger.call("getOrderDetailsByUuid", uuid=uuid)[1]["data"]
    assert (data["orderDate"], data["paymentLinkDueDate"]) == (date, date)


def test_a_link_is_good_for_a_fortnight_unless_the_request_says_otherwise() -> None:
    ledger = Ledger()
    uuid = created(ledger)["orderUuid"]
    due = int(ledger.call("getOrderDetailsByUuid", uuid=uuid)[1]["data"]["paymentLinkDueDate"])
    assert due - int(ledger.now.timestamp()) == 14 * 86_400


def test_the_language_is_norwegian_unless_the_request_says_otherwise() -> None:
    ledger = Ledger()
    uuid = created(ledger, customerDetails={**CUSTOMER, "preferredLanguage": None})["orderUuid"]
    assert ledger.call("getOrderDetailsByUuid", uuid=uuid)[1]["data"]["customerDetails"]["preferredLanguage"] == "no"


def test_a_customer_who_has_an_id_keeps_it() -> None:
    assert (
        created(Ledger(), customerDetails={**CUSTOMER, "customerUuid": "CSRT3672053467"})["customerUuid"]
        == "CSRT3672053467"
    )


def test_an_account_may_have_tax_rates_of_its_own() -> None:
    ledger, product = Ledger(), {**creation()["products"][0], "tax": 11.11}
    own = caller(account("fp-a", taxRates=[0, 11.11]))
    assert ledger.call("createCheckoutSession", creation(products=[product]), by=own)[0] == 201
    assert ledger.call("createCheckoutSession", creation(products=[product]))[0] == 417


def test_an_id_that_is_taken_is_not_given_again() -> None:
    ledger = Ledger()
    wire = ledger.request("createCheckoutSession", creation())
    first, second = (ledger.ask("createCheckoutSession", wire, CALLER) for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    assert len(ledger.orders) == 2


@given(st.text())
def test_ids_are_ten_digits_that_do_not_begin_with_zero(seed: str) -> None:
    for made, letters in ((ids.order_uuid(seed), "ODR"), (ids.customer_uuid(seed), "CSRT")):
        digits = made.removeprefix(letters)
        assert len(digits) == 10
        assert digits[0] != "0"


@given(st.integers(0, 10**11), st.sampled_from([0, 12_000, 15_000, 25_000]))
def test_the_tax_inside_an_amount_is_what_the_net_amount_would_be_taxed(amount: int, rate: int) -> None:
    tax = tax_minor(Product(id=1, amount_minor=amount, tax_milli=rate))
    assert abs((amount - tax) * rate - tax * 100_000) <= 100_000 + rate


# ------------------------------------------------------------------------------------------------- the session, once more


def again(uuid: str, **members: object) -> dict[str, Any]:
    return creation(fpgoUuid=uuid, orderFrom="PARTNER", **members)


def test_an_invoice_session_that_names_an_order_updates_it_instead_of_making_another() -> None:
    ledger = Ledger()
    first = created(ledger, "createSessionForInvoiceOrder", customerDetails=COMPANY)
    dearer = {**creation()["orderSummary"], "grandTotal": 5000}
    status, body = ledger.call(
        "createSessionForInvoiceOrder", again(first["orderUuid"], customerDetails=COMPANY, orderSummary=dearer)
    )
    assert (status, body["data"]) == (201, first)
    assert len(ledger.orders) == 1
    assert ledger.call("getOrderStatusByUuid", uuid=first["orderUuid"])[1]["data"]["orderAmount"] == 5000


def test_the_update_of_a_private_customers_order_sends_the_invoice() -> None:
    ledger = Ledger(order())
    number = facts_of(ledger.order()).invoice_number
    assert ledger.call("createSessionForInvoiceOrder", again(SENT))[0] == 201
    assert (ledger.status(), facts_of(ledger.order()).invoice_number) == ("INVOICED", number)


def test_an_order_that_does_not_exist_can_not_be_updated() -> None:
    answer = Ledger().call("createSessionForInvoiceOrder", again("ODR0"))
    assert answer == (417, wrong("The selected fpgo uuid is invalid."))


def test_an_update_must_say_that_it_comes_from_a_partner() -> None:
    ledger = Ledger(order())
    missing = wrong("The order from field is required when fpgo uuid is present.")
    assert ledger.call("createSessionForInvoiceOrder", creation(fpgoUuid=SENT)) == (417, missing)
    other = wrong("The selected order from is invalid.")
    assert ledger.call("createSessionForInvoiceOrder", {**again(SENT), "orderFrom": "DAMP"}) == (417, other)


@pytest.mark.parametrize(
    ("status", "message"), [("PAID", "orderStatusAlreadyPaid"), ("CANCELLED", "orderStatusAlreadyCancelled")]
)
def test_an_order_that_is_no_longer_open_is_not_updated(status: str, message: str) -> None:
    assert Ledger(order(status)).call("createSessionForInvoiceOrder", again(SENT)) == (400, conflict(message))
