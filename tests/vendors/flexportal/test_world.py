"""Worlds: partial documents become complete ones, and units lie where rentals say."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from countermand.dialects.contract import CallerFault
from countermand.dialects.flexportal.money import allotted, major, minor
from countermand.model.order import PortionState
from tests.vendors.flexportal.ledger import ACCOUNTS, Ledger, asset, order, rental


def progress(ledger: Ledger) -> Any:
    return ledger.shown()["rentalProgress"]


@pytest.mark.parametrize("status", ["pending", "confirmed", "partial", "fulfilled", "cancelled"])
def test_an_id_and_a_status_make_a_complete_order(status):
    """Completeness is checked by the ledger, on every answer."""
    shown = Ledger({"orderId": "ord_1", "status": status}).shown()
    assert (shown["status"], shown["tenantId"], shown["createdAt"]) == (status, "bu_nl", "2025-01-20T12:00:00Z")


@pytest.mark.parametrize(("status", "answer"), [("active", 200), ("cancelled", 400), ("ended_buyout", 400)])
def test_an_id_and_a_status_make_a_complete_subscription(status, answer):
    """Of an order that the world doesn't have, when it names none."""
    ledger = Ledger(rentals=[{"rentalId": "sub_1", "status": status}])
    shown = ledger.call("getSubscription", None, "sub_1")[1]
    assert (shown["status"], shown["orderId"], shown["assetSerialNumber"]) == (status, "ord_sub_1", "SN-sub_1")
    asked = {"rentalId": "sub_1", "reason": "other"}
    assert ledger.call("cancelSubscription", asked, "sub_1")[0] == answer


def test_what_a_world_states_is_shown_as_it_is():
    stated: dict[str, Any] = {
        "payment": {"status": "paid", "method": "stripe"},
        "customFields": {"po": "7"},
        "billingAddress": {"city": "Utrecht", "postalCode": None},
        "trackingNumber": "T-1",
        "createdBy": "user_1",
        "createdAt": "2025-01-15T10:30:00.000Z",
        "updatedAt": "2025-01-16T10:30:00.500Z",
        "totals": {"subtotal": 100, "taxAmount": 21, "total": 121, "currency": "USD"},
    }
    shown = Ledger(order(**stated)).shown()
    for name, value in stated.items():
        if isinstance(value, dict):
            assert value.items() <= shown[name].items()
        else:
            assert shown[name] == value
    assert "_account" not in shown


@pytest.mark.parametrize(
    ("status", "stated", "rented"),
    [
        ("confirmed", None, 0),
        ("partial", None, 1),
        ("fulfilled", None, 3),
        ("partial", 2, 2),
        ("confirmed", 1, 1),
        ("fulfilled", 99, 3),
        ("cancelled", None, 0),
    ],
)
def test_progress_is_as_stated_or_as_the_status_says(status, stated, rented):
    members: dict[str, Any] = {} if stated is None else {"rentalProgress": {"rentedDevices": stated}}
    assert progress(Ledger(order(status=status, **members))) == {"totalDevices": 3, "rentedDevices": rented}


def test_rentals_count_unless_they_were_cancelled_and_all_are_listed():
    rentals = [
        rental("sub_1"),
        rental("sub_2", status="cancelled"),
        rental("sub_3", status="ended_buyout", sku="MON-1"),
    ]
    ledger = Ledger(order(status="partial"), rentals=rentals)
    shown = ledger.shown()
    assert progress(ledger)["rentedDevices"] == 2
    assert sorted(shown["rentalIds"]) == ["sub_1", "sub_2", "sub_3"]
    assert [item["rentalIds"] for item in shown["items"]] == [["sub_1", "sub_2"], ["sub_3"]]
    assert [item["rentalStatus"] for item in shown["items"]] == ["partial", "completed"]


def test_a_rental_belongs_to_the_item_that_lists_it():
    twins = [{"sku": "LAP-1", "quantity": 1}, {"sku": "LAP-1", "quantity": 1, "rentalIds": ["sub_1"]}]
    shown = Ledger(order(status="partial", items=twins), rentals=[rental()]).shown()
    assert [item["rentalStatus"] for item in shown["items"]] == ["pending", "completed"]


def test_listed_ids_without_rentals_carry_the_units_that_left():
    ledger = Ledger(order(status="partial", rentalIds=["sub_8", "sub_9"], rentalProgress={"rentedDevices": 2}))
    carried = {p.shipment_id for line in ledger.order().lines for p in line.portions if p.state is PortionState.SHIPPED}
    assert carried == {"sub_8", "sub_9"}
    assert ledger.shown()["rentalIds"] == ["sub_8", "sub_9"]


def test_a_rental_takes_from_its_order_what_it_does_not_state():
    shown = Ledger(order(status="partial"), rentals=[rental()]).call("getSubscription", None, "sub_1")[1]
    assert (shown["monthlyAmount"], shown["productName"], shown["currency"]) == (59, "Laptop 14", "EUR")
    assert (shown["customerId"], shown["customerEmail"]) == ("cust_1", "sam@example.com")
    assert (shown["contractLength"], shown["endDate"]) == (24, "2027-01-16T00:00:00Z")


def test_a_device_is_where_its_rental_says_unless_it_says_otherwise():
    assets = [asset("SN-sub_1"), asset("SN-sub_2", status="unavailable"), asset("SN-3")]
    ledger = Ledger(order(status="partial"), rentals=[rental(), rental("sub_2")], assets=assets)
    shown = [ledger.call("getAsset", None, str(one["serialNumber"]))[1] for one in assets]
    assert [one["status"] for one in shown] == ["rented_out", "unavailable", "available"]
    assert [one.get("rentalId") for one in shown] == ["sub_1", None, None]
    assert shown[0]["productName"] == "Laptop 14"


@pytest.mark.parametrize("status", ["pending", "confirmed", "partial", "fulfilled", "cancelled"])
def test_units_are_held_where_they_are_still_wanted(status):
    ledger = Ledger(order(status=status))
    held = {"pending": 3, "confirmed": 3, "partial": 2, "fulfilled": 0, "cancelled": 0}
    assert ledger.reserved() == held[status]


def test_documents_belong_to_the_account_they_name_or_to_the_first():
    ledger = Ledger(order("ord_nl"), order("ord_us", _account="pk_live_us_ok"))
    assert [ledger.order(one).tenant for one in ("ord_nl", "ord_us")] == [one.tenant for one in ACCOUNTS]
    assert ledger.call("getOrder", None, "ord_us")[0] == 404
    assert ledger.call("getOrder", None, "ord_us", by=ACCOUNTS[1])[1]["tenantId"] == "bu_us"


def test_documents_of_an_account_that_the_world_has_not_are_left_out():
    """A world's accounts may be replaced without its documents."""
    ledger = Ledger(order(), order("ord_2", _account="gone"), rentals=[rental(_account="gone")])
    assert [ledger.call("getOrder", None, one)[0] for one in ("ord_1", "ord_2")] == [200, 404]
    assert ledger.call("cancelOrder", None, "ord_1")[0] == 200


@pytest.mark.parametrize(
    ("collections", "path"),
    [
        ({"orders": [order(), {"status": "pending"}]}, "orders.1.orderId"),
        ({"orders": [order(status="lost")]}, "orders.0.status"),
        ({"orders": [order(items=[{"quantity": 0}])]}, "orders.0.items.0.quantity"),
        ({"orders": {}}, "orders"),
        ({"orders": [7]}, "orders.0"),
        ({"rentals": [{"orderId": "ord_1"}]}, "rentals.0.rentalId"),
        ({"assets": [{"serialNumber": ""}]}, "assets.0.serialNumber"),
        ({"variants": [{"variantSku": "a", "pricing": [{}]}]}, "variants.0.pricing.0.contractLength"),
    ],
)
def test_a_world_that_is_wrong_is_told_where(collections, path):
    orders = collections.pop("orders", [])
    with pytest.raises(CallerFault) as raised:
        Ledger(*orders, **collections) if isinstance(orders, list) else Ledger(orders=orders)
    assert raised.value.fault.fields[0].path == path


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_parts_of_an_amount_add_up_to_it(amount, weights):
    assert sum(allotted(amount, weights)) == amount


@given(st.integers(0, 10**13), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_survives_the_wire(amount, currency):
    assert minor(json.loads(json.dumps(major(amount, currency))), currency) == amount


@given(
    st.lists(st.tuples(st.integers(1, 50), st.decimals(0, 10**4, places=2)), min_size=1, max_size=5),
    st.decimals(0, 10**4, places=2),
    st.sampled_from(["pending", "confirmed", "partial", "fulfilled", "cancelled"]),
    st.integers(0, 60),
)
def test_portions_add_up_to_what_was_ordered(rows, tax, status, rented):
    items = [
        {"sku": f"S{n}", "quantity": quantity, "unitPrice": float(price)} for n, (quantity, price) in enumerate(rows)
    ]
    subtotal = sum(quantity * price for quantity, price in rows)
    totals = {"subtotal": float(subtotal), "taxAmount": float(tax), "total": float(subtotal + tax)}
    held = Ledger(order(status=status, items=items, totals=totals, rentalProgress={"rentedDevices": rented})).order()
    portions = [portion for line in held.lines for portion in line.portions]
    assert sum(portion.price_minor for portion in portions) == round((subtotal + tax) * 100)
    assert sum(portion.tax_minor for portion in portions) == round(tax * 100)
    assert [line.quantity_milli() for line in held.lines] == [quantity * 1000 for quantity, _ in rows]
    assert held.quantity_milli(PortionState.SHIPPED) == min(rented, sum(quantity for quantity, _ in rows)) * 1000
