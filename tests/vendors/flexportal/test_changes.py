"""Subscriptions that go on otherwise: extended, upgraded."""

import pytest

from tests.vendors.flexportal.ledger import ACCOUNTS, Ledger, asset, order, rental

UPGRADE = {
    "rentalId": "sub_1",
    "newSku": "MON-1",
    "newSerialNumber": "MON-SN",
    "contractLength": 24,
    "newMonthlyAmount": 79.5,
    "reason": "wants a larger one",
}


def held(status: str = "active") -> Ledger:
    assets = [asset("SN-sub_1"), asset("SN-9"), asset("MON-SN", "MON-1"), asset("MON-OLD", "MON-1", status="sold")]
    rentals = [rental(status=status, endDate="2025-01-31T00:00:00Z", contractLength=12)]
    payments = [{"paymentId": "pay_1", "rentalId": "sub_1"}]
    return Ledger(order(status="partial"), rentals=rentals, assets=assets, payments=payments)


def test_an_extension_pushes_the_end_and_is_remembered():
    ledger = held()
    body = {"rentalId": "sub_1", "extensionMonths": 6, "newMonthlyAmount": 49.5, "reason": "loyalty"}
    status, answer = ledger.call("extendSubscription", body, "sub_1")
    assert status == 200
    assert (answer["oldEndDate"], answer["newEndDate"]) == ("2025-01-31T00:00:00Z", "2025-07-31T00:00:00Z")
    assert (answer["oldContractLength"], answer["newContractLength"]) == (12, 18)
    shown = ledger.call("getSubscription", None, "sub_1")[1]
    assert (shown["monthlyAmount"], shown["originalContractLength"], shown["contractLength"]) == (49.5, 12, 18)
    (entry,) = shown["extensionHistory"]
    assert (entry["oldMonthlyAmount"], entry["newMonthlyAmount"], entry["reason"]) == (59, 49.5, "loyalty")
    assert ledger.told() == ["subscription.extended"]


def test_a_second_extension_begins_where_the_first_ended():
    ledger = held()
    body = {"rentalId": "sub_1", "extensionMonths": 1, "reason": "again"}
    ends = [ledger.call("extendSubscription", body, "sub_1")[1]["newEndDate"] for _ in range(2)]
    assert ends == ["2025-02-28T00:00:00Z", "2025-03-28T00:00:00Z"]


@pytest.mark.parametrize(
    ("months", "code"), [(0, "INVALID_EXTENSION_MONTHS"), (-1, "INVALID_EXTENSION_MONTHS"), (121, "VALIDATION_ERROR")]
)
def test_months_that_are_none_have_a_code_of_their_own(months, code):
    body = {"rentalId": "sub_1", "extensionMonths": months, "reason": "x"}
    assert held().code("extendSubscription", body, "sub_1") == (400, code)


def test_an_upgrade_ends_the_rental_and_begins_one_in_an_order_of_its_own():
    ledger = held()
    status, answer = ledger.call("upgradeSubscription", UPGRADE, "sub_1")
    assert status == 200
    assert (answer["oldDevice"], answer["newDevice"], answer["newMonthlyAmount"]) == ("Laptop 14", "Monitor 27", 79.5)
    old = ledger.call("getSubscription", None, "sub_1")[1]
    new = ledger.call("getSubscription", None, answer["newRentalId"])[1]
    assert (old["status"], new["status"], new["upgradeFromRentalId"]) == ("ended_upgrade", "active", "sub_1")
    made = ledger.shown(new["orderId"])
    assert (made["status"], made["orderType"], made["totals"]["total"]) == ("fulfilled", "upgrade", 79.5)
    assert made["upgradeDetails"]["previousRentalId"] == "sub_1"
    assert made["customer"] == ledger.shown()["customer"]
    assert ledger.record("payment", "pay_1").facets["status"] == "cancelled"
    assert ledger.call("getAsset", None, "MON-SN")[1]["rentalId"] == answer["newRentalId"]
    assert {"order.created", "order.fulfilled", "subscription.upgraded", "subscription.ended"} <= set(ledger.told())


def test_after_an_upgrade_neither_order_can_be_cancelled_until_the_new_rental_is():
    ledger = held()
    new = ledger.call("upgradeSubscription", UPGRADE, "sub_1")[1]["newRentalId"]
    order_id = ledger.call("getSubscription", None, new)[1]["orderId"]
    for one in ("ord_1", order_id):
        assert ledger.code("cancelOrder", None, one) == (400, "ORDER_NOT_CANCELLABLE")
    ledger.call("cancelSubscription", {"rentalId": new, "reason": "other"}, new)
    assert ledger.call("cancelOrder", None, order_id)[0] == 200
    assert ledger.reserved(order_id) == 0


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"newSku": "NOPE"}, "VARIANT_NOT_FOUND"),
        ({"newSerialNumber": "NOPE"}, "ASSET_NOT_FOUND"),
        ({"newSerialNumber": "MON-OLD"}, "ASSET_NOT_AVAILABLE"),
        ({"newSerialNumber": "SN-9"}, "SKU_MISMATCH"),
        ({"contractLength": 0}, "VALIDATION_ERROR"),
        ({"reason": ""}, "VALIDATION_ERROR"),
    ],
)
def test_what_stands_in_the_way_of_an_upgrade(change, refusal):
    ledger = held()
    assert ledger.code("upgradeSubscription", {**UPGRADE, **change}, "sub_1") == (400, refusal)
    assert ledger.events == []


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("extendSubscription", {"rentalId": "sub_1", "extensionMonths": 6, "reason": "x"}),
        ("upgradeSubscription", UPGRADE),
    ],
)
def test_only_an_active_rental_of_ones_own_goes_on(operation, body):
    for status in ("cancelled", "ended_completed"):
        assert held(status).code(operation, body, "sub_1") == (400, "SUBSCRIPTION_NOT_ACTIVE")
    assert held().code(operation, {**body, "rentalId": "sub_x"}, "sub_x") == (404, "NOT_FOUND")
    assert held().call(operation, body, "sub_1", by=ACCOUNTS[1])[0] == 404
