"""Cancel Order, and the cancel calls of reservations, terminal orders and subscriptions."""

import pytest

from countermand.dialects.frontpayment.facts import facts_of
from countermand.dialects.frontpayment.lifecycle import LIFECYCLES
from countermand.model.order import PortionState
from tests.vendors.frontpayment.ledger import (
    GONE,
    NOTE,
    SENT,
    STRANGER,
    Ledger,
    conflict,
    creation,
    done,
    order,
    wrong,
)

REQUIRED = "The cancellation note field is required."
NO_TEXT = "The cancellation note must be a string."
CANCELLED = done(202, "cancelledOrderSuccessfully")

#: Status of the order, message of the 400 (README: the last four are inferred).
REFUSED = [
    ("PAID", "orderStatusAlreadyPaid"),
    ("CANCELLED", "orderStatusAlreadyCancelled"),
    ("REFUNDED", "orderStatusAlreadyPaid"),
    ("PARTIAL REFUNDED", "orderStatusAlreadyPaid"),
    ("INVOICED", "orderStatusAlreadyInvoiced"),
    ("Purring", "orderStatusAlreadyInvoiced"),
    ("Inkasso", "orderStatusAlreadyInvoiced"),
    ("EXPIRED", "orderStatusAlreadyExpired"),
]


def test_a_sent_order_is_cancelled_with_all_five_members_in_the_vendors_order() -> None:
    ledger = Ledger(order())
    status, body = ledger.call("cancelOrder", NOTE)
    assert (status, list(body.items())) == (202, list(CANCELLED.items()))
    assert ledger.status() == "CANCELLED"


def test_a_cancel_records_one_event_with_the_note_and_tells_nobody() -> None:
    ledger = Ledger(order(callbackUrl="https://shop.example/callback"))
    ledger.call("cancelOrder", {"cancellationNote": "  Customer changed their mind \n"})
    assert ledger.types() == ["order.cancelled"]
    assert ledger.events[0][1].data["note"] == "Customer changed their mind"
    assert ledger.obligations == []


@pytest.mark.parametrize(("status", "message"), REFUSED)
def test_what_forbids_a_cancel_is_told_by_the_status(status: str, message: str) -> None:
    ledger = Ledger(order(status))
    assert ledger.call("cancelOrder", NOTE) == (400, conflict(message))
    assert ledger.types() == []


def test_the_table_of_refusals_knows_every_status_but_the_one_that_can_be_cancelled() -> None:
    assert {status.upper() for status, _ in REFUSED} | {"SENT"} == LIFECYCLES["order"].statuses


def test_a_second_cancel_is_refused_and_records_nothing() -> None:
    ledger = Ledger(order())
    ledger.call("cancelOrder", NOTE)
    assert ledger.call("cancelOrder", NOTE) == (400, conflict("orderStatusAlreadyCancelled"))
    assert ledger.types() == ["order.cancelled"]


@pytest.mark.parametrize("uuid", ["ODR123456789", "not-an-id", "ø/æ", "0"])
def test_an_unknown_order_is_not_found_whatever_its_id_looks_like(uuid: str) -> None:
    assert Ledger(order()).call("cancelOrder", NOTE, uuid=uuid) == (404, GONE)


def test_another_merchants_order_is_not_found() -> None:
    ledger = Ledger(order())
    assert ledger.call("cancelOrder", NOTE, by=STRANGER) == (404, GONE)
    assert ledger.status() == "SENT"


@pytest.mark.parametrize("note", [None, "", "  \t\n", "\u00a0\u200b\ufeff", "\0", [], {}])
def test_a_note_that_says_nothing_is_missing(note: object) -> None:
    assert Ledger(order()).call("cancelOrder", {"cancellationNote": note}) == (417, wrong(REQUIRED))


@pytest.mark.parametrize("note", [0, 1, 12.5, True, False, ["a"], {"a": 1}])
def test_a_note_of_another_type_is_no_string(note: object) -> None:
    assert Ledger(order()).call("cancelOrder", {"cancellationNote": note}) == (417, wrong(NO_TEXT))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b'"note"', b"\xff\xfe", b'{"cancellationNote": NaN}', b"[" * 5000]
)
def test_a_body_that_is_no_json_object_is_an_empty_payload(body: bytes) -> None:
    assert Ledger(order()).call("cancelOrder", body) == (417, wrong(REQUIRED))


def test_the_payload_is_checked_before_the_order_is_looked_up_and_that_before_its_status() -> None:
    ledger = Ledger(order("PAID"))
    assert ledger.call("cancelOrder", {}, uuid="ODR0")[0] == 417
    assert ledger.call("cancelOrder", {})[0] == 417
    assert ledger.call("cancelOrder", NOTE, uuid="ODR0")[0] == 404


def test_a_note_may_be_as_long_as_the_body_and_unknown_members_are_ignored() -> None:
    body = {"cancellationNote": "æ" * 100_000, "note": 7, "force": True}
    assert Ledger(order()).call("cancelOrder", body)[0] == 202


def test_a_cancel_takes_every_unit_and_everything_that_is_owed() -> None:
    products = [
        {"name": "Tea", "productId": "T", "quantity": 3, "rate": 10, "tax": 15, "amount": 30},
        {"name": "Mug", "productId": "M", "quantity": 1, "rate": 25, "tax": 25, "amount": 25},
    ]
    summary = {"subTotal": 46.09, "totalTax": 8.91, "totalDiscount": 0, "grandTotal": 64, "shippingCost": 9}
    ledger = Ledger(order(products=products, orderSummary=summary))
    ledger.call("cancelOrder", NOTE)
    after = ledger.order()
    assert after.total_minor == 0
    assert after.quantity_milli(PortionState.CANCELLED) == after.quantity_milli() == 4000
    assert ledger.events[0][1].amount_minor == 6400
    assert ledger.call("getOrderStatusByUuid")[1]["data"]["orderAmount"] == 64


def test_an_order_that_costs_nothing_can_be_cancelled() -> None:
    free = creation(orderSummary={"subTotal": 0, "totalTax": 0, "totalDiscount": 0, "grandTotal": 0, "shippingCost": 0})
    ledger = Ledger()
    uuid = ledger.call("createCheckoutSession", free)[1]["data"]["orderUuid"]
    assert ledger.call("cancelOrder", NOTE, uuid=uuid)[0] == 202


def test_a_payment_that_came_first_wins() -> None:
    ledger = Ledger(order())
    ledger.move("pay")
    assert ledger.call("cancelOrder", NOTE) == (400, conflict("orderStatusAlreadyPaid"))
    assert ledger.status() == "PAID"


def test_a_cancelled_order_can_no_longer_be_paid() -> None:
    ledger = Ledger(order())
    ledger.call("cancelOrder", NOTE)
    with pytest.raises(AssertionError, match="STATUS_FORBIDS"):
        ledger.move("pay")


# ------------------------------------------------------------------------------------------------------------ reservations


@pytest.mark.parametrize("operation", ["cancelReservation", "cancelReservationByGet"])
@pytest.mark.parametrize("status", ["SENT", "RESERVED", "RESERVED NOT PAID"])
def test_a_reservation_is_cancelled_by_either_method(operation: str, status: str) -> None:
    ledger = Ledger(reservations=[order(status)])
    assert ledger.call(operation, {"note": "no longer needed"}) == (202, CANCELLED)
    assert (ledger.status(), ledger.types()) == ("CANCELLED", ["order.cancelled"])


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("COMPLETED", "reservationStatusAlreadyCompleted"),
        ("CANCELLED", "reservationStatusAlreadyCompleted"),
        ("EXPIRED", "prerequisiteFailedToCancelReservation"),
        ("CAPTURED", "prerequisiteFailedToCancelReservation"),
        ("CHARGED", "prerequisiteFailedToCancelReservation"),
    ],
)
def test_a_reservation_that_is_over_or_was_drawn_on_is_refused(status: str, message: str) -> None:
    assert Ledger(reservations=[order(status)]).call("cancelReservation", {"note": "x"}) == (400, conflict(message))


def test_a_reservation_needs_a_note() -> None:
    assert Ledger(reservations=[order()]).call("cancelReservation", NOTE) == (417, wrong("The note field is required."))


# ---------------------------------------------------------------------------------------------------------- terminal orders


def test_a_terminal_order_is_cancelled_with_200() -> None:
    ledger = Ledger(order(type="terminal"))
    assert ledger.call("cancelTerminalOrder", {"type": "payment"}) == (200, done(200, "cancelledOrderSuccessfully"))
    assert ledger.status() == "CANCELLED"


def test_a_paid_terminal_order_is_refused() -> None:
    ledger = Ledger(terminalOrders=[order("PAID")])
    assert ledger.call("cancelTerminalOrder", {"type": "payment"}) == (400, conflict("orderStatusAlreadyPaid"))


@pytest.mark.parametrize(("waiting", "events"), [("PENDING", ["facts.refund_rejected"]), (None, [])])
def test_the_same_path_calls_off_a_refund_that_waits_on_the_terminal(waiting: str | None, events: list[str]) -> None:
    ledger = Ledger(terminalOrders=[order("PAID", refundStatus=waiting)])
    answer = ledger.call("cancelTerminalOrder", {"type": "refund"})
    assert answer == (200, done(200, "refundRequestRejectedSuccessfully"))
    assert (ledger.status(), ledger.types()) == ("PAID", events)
    assert facts_of(ledger.order()).refund == ("REJECTED" if waiting else None)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [({}, "The type field is required."), ({"type": "all"}, "The selected type is invalid."), ({"type": 1}, None)],
)
def test_a_terminal_cancel_says_what_it_is_about(body: object, sentence: str | None) -> None:
    expected = wrong(sentence) if sentence else wrong("The type must be a string.", "The selected type is invalid.")
    assert Ledger(terminalOrders=[order()]).call("cancelTerminalOrder", body) == (417, expected)


# ----------------------------------------------------------------------------------------------------------- subscriptions


@pytest.mark.parametrize("status", ["SENT", "ONGOING"])
@pytest.mark.parametrize("body", [{"note": "too expensive"}, {}, None])
def test_a_subscription_is_cancelled_with_201_and_an_empty_list(status: str, body: object) -> None:
    ledger = Ledger(subscriptions=[order(status)])
    expected = done(201, "successfullyCancelledSubscription", is_data=True, data=[])
    assert ledger.call("cancelSubscription", body) == (201, expected)
    assert ledger.status() == "CANCELLED"


@pytest.mark.parametrize("status", ["COMPLETED", "CANCELLED", "EXPIRED"])
def test_a_subscription_that_is_over_is_refused(status: str) -> None:
    answer = Ledger(subscriptions=[order(status)]).call("cancelSubscription", {})
    assert answer == (400, conflict("prerequisiteFailedToCancelSubscription"))


def test_each_cancel_call_finds_its_own_kind_only() -> None:
    calls = {
        "orders": ("cancelOrder", NOTE),
        "reservations": ("cancelReservation", {"note": "x"}),
        "terminalOrders": ("cancelTerminalOrder", {"type": "payment"}),
        "subscriptions": ("cancelSubscription", {}),
    }
    for collection in calls:
        for other, (operation, body) in calls.items():
            if other != collection:
                assert Ledger(**{collection: [order()]}).call(operation, body) == (404, GONE), (collection, operation)


def test_the_siblings_are_no_orders_to_the_reads() -> None:
    ledger = Ledger(reservations=[order()])
    assert ledger.call("getOrderDetailsByUuid", uuid=SENT) == (404, GONE)
    assert ledger.call("getAllOrderStatus")[0] == 404
