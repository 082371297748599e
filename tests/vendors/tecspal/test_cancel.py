"""Cancel Order and Confirm Order, judged on a ledger in memory."""

import json

import pytest

from tests.vendors.tecspal.ledger import (
    ACCEPTED,
    CALLER,
    CANCELLED,
    DELIVERED,
    FOREIGN,
    IDS,
    MADE,
    ORDERS,
    PENDING,
    QUOTED,
    STRANGER,
    Ledger,
)

CANNOT_CANCEL = "The Order cannot be cancelled. Only orders with status PENDING or QUOTED can be cancelled"
NOT_FOUND = {"error": "Bad Request", "message": "Order request not found", "statusCode": 400}


def no(message: str) -> tuple[int, dict[str, object]]:
    return 400, {"error": "Bad Request", "message": message, "statusCode": 400}


def yes(order_id: str, status: str) -> tuple[int, dict[str, object]]:
    item = {"id": order_id, "status": status}
    return 200, {"statusCode": 200, "message": "Request successful", "envelop": [item]}


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.mark.parametrize("order_id", [PENDING, QUOTED])
def test_a_pending_or_quoted_order_is_cancelled_and_only_its_essentials_are_told(ledger, order_id):
    assert ledger.write("/orders/cancel", id=order_id, companyCode="DM1") == yes(order_id, "CANCELLED")
    assert ledger.order(order_id).cancelled_at == ledger.now
    assert ledger.types() == ["order.cancelled"]


@pytest.mark.parametrize("status", ["ACCEPTED", "DELIVERED", "pending", "Quoted", "IN_TRANSIT", ""])
def test_any_other_status_forbids_it_known_or_not(status):
    ledger = Ledger({**ORDERS[0], "status": status})
    before = dict(ledger.orders)
    assert ledger.write("/orders/cancel", id=PENDING, companyCode="DM1") == no(CANNOT_CANCEL)
    assert ledger.orders == before
    assert (ledger.events, ledger.obligations, ledger.history(PENDING)) == ([], [], [])


def test_a_cancelled_order_gets_the_same_answer_and_nothing_changes(ledger):
    before = ledger.order(CANCELLED)
    assert ledger.write("/orders/cancel", id=CANCELLED, companyCode="DM1") == yes(CANCELLED, "CANCELLED")
    assert ledger.order(CANCELLED) == before
    assert (ledger.events, ledger.obligations, ledger.history(CANCELLED)) == ([], [], [])


def test_a_cancel_and_its_repeat_leave_one_line_of_history_and_one_notice(ledger):
    first = ledger.write("/orders/cancel", id=PENDING, companyCode="DM1")
    ledger.later(60)
    assert ledger.write("/orders/cancel", id=PENDING, companyCode="DM1") == first
    assert ledger.history(PENDING) == [("PENDING", "CANCELLED")]
    assert [owed.type for owed in ledger.obligations] == ["company.order_cancelled"]
    assert ledger.types() == ["order.cancelled"]


def test_the_line_of_history_says_who_when_and_what(ledger):
    ledger.write("/orders/cancel", id=QUOTED, companyCode="DM1")
    entry = next(json.loads(one.body) for one in ledger.records.values() if one.kind == "history")
    assert entry == {
        "orderId": QUOTED,
        "from": "QUOTED",
        "to": "CANCELLED",
        "at": "2025-04-10T08:00:00.000Z",
        "actor": "t-1",
    }
    assert next(one for one in ledger.records.values() if one.kind == "history").order_id == QUOTED


def test_updated_at_moves_with_a_cancel_and_date_completed_stays_null(ledger):
    ledger.write("/orders/cancel", id=PENDING, companyCode="DM1")
    _, answer = ledger.read(f"/orders/{PENDING}", companyCode="DM1")
    shown = answer["envelop"][0]
    assert (shown["updatedAt"], shown["createdAt"]) == ("2025-04-10T08:00:00.000Z", MADE)
    assert (shown["status"], shown["dateCompleted"]) == ("CANCELLED", None)


@pytest.mark.parametrize(
    ("webhook", "state"), [("https://dm1.example/hooks", "open"), (None, "settled")], ids=["address", "none"]
)
def test_the_company_is_told_whether_or_not_it_has_an_address(webhook, state):
    ledger = Ledger(companies=[{"companyCode": "DM1", "name": "Demo One", "webhookUrl": webhook}])
    ledger.write("/orders/cancel", id=PENDING, companyCode="DM1")
    (owed,) = ledger.obligations
    assert (owed.address, owed.state, owed.order_id, owed.data) == (webhook, state, PENDING, {"companyCode": "DM1"})
    assert json.loads(owed.body) == {
        "format": "countermand.order-status.v1",
        "id": PENDING,
        "companyCode": "DM1",
        "status": "CANCELLED",
        "at": "2025-04-10T08:00:00.000Z",
    }


# ---------------------------------------------------------------------------------------------------------------- checks


@pytest.mark.parametrize("path", ["/orders/cancel", "/orders/confirm"])
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "id is required"),
        ({"id": None}, "id is required"),
        ({"id": "", "companyCode": ""}, "id is required"),
        ({"companyCode": "DM1"}, "id is required"),
        ({"id": PENDING}, "companyCode is required"),
        ({"id": PENDING, "companyCode": None}, "companyCode is required"),
        ({"id": PENDING, "companyCode": ""}, "companyCode is required"),
        ({"id": "nothing"}, "companyCode is required"),
        ({"id": "not-a-uuid", "companyCode": "DM1"}, "Order request not found"),
        ({"id": 5, "companyCode": "DM1"}, "Order request not found"),
        ({"id": False, "companyCode": "DM1"}, "Order request not found"),
        ({"id": [PENDING], "companyCode": "DM1"}, "Order request not found"),
        ({"id": " ", "companyCode": "DM1"}, "Order request not found"),
        ({"id": "a\x00b", "companyCode": "DM1"}, "Order request not found"),
        ({"id": PENDING.upper() + " ", "companyCode": "DM1"}, "Order request not found"),
        ({"id": QUOTED, "companyCode": "WWS"}, "Order request not found"),
        ({"id": QUOTED, "companyCode": "dm1"}, "Order request not found"),
        ({"id": QUOTED, "companyCode": "NONE"}, "Order request not found"),
        ({"id": QUOTED, "companyCode": 7}, "Order request not found"),
        ({"id": QUOTED, "companyCode": "DM1\x00"}, "Order request not found"),
        ({"id": FOREIGN, "companyCode": "ZZZ"}, "Order request not found"),
        ({"id": FOREIGN, "companyCode": "DM1"}, "Order request not found"),
    ],
)
def test_the_checks_stand_in_their_order_and_nothing_tells_whether_an_order_exists(ledger, path, data, message):
    assert ledger.call("POST", path, {"data": data}) == no(message)
    assert (ledger.events, ledger.obligations) == ([], [])


@pytest.mark.parametrize("data", [None, [], "x", 1, True])
def test_data_that_is_no_object_is_empty_data(ledger, data):
    assert ledger.call("POST", "/orders/cancel", {"data": data}) == no("id is required")


def test_a_body_without_data_is_not_read_as_data(ledger):
    assert ledger.call("POST", "/orders/cancel", {"id": PENDING, "companyCode": "DM1"}) == no("id is required")


def test_further_members_mean_nothing(ledger):
    data = {"id": PENDING, "companyCode": "DM1", "reason": "late", "status": "DELIVERED"}
    assert ledger.call("POST", "/orders/cancel", {"data": data, "filters": 3}) == yes(PENDING, "CANCELLED")


def test_an_order_of_a_company_that_the_account_does_not_manage_is_not_found():
    ledger = Ledger({**ORDERS[0], "companyCode": "OLD"})
    assert ledger.write("/orders/cancel", id=PENDING, companyCode="OLD") == no("Order request not found")
    assert ledger.read(f"/orders/{PENDING}", companyCode="OLD") == (400, NOT_FOUND)
    assert ledger.read("/orders", companyCode="OLD")[1]["envelop"] == []


def test_a_company_created_later_is_managed():
    ledger = Ledger({**ORDERS[0], "companyCode": "NCY"})
    company = {"name": "New", "countryCode": "UY", "legalNumber": "1", "contactEmail": "a@b", "phone": "1"}
    assert ledger.write("/companies", companyCode="NCY", **company)[0] == 201
    assert ledger.write("/orders/cancel", id=PENDING, companyCode="NCY") == yes(PENDING, "CANCELLED")


@pytest.mark.parametrize("order_id", list(IDS.values()))
def test_a_stranger_is_told_the_same_of_every_order(ledger, order_id):
    for path in ("/orders/cancel", "/orders/confirm"):
        for code in ("DM1", "ZZZ"):
            answer = ledger.write(path, STRANGER, id=order_id, companyCode=code)
            assert answer == (400, NOT_FOUND)
    assert ledger.events == []


# --------------------------------------------------------------------------------------------------------------- confirm


def test_a_quoted_order_is_confirmed(ledger):
    assert ledger.write("/orders/confirm", id=QUOTED, companyCode="DM1") == yes(QUOTED, "ACCEPTED")
    assert ledger.history(QUOTED) == [("QUOTED", "ACCEPTED")]
    assert (ledger.types(), ledger.obligations) == (["lifecycle.moved"], [])


@pytest.mark.parametrize("order_id", [PENDING, ACCEPTED, DELIVERED, CANCELLED])
def test_no_other_order_can_be_confirmed(ledger, order_id):
    assert ledger.write("/orders/confirm", id=order_id, companyCode="DM1") == no("The Order cannot be confirmed")
    assert (ledger.events, ledger.history(order_id)) == ([], [])


def test_of_cancel_and_confirm_the_second_gets_its_own_no():
    confirmed, cancelled = Ledger(), Ledger()
    confirmed.write("/orders/confirm", id=QUOTED, companyCode="DM1")
    assert confirmed.write("/orders/cancel", id=QUOTED, companyCode="DM1") == no(CANNOT_CANCEL)
    cancelled.write("/orders/cancel", id=QUOTED, companyCode="DM1")
    assert cancelled.write("/orders/confirm", id=QUOTED, companyCode="DM1") == no("The Order cannot be confirmed")


def test_who_acts_is_named_by_the_account_where_it_has_a_name():
    assert CALLER.attributes["client"] == "t-1"
