"""Subscriptions: made of an order's units, ended in three ways, and what each does to the order."""

import pytest

from tests.vendors.flexportal.ledger import ACCOUNTS, LAPTOP, Ledger, asset, order, rental

ASSETS = [asset("SN-1"), asset("SN-2"), asset("SN-3"), asset("MON-SN", "MON-1"), asset("TV-SN", "TV-1")]
SOLD = ["sold", "returned", "unavailable", "rented_out"]


def asked(serial: str = "SN-1", order_id: str = "ord_1", **members: object) -> dict[str, object]:
    return {"orderId": order_id, "assetSerialNumber": serial, "customerId": "cust_1", **members}


def rent(ledger: Ledger, serial: str = "SN-1") -> str:
    status, answer = ledger.call("createSubscription", asked(serial))
    assert status == 201, answer
    return str(answer["rentalId"])


def cancel(ledger: Ledger, rental_id: str, reason: str = "customer_request"):
    return ledger.call("cancelSubscription", {"rentalId": rental_id, "reason": reason}, rental_id)


def progress(ledger: Ledger) -> tuple[str, int]:
    shown = ledger.shown()
    return shown["status"], shown["rentalProgress"]["rentedDevices"]


# ------------------------------------------------------------------------------------------------- create


def test_an_order_goes_from_confirmed_over_partial_to_fulfilled():
    ledger = Ledger(order(), assets=ASSETS)
    assert progress(ledger) == ("confirmed", 0)
    seen = []
    for serial in ("SN-1", "SN-2", "MON-SN"):
        rent(ledger, serial)
        seen.append(progress(ledger))
    assert seen == [("partial", 1), ("partial", 2), ("fulfilled", 3)]
    assert ledger.told().count("order.fulfilled") == 1


def test_an_order_of_one_unit_is_fulfilled_at_once():
    ledger = Ledger(order(items=[{**LAPTOP, "quantity": 1}]), assets=ASSETS)
    rent(ledger)
    assert progress(ledger) == ("fulfilled", 1)


def test_a_rental_is_complete_and_listed_in_its_order_and_item():
    ledger = Ledger(order(), assets=ASSETS)
    status, answer = ledger.call("createSubscription", asked(notes="n", billingGroupId="bg_1", startDate="2025-02-01"))
    made = answer["rental"]
    assert status == 201
    assert made["status"] == "active"
    assert (made["sku"], made["monthlyAmount"], made["contractLength"], made["originalContractLength"]) == (
        *("LAP-1", 59),
        *(24, 24),
    )
    assert (made["startDate"], made["endDate"]) == ("2025-02-01T00:00:00Z", "2027-02-01T00:00:00Z")
    assert (made["customerEmail"], made["customerName"]) == ("sam@example.com", "Sam Vries")
    assert (made["notes"], made["billingGroupId"], made["tenantId"]) == ("n", "bg_1", "bu_nl")
    shown = ledger.shown()
    assert shown["rentalIds"] == shown["items"][0]["rentalIds"] == [answer["rentalId"]]
    assert [item["rentalStatus"] for item in shown["items"]] == ["partial", "pending"]
    assert ledger.call("getSubscription", None, answer["rentalId"]) == (200, made)


def test_the_device_is_rented_out_and_the_first_payment_scheduled():
    ledger = Ledger(order(), assets=ASSETS)
    rental_id = rent(ledger)
    device = ledger.call("getAsset", None, "SN-1")[1]
    assert (device["status"], device["rentalId"], device["customerId"]) == ("rented_out", rental_id, "cust_1")
    (payment,) = [one for one in ledger.records.values() if one.kind == "payment"]
    shown = ledger.call("getPayment", None, payment.record_id)[1]["payment"]
    assert (shown["status"], shown["total"], shown["rentalId"]) == ("pending", 59, rental_id)
    assert shown["billingPeriod"] == "2025-01"
    assert ledger.told() == ["subscription.created", "payment.scheduled", "asset.assigned"]


def test_a_rented_unit_is_no_longer_held():
    ledger = Ledger(order(), assets=ASSETS)
    rent(ledger)
    assert ledger.reserved() == 2


def test_a_contract_length_of_its_own_wins_over_the_items():
    ledger = Ledger(order(), assets=ASSETS)
    made = ledger.call("createSubscription", asked(contractLength=6))[1]["rental"]
    assert (made["contractLength"], made["endDate"]) == (6, "2025-07-20T12:00:00Z")


@pytest.mark.parametrize(
    ("status", "code"),
    [("pending", "ORDER_NOT_CONFIRMED"), ("cancelled", "ORDER_NOT_CONFIRMED"), ("fulfilled", "ITEM_FULLY_FULFILLED")],
)
def test_an_order_in_another_status_gives_no_rental(status, code):
    ledger = Ledger(order(status=status), assets=ASSETS)
    assert ledger.code("createSubscription", asked()) == (400, code)
    assert ledger.events == []


def test_a_cancelled_order_gives_no_rental_any_more():
    ledger = Ledger(order(), assets=ASSETS)
    ledger.call("cancelOrder", None, "ord_1")
    assert ledger.code("createSubscription", asked()) == (400, "ORDER_NOT_CONFIRMED")
    assert ledger.call("getAsset", None, "SN-1")[1]["status"] == "available"


def test_what_stands_in_the_way_of_a_rental_is_said_in_the_pages_order():
    ledger = Ledger(order(), order("ord_full", "fulfilled"), assets=ASSETS)
    assert ledger.code("createSubscription", asked(order_id="ord_nope", serial="?")) == (400, "ORDER_NOT_FOUND")
    assert ledger.code("createSubscription", asked(order_id="ord_full", serial="?")) == (400, "ITEM_FULLY_FULFILLED")
    assert ledger.code("createSubscription", asked("SN-nope")) == (400, "ASSET_NOT_FOUND")
    rent(ledger)
    assert ledger.code("createSubscription", asked("SN-1")) == (400, "ASSET_NOT_AVAILABLE")
    assert ledger.code("createSubscription", asked("TV-SN")) == (400, "SKU_MISMATCH")
    rent(ledger, "SN-2")
    assert ledger.code("createSubscription", asked("SN-3")) == (400, "ITEM_FULLY_FULFILLED")


@pytest.mark.parametrize("status", SOLD)
def test_only_an_available_device_can_be_rented(status):
    ledger = Ledger(order(), assets=[asset("SN-1", status=status)])
    assert ledger.code("createSubscription", asked()) == (400, "ASSET_NOT_AVAILABLE")


def test_another_tenants_order_and_device_do_not_exist():
    ledger = Ledger(order(), assets=ASSETS)
    status, answer = ledger.call("createSubscription", asked(), by=ACCOUNTS[1])
    assert (status, answer["error"]["code"]) == (400, "ORDER_NOT_FOUND")


@pytest.mark.parametrize("member", ["orderId", "assetSerialNumber", "customerId"])
@pytest.mark.parametrize(("value", "code"), [("", "too_small"), (None, "invalid_type"), (5, "invalid_type")])
def test_three_members_are_required_and_not_empty(member, value, code):
    status, answer = Ledger().call("createSubscription", {**asked(), member: value})
    assert status == 400
    assert [(one["path"], one["code"]) for one in answer["error"]["details"]] == [(member, code)]


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("contractLength", 0, "too_small"),
        ("contractLength", 121, "too_big"),
        ("contractLength", 1.5, "invalid_type"),
        ("contractLength", True, "invalid_type"),
        ("startDate", "tomorrow", "invalid_string"),
        ("startDate", "2025-02-30", "invalid_string"),
        ("notes", None, "invalid_type"),
    ],
)
def test_the_optional_members_are_checked_too(member, value, code):
    _, answer = Ledger().call("createSubscription", {**asked(), member: value})
    assert [(one["path"], one["code"]) for one in answer["error"]["details"]] == [(member, code)]


# ------------------------------------------------------------------------------------------------- cancel


def test_after_every_rental_is_cancelled_the_order_can_be():
    ledger = Ledger(order(), assets=ASSETS)
    rentals = [rent(ledger, serial) for serial in ("SN-1", "SN-2", "MON-SN")]
    seen = []
    for rental_id in rentals:
        assert ledger.code("cancelOrder", None, "ord_1") == (400, "ORDER_NOT_CANCELLABLE")
        assert cancel(ledger, rental_id)[0] == 200
        seen.append(progress(ledger))
    assert seen == [("partial", 2), ("partial", 1), ("confirmed", 0)]
    assert ledger.reserved() == 3
    assert ledger.call("cancelOrder", None, "ord_1")[0] == 200
    assert ledger.shown()["rentalIds"] == rentals


def test_a_cancelled_rental_answers_what_to_collect_and_keeps_why():
    ledger = Ledger(order(status="partial"), rentals=[rental()], assets=[asset("SN-sub_1")])
    ledger.later(1)
    assert cancel(ledger, "sub_1", "fraud") == (
        200,
        {
            "success": True,
            "rentalId": "sub_1",
            "assetSerialNumber": "SN-sub_1",
            "previousStatus": "active",
            "cancelledAt": "2025-01-20T12:00:01Z",
            "message": "Subscription cancelled successfully",
        },
    )
    shown = ledger.call("getSubscription", None, "sub_1")[1]
    assert shown["status"] == "cancelled"
    assert shown["cancellationDetails"]["reason"] == "fraud"
    assert ledger.told() == ["subscription.ended"]
    assert ledger.call("getAsset", None, "SN-sub_1")[1]["status"] == "rented_out"


def test_payments_to_come_are_void_and_others_stay():
    payments = [{"paymentId": f"pay_{status}", "rentalId": "sub_1", "status": status} for status in ("pending", "paid")]
    others = [{"paymentId": "pay_other", "rentalId": "sub_2", "status": "pending"}]
    ledger = Ledger(order(status="partial"), rentals=[rental(), rental("sub_2")], payments=payments + others)
    cancel(ledger, "sub_1")
    found = {one: ledger.record("payment", one).facets["status"] for one in ("pay_pending", "pay_paid", "pay_other")}
    assert found == {"pay_pending": "cancelled", "pay_paid": "paid", "pay_other": "pending"}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("cancelled", "ALREADY_CANCELLED"),
        *((f"ended_{how}", "ALREADY_ENDED") for how in ("completed", "buyout", "upgrade", "early_return")),
    ],
)
def test_a_rental_that_is_over_can_not_be_cancelled(status, code):
    ledger = Ledger(order(status="partial"), rentals=[rental(status=status)])
    body = {"rentalId": "sub_1", "reason": "other"}
    assert ledger.code("cancelSubscription", body, "sub_1") == (400, code)


def test_a_rental_of_an_order_that_is_not_there_can_be_cancelled():
    ledger = Ledger(rentals=[rental(order_id="ord_gone")])
    assert cancel(ledger, "sub_1")[0] == 200
    assert ledger.told() == []


ENDS = {
    "cancelSubscription": {"reason": "other"},
    "buyoutSubscription": {"reason": "other"},
    "earlyReturnSubscription": {"reason": "moving", "returnCondition": "good"},
}


@pytest.mark.parametrize(("operation", "body"), ENDS.items())
def test_an_unknown_rental_is_not_found_and_the_body_must_name_the_one_in_the_path(operation, body):
    ledger = Ledger(order(status="partial"), rentals=[rental()])
    assert ledger.code(operation, {**body, "rentalId": "sub_x"}, "sub_x") == (404, "NOT_FOUND")
    status, answer = ledger.call(operation, {**body, "rentalId": "sub_2"}, "sub_1")
    assert status == 400
    assert [one["path"] for one in answer["error"]["details"]] == ["rentalId"]
    assert ledger.call(operation, {**body, "rentalId": "sub_1"}, "sub_1", by=ACCOUNTS[1])[0] == 404


@pytest.mark.parametrize("reason", ["customer_request", "payment_failure", "fraud", "admin_decision", "other"])
def test_the_five_reasons_are_taken(reason):
    assert cancel(Ledger(order(status="partial"), rentals=[rental()]), "sub_1", reason)[0] == 200


@pytest.mark.parametrize(
    ("change", "details"),
    [
        ({"reason": "boredom"}, [("reason", "invalid_enum_value")]),
        ({"reason": None}, [("reason", "invalid_type")]),
        ({"rentalId": ""}, [("rentalId", "too_small")]),
        ({"notes": "n" * 1001}, [("notes", "too_big")]),
        ({"reason": 1, "notes": 1}, [("reason", "invalid_type"), ("notes", "invalid_type")]),
    ],
)
def test_every_problem_of_a_cancel_is_told_at_once(change, details):
    body = {"rentalId": "sub_1", "reason": "other", **change}
    _, answer = Ledger(rentals=[rental()]).call("cancelSubscription", body, "sub_1")
    assert [(one["path"], one["code"]) for one in answer["error"]["details"]] == details


# ------------------------------------------------------------------------------------------------- the other ends


def test_a_bought_rental_stays_with_the_order():
    ledger = Ledger(order(), assets=ASSETS)
    rental_id = rent(ledger)
    body = {"rentalId": rental_id, "reason": "customer_request", "buyoutPrice": 450.5, "notes": "n"}
    status, answer = ledger.call("buyoutSubscription", body, rental_id)
    assert (status, answer["buyoutPrice"], answer["currency"]) == (200, 450.5, "EUR")
    assert progress(ledger) == ("partial", 1)
    assert ledger.code("cancelOrder", None, "ord_1") == (400, "ORDER_NOT_CANCELLABLE")
    shown = ledger.call("getSubscription", None, rental_id)[1]
    assert shown["status"] == "ended_buyout"
    assert shown["buyoutDetails"]["calculationMethod"] == "manual_override"
    assert "subscription.ended" in ledger.told()


def test_a_returned_rental_stays_with_the_order():
    ledger = Ledger(order(status="partial"), rentals=[rental(startDate="2024-11-20T12:00:00Z")])
    body = {"rentalId": "sub_1", "reason": "moving", "returnCondition": "fair", "earlyReturnFee": 0}
    status, answer = ledger.call("earlyReturnSubscription", body, "sub_1")
    assert (status, answer["earlyReturnFee"], answer["actualMonthsRented"]) == (200, 0, 2)
    assert ledger.call("getSubscription", None, "sub_1")[1]["earlyReturnDetails"]["feeWaived"] is True
    assert progress(ledger) == ("partial", 1)
    assert ledger.told() == ["subscription.ended", "asset.returned"]


def test_what_ending_costs_is_calculated_when_nobody_says():
    ledger = Ledger(order(status="partial"), rentals=[rental(listPrice=1000, endDate="2025-05-20T12:00:00Z")])
    assert ledger.call("calculateBuyoutPrice", {"rentalId": "sub_1"}) == (
        200,
        {"success": True, "buyoutPrice": 336, "remainingPayments": 236, "depreciatedValue": 100},
    )
    assert ledger.call("calculateEarlyReturnFee", {"rentalId": "sub_1"}) == (
        200,
        {"success": True, "earlyReturnFee": 118, "remainingMonths": 4, "penaltyPercentage": 50},
    )
    answer = ledger.call("buyoutSubscription", {"rentalId": "sub_1", "reason": "other"}, "sub_1")[1]
    assert answer["buyoutPrice"] == 336


@pytest.mark.parametrize("operation", ["calculateBuyoutPrice", "calculateEarlyReturnFee"])
def test_a_calculation_for_an_unknown_rental_is_not_found(operation):
    ledger = Ledger(rentals=[rental()])
    assert ledger.code(operation, {"rentalId": "sub_x"}) == (404, "NOT_FOUND")
    assert ledger.code(operation, {"subscriptionId": "sub_1"}) == (400, "VALIDATION_ERROR")


def test_a_price_or_fee_that_is_none_has_a_code_of_its_own():
    ledger = Ledger(order(status="partial"), rentals=[rental()])
    bought = {"rentalId": "sub_1", "reason": "other", "buyoutPrice": 0}
    assert ledger.code("buyoutSubscription", bought, "sub_1") == (400, "INVALID_BUYOUT_PRICE")
    returned = {"rentalId": "sub_1", "reason": "x", "returnCondition": "good", "earlyReturnFee": -1}
    assert ledger.code("earlyReturnSubscription", returned, "sub_1") == (400, "INVALID_FEE")


@pytest.mark.parametrize("operation", ["buyoutSubscription", "earlyReturnSubscription"])
@pytest.mark.parametrize("status", ["cancelled", "ended_buyout", "ended_completed"])
def test_only_an_active_rental_can_be_bought_or_returned(operation, status):
    ledger = Ledger(order(status="partial"), rentals=[rental(status=status)])
    assert ledger.code(operation, {**ENDS[operation], "rentalId": "sub_1"}, "sub_1") == (400, "SUBSCRIPTION_NOT_ACTIVE")


def test_notes_of_a_rental_are_replaced():
    ledger = Ledger(rentals=[rental(notes="old")])
    assert ledger.call("updateSubscriptionNotes", {"notes": "new"}, "sub_1")[0] == 200
    assert ledger.call("getSubscription", None, "sub_1")[1]["notes"] == "new"
    assert ledger.code("updateSubscriptionNotes", {"notes": "n" * 5001}, "sub_1") == (400, "VALIDATION_ERROR")
    assert ledger.code("updateSubscriptionNotes", {"notes": "n"}, "sub_x") == (404, "NOT_FOUND")
