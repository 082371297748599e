"""Quote Order and Create Order, judged on a ledger in memory."""

import json

import pytest

from tests.vendors.tecspal.ledger import STRANGER, Ledger

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


def test_a_stranger_quotes_for_none_of_the_tenants_companies():
    ledger = Ledger()
    before = len(ledger.orders)
    assert ledger.write("/orders/quote", STRANGER, **QUOTE)[1]["message"] == "Company not found"
    assert len(ledger.orders) == before
