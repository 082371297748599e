"""Quote Order, Create Order, Remove Hardware Requests and Select Hardware Alternative, judged on a ledger in memory."""

import json
from typing import Any

import pytest

from countermand.model.order import PortionState
from tests.vendors.tecspal.ledger import ACCEPTED, CANCELLED, DELIVERED, PENDING, QUOTED, STRANGER, Ledger

EMPLOYEE = {
    "firstName": "John",
    "lastName": "Doe",
    "email": "john_doe@email.com",
    "phone": "+598 99999999",
    "governmentDNI": "DNI123456",
    "address": "Plaza Independencia 848",
    "postCode": "11100",
    "countryCode": "UY",
    "city": "Montevideo",
}
COMPANY = {
    "name": "New Company",
    "companyCode": "NCY",
    "countryCode": "UY",
    "legalNumber": "DC12312321",
    "contactEmail": "new@email.com",
    "phone": "+598 99999999",
}
PC = {"hardwareType": "PC", "brand": "DELL", "ram": "16GB"}
QUOTE = {"countryCode": "UY", "sendTo": "STORAGE", "companyCode": "DM1", "hardwares": [PC]}
MODEL = {
    "id": "m-1",
    "countryCode": "UY",
    "price": "5000",
    "stock": "1000",
    "brand": "APPLE",
    "name": "MacBook Pro",
    "hardwareType": "MACBOOK",
}

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


# ----------------------------------------------------------------------------------------------------------------- quote


def test_a_quote_is_a_pending_order_of_its_company():
    ledger = Ledger()
    status, answer = ledger.write("/orders/quote", **QUOTE, poNumber="PO-9", clientName="Ana", ABMId="A1")
    (shown,) = answer["envelop"]
    assert (status, shown["status"], shown["orderNumber"], shown["poNumber"]) == (201, "PENDING", 106, "PO-9")
    assert (shown["countryCode"], shown["sendTo"], shown["companyName"]) == ("UY", "STORAGE", "DM1")
    assert (shown["apiClientRequesterName"], shown["requesterEmail"]) == ("t-1", None)
    assert shown["hardwares"] == [{"id": shown["hardwares"][0]["id"], **PC, "amount": 1}]
    assert ledger.history(shown["id"]) == [(None, "PENDING")]
    assert ledger.read(f"/orders/{shown['id']}", companyCode="DM1")[1]["envelop"] == [shown]
    facts = json.loads(ledger.order(shown["id"]).facts)
    assert (facts["clientName"], facts["comment"]) == ("Ana", "A1 Ana")


def test_auto_quote_prices_the_order_at_once():
    ledger = Ledger()
    hardwares = [{**PC, "amount": 2}, {"hardwareType": "EXTENDED_WARRANTY_WINDOWS"}]
    status, answer = ledger.write("/orders/quote", **{**QUOTE, "hardwares": hardwares}, autoQuote=True)
    (shown,) = answer["envelop"]
    assert (status, shown["status"]) == (201, "QUOTED")
    assert [item["price"] for item in shown["hardwares"]] == ["1200.00", "200.00"]
    assert ledger.order(shown["id"]).total_minor == 2_600_00
    assert ledger.history(shown["id"]) == [(None, "PENDING"), ("PENDING", "QUOTED")]
    assert ledger.write("/orders/confirm", id=shown["id"], companyCode="DM1")[0] == 200


def test_quotes_are_numbered_one_after_another():
    ledger = Ledger()
    numbers = [ledger.write("/orders/quote", **QUOTE)[1]["envelop"][0]["orderNumber"] for _ in range(3)]
    assert numbers == [106, 107, 108]


@pytest.mark.parametrize("send_to", ["EMPLOYEE", "STORAGE", "OFFICE", "QUOTE_ONLY"])
def test_every_documented_destination_is_served(send_to):
    more = {"employee": EMPLOYEE} if send_to == "EMPLOYEE" else {}
    status, answer = Ledger().write("/orders/quote", **{**QUOTE, "sendTo": send_to, **more})
    assert (status, answer["envelop"][0]["sendTo"]) == (201, send_to)
    assert (answer["envelop"][0]["employeeProfile"] is None) == (send_to != "EMPLOYEE")


@pytest.mark.parametrize("kind", ["MACBOOK", "PC"])
@pytest.mark.parametrize(
    "brand", ["ACER", "APPLE", "ASUS", "DELL", "HP", "LENOVO", "SAMSUNG", "LG", "VAIO", "MICROSOFT"]
)
def test_every_documented_brand_is_served(kind, brand):
    hardwares = [{"hardwareType": kind, "brand": brand}]
    assert Ledger().write("/orders/quote", **{**QUOTE, "hardwares": hardwares})[0] == 201


@pytest.mark.parametrize("kind", ["EXTENDED_WARRANTY_MAC", "EXTENDED_WARRANTY_WINDOWS"])
def test_a_warranty_has_neither_brand_nor_ram(kind):
    ledger = Ledger()
    assert ledger.write("/orders/quote", **{**QUOTE, "hardwares": [{"hardwareType": kind}]})[0] == 201
    for member, value in (("brand", "DELL"), ("ram", "16GB")):
        hardwares = [{"hardwareType": kind, member: value}]
        status, answer = ledger.write("/orders/quote", **{**QUOTE, "hardwares": hardwares})
        assert (status, answer["message"]) == (400, f"hardwares.0: {member} is not allowed for {kind}")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"countryCode": None}, "countryCode is required"),
        ({"countryCode": "Uruguay"}, "countryCode String should match pattern '^[A-Z]{2}$'"),
        ({"sendTo": ""}, "sendTo is required"),
        ({"sendTo": "HOME"}, "sendTo should be 'EMPLOYEE', 'STORAGE', 'OFFICE' or 'QUOTE_ONLY'"),
        ({"companyCode": None}, "companyCode is required"),
        ({"companyCode": 5}, "companyCode should be a valid string"),
        ({"hardwares": None}, "hardwares is required"),
        ({"hardwares": [{}]}, "hardwares.0.hardwareType is required"),
        ({"hardwares": [{"hardwareType": "PC"}]}, "hardwares.0: brand is required for PC"),
        ({"hardwares": [{"hardwareType": "MACBOOK"}]}, "hardwares.0: brand is required for MACBOOK"),
        ({"hardwares": [{**PC, "amount": "2"}]}, "hardwares.0.amount should be a valid integer"),
        ({"sendTo": "EMPLOYEE"}, "employeeEmail is required"),
        ({"sendTo": "EMPLOYEE", "employee": {**EMPLOYEE, "city": None}}, "employee.city is required"),
        ({"sendTo": "EMPLOYEE", "employeeEmail": "no@body"}, "Employee not found"),
        ({"companyCode": "ZZZ"}, "Company not found"),
        ({"companyCode": "NONE"}, "Company not found"),
        ({"companyCode": "DM1", "company": COMPANY}, "companyCode must be the code of company"),
        ({"companyCode": None, "company": {"companyCode": "NCY"}}, "company.name is required"),
        ({"autoQuote": "yes"}, "autoQuote should be a valid boolean"),
    ],
)
def test_what_a_quote_must_have_is_said_member_by_member(change, message):
    ledger = Ledger()
    before = len(ledger.orders)
    status, answer = ledger.write("/orders/quote", **{**QUOTE, **change})
    assert (status, answer["message"]) == (400, message)
    assert len(ledger.orders) == before


@pytest.mark.parametrize("hardwares", [[], "PC", {}, [1], [None]])
def test_hardwares_is_an_array_of_objects_with_at_least_one(hardwares):
    status, answer = Ledger().write("/orders/quote", **{**QUOTE, "hardwares": hardwares})
    assert status == 400
    assert answer["message"].startswith("hardwares")


def test_a_company_object_creates_the_company_and_then_updates_it():
    ledger = Ledger()
    quote = {**QUOTE, "companyCode": None}
    _, answer = ledger.write("/orders/quote", **quote, company=COMPANY)
    assert answer["envelop"][0]["companyName"] == "New Company"
    renamed = {"companyCode": "NCY", "name": "Newer Company"}
    assert ledger.write("/orders/quote", **quote, company=renamed)[1]["envelop"][0]["companyName"] == "Newer Company"
    companies = ledger.read("/companies")[1]["envelop"]
    assert [
        (one["companyCode"], one["name"], one["legalNumber"]) for one in companies if one["companyCode"] == "NCY"
    ] == [("NCY", "Newer Company", "DC12312321")]
    assert [order["companyName"] for order in ledger.read("/orders", companyCode="NCY")[1]["envelop"]] == [
        "New Company",
        "Newer Company",
    ]


def test_a_new_employee_is_kept_and_can_be_named_by_address_later():
    ledger = Ledger()
    to_employee = {**QUOTE, "sendTo": "EMPLOYEE"}
    first = ledger.write("/orders/quote", **to_employee, employee=EMPLOYEE)[1]["envelop"][0]["employeeProfile"]
    again = ledger.write("/orders/quote", **to_employee, employee=EMPLOYEE)[1]["envelop"][0]["employeeProfile"]
    named = ledger.write("/orders/quote", **to_employee, employeeEmail=EMPLOYEE["email"])[1]["envelop"][0]
    assert first == again == named["employeeProfile"]
    assert first["email"] == EMPLOYEE["email"]
    assert len(ledger.read("/employees", companyCode="DM1")[1]["envelop"]) == 1


def test_an_employee_of_another_company_is_not_found_and_not_taken_over():
    ledger = Ledger()
    to_employee = {**QUOTE, "sendTo": "EMPLOYEE"}
    ledger.write("/orders/quote", **to_employee, employee=EMPLOYEE)
    other = {**to_employee, "companyCode": "WWS"}
    assert ledger.write("/orders/quote", **other, employeeEmail=EMPLOYEE["email"])[1]["message"] == "Employee not found"
    assert ledger.write("/orders/quote", **other, employee=EMPLOYEE)[1]["message"] == "email already exists"


# ---------------------------------------------------------------------------------------------------------------- create


def test_an_order_is_created_of_models_of_the_catalogue():
    ledger = Ledger(catalog=[MODEL])
    order = {**QUOTE, "hardwares": [{"commonModelId": "m-1", "amount": 2}]}
    status, answer = ledger.write("/orders", **order)
    (shown,) = answer["envelop"]
    assert (status, shown["status"]) == (201, "PENDING")
    (hardware,) = shown["hardwares"]
    assert (hardware["name"], hardware["price"], hardware["amount"]) == ("MacBook Pro", "5000", 2)
    assert ledger.order(shown["id"]).total_minor == 10_000_00


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hardwares": [{"commonModelId": "m-2"}]}, "Hardware not found in the catalog"),
        ({"countryCode": "BR", "hardwares": [{"commonModelId": "m-1"}]}, "Hardware not found in the catalog"),
        ({"hardwares": [{}]}, "hardwares.0.commonModelId is required"),
    ],
)
def test_a_model_must_be_in_the_catalogue_of_the_country(change, message):
    status, answer = Ledger(catalog=[MODEL]).write("/orders", **{**QUOTE, **change})
    assert (status, answer["message"]) == (400, message)


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
    assert ledger.events == ["order.lines_cancelled", "facts.hardware_removed"]
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
    assert ledger.events == ["facts.alternative_selected"]


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
    quoted = ledger.write("/orders/quote", STRANGER, **QUOTE)
    assert quoted[1]["message"] == "Company not found"
    assert QUOTED not in {order.order_id for order in ledger.orders.values()}
