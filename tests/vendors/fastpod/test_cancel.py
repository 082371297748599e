"""Cancel Order, judged on a ledger in memory."""

import json

import pytest

from countermand.dialects.fastpod.cancel import encode
from countermand.dialects.fastpod.documents import CANCELLED_KEYS, CANCELLED_LINE_KEYS
from countermand.dialects.fastpod.lifecycle import STATUSES, lifecycle
from countermand.dialects.fastpod.order import cancelled_order
from countermand.dialects.fastpod.switches import Switches
from countermand.engine import decide
from countermand.model.command import Cancel
from countermand.model.lifecycle import Repeat
from countermand.model.order import PortionState
from countermand.model.outcome import Accepted, Done
from tests.vendors.fastpod.ledger import NOW, SAMPLE, Ledger, request

ID = str(SAMPLE["id"])

#: The members that a cancel changes; everything else is shown as it was.
CHANGED = {"order_status", "updated_at", "cancelled_at"}


def cancel(ledger: Ledger, order_id: str = ID, *, body: object = None):
    return ledger.call("cancelOrder", request("POST", order_id=order_id, body=body))


def test_the_answer_has_the_31_members_of_the_page_and_the_earlier_name_of_one():
    status, answer = cancel(Ledger(SAMPLE))
    assert status == 200
    assert list(answer) == ["status", "message", "data"]
    assert answer["status"] is True
    assert answer["message"] == "Order cancelled successfully."
    assert len(CANCELLED_KEYS) == 31
    assert set(answer["data"]) == {*CANCELLED_KEYS, "boost_production"}
    assert set(answer["data"]["line_items"][0]) == set(CANCELLED_LINE_KEYS)


def test_only_status_and_two_times_change_and_both_times_are_one():
    _, answer = cancel(Ledger(SAMPLE))
    data = answer["data"]
    assert data["order_status"] == "cancelled"
    assert data["updated_at"] == data["cancelled_at"] == "2023-12-07T09:00:00.000000Z"
    for name in set(SAMPLE) - CHANGED - {"tax_id", "tax_id_type", "line_items"}:
        assert data[name] == SAMPLE[name], name


def test_whole_amounts_have_no_fraction():
    order = Ledger({**SAMPLE, "shipping_total": 24.0, "order_total": 38.40}).order(ID)
    shown = cancelled_order(order)
    assert repr(shown["shipping_total"]) == "24"
    assert repr(shown["order_total"]) == "38.4"


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("draft", 200),
        ("new_order", 200),
        ("on_hold", 200),
        ("in_production", 422),
        ("shipped", 422),
        ("cancelled", 422),
        ("rejected", 422),
    ],
)
def test_an_order_is_cancelled_as_long_as_it_can_be_edited(status, answer):
    ledger = Ledger({**SAMPLE, "order_status": status})
    before = ledger.order(ID)
    ledger.later(60)
    found, body = cancel(ledger)
    assert found == answer
    assert body["status"] is (answer == 200)
    if answer != 200:
        assert ledger.order(ID) == before
        assert body["message"]


def test_every_status_has_been_tried():
    tried = test_an_order_is_cancelled_as_long_as_it_can_be_edited.pytestmark[0].args[1]
    assert {status for status, _ in tried} == set(STATUSES)


def test_a_second_cancel_keeps_the_first_times():
    ledger = Ledger(SAMPLE)
    assert cancel(ledger)[0] == 200
    first = ledger.order(ID)
    ledger.later(60)
    assert cancel(ledger)[0] == 422
    assert ledger.order(ID) == first


def test_the_switch_for_repeats_gives_the_stored_order_and_no_event():
    ledger = Ledger({**SAMPLE, "order_status": "cancelled", "cancelled_at": "2023-12-07T08:29:50.000000Z"})
    table = lifecycle(Switches(recancel=Repeat.SAME_ANSWER))
    outcome = decide(ledger.order(ID), Cancel(cancellation_id="c"), table, NOW)
    assert isinstance(outcome, Accepted)
    assert outcome.events == ()
    assert b'"cancelled_at":"2023-12-07T08:29:50.000000Z"' in encode(Done(order=outcome.order), request()).body


def test_the_switch_for_cancellable_statuses_moves_the_line():
    order = Ledger({**SAMPLE, "order_status": "in_production"}).order(ID)
    table = lifecycle(Switches(cancellable=frozenset({"in_production"})))
    assert isinstance(decide(order, Cancel(cancellation_id="c"), table, NOW), Accepted)


@pytest.mark.parametrize("body", [b"{", b"null", b'{"order_status":"shipped"}', b"\xff" * 100])
def test_a_body_is_not_even_read(body):
    assert cancel(Ledger(SAMPLE), body=body)[0] == 200


@pytest.mark.parametrize(
    "order_id", ["F237-120723-999999", "F255-010524-000001", "R-1", "f237-120723-000001", f" {ID}"]
)
def test_an_order_is_named_by_its_own_id_exactly_and_by_its_own_merchant(order_id):
    ledger = Ledger(SAMPLE, {"id": "F255-010524-000001", "order_status": "new_order", "reference_id": "R-1"})
    status, body = cancel(ledger, order_id)
    assert (status, body["status"], body["message"]) == (422, False, "Order not found.")


def test_all_units_are_cancelled_and_nothing_is_owed_any_more():
    ledger = Ledger(SAMPLE)
    cancel(ledger)
    order = ledger.order(ID)
    assert order.quantity_milli() == order.quantity_milli(PortionState.CANCELLED) == 1000
    assert order.total_minor == 0
    assert order.sequence == 1


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [{"quantity": 0}],
        [{"quantity": 3, "price": 10}, {"quantity": 2, "price": 0.01}],
        [{"quantity": 3, "price": 0}],
    ],
)
@pytest.mark.parametrize("total", [None, 0, 5, 1000])
def test_whatever_the_figures_a_whole_order_can_be_cancelled(lines, total):
    ledger = Ledger({"id": ID, "line_items": lines, "order_total": total})
    status, body = cancel(ledger)
    assert (status, body["data"]["order_status"]) == (200, "cancelled")
    assert ledger.order(ID).total_minor == 0


def test_nobody_is_told_unless_they_asked():
    ledger = Ledger(SAMPLE)
    cancel(ledger)
    assert ledger.obligations == []


def test_the_webhook_gets_the_order_as_it_now_stands():
    ledger = Ledger(
        SAMPLE, webhooks=[{"event": "order_notify", "url": "https://shop.example/hook", "merchant": "F237"}]
    )
    cancel(ledger)
    [owed] = ledger.obligations
    assert (owed.address, owed.type, owed.order_id) == ("https://shop.example/hook", "order_notify", ID)
    _, got = ledger.call("getOrder", request(order_id=ID))
    body = json.loads(owed.body)
    assert body["data"] == got
    assert body["event"] == {
        "uuid": body["event"]["uuid"],
        "name": "order_notify",
        "status": "cancelled",
        "timestamp": "2023-12-07T09:00:00.000000Z",
    }


@pytest.mark.parametrize("status", ["in_production", "cancelled"])
def test_a_refusal_is_told_to_nobody(status):
    ledger = Ledger(
        {**SAMPLE, "order_status": status}, webhooks=[{"event": "order_notify", "url": "https://shop.example"}]
    )
    assert cancel(ledger)[0] == 422
    assert ledger.obligations == []


def test_another_merchants_webhook_hears_nothing():
    hooks = [{"event": "order_notify", "url": "https://shop.example/hook", "merchant": "F255"}]
    ledger = Ledger(SAMPLE, webhooks=hooks)
    assert cancel(ledger)[0] == 200
    assert ledger.obligations == []
