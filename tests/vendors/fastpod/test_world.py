"""Worlds: whose an order is, and what a partial document comes to."""

import pytest
from msgspec.structs import replace

from countermand.dialects.contract import CallerFault, FaultKind, World
from countermand.dialects.fastpod import DIALECT
from countermand.dialects.fastpod.documents import WHOLE_KEYS, WHOLE_LINE_KEYS
from countermand.dialects.fastpod.order import whole_order
from countermand.model.order import PortionState
from tests.vendors.fastpod.ledger import ACCOUNTS, NOW, SAMPLE, Ledger, account, request


def seeded(*orders: object, accounts=ACCOUNTS, **collections: object):
    world = World(document={"orders": list(orders), **collections}, accounts=accounts, now=NOW, new_id=str)
    return DIALECT.world(world)


def faults(*orders: object, **collections: object) -> list[str]:
    with pytest.raises(CallerFault) as raised:
        seeded(*orders, **collections)
    assert raised.value.fault.kind is FaultKind.INVALID
    return [field.path for field in raised.value.fault.fields]


# ----------------------------------------------------------------------------------------------------------- accounts


def test_tokens_of_one_merchant_share_its_realm():
    one, two = (DIALECT.account({"token": token, "merchant": "F237"}) for token in ("a", "b"))
    assert one.realm == two.realm == "F237"
    assert (one.secret, two.secret) == ("a", "b")
    assert one.claims == {}


@pytest.mark.parametrize(
    "document", [{}, {"token": "a"}, {"merchant": "F1"}, {"token": "", "merchant": "F1"}, {"token": 1}]
)
def test_an_account_states_token_and_merchant(document):
    with pytest.raises(CallerFault) as raised:
        DIALECT.account(document)
    assert raised.value.fault.kind is FaultKind.INVALID


# ------------------------------------------------------------------------------------------------------------- owners


@pytest.mark.parametrize(
    ("document", "merchant"),
    [
        ({"id": "F237-120723-000001"}, "F237"),
        ({"id": "F255-120723-000001"}, "F255"),
        ({"id": "F255"}, "F237"),
        ({"id": "x"}, "F237"),
        ({"id": "x", "merchant": "F255"}, "F255"),
        ({"id": "F237-120723-000001", "merchant": "F255"}, "F255"),
        ({"id": "F237-120723-000001", "_account": "tok-b"}, "F255"),
        ({"id": "F237-120723-000001", "_account": "tok-b", "merchant": "F237"}, "F255"),
    ],
)
def test_an_order_belongs_to_whom_its_document_or_its_id_names(document, merchant):
    [order] = seeded(document).orders
    assert order.tenant == f"t-{merchant}"


@pytest.mark.parametrize(
    "document",
    [{"id": "F999-120723-000001"}, {"id": "x", "merchant": "F999"}, {"id": "F237-120723-000001", "_account": "gone"}],
)
def test_the_order_of_a_merchant_without_an_account_is_nobodys_to_see(document):
    assert seeded(document).orders == ()


def test_the_owner_never_shows():
    shown = whole_order(seeded({"id": "x", "merchant": "F255", "_account": "tok-b", "else": 1}).orders[0])
    assert set(shown) == {*WHOLE_KEYS, "boost_production"}


# -------------------------------------------------------------------------------------------------- partial documents


def test_a_whole_document_comes_back_as_it_was():
    shown = whole_order(seeded(SAMPLE).orders[0])
    assert {name: shown[name] for name in SAMPLE} == SAMPLE
    assert shown["boost_production"] is True


@pytest.mark.parametrize(
    ("given", "rush"),
    [
        ({"boost_production": True}, True),
        ({"boost_production": False}, False),
        ({"boost_production": True, "rush_production": None}, True),
        ({"boost_production": True, "rush_production": False}, False),
        ({"boost_production": None, "rush_production": True}, True),
    ],
)
def test_an_order_in_the_words_of_the_pages_example_keeps_its_rush(given, rush):
    """Cancel Order's example has `boost_production` and no `rush_production`."""
    shown = whole_order(seeded({"id": "F237-1"} | given).orders[0])
    assert (shown["rush_production"], shown["boost_production"]) == (rush, rush)


def test_an_earlier_name_that_says_neither_is_refused():
    assert faults({"id": "F237-1", "boost_production": "yes"}) == ["orders.0.rush_production"]


def test_a_bare_id_is_an_order_with_all_its_members():
    shown = whole_order(seeded({"id": "F237-1"}).orders[0])
    empty: dict[str, object] = {
        "id": "F237-1",
        "order_type": "1",
        "reference_id": "",
        "order_status": "new_order",
        "test_order": False,
        **dict.fromkeys(("item_total", "shipping_total", "surcharge_total", "labeling_fee", "peak_season_surchage"), 0),
        **dict.fromkeys(("order_total", "discount_total", "discount_labeling_fee"), 0),
        **dict.fromkeys(("point_earned", "point_used", "quantity_total"), 0),
        "payment_method": "cash",
        "payment_status": "unpaid",
        "shipping_method": "1",
        "rush_production": False,
        "boost_production": False,
        **dict.fromkeys(("gift_message", "tax_id", "tax_id_type", "rejected_at", "rejected_status", "cancelled_at")),
        "created_at": "2023-12-07T09:00:00.000000Z",
        "updated_at": "2023-12-07T09:00:00.000000Z",
        "address": {
            **dict.fromkeys(("name", "email", "phone", "street1", "city", "state", "country", "zip"), ""),
            "company": None,
            "street2": None,
        },
        "line_items": [],
        "shipments": [],
        "label_url": "",
        "coupon_code": "",
    }
    assert shown == empty


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"created_at": "2023-12-01T00:00:00Z"}, {"updated_at": "2023-12-01T00:00:00.000000Z", "cancelled_at": None}),
        ({"updated_at": "2023-12-01T00:00:00Z"}, {"created_at": "2023-12-01T00:00:00.000000Z"}),
        (
            {"order_status": "cancelled", "cancelled_at": "2023-12-02T00:00:00Z"},
            {"updated_at": "2023-12-02T00:00:00.000000Z", "created_at": "2023-12-02T00:00:00.000000Z"},
        ),
        (
            {"order_status": "cancelled", "updated_at": "2023-12-02T00:00:00Z"},
            {"cancelled_at": "2023-12-02T00:00:00.000000Z", "rejected_at": None},
        ),
        (
            {"order_status": "rejected", "updated_at": "2023-12-02T00:00:00Z"},
            {"rejected_at": "2023-12-02T00:00:00.000000Z", "cancelled_at": None},
        ),
        ({"created_at": "2023-12-01T02:00:00+02:00"}, {"created_at": "2023-12-01T00:00:00.000000Z"}),
    ],
)
def test_missing_times_follow_from_those_that_are_there(given, expected):
    shown = whole_order(seeded({"id": "F237-1", **given}).orders[0])
    assert {name: shown[name] for name in expected} == expected


def test_missing_totals_are_sums_and_given_ones_stand():
    lines = [{"unit_price": 10, "quantity": 2}, {"price": 14.4}]
    shown = whole_order(seeded({"id": "F237-1", "line_items": lines, "shipping_total": 4.99}).orders[0])
    assert (shown["item_total"], shown["order_total"], shown["point_used"]) == (34.4, 39.39, 3939)
    assert shown["quantity_total"] == 3
    shown = whole_order(seeded({"id": "F237-1", "line_items": lines, "order_total": 5}).orders[0])
    assert (shown["item_total"], shown["order_total"], shown["point_used"]) == (34.4, 5, 500)


def test_a_partial_line_has_all_its_members():
    lines = whole_order(seeded({"id": "F237-1", "line_items": [{"sku": "S", "name": None}]}).orders[0])["line_items"]
    assert isinstance(lines, list)
    [line] = lines
    assert set(line) == set(WHOLE_LINE_KEYS)
    assert (line["id"], line["name"], line["sku"], line["quantity"]) == (100001, "Line Item 1", "S", 1)


@pytest.mark.parametrize("member", ["label_url", "coupon_code", "address", "line_items", "shipments", "reference_id"])
def test_null_where_the_page_has_no_null_is_the_same_as_absent(member):
    assert whole_order(seeded({"id": "F237-1", member: None}).orders[0])[member] is not None


def test_numbered_choices_may_be_integers():
    shown = whole_order(seeded({"id": "F237-1", "shipping_method": 3, "order_type": 2}).orders[0])
    assert (shown["shipping_method"], shown["order_type"]) == ("3", "2")


@pytest.mark.parametrize(
    ("status", "state"),
    [("new_order", PortionState.OPEN), ("shipped", PortionState.SHIPPED), ("cancelled", PortionState.CANCELLED)],
)
def test_units_are_where_the_status_says(status, state):
    [order] = seeded({**SAMPLE, "order_status": status}).orders
    assert order.quantity_milli(state) == order.quantity_milli() == 1000


def test_tracking_numbers_are_the_shipments():
    [order] = seeded({**SAMPLE, "order_status": "shipped", "shipments": ["1Z", "2Z"]}).orders
    assert whole_order(order)["shipments"] == ["1Z", "2Z"]


def test_a_paid_order_has_its_payment_and_an_unpaid_or_a_test_order_none():
    paid = {**SAMPLE, "payment_status": "paid", "payment_method": "point"}
    [payment] = seeded(paid).orders[0].payments
    assert (payment.method, payment.captured_minor) == ("point", 3840)
    assert seeded(SAMPLE).orders[0].payments == ()
    assert seeded({**paid, "test_order": True}).orders[0].payments == ()


def test_ids_given_out_later_are_new():
    ledger = Ledger({**SAMPLE, "id": "F237-120723-000041"}, {"id": "F255-120723-000099"}, {"id": "F237-x"})
    body = {
        "reference_id": "N",
        "shipping_method": 1,
        "address": SAMPLE["address"],
        "line_items": [{"item_id": "1", "sku": "S", "quantity": 1, "print_areas": {"back": "u"}}],
    }
    assert ledger.call("createOrder", request("POST", body=body))[1]["data"]["id"] == "F237-120723-000042"


# ------------------------------------------------------------------------------------------------------ broken worlds


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ({}, ["orders.0.id"]),
        ({"id": ""}, ["orders.0.id"]),
        ({"id": 7}, ["orders.0.id"]),
        ({"id": "F237-1", "order_status": "lost"}, ["orders.0.order_status"]),
        ({"id": "F237-1", "created_at": "yesterday"}, ["orders.0.created_at"]),
        ({"id": "F237-1", "item_total": "14.4"}, ["orders.0.item_total"]),
        ({"id": "F237-1", "item_total": -1}, ["orders.0.item_total"]),
        ({"id": "F237-1", "order_total": 1e300}, ["orders.0.order_total"]),
        ({"id": "F237-1", "shipping_method": "9"}, ["orders.0.shipping_method"]),
        ({"id": "F237-1", "line_items": [{"quantity": "x"}]}, ["orders.0.line_items.0.quantity"]),
        ({"id": "F237-1", "line_items": ["x"]}, ["orders.0.line_items.0"]),
        ({"id": "F237-1", "line_items": {}}, ["orders.0.line_items"]),
        ({"id": "F237-1", "address": []}, ["orders.0.address"]),
        ("x", ["orders.0"]),
    ],
)
def test_what_is_wrong_with_a_document_is_named_by_its_path(document, paths):
    assert faults(document) == paths


def test_two_orders_of_one_id_are_one_too_many():
    assert faults(SAMPLE, SAMPLE) == ["orders.1.id"]


@pytest.mark.parametrize("collection", ["orders", "webhooks"])
def test_a_collection_is_an_array(collection):
    with pytest.raises(CallerFault) as raised:
        DIALECT.world(World(document={collection: {"id": "x"}}, accounts=ACCOUNTS, now=NOW, new_id=str))
    assert [field.path for field in raised.value.fault.fields] == [collection]


def test_a_world_without_accounts_holds_nothing():
    assert seeded(SAMPLE, accounts=()).orders == ()


def test_a_world_of_another_instant_begins_then():
    world = World(document={"orders": [{"id": "F237-1"}]}, accounts=(account("t", "F237"),), now=NOW, new_id=str)
    later = DIALECT.world(replace(world, now=NOW.replace(year=2030)))
    assert later.orders[0].placed_at.year == 2030
