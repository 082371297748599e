"""Payments and assets: every documented answer."""

import pytest

from tests.vendors.flexportal.ledger import ACCOUNTS, Ledger, asset, order, rental

STATUSES = ["pending", "processing", "paid", "failed", "cancelled"]


def payment(status: str = "pending", **members: object) -> dict[str, object]:
    return {"paymentId": "pay_1", "rentalId": "sub_1", "status": status, "total": 59.5, **members}


def ledger(status: str = "pending") -> Ledger:
    return Ledger(order(status="partial"), rentals=[rental(totalCollected=10.25)], payments=[payment(status)])


def test_a_payment_is_shown_in_an_envelope():
    status, answer = ledger().call("getPayment", None, "pay_1")
    assert (status, answer["success"], answer["payment"]["status"]) == (200, True, "pending")
    assert ledger().code("getPayment", None, "pay_x") == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("pending", None),
        ("failed", None),
        ("processing", "PAYMENT_PROCESSING"),
        ("paid", "ALREADY_PAID"),
        ("cancelled", "ALREADY_CANCELLED"),
    ],
)
def test_a_payment_is_cancelled_unless_it_is_under_way_or_over(status, code):
    held = ledger(status)
    if code is None:
        answer = held.call("cancelPayment", {"reason": "goodwill"}, "pay_1")[1]
        assert answer["payment"]["status"] == "cancelled"
        assert "goodwill" not in str(answer)
    else:
        assert held.code("cancelPayment", {"reason": "goodwill"}, "pay_1") == (400, code)
        assert held.record("payment", "pay_1").facets["status"] == status


@pytest.mark.parametrize("body", [None, {}, {"reason": ""}, {"reason": None}])
def test_a_payment_is_not_cancelled_without_a_reason(body):
    assert ledger().code("cancelPayment", body, "pay_1") == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("operation", ["cancelPayment", "markPaymentPaid"])
def test_an_unknown_payment_and_a_strangers_are_not_found(operation):
    held = ledger()
    assert held.code(operation, {"reason": "x"}, "pay_x") == (404, "NOT_FOUND")
    assert held.call(operation, {"reason": "x"}, "pay_1", by=ACCOUNTS[1])[0] == 404


@pytest.mark.parametrize("status", ["pending", "processing", "failed"])
def test_a_payment_is_marked_paid_and_counts_as_collected(status):
    held = ledger(status)
    paid = held.call("markPaymentPaid", {"paymentReference": "TRF-1", "paidAt": "2025-01-15"}, "pay_1")[1]["payment"]
    assert (paid["status"], paid["manuallyMarked"], paid["paymentReference"]) == ("paid", True, "TRF-1")
    assert paid["paidAt"] == "2025-01-15T00:00:00Z"
    assert held.call("getSubscription", None, "sub_1")[1]["totalCollected"] == 69.75
    assert held.told() == ["payment.succeeded"]


def test_a_payment_is_marked_paid_now_when_nothing_is_said():
    assert ledger().call("markPaymentPaid", None, "pay_1")[1]["payment"]["paidAt"] == "2025-01-20T12:00:00Z"


@pytest.mark.parametrize(("status", "code"), [("paid", "ALREADY_PAID"), ("cancelled", "PAYMENT_CANCELLED")])
def test_a_payment_that_is_over_can_not_be_marked_paid(status, code):
    assert ledger(status).code("markPaymentPaid", {}, "pay_1") == (400, code)


# ------------------------------------------------------------------------------------------------- assets


def test_a_device_is_registered_once():
    held = Ledger(order())
    status, answer = held.call("createAsset", {"serialNumber": "SN-9", "sku": "LAP-1", "location": "A"})
    assert (status, answer["asset"]["status"], answer["asset"]["productName"]) == (201, "available", "Laptop 14")
    assert held.call("getAsset", None, "SN-9") == (200, answer["asset"])
    assert held.code("createAsset", {"serialNumber": "SN-9", "sku": "LAP-1"}) == (409, "ASSET_EXISTS")


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"serialNumber": "SN-9", "sku": "NOPE"}, (400, "VARIANT_NOT_FOUND")),
        ({"serialNumber": "SN-9", "sku": "OLD-1"}, (400, "VARIANT_INACTIVE")),
        ({"sku": "OLD-1"}, (400, "VALIDATION_ERROR")),
        ({"serialNumber": "SN-9", "sku": "OLD-1", "status": "lost"}, (400, "VALIDATION_ERROR")),
    ],
)
def test_a_device_of_no_active_variant_is_refused(body, refusal):
    assert Ledger(variants=[{"variantSku": "OLD-1", "status": "inactive"}]).code("createAsset", body) == refusal


@pytest.mark.parametrize("status", ["returned", "sold", "unavailable"])
def test_a_device_takes_any_status_and_goes_back_to_available(status):
    held = Ledger(order(), assets=[asset()])
    assert held.call("updateAsset", {"status": status, "notes": "n"}, "SN-1")[1]["asset"]["status"] == status
    assert held.call("updateAsset", {"status": "available"}, "SN-1")[1]["asset"]["notes"] == "n"


def test_a_device_in_an_active_rental_keeps_its_status():
    held = Ledger(order(status="partial"), rentals=[rental()], assets=[asset("SN-sub_1")])
    assert held.code("updateAsset", {"status": "available"}, "SN-sub_1") == (409, "ASSET_IN_USE")
    assert held.code("deleteAsset", None, "SN-sub_1") == (409, "ASSET_IN_USE")
    assert held.call("updateAsset", {"location": "with Sam"}, "SN-sub_1")[0] == 200


def test_a_device_is_back_when_its_rental_is_over():
    held = Ledger(order(status="partial"), rentals=[rental()], assets=[asset("SN-sub_1")])
    held.call("cancelSubscription", {"rentalId": "sub_1", "reason": "other"}, "sub_1")
    back = held.call("updateAsset", {"status": "available"}, "SN-sub_1")[1]["asset"]
    assert back["status"] == "available"
    assert "rentalId" not in back
    assert held.told() == ["subscription.ended", "asset.returned"]


def test_a_status_that_is_none_has_a_code_of_its_own():
    held = Ledger(order(), assets=[asset()])
    assert held.code("updateAsset", {"status": "lost"}, "SN-1") == (400, "INVALID_STATUS")


def test_a_deleted_device_is_unavailable_and_still_there():
    held = Ledger(order(), assets=[asset()])
    assert held.call("deleteAsset", None, "SN-1") == (
        200,
        {"success": True, "message": "Asset deleted successfully", "serialNumber": "SN-1"},
    )
    assert held.call("getAsset", None, "SN-1")[1]["status"] == "unavailable"


@pytest.mark.parametrize("operation", ["getAsset", "updateAsset", "deleteAsset"])
def test_an_unknown_device_and_a_strangers_are_not_found(operation):
    held = Ledger(order(), assets=[asset()])
    assert held.code(operation, None, "SN-x") == (404, "NOT_FOUND")
    assert held.call(operation, None, "SN-1", by=ACCOUNTS[1])[0] == 404
