"""Remove Hardware Requests and Select Hardware Alternative, judged on a ledger in memory."""

from typing import Any

import pytest

from countermand.model.order import PortionState
from tests.vendors.tecspal.ledger import ACCEPTED, CANCELLED, DELIVERED, PENDING, STRANGER, Ledger

REQUESTS: list[dict[str, Any]] = [
    {"id": "h-1", "hardwareType": "PC", "amount": 3, "price": "100.50"},
    {"id": "h-2", "hardwareType": "PC"},
]
ALTERNATIVES = [
    {
        "id": "h-1",
        "name": "Latitude",
        "amount": 2,
        "price": 1000,
        "alternativeGroup": {"id": "g-1", "candidates": [{"id": "h-2", "name": "ThinkPad", "price": 1200}]},
    }
]


def order_with(hardwares: object, status: str = "PENDING") -> dict[str, object]:
    return {"id": PENDING, "status": status, "companyCode": "DM1", "hardwares": hardwares}


# ---------------------------------------------------------------------------------------------------------------- remove


def remove(ledger: Ledger, *removals: object, order_id: str = PENDING, **more: object):
    data = {"companyCode": "DM1", "hardwareRequests": list(removals), **more}
    return ledger.call("PATCH", f"/orders/{order_id}/hardware-requests/remove", {"data": data})


@pytest.mark.parametrize("status", ["PENDING", "QUOTED"])
@pytest.mark.parametrize("amount", [{}, {"amount": None}, {"amount": 3}, {"amount": 3.0}])
def test_a_whole_request_is_removed(status, amount):
    ledger = Ledger(order_with(REQUESTS, status))
    answer = remove(ledger, {"hardwareRequestId": "h-1", **amount})
    assert answer[0] == 200
    (shown,) = answer[1]["envelop"]
    assert [(item["id"], item["amount"]) for item in shown["hardwares"]] == [("h-2", 1)]
    assert shown["status"] == status
    assert ledger.types() == ["order.lines_cancelled", "facts.hardware_removed"]
    assert (ledger.obligations, ledger.history(PENDING)) == ([], [])


def test_some_pieces_of_a_request_are_removed():
    ledger = Ledger(order_with(REQUESTS))
    _, answer = remove(ledger, {"hardwareRequestId": "h-1", "amount": 1}, {"hardwareRequestId": "h-2", "amount": 1})
    (shown,) = answer["envelop"]
    assert shown["hardwares"] == [{**REQUESTS[0], "amount": 2}]
    order = ledger.order(PENDING)
    assert order.quantity_milli(PortionState.CANCELLED) == 2000
    assert order.total_minor == 201_00


def test_removing_piece_by_piece_leaves_what_removing_at_once_leaves():
    step_by_step, at_once = Ledger(order_with(REQUESTS)), Ledger(order_with(REQUESTS))
    for _ in range(2):
        remove(step_by_step, {"hardwareRequestId": "h-1", "amount": 1})
    remove(at_once, {"hardwareRequestId": "h-1", "amount": 2})
    shown = [ledger.read(f"/orders/{PENDING}", companyCode="DM1")[1] for ledger in (step_by_step, at_once)]
    assert shown[0] == shown[1]
    assert step_by_step.order(PENDING).total_minor == at_once.order(PENDING).total_minor == 100_50


def test_a_cancelled_order_still_shows_what_was_asked_for_at_last():
    ledger = Ledger(order_with(REQUESTS))
    remove(ledger, {"hardwareRequestId": "h-1", "amount": 1})
    ledger.write("/orders/cancel", id=PENDING, companyCode="DM1")
    (shown,) = ledger.read(f"/orders/{PENDING}", companyCode="DM1")[1]["envelop"]
    assert [(item["id"], item["amount"]) for item in shown["hardwares"]] == [("h-1", 2), ("h-2", 1)]
    assert ledger.order(PENDING).total_minor == 0


LAST = "At least one hardware request must remain in the order"
TOO_MANY = "amount is greater than the amount of the hardware request"


@pytest.mark.parametrize(
    ("removals", "message"),
    [
        ([{"hardwareRequestId": "h-1"}, {"hardwareRequestId": "h-2"}], LAST),
        ([{"hardwareRequestId": "h-1", "amount": 3}, {"hardwareRequestId": "h-2", "amount": 1}], LAST),
        ([{"hardwareRequestId": "h-1", "amount": 4}], TOO_MANY),
        ([{"hardwareRequestId": "h-1", "amount": 2}, {"hardwareRequestId": "h-1", "amount": 2}], TOO_MANY),
        ([{"hardwareRequestId": "h-9"}], "Hardware request not found"),
        ([{"hardwareRequestId": "h-1"}, {"hardwareRequestId": "h-9"}], "Hardware request not found"),
        ([{}], "hardwareRequests.0.hardwareRequestId is required"),
        ([{"hardwareRequestId": ""}], "hardwareRequests.0.hardwareRequestId is required"),
        ([{"hardwareRequestId": "h-1", "amount": 0}], "hardwareRequests.0.amount should be greater than or equal to 1"),
        (
            [{"hardwareRequestId": "h-1", "amount": -1}],
            "hardwareRequests.0.amount should be greater than or equal to 1",
        ),
        ([{"hardwareRequestId": "h-1", "amount": 1.5}], "hardwareRequests.0.amount should be a valid integer"),
        ([{"hardwareRequestId": "h-1", "amount": True}], "hardwareRequests.0.amount should be a valid integer"),
    ],
)
def test_what_cant_be_removed_leaves_the_order_alone(removals, message):
    ledger = Ledger(order_with(REQUESTS))
    before = ledger.order(PENDING)
    status, answer = remove(ledger, *removals)
    assert (status, answer["message"]) == (400, message)
    assert ledger.order(PENDING) == before


def test_removing_the_rest_of_a_request_that_was_removed_is_refused():
    ledger = Ledger(order_with(REQUESTS))
    remove(ledger, {"hardwareRequestId": "h-2"})
    assert remove(ledger, {"hardwareRequestId": "h-2"})[1]["message"] == "Hardware request not found"
    assert remove(ledger, {"hardwareRequestId": "h-1"})[1]["message"] == LAST


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"companyCode": None}, "companyCode is required"),
        ({"hardwareRequests": None}, "hardwareRequests is required"),
        ({"companyCode": "WWS"}, "Order request not found"),
        ({"companyCode": "ZZZ"}, "Order request not found"),
    ],
)
def test_a_removal_names_its_company_and_what_to_remove(more, message):
    status, answer = remove(Ledger(order_with(REQUESTS)), {"hardwareRequestId": "h-1"}, **more)
    assert (status, answer["message"]) == (400, message)


def test_a_removal_may_stand_in_the_body_itself():
    ledger = Ledger(order_with(REQUESTS))
    body = {"companyCode": "DM1", "hardwareRequests": [{"hardwareRequestId": "h-1"}], "verb": "PATCH"}
    assert ledger.call("PATCH", f"/orders/{PENDING}/hardware-requests/remove", body)[0] == 200


CANNOT = "The Order cannot be changed. Only orders with status PENDING or QUOTED can be changed"


@pytest.mark.parametrize("order_id", [ACCEPTED, DELIVERED, CANCELLED])
def test_an_order_in_another_status_can_be_neither_trimmed_nor_changed(order_id):
    ledger = Ledger()
    before = dict(ledger.orders)
    assert remove(ledger, {"hardwareRequestId": "h-1"}, order_id=order_id)[1]["message"] == CANNOT
    assert select(ledger, order_id=order_id)[1]["message"] == CANNOT
    assert ledger.orders == before
    assert ledger.events == []


# ---------------------------------------------------------------------------------------------------------------- select


def select(ledger: Ledger, group: object = "g-1", request: object = "h-2", *, order_id: str = PENDING, **more: object):
    data = {"companyCode": "DM1", "alternativeGroupId": group, "hardwareRequestId": request, **more}
    return ledger.call("POST", f"/orders/{order_id}/hardware-alternatives/select", {"data": data})


def test_a_candidate_takes_the_place_of_the_request_for_as_many_pieces():
    ledger = Ledger(order_with(ALTERNATIVES, "QUOTED"))
    status, answer = select(ledger)
    assert status == 200
    (shown,) = answer["envelop"]
    (hardware,) = shown["hardwares"]
    assert (hardware["id"], hardware["name"], hardware["amount"], shown["status"]) == ("h-2", "ThinkPad", 2, "QUOTED")
    group = hardware["alternativeGroup"]
    assert (group["id"], [one["id"] for one in group["candidates"]]) == ("g-1", ["h-1", "h-2"])
    assert ledger.order(PENDING).total_minor == 2_400_00
    assert ledger.types() == ["facts.alternative_selected"]


def test_the_other_can_be_chosen_again():
    ledger = Ledger(order_with(ALTERNATIVES))
    select(ledger)
    _, answer = select(ledger, request="h-1")
    (hardware,) = answer["envelop"][0]["hardwares"]
    assert (hardware["id"], hardware["name"], hardware["amount"]) == ("h-1", "Latitude", 2)
    assert ledger.order(PENDING).total_minor == 2_000_00


def test_choosing_what_is_chosen_changes_nothing():
    ledger = Ledger(order_with(ALTERNATIVES))
    before = ledger.order(PENDING)
    assert select(ledger, request="h-1")[0] == 200
    assert (ledger.order(PENDING), ledger.events) == (before, [])


def test_a_chosen_candidate_is_removed_by_its_own_id():
    ledger = Ledger(order_with([*ALTERNATIVES, {"id": "h-5"}]))
    select(ledger)
    assert remove(ledger, {"hardwareRequestId": "h-1"})[1]["message"] == "Hardware request not found"
    _, answer = remove(ledger, {"hardwareRequestId": "h-2"})
    assert [item["id"] for item in answer["envelop"][0]["hardwares"]] == ["h-5"]


@pytest.mark.parametrize(
    ("group", "request_", "more", "message"),
    [
        ("g-9", "h-2", {}, "Alternative group not found"),
        ("g-1", "h-9", {}, "Hardware request not found"),
        (None, "h-2", {}, "alternativeGroupId is required"),
        ("g-1", "", {}, "hardwareRequestId is required"),
        ("g-1", "h-2", {"companyCode": None}, "companyCode is required"),
        ("g-1", "h-2", {"companyCode": "WWS"}, "Order request not found"),
    ],
)
def test_a_choice_names_its_company_its_group_and_its_candidate(group, request_, more, message):
    ledger = Ledger(order_with(ALTERNATIVES))
    status, answer = select(ledger, group, request_, **more)
    assert (status, answer["message"]) == (400, message)
    assert ledger.events == []


def test_a_stranger_can_change_nothing():
    ledger = Ledger(order_with(ALTERNATIVES))
    data = {"companyCode": "DM1", "hardwareRequests": [{"hardwareRequestId": "h-1"}]}
    asked = ledger.call("PATCH", f"/orders/{PENDING}/hardware-requests/remove", {"data": data}, caller=STRANGER)
    assert asked[1]["message"] == "Order request not found"
    chosen = {"companyCode": "DM1", "alternativeGroupId": "g-1", "hardwareRequestId": "h-2"}
    asked = ledger.call("POST", f"/orders/{PENDING}/hardware-alternatives/select", {"data": chosen}, caller=STRANGER)
    assert asked[1]["message"] == "Order request not found"
    assert ledger.events == []
