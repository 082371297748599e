"""Get Order By Id and Get All Orders, judged on a ledger in memory."""

import pytest

from tests.vendors.tecspal.ledger import FOREIGN, IDS, MADE, ORDERS, PENDING, STRANGER, Ledger

#: The properties of an order in the newest revision of the pages.
PROPERTIES = [
    *("id", "orderNumber", "createdAt", "updatedAt", "status", "date", "eta", "maxEta", "minEta", "localInvoice"),
    *("trackingLink", "trackingCode", "countryCode", "sendTo", "currency", "dateCompleted", "requesterEmail"),
    *("companyName", "employeeProfile", "hardwares", "createdHardwares", "apiClientRequesterName", "poNumber"),
    "resellerIds",
]

WHOLE = {
    "id": PENDING,
    "orderNumber": 77,
    "createdAt": MADE,
    "updatedAt": "2025-04-09T15:00:00.000Z",
    "status": "PENDING",
    "date": "2025-05-01",
    "eta": "2025-04-30",
    "maxEta": 5,
    "minEta": None,
    "localInvoice": True,
    "trackingLink": "https://track.example/1",
    "trackingCode": "T1",
    "countryCode": "BR",
    "sendTo": "OFFICE",
    "currency": "BRL",
    "dateCompleted": None,
    "requesterEmail": "ana@example.com",
    "companyName": "Demo One",
    "employeeProfile": {"id": "e-1", "firstName": "Ana"},
    "hardwares": [{"id": "h-1", "hardwareType": "PC", "brand": "DELL", "amount": 2}],
    "createdHardwares": [{"id": "c-1"}],
    "apiClientRequesterName": None,
    "poNumber": "PO-1",
    "resellerIds": ["r-1", 2],
}


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_an_order_has_exactly_the_documented_properties_in_their_order(ledger):
    status, answer = ledger.read(f"/orders/{PENDING}", companyCode="DM1")
    assert status == 200
    assert [list(item) for item in answer["envelop"]] == [PROPERTIES]


def test_what_the_vendor_shows_of_an_order_comes_back_as_it_was_given():
    _, answer = Ledger({**WHOLE, "companyCode": "DM1"}).read(f"/orders/{PENDING}", companyCode="DM1")
    assert answer["envelop"] == [WHOLE]


def test_an_order_shows_the_name_of_its_company_and_not_its_code():
    ledger = Ledger(ORDERS[0], companies=[{"companyCode": "DM1", "name": "Demo One"}])
    shown = ledger.read(f"/orders/{PENDING}", companyCode="DM1")[1]["envelop"][0]
    assert (shown["companyName"], "companyCode" in shown, "company" in shown) == ("Demo One", False, False)


@pytest.mark.parametrize(
    ("order_id", "code"), [("none", "DM1"), (PENDING, "WWS"), (PENDING, "dm1"), (FOREIGN, "ZZZ"), (PENDING, 5)]
)
def test_an_order_that_is_not_the_companys_is_not_found(ledger, order_id, code):
    status, answer = ledger.read(f"/orders/{order_id}", companyCode=code)
    assert (status, answer["message"]) == (400, "Order request not found")


@pytest.mark.parametrize("path", [f"/orders/{PENDING}", "/orders"])
@pytest.mark.parametrize("filters", [{}, {"companyCode": None}, {"companyCode": ""}, {"countryCode": "UY"}])
def test_a_read_without_a_company_is_refused(ledger, path, filters):
    status, answer = ledger.read(path, **filters)
    assert (status, answer["message"]) == (400, "companyCode is required")


@pytest.mark.parametrize("filters", [[], "DM1", 5, False])
def test_filters_are_an_object(ledger, filters):
    for path in ("/orders", f"/orders/{PENDING}", "/companies", "/catalog"):
        status, answer = ledger.call("GET", path, {"filters": filters})
        assert (status, answer["message"]) == (400, "filters must be an object")


def test_the_company_of_a_read_is_not_looked_for_in_data(ledger):
    status, answer = ledger.call("GET", "/orders", {"filters": None, "data": {"companyCode": "DM1"}})
    assert (status, answer["message"]) == (400, "companyCode is required")


@pytest.mark.parametrize(
    ("filters", "statuses"),
    [
        ({"companyCode": "DM1"}, list(IDS)),
        ({"companyCode": "DM1", "countryCode": None}, list(IDS)),
        ({"companyCode": "DM1", "countryCode": "UY"}, ["PENDING", "ACCEPTED", "CANCELLED"]),
        ({"companyCode": "DM1", "countryCode": "BR"}, ["QUOTED", "DELIVERED"]),
        ({"companyCode": "DM1", "countryCode": "br"}, []),
        ({"companyCode": "DM1", "status": "PENDING"}, list(IDS)),
        ({"companyCode": "WWS"}, []),
        ({"companyCode": "ZZZ"}, []),
        ({"companyCode": "NONE"}, []),
    ],
)
def test_a_list_has_every_order_of_the_company_and_country(ledger, filters, statuses):
    status, answer = ledger.read("/orders", **filters)
    assert status == 200
    assert [order["status"] for order in answer["envelop"]] == statuses
    assert all(list(order) == PROPERTIES for order in answer["envelop"])


@pytest.mark.parametrize("name", ["companyCode", "countryCode"])
@pytest.mark.parametrize("value", [5, ["DM1"], True, "a\x00"])
def test_a_filter_that_is_no_text_is_refused(ledger, name, value):
    status, answer = ledger.read("/orders", **{"companyCode": "DM1", name: value})
    assert (status, answer["message"]) == (400, f"{name} must be a string")


def test_a_stranger_sees_only_their_own(ledger):
    assert ledger.read("/orders", STRANGER, companyCode="DM1")[1]["envelop"] == []
    assert [order["id"] for order in ledger.read("/orders", STRANGER, companyCode="ZZZ")[1]["envelop"]] == [FOREIGN]
    assert ledger.read(f"/orders/{PENDING}", STRANGER, companyCode="DM1")[0] == 400
