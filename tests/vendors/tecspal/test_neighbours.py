"""Companies, employees, hardware, the catalogue and movement requests, judged on a ledger in memory."""

from typing import Any

import pytest

from tests.vendors.tecspal.ledger import STRANGER, Ledger
from tests.vendors.tecspal.test_orders import COMPANY, EMPLOYEE

HARDWARE = {"countryCode": "UY", "companyCode": "DM1", "hardwareType": "PC"}
MODEL = {"id": "m-1", "countryCode": "UY", "price": 5000, "stock": 7, "brand": "APPLE", "name": "MacBook Pro"}

COMPANY_PROPERTIES = {
    *("id", "createdAt", "name", "legalNumber", "countryCode", "companyCode", "contactEmail", "phone"),
    *("webhookUrl", "abmCode"),
}
EMPLOYEE_PROPERTIES = {
    *("id", "createdAt", "updatedAt", "firstName", "lastName", "email", "status", "phone", "governmentDNI", "cpf"),
    *("address", "addressExtraInfo", "postCode", "countryCode", "companyName", "hardwares"),
}
HARDWARE_PROPERTIES = {
    *("id", "description", "serialNumber", "brand", "name", "ram", "diskSpace", "displaySize", "processor", "image"),
    *("dateBought", "countryCode", "status", "newHardware", "externalReference", "factoryReset", "damaged", "cost"),
    *("costCurrency", "employeeProfile", "companyName", "storage"),
}
MOVEMENT_PROPERTIES = {
    *("id", "movementRequestNumber", "createdAt", "updatedAt", "type", "status", "eta", "sendTo", "handledBy"),
    *("expectedDate", "factoryReset", "trackingLink", "dateCompleted", "requesterEmail", "apiClientRequesterName"),
    *("toEmployee", "fromEmployee", "storage"),
}


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(catalog=[MODEL])


def one(answer: tuple[int, Any]) -> Any:
    (item,) = answer[1]["envelop"]
    return item


# ------------------------------------------------------------------------------------------------------------- companies


def test_a_company_is_created_with_201_and_shown_in_an_array(ledger):
    status, answer = ledger.write("/companies", **COMPANY, abmCode="abm-1")
    assert (status, answer["statusCode"], answer["message"]) == (201, 201, "Request successful")
    (shown,) = answer["envelop"]
    assert set(shown) == COMPANY_PROPERTIES
    assert shown == {
        **COMPANY,
        "id": shown["id"],
        "createdAt": shown["createdAt"],
        "abmCode": "abm-1",
        "webhookUrl": None,
    }
    assert shown in ledger.read("/companies")[1]["envelop"]


@pytest.mark.parametrize("member", COMPANY)
def test_a_company_has_every_required_member(ledger, member):
    for absent in (None, ""):
        status, answer = ledger.write("/companies", **{**COMPANY, member: absent})
        assert (status, answer["message"]) == (400, f"{member} is required")


def test_the_code_of_a_company_is_taken_once(ledger):
    assert ledger.write("/companies", **{**COMPANY, "companyCode": "DM1"})[1]["message"] == "companyCode already exists"
    ledger.write("/companies", **COMPANY)
    assert ledger.write("/companies", **COMPANY)[0] == 400
    assert ledger.write("/companies", STRANGER, **COMPANY)[0] == 201, "another tenant's codes are its own"


def test_companies_are_listed_by_country_and_tenant():
    ledger = Ledger(
        companies=[{"companyCode": "DM1", "countryCode": "BR"}, {"companyCode": "NEW", "countryCode": "BR"}]
    )
    codes = [shown["companyCode"] for shown in ledger.read("/companies", countryCode="BR")[1]["envelop"]]
    assert codes == ["DM1", "NEW"]
    assert len(ledger.read("/companies")[1]["envelop"]) == 3
    assert [shown["companyCode"] for shown in ledger.read("/companies", STRANGER)[1]["envelop"]] == ["ZZZ"]


# ------------------------------------------------------------------------------------------------------------- employees


def test_an_employee_is_created_and_found_by_id_and_in_the_list(ledger):
    status, answer = ledger.write("/employees", **EMPLOYEE, companyCode="DM1", cpf="1")
    (shown,) = answer["envelop"]
    assert (status, set(shown)) == (201, EMPLOYEE_PROPERTIES)
    assert (shown["status"], shown["cpf"], shown["hardwares"]) == ("ACTIVE", "1", [])
    assert ledger.read(f"/employees/{shown['id']}", companyCode="DM1")[1]["envelop"] == [shown]
    assert ledger.read("/employees", companyCode="DM1", countryCode="UY")[1]["envelop"] == [shown]
    assert ledger.read("/employees", companyCode="DM1", countryCode="BR")[1]["envelop"] == []
    assert ledger.read("/employees", companyCode="WWS")[1]["envelop"] == []


@pytest.mark.parametrize("member", [*EMPLOYEE, "companyCode"])
def test_an_employee_has_every_required_member(ledger, member):
    status, answer = ledger.write("/employees", **{**EMPLOYEE, "companyCode": "DM1", member: None})
    assert (status, answer["message"]) == (400, f"{member} is required")


def test_an_address_is_taken_once(ledger):
    ledger.write("/employees", **EMPLOYEE, companyCode="DM1")
    for code in ("DM1", "WWS"):
        assert ledger.write("/employees", **EMPLOYEE, companyCode=code)[1]["message"] == "email already exists"
    assert ledger.write("/employees", **EMPLOYEE, companyCode="NONE")[1]["message"] == "Company not found"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/employees/none", "Employee not found"),
        ("/hardwares/none", "Hardware not found"),
        ("/movement_requests/none", "Movement request not found"),
    ],
)
def test_what_is_unknown_is_a_400_like_an_unknown_order(ledger, path, message):
    assert ledger.read(path, companyCode="DM1") == (
        400,
        {"error": "Bad Request", "message": message, "statusCode": 400},
    )
    assert ledger.read(path)[1]["message"] == "companyCode is required"


# -------------------------------------------------------------------------------------------------------------- hardware


def test_hardware_is_with_an_employee_or_in_storage(ledger):
    employee = one(ledger.write("/employees", **EMPLOYEE, companyCode="DM1"))
    stored = one(ledger.write("/hardwares", **HARDWARE, brand="DELL", model="OptiPlex", serialNumber="S-1"))
    by_address = one(ledger.write("/hardwares", **HARDWARE, employeeEmail=EMPLOYEE["email"]))
    by_id = one(ledger.write("/hardwares", **HARDWARE, employeeProfileId=employee["id"], newHardware=True))
    assert set(stored) == HARDWARE_PROPERTIES
    assert (stored["status"], stored["name"], stored["brand"]) == ("STORAGE", "OptiPlex", "DELL")
    assert [item["status"] for item in (by_address, by_id)] == ["EMPLOYEE", "EMPLOYEE"]
    assert by_id["employeeProfile"] == by_address["employeeProfile"]
    assert ledger.read("/hardwares/storages", companyCode="DM1")[1]["envelop"] == [stored]
    assert ledger.read("/hardwares", companyCode="DM1")[1]["envelop"] == [stored, by_address, by_id]
    assert ledger.read(f"/hardwares/{by_id['id']}", companyCode="DM1")[1]["envelop"] == [by_id]
    owned = [item["id"] for item in one(ledger.read("/employees", companyCode="DM1"))["hardwares"]]
    assert owned == [by_address["id"], by_id["id"]]
    found = one(ledger.read(f"/employees/{employee['id']}", companyCode="DM1"))
    assert [item["id"] for item in found["hardwares"]] == owned


@pytest.mark.parametrize(
    "kind",
    [
        *("HEADPHONES", "MACBOOK", "CHAIR", "MOUSE", "TRACKPAD", "PC", "MONITOR", "ACCESSORY", "PHONE", "KEYBOARD"),
        *("IPHONE", "WEBCAM"),
    ],
)
def test_every_documented_type_of_hardware_is_served(ledger, kind):
    assert ledger.write("/hardwares", **{**HARDWARE, "hardwareType": kind})[0] == 201


def test_hardware_of_a_model_is_what_the_model_is(ledger):
    made = one(ledger.write("/hardwares", countryCode="UY", companyCode="DM1", commonModelId="m-1"))
    assert (made["name"], made["brand"]) == ("MacBook Pro", "APPLE")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"countryCode": None}, "countryCode is required"),
        ({"companyCode": None}, "companyCode is required"),
        ({"hardwareType": None}, "hardwareType is required"),
        ({"companyCode": "ZZZ"}, "Company not found"),
        ({"commonModelId": "none"}, "Hardware not found in the catalog"),
        ({"employeeEmail": "no@body"}, "Employee not found"),
        ({"employeeProfileId": "none"}, "Employee not found"),
        ({"serialNumber": "S-1"}, "serialNumber already exists"),
    ],
)
def test_what_hardware_must_have(ledger, change, message):
    ledger.write("/hardwares", **HARDWARE, serialNumber="S-1")
    status, answer = ledger.write("/hardwares", **{**HARDWARE, **change})
    assert (status, answer["message"]) == (400, message)


# ------------------------------------------------------------------------------------------------------------- catalogue


def test_the_catalogue_stands_under_its_countries_with_prices_and_stocks_as_strings():
    ledger = Ledger(catalog=[MODEL, {"id": "m-2", "countryCode": "BR", "price": "10.50"}])
    status, answer = ledger.read("/catalog")
    assert status == 200
    assert [list(group) for group in answer["envelop"]] == [["BR"], ["UY"]]
    (model,) = answer["envelop"][1]["UY"]
    assert (model["price"], model["stock"], model["deprecated"]) == ("5000", "7", False)
    assert [list(group) for group in ledger.read("/catalog", countryCode="UY")[1]["envelop"]] == [["UY"]]
    assert ledger.read("/catalog", countryCode="AR")[1]["envelop"] == []
    assert ledger.read("/catalog", STRANGER)[1]["envelop"] == []


# ------------------------------------------------------------------------------------------------------------- movements


def test_an_onboarding_takes_hardware_out_of_storage_to_an_employee(ledger):
    hardware = one(ledger.write("/hardwares", **HARDWARE, serialNumber="S-1"))
    data = {"companyCode": "DM1", "countryCode": "UY", "hardwareIds": [hardware["id"]], "expectedDate": "2025-05-01"}
    status, answer = ledger.write("/movement_requests/onboarding", **data, employee=EMPLOYEE)
    (shown,) = answer["envelop"]
    assert status == 201
    assert set(shown) >= MOVEMENT_PROPERTIES
    assert (shown["type"], shown["status"], shown["sendTo"], shown["movementRequestNumber"]) == (
        "ONBOARDING",
        "PROCESSING",
        "EMPLOYEE",
        1,
    )
    assert (shown["toEmployee"]["email"], shown["fromEmployee"]) == (EMPLOYEE["email"], None)
    assert [item["serialNumber"] for item in shown["hardwares"]] == ["S-1"]
    assert ledger.read(f"/movement_requests/{shown['id']}", companyCode="DM1")[1]["envelop"] == [shown]


def test_an_offboarding_takes_hardware_from_an_employee(ledger):
    ledger.write("/employees", **EMPLOYEE, companyCode="DM1")
    hardware = one(ledger.write("/hardwares", **HARDWARE, employeeEmail=EMPLOYEE["email"]))
    data = {"companyCode": "DM1", "handledBy": "COMPANY", "factoryReset": True, "employeeEmail": EMPLOYEE["email"]}
    shown = one(ledger.write("/movement_requests/offboarding", **data, hardwares={"hardwareIds": [hardware["id"]]}))
    assert (shown["type"], shown["sendTo"], shown["handledBy"], shown["factoryReset"]) == (
        "OFFBOARDING",
        "STORAGE",
        "COMPANY",
        True,
    )
    assert (shown["fromEmployee"]["email"], shown["toEmployee"]) == (EMPLOYEE["email"], None)
    assert [item["id"] for item in shown["hardwares"]] == [hardware["id"]]
    assert one(ledger.write("/movement_requests/offboarding", **data, hardwares={"all": True}))["hardwares"] == []


@pytest.mark.parametrize(
    ("filters", "types"),
    [
        ({}, ["ONBOARDING", "OFFBOARDING"]),
        ({"type": "ONBOARDING"}, ["ONBOARDING"]),
        ({"type": "OFFBOARDING", "status": "PROCESSING", "countryCode": "UY"}, ["OFFBOARDING"]),
        ({"status": "DONE"}, ["ONBOARDING"]),
        ({"companyCode": "WWS"}, []),
    ],
)
def test_movements_are_listed_by_country_type_and_status(filters, types):
    ledger = Ledger(movement_requests=[{"type": "ONBOARDING", "status": "DONE"}, {"type": "OFFBOARDING"}])
    listed = ledger.read("/movement_requests", **{"companyCode": "DM1", **filters})[1]["envelop"]
    assert [shown["type"] for shown in listed] == types


@pytest.mark.parametrize(
    ("path", "change", "message"),
    [
        ("onboarding", {"companyCode": None}, "companyCode is required"),
        ("onboarding", {"countryCode": None}, "countryCode is required"),
        ("onboarding", {"hardwareIds": None}, "hardwareIds is required"),
        ("onboarding", {"hardwareIds": ["none"]}, "Hardware not found"),
        ("onboarding", {"employee": None}, "employeeEmail is required"),
        ("onboarding", {"expectedDate": "tomorrow"}, None),
        ("offboarding", {"companyCode": None}, "companyCode is required"),
        ("offboarding", {"handledBy": None}, "handledBy is required"),
        ("offboarding", {"handledBy": "NOBODY"}, "handledBy should be 'TECSPAL' or 'COMPANY'"),
        ("offboarding", {"hardwares": None}, "hardwares is required"),
        ("offboarding", {"companyCode": "ZZZ"}, "Company not found"),
        ("offboarding", {"employee": None, "employeeEmail": "no@body"}, "Employee not found"),
    ],
)
def test_what_a_movement_must_have(ledger, path, change, message):
    hardware = one(ledger.write("/hardwares", **HARDWARE))
    data = {"companyCode": "DM1", "countryCode": "UY", "hardwareIds": [hardware["id"]], "employee": EMPLOYEE}
    whole = {**data, "handledBy": "TECSPAL", "hardwares": {"hardwareIds": []}}
    status, answer = ledger.write(f"/movement_requests/{path}", **{**whole, **change})
    assert status == 400
    assert message is None or answer["message"] == message


@pytest.mark.parametrize("path", ["/employees", "/hardwares", "/hardwares/storages", "/movement_requests"])
def test_a_list_demands_a_company_and_shows_strangers_nothing(path):
    ledger = Ledger(employees=[{}], hardwares=[{}], movement_requests=[{}])
    assert len(ledger.read(path, companyCode="DM1")[1]["envelop"]) == 1
    assert ledger.read(path)[1]["message"] == "companyCode is required"
    for code in ("DM1", "ZZZ"):
        assert ledger.read(path, STRANGER, companyCode=code)[1]["envelop"] == []
