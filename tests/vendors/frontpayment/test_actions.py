"""Resend, delayed charge, refund and the request for a refund's approval."""

from typing import Any

import pytest

from tests.vendors.frontpayment.ledger import GONE, NOTE, SENT, STRANGER, Ledger, conflict, done, order, wrong

PHONE = {"countryCode": "+47", "msisdn": "46567468"}
MAIL = {"email": "kari@example.com"}

# ------------------------------------------------------------------------------------------------------------------- resend


@pytest.mark.parametrize("body", [PHONE, MAIL, {**PHONE, **MAIL}, {**MAIL, "countryCode": None, "msisdn": None}])
def test_a_link_goes_by_phone_or_mail_or_both(body: object) -> None:
    ledger = Ledger(order())
    assert ledger.call("resendPaymentLink", body) == (202, done(202, "resentOrderSuccessfully", is_data=True))
    assert (ledger.status(), ledger.types()) == ("SENT", ["facts.link_resent"])


@pytest.mark.parametrize("status", ["SENT", "EXPIRED", "INVOICED", "Purring", "Inkasso"])
def test_a_link_that_is_not_settled_can_be_sent_again(status: str) -> None:
    assert Ledger(order(status)).call("resendPaymentLink", MAIL)[0] == 202


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("PAID", "orderStatusAlreadyPaid"),
        ("CANCELLED", "orderStatusAlreadyCancelled"),
        ("REFUNDED", "orderStatusAlreadyPaid"),
        ("PARTIAL REFUNDED", "orderStatusAlreadyPaid"),
    ],
)
def test_the_link_of_a_settled_order_is_not_sent_again(status: str, message: str) -> None:
    assert Ledger(order(status)).call("resendPaymentLink", MAIL) == (400, conflict(message))


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        (
            {},
            [
                "The msisdn field is required when email is not present.",
                "The email field is required when msisdn is not present.",
            ],
        ),
        ({"msisdn": "46567468"}, ["The country code field is required when msisdn is present."]),
        ({"email": "kari"}, ["The email must be a valid email address."]),
        ({**MAIL, "countryCode": 47}, ["The country code must be a string."]),
    ],
)
def test_a_link_needs_somewhere_to_go(body: object, sentences: list[str]) -> None:
    assert Ledger(order()).call("resendPaymentLink", body) == (417, wrong(*sentences))


@pytest.mark.parametrize("operation", ["resendPaymentLink", "refundOrder", "requestRefundApproval", "delayedCharge"])
def test_an_order_that_is_unknown_or_anothers_is_not_found(operation: str) -> None:
    body = {**MAIL, **refund(10, message="x")}
    assert Ledger(order("PAID")).call(operation, body, uuid="ODR0") == (404, GONE)
    assert Ledger(order("PAID")).call(operation, body, by=STRANGER) == (404, GONE)


# ----------------------------------------------------------------------------------------------------------- delayed charge


def test_a_sent_order_is_charged_and_paid() -> None:
    ledger = Ledger(order())
    assert ledger.call("delayedCharge") == (200, done(200, "orderDelayedChargedSuccessfully", is_data=True))
    assert ledger.status() == "PAID"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("PAID", "orderStatusAlreadyPaid"),
        ("CANCELLED", "orderStatusAlreadyCancelled"),
        ("EXPIRED", "orderStatusAlreadyExpired"),
        ("INVOICED", "orderStatusAlreadyInvoiced"),
    ],
)
def test_an_order_is_charged_once_and_only_while_it_is_open(status: str, message: str) -> None:
    assert Ledger(order(status)).call("delayedCharge") == (400, conflict(message))


# ------------------------------------------------------------------------------------------------------------------- refund

PRODUCTS = [
    {"id": 451, "name": "Tea", "amount": 30, "quantity": 1},
    {"id": 452, "name": "Mug", "amount": 25, "quantity": 1},
]
REFUNDED = done(202, "orderRefundedSuccessfully", is_data=True)


def paid(status: str = "PAID", **more: Any) -> dict[str, Any]:
    return order(status, productList=PRODUCTS, orderAmount=55, **more)


def refund(
    total: float | str, *, kind: str = "regular", ids: tuple[int, ...] = (451,), **more: object
) -> dict[str, Any]:
    rows = [{"id": each, "amount": 1} for each in ids]
    return {"type": kind, "grandTotal": total, "products": rows, **more}


def amounts(ledger: Ledger) -> tuple[str, float, float]:
    data = ledger.call("getOrderStatusByUuid")[1]["data"]
    return data["status"], data["orderAmount"], data["refundedAmount"]


def test_a_refund_of_everything_makes_the_order_refunded() -> None:
    ledger = Ledger(paid())
    assert ledger.call("refundOrder", refund(55, ids=(451, 452))) == (202, REFUNDED)
    assert amounts(ledger) == ("REFUNDED", 55, 55)


def test_refunds_of_parts_add_up_to_the_whole() -> None:
    ledger = Ledger(paid())
    steps: list[tuple[float | str, tuple[str, float, float]]] = [
        (30.10, ("PARTIAL REFUNDED", 55, 30.1)),
        ("24.89", ("PARTIAL REFUNDED", 55, 54.99)),
        (0.01, ("REFUNDED", 55, 55)),
    ]
    for total, expected in steps:
        assert ledger.call("refundOrder", refund(total))[0] == 202
        assert amounts(ledger) == expected
    assert ledger.types() == ["units.returned", "lifecycle.moved"] * 3


def test_an_amount_may_be_a_text_and_products_an_object() -> None:
    body = {"type": "regular", "grandTotal": "30.00", "products": {"0": {"id": "451", "amount": "30.00"}}}
    ledger = Ledger(paid())
    assert ledger.call("refundOrder", body)[0] == 202
    assert amounts(ledger) == ("PARTIAL REFUNDED", 55, 30)


@pytest.mark.parametrize("status", ["INVOICED", "Purring", "Inkasso"])
def test_an_invoice_is_reversed_by_a_refund_of_its_own_type(status: str) -> None:
    param = "refundRejectionForRefundedCancelledInvoicedOrderParamInvoiced"
    assert Ledger(paid(status)).call("refundOrder", refund(55)) == (400, conflict(param))
    ledger = Ledger(paid(status))
    assert ledger.call("refundOrder", refund(55, kind="invoiced")) == (202, REFUNDED)
    assert ledger.status() == "REFUNDED"


def test_a_paid_invoice_is_refunded_as_an_invoice_and_a_card_payment_is_not() -> None:
    lost = {**GONE, "message": "refundRejectionForTransactionNotFound"}
    assert Ledger(paid(type="INVOICE")).call("refundOrder", refund(55, kind="invoiced")) == (202, REFUNDED)
    assert Ledger(paid()).call("refundOrder", refund(55, kind="invoiced")) == (404, lost)


@pytest.mark.parametrize("operation", ["refundOrder", "requestRefundApproval"])
@pytest.mark.parametrize(
    ("status", "param"), [("REFUNDED", "Refunded"), ("CANCELLED", "Cancelled"), ("INVOICED", "Invoiced")]
)
def test_an_order_without_money_to_give_back_is_refused_by_name(operation: str, status: str, param: str) -> None:
    message = f"refundRejectionForRefundedCancelledInvoicedOrderParam{param}"
    assert Ledger(paid(status)).call(operation, refund(10, message="x")) == (400, conflict(message))


@pytest.mark.parametrize("operation", ["refundOrder", "requestRefundApproval"])
@pytest.mark.parametrize("status", ["SENT", "EXPIRED"])
def test_an_order_that_was_never_paid_has_no_transaction(operation: str, status: str) -> None:
    expected = {**GONE, "message": "refundRejectionForTransactionNotFound"}
    assert Ledger(paid(status)).call(operation, refund(10, message="x")) == (404, expected)


def test_a_cancelled_order_is_not_refunded() -> None:
    ledger = Ledger(paid("SENT"))
    ledger.call("cancelOrder", NOTE)
    message = "refundRejectionForRefundedCancelledInvoicedOrderParamCancelled"
    assert ledger.call("refundOrder", refund(10)) == (400, conflict(message))


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        (
            {},
            ["The type field is required.", "The grand total field is required."],
        ),
        (refund(55.01), ["The grand total must not be greater than 55."]),
        (refund(0), ["The grand total must be greater than 0."]),
        (refund(0.001), ["The grand total must be greater than 0."]),
        (refund(10, kind="all"), ["The selected type is invalid."]),
        (refund(10, ids=(7,)), ["The selected products.0.id is invalid."]),
        (
            refund(10, kind="reservation"),
            [
                "The source field is required when type is reservation.",
                "The reference field is required when type is reservation.",
            ],
        ),
        (
            {"type": "regular", "grandTotal": 1, "products": [{}]},
            ["The products.0.id field is required.", "The products.0.amount field is required."],
        ),
    ],
)
def test_a_refund_that_can_not_be_is_a_payload_error(body: object, sentences: list[str]) -> None:
    assert Ledger(paid()).call("refundOrder", body) == (417, wrong(*sentences))


@pytest.mark.parametrize("products", [{}, {"products": []}, {"products": None}])
def test_a_refund_may_name_no_product(products: dict[str, object]) -> None:
    """The pages have rules for the members of a product and none for the list."""
    ledger = Ledger(paid())
    assert ledger.call("refundOrder", {"type": "regular", "grandTotal": 55, **products}) == (202, REFUNDED)
    assert ledger.order().status == "REFUNDED"


def test_a_refund_of_type_reservation_finds_nothing_among_orders() -> None:
    body = refund(10, kind="reservation", source="charged", reference="CHA3852658817")
    assert Ledger(paid()).call("refundOrder", body)[1]["message"] == "refundRejectionForTransactionNotFound"


def test_an_order_whose_products_were_made_up_may_be_refunded_by_any() -> None:
    ledger = Ledger(order("PAID"))
    assert ledger.call("refundOrder", refund(55, ids=(451, 452))) == (202, REFUNDED)
    assert amounts(ledger) == ("PARTIAL REFUNDED", 100, 55)


def test_an_account_with_a_weekly_limit_may_not_exceed_it_until_the_next_week() -> None:
    ledger = Ledger(paid(), order("PAID", uuid="ODR2", orderAmount=2000))
    exceeded = conflict("refundRejectionForWeeklyThresholdExceed")
    assert ledger.call("refundOrder", refund(55)) == (202, REFUNDED)
    assert ledger.call("refundOrder", refund(950), uuid="ODR2") == (400, exceeded)
    assert ledger.call("refundOrder", refund(945), uuid="ODR2") == (202, REFUNDED)
    assert ledger.call("refundOrder", refund(0.01), uuid="ODR2") == (400, exceeded)
    ledger.later(days=7)
    assert ledger.call("refundOrder", refund(950), uuid="ODR2") == (202, REFUNDED)


def test_an_account_without_a_limit_has_none() -> None:
    ledger = Ledger(order("PAID", orderAmount=5_000_000, _account="fp-b"))
    assert ledger.call("refundOrder", refund(5_000_000), by=STRANGER) == (202, REFUNDED)


# ----------------------------------------------------------------------------------------------------------------- approval


def test_a_request_for_approval_is_kept_and_refunds_nothing() -> None:
    ledger = Ledger(paid())
    body = refund(55, message="refundRejectionForWeeklyThresholdExceed")
    assert ledger.call("requestRefundApproval", body) == (201, done(201, "requestedOrderRefundSuccessfully"))
    assert (amounts(ledger), ledger.types()) == (("PAID", 55, 0), ["facts.refund_approval_requested"])
    assert [(record.order_id, record.kind) for record in ledger.records.values()] == [(SENT, "refund_approval")]


def test_a_request_for_approval_says_why() -> None:
    assert Ledger(paid()).call("requestRefundApproval", refund(55)) == (417, wrong("The message field is required."))
