"""Cancel an order, judged on a ledger in memory."""

import pytest

from countermand.dialects.flexportal.codes import REFUSALS
from countermand.dialects.flexportal.lifecycle import ORDER, Status
from countermand.model.outcome import Refusal
from tests.vendors.flexportal.ledger import ACCOUNTS, Ledger, order, rental

CANCELLED = {"success": True, "message": "Order cancelled successfully", "orderId": "ord_1"}


@pytest.mark.parametrize("body", [None, {}, {"reason": ""}, {"reason": "changed mind"}, {"reason": "x", "other": 1}])
@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_a_pending_or_confirmed_order_is_cancelled_and_the_answer_has_three_members(status, body):
    ledger = Ledger(order(status=status))
    assert ledger.call("cancelOrder", body, "ord_1") == (200, CANCELLED)
    assert ledger.shown()["status"] == "cancelled"


def test_status_and_update_time_change_and_nothing_else_that_is_shown():
    ledger = Ledger(
        order(notes="Desk 4", rentalIds=[], totals={"subtotal": 130.5, "total": 157.91, "taxAmount": 27.41})
    )
    before = ledger.shown()
    ledger.later(5)
    ledger.call("cancelOrder", {"reason": "secret"}, "ord_1")
    after = ledger.shown()
    assert {name for name in after if after[name] != before[name]} == {"status", "updatedAt"}
    assert after["updatedAt"] == "2025-01-20T12:00:05Z"
    assert after.keys() == before.keys()


def test_the_units_held_for_the_order_are_released():
    ledger = Ledger(order(), order("ord_2"))
    assert ledger.reserved() == 3
    ledger.call("cancelOrder", None, "ord_1")
    assert ledger.reserved() == 0
    assert ledger.reserved("ord_2") == 3


def test_a_cancel_is_logged_once_with_its_reason_and_nobody_is_told():
    ledger = Ledger(order())
    ledger.call("cancelOrder", {"reason": "created in error"}, "ord_1")
    ledger.call("cancelOrder", {"reason": "again"}, "ord_1")
    assert ledger.types() == ["order.cancelled"]
    assert ledger.obligations == []


def test_a_second_cancel_is_already_cancelled():
    ledger = Ledger(order())
    ledger.call("cancelOrder", None, "ord_1")
    assert ledger.code("cancelOrder", None, "ord_1") == (400, "ALREADY_CANCELLED")


@pytest.mark.parametrize("status", ["partial", "fulfilled"])
def test_an_order_whose_status_says_more_is_not_cancellable(status):
    ledger = Ledger(order(status=status))
    assert ledger.code("cancelOrder", {}, "ord_1") == (400, "ORDER_NOT_CANCELLABLE")
    assert ledger.shown()["status"] == status
    assert ledger.events == []


@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_a_rental_forbids_it_whatever_the_status_says(status):
    """Both tests decide: the status, and whether a counted rental exists."""
    ledger = Ledger(order(status=status), rentals=[rental()])
    assert ledger.code("cancelOrder", None, "ord_1") == (400, "ORDER_NOT_CANCELLABLE")


@pytest.mark.parametrize("status", ["ended_completed", "ended_buyout", "ended_upgrade", "ended_early_return"])
def test_a_rental_that_ended_any_other_way_still_counts(status):
    ledger = Ledger(order(), rentals=[rental(status=status)])
    assert ledger.code("cancelOrder", None, "ord_1") == (400, "ORDER_NOT_CANCELLABLE")


def test_a_cancelled_rental_does_not_count():
    ledger = Ledger(order(), rentals=[rental(status="cancelled")])
    assert ledger.call("cancelOrder", None, "ord_1")[0] == 200


def test_progress_without_rentals_forbids_it_too():
    ledger = Ledger(order(rentalProgress={"totalDevices": 3, "rentedDevices": 1}))
    assert ledger.code("cancelOrder", None, "ord_1") == (400, "ORDER_NOT_CANCELLABLE")


def test_an_unknown_order_and_a_strangers_order_are_the_same_nothing():
    ledger = Ledger(order())
    assert ledger.code("cancelOrder", None, "ord_nope") == (404, "NOT_FOUND")
    assert ledger.call("cancelOrder", None, "ord_1", by=ACCOUNTS[1]) == ledger.call("cancelOrder", None, "ord_nope")
    assert ledger.shown()["status"] == "confirmed"


def test_the_body_is_judged_before_the_order_is_looked_up():
    ledger = Ledger(order())
    assert ledger.code("cancelOrder", {"reason": None}, "ord_nope") == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("reason", "status"), [("a" * 1000, 200), ("a" * 1001, 400), ("\U0001f600" * 1000, 200), ("\U0001f600" * 1001, 400)]
)
def test_a_reason_has_at_most_1000_code_points(reason, status):
    ledger = Ledger(order())
    assert ledger.call("cancelOrder", {"reason": reason}, "ord_1")[0] == status
    assert ledger.shown()["status"] == ("cancelled" if status == 200 else "confirmed")


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"reason": "a" * 1001}, "reason", "too_big"),
        ({"reason": None}, "reason", "invalid_type"),
        ({"reason": 7}, "reason", "invalid_type"),
        ({"reason": ["x"]}, "reason", "invalid_type"),
        ([], "", "invalid_type"),
        ("x", "", "invalid_type"),
        (b"{", "", "custom"),
        (b"null", "", "invalid_type"),
        (b"\xff", "", "custom"),
        (b" ", "", "custom"),
    ],
)
def test_a_body_that_is_not_as_it_should_be_is_told_where(body, path, code):
    ledger = Ledger(order())
    status, answer = ledger.call("cancelOrder", body, "ord_1")
    assert status == 400
    assert answer["error"]["code"] == "VALIDATION_ERROR"
    assert answer["error"]["message"] == "Invalid request body"
    (detail,) = answer["error"]["details"]
    assert (detail["path"], detail["code"]) == (path, code)
    assert ledger.events == []


def test_only_two_statuses_can_be_cancelled_and_nothing_leads_out_of_cancelled():
    assert ORDER.allowed["cancel"] == {Status.PENDING, Status.CONFIRMED}
    assert not any(status == Status.CANCELLED for status, _ in ORDER.moves)
    assert all(Status.CANCELLED not in statuses for statuses in ORDER.allowed.values())


def test_every_refusal_has_an_answer():
    assert set(REFUSALS) == set(Refusal)
