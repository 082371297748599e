"""Create Order, Update Order and Update Status, judged on a ledger in memory."""

import json

import pytest

from countermand.dialects.fastpod.documents import WHOLE_KEYS, WHOLE_LINE_KEYS
from countermand.dialects.fastpod.lifecycle import EDITABLE, MOVES, STATUSES
from tests.vendors.fastpod.ledger import ADDRESS, CREATE, LINE, SAMPLE, UPDATE, Ledger, request

ID = str(SAMPLE["id"])
WHOLE = {*WHOLE_KEYS, "boost_production"}


def create(ledger: Ledger, **members: object):
    return ledger.call("createOrder", request("POST", body={**CREATE, **members}))


def update(ledger: Ledger, **members: object):
    return ledger.call("updateOrder", request("PUT", order_id=ID, body={**UPDATE, **members}))


def set_status(ledger: Ledger, body: object = None):
    return ledger.call("updateOrderStatus", request("PUT", order_id=ID, body=body or {"order_status": "new_order"}))


# ------------------------------------------------------------------------------------------------------- Create Order


def test_a_created_order_is_shown_whole_and_says_what_rush_costs():
    status, answer = create(Ledger())
    assert status == 200
    assert (answer["status"], answer["message"]) == (True, "Order created successfully.")
    assert len(WHOLE_KEYS) == 33
    assert set(answer["data"]) == {*WHOLE, "rush_production_price"}
    assert [set(line) for line in answer["data"]["line_items"]] == [set(WHOLE_LINE_KEYS)]


def test_defaults_are_those_of_the_pages():
    _, answer = create(Ledger())
    expected = {
        "order_type": "1",
        "order_status": "new_order",
        "test_order": False,
        "payment_method": "cash",
        "payment_status": "unpaid",
        "shipping_method": "1",
        "rush_production": False,
        "boost_production": False,
        "gift_message": None,
        "tax_id": None,
        "label_url": "",
        "coupon_code": "",
        "cancelled_at": None,
        "shipments": [],
        "created_at": "2023-12-07T09:00:00.000000Z",
        "updated_at": "2023-12-07T09:00:00.000000Z",
    }
    assert {name: answer["data"][name] for name in expected} == expected


def test_totals_add_up_and_points_are_cents():
    _, answer = create(Ledger(), line_items=[{**LINE, "quantity": 2}, {**LINE, "sku": "MINE"}])
    data = answer["data"]
    assert [line["price"] for line in data["line_items"]] == [28, 14.8]
    assert (data["item_total"], data["shipping_total"], data["order_total"]) == (42.8, 4.99, 47.79)
    assert (data["point_used"], data["point_earned"], data["quantity_total"]) == (4779, 0, 3)


def test_a_draft_is_created_as_one():
    assert create(Ledger(), order_status="draft")[1]["data"]["order_status"] == "draft"


def test_everything_that_is_said_is_shown():
    said = {
        "gift_message": "hi",
        "tax_id": "T",
        "tax_id_type": "vat",
        "coupon_code": "C",
        "label_url": "https://l.example",
        "test_order": True,
        "order_type": "2",
        "shipping_method": "3",
        "rush_production": True,
    }
    data = create(Ledger(), **said)[1]["data"]
    assert {name: data[name] for name in said} == said
    assert data["address"] == ADDRESS
    assert data["shipping_total"] == 0


def test_ids_are_merchant_day_and_serial():
    ledger = Ledger(SAMPLE)
    first = create(ledger)[1]["data"]["id"]
    second = create(ledger, reference_id="N-2")[1]["data"]["id"]
    ledger.later(86_400)
    third = create(ledger, reference_id="N-3")[1]["data"]["id"]
    assert [first, second, third] == ["F237-120723-000002", "F237-120723-000003", "F237-120823-000001"]


def test_line_numbers_are_integers_that_differ():
    ledger = Ledger()
    lines = create(ledger, line_items=[LINE, LINE])[1]["data"]["line_items"]
    lines += create(ledger, reference_id="N-2")[1]["data"]["line_items"]
    numbers = [line["id"] for line in lines]
    assert len(set(numbers)) == 3
    assert all(isinstance(number, int) and number < 2**53 for number in numbers)


def test_either_name_of_rush_is_taken_and_the_current_one_wins():
    assert create(Ledger(), boost_production=True)[1]["data"]["rush_production"] is True
    assert create(Ledger(), boost_production=True, rush_production=False)[1]["data"]["boost_production"] is False


def test_a_reference_names_one_order_whatever_became_of_it():
    ledger = Ledger(SAMPLE)
    assert ledger.call("cancelOrder", request("POST", order_id=ID))[0] == 200
    status, answer = create(ledger, reference_id="R-1")
    assert (status, list(answer["errors"])) == (422, ["reference_id"])
    assert len(ledger.orders) == 1


@pytest.mark.parametrize("name", ["reference_id", "shipping_method", "address", "line_items"])
def test_what_the_page_requires_is_required(name):
    body = {member: value for member, value in CREATE.items() if member != name}
    status, answer = Ledger().call("createOrder", request("POST", body=body))
    assert (status, answer["status"], list(answer["errors"])) == (422, False, [name])


@pytest.mark.parametrize("name", ["name", "email", "phone", "street1", "city", "state", "country", "zip"])
def test_of_an_address_eight_members_are_required(name):
    address = {member: value for member, value in ADDRESS.items() if member != name}
    assert list(create(Ledger(), address=address)[1]["errors"]) == [f"address.{name}"]


@pytest.mark.parametrize("name", ["item_id", "sku", "quantity", "print_areas"])
def test_of_a_line_four_members_are_required(name):
    line = {member: value for member, value in LINE.items() if member != name}
    assert list(create(Ledger(), line_items=[LINE, line])[1]["errors"]) == [f"line_items.1.{name}"]


@pytest.mark.parametrize(
    ("member", "value", "path"),
    [
        ("order_type", "3", "order_type"),
        ("order_type", True, "order_type"),
        ("reference_id", "", "reference_id"),
        ("reference_id", 7, "reference_id"),
        ("reference_id", "a\x00b", "reference_id"),
        ("order_status", "cancelled", "order_status"),
        ("order_status", "in_production", "order_status"),
        ("test_order", "yes", "test_order"),
        ("shipping_method", 5, "shipping_method"),
        ("shipping_method", "0", "shipping_method"),
        ("address", [], "address"),
        ("line_items", [], "line_items"),
        ("line_items", {}, "line_items"),
        ("line_items", [{**LINE, "quantity": 0}], "line_items.0.quantity"),
        ("line_items", [{**LINE, "quantity": 1.5}], "line_items.0.quantity"),
        ("line_items", [{**LINE, "quantity": True}], "line_items.0.quantity"),
        ("line_items", [{**LINE, "print_areas": {}}], "line_items.0.print_areas"),
        ("line_items", [{**LINE, "print_areas": {"hood": "u"}}], "line_items.0.print_areas.hood"),
        ("gift_message", 7, "gift_message"),
    ],
)
def test_a_member_of_the_wrong_kind_is_named(member, value, path):
    ledger = Ledger()
    status, answer = create(ledger, **{member: value})
    assert (status, list(answer["errors"])) == (422, [path])
    assert ledger.orders == {}


def test_a_label_order_needs_its_label():
    assert list(create(Ledger(), order_type="2")[1]["errors"]) == ["label_url"]


def test_rush_is_for_a_single_item():
    assert create(Ledger(), rush_production=True)[0] == 200
    answer = create(Ledger(), rush_production=True, line_items=[{**LINE, "quantity": 2}])[1]
    assert list(answer["errors"]) == ["rush_production"]
    assert list(create(Ledger(), boost_production=True, line_items=[LINE, LINE])[1]["errors"]) == ["rush_production"]


def test_a_new_order_is_told_and_a_draft_is_not():
    hooks = [{"event": "order_notify", "url": "https://shop.example/hook"}]
    ledger = Ledger(webhooks=hooks)
    create(ledger, order_status="draft")
    assert ledger.obligations == []
    created = create(ledger, reference_id="N-2")[1]["data"]["id"]
    assert [(owed.order_id, owed.data["status"]) for owed in ledger.obligations] == [(created, "new_order")]


# ------------------------------------------------------------------------------------------------------- Update Order


@pytest.mark.parametrize("status", STATUSES)
def test_an_order_is_edited_until_production_begins(status):
    ledger = Ledger({**SAMPLE, "order_status": status})
    before = ledger.order(ID)
    found, answer = update(ledger, order_status=status if status in EDITABLE else "new_order")
    assert found == (200 if status in EDITABLE else 422)
    if found == 200:
        assert (answer["message"], answer["data"]["order_status"]) == ("Order updated successfully.", status)
        assert set(answer["data"]) == WHOLE
    else:
        assert ledger.order(ID) == before


def test_an_edit_prices_again_and_keeps_what_it_has_no_member_for():
    ledger = Ledger({**SAMPLE, "tax_id": "T", "label_url": "https://l.example", "order_type": "1"})
    ledger.later(60)
    data = update(ledger, line_items=[{**LINE, "quantity": 2}], reference_id="N-9")[1]["data"]
    assert (data["item_total"], data["order_total"], data["point_used"]) == (28, 32.99, 3299)
    assert (data["tax_id"], data["label_url"], data["reference_id"]) == ("T", "https://l.example", "N-9")
    assert (data["created_at"], data["updated_at"]) == (SAMPLE["created_at"], "2023-12-07T09:01:00.000000Z")
    assert ledger.order(ID).total_minor == 3299


def test_a_line_keeps_its_number_as_long_as_its_item_id():
    ledger = Ledger(SAMPLE)
    lines = update(ledger, line_items=[{**LINE, "item_id": "new"}, {**LINE, "item_id": "1"}])[1]["data"]["line_items"]
    assert [line["id"] for line in lines] == [100010, 100009]


@pytest.mark.parametrize(
    ("now", "asked"), [(now, asked) for now in sorted(EDITABLE) for asked in ("draft", "new_order", "on_hold")]
)
def test_an_edit_changes_the_status_only_as_update_status_would(now, asked):
    ledger = Ledger({**SAMPLE, "order_status": now})
    allowed = now == asked or MOVES.get((now, "release")) == asked
    status, answer = update(ledger, order_status=asked)
    assert status == (200 if allowed else 422)
    assert ledger.order(ID).status == (asked if allowed else now)
    if not allowed:
        assert list(answer["errors"]) == ["order_status"]


@pytest.mark.parametrize("asked", ["cancelled", "rejected", "shipped", "in_production", "", None])
def test_an_edit_never_asks_for_another_status(asked):
    assert list(update(Ledger(SAMPLE), order_status=asked)[1]["errors"]) == ["order_status"]


@pytest.mark.parametrize("name", ["reference_id", "order_status", "shipping_method", "address", "line_items"])
def test_what_an_edit_requires(name):
    body = {member: value for member, value in UPDATE.items() if member != name}
    status, answer = Ledger(SAMPLE).call("updateOrder", request("PUT", order_id=ID, body=body))
    assert (status, list(answer["errors"])) == (422, [name])


def test_an_edit_requires_one_of_the_two_names_of_rush():
    body = {member: value for member, value in UPDATE.items() if member != "rush_production"}
    wire = request("PUT", order_id=ID, body=body)
    assert list(Ledger(SAMPLE).call("updateOrder", wire)[1]["errors"]) == ["rush_production"]
    wire = request("PUT", order_id=ID, body={**body, "boost_production": True})
    assert Ledger(SAMPLE).call("updateOrder", wire)[1]["data"]["rush_production"] is True


def test_a_reference_of_another_order_is_refused_and_its_own_is_not():
    ledger = Ledger(SAMPLE, {"id": "F237-120723-000002", "reference_id": "R-2"})
    assert list(update(ledger, reference_id="R-2")[1]["errors"]) == ["reference_id"]
    assert update(ledger, reference_id="R-1")[0] == 200


def test_a_reference_once_given_never_comes_to_mean_another_order():
    ledger = Ledger(SAMPLE)
    assert update(ledger, reference_id="N-9")[0] == 200
    assert create(ledger, reference_id="R-1")[0] == 422
    assert update(ledger, reference_id="R-1")[0] == 200


def test_an_order_that_is_not_there_is_not_edited():
    ledger = Ledger({**SAMPLE, "id": "F255-010524-000001"})
    for wire, operation in (
        (request("PUT", order_id="F255-010524-000001", body=UPDATE), "updateOrder"),
        (request("PUT", order_id="F255-010524-000001", body={"order_status": "new_order"}), "updateOrderStatus"),
    ):
        status, answer = ledger.call(operation, wire)
        assert (status, answer) == (422, {"status": False, "message": "Order not found."})


# ------------------------------------------------------------------------------------------------------ Update Status


@pytest.mark.parametrize("status", STATUSES)
def test_only_drafts_and_orders_on_hold_become_new(status):
    ledger = Ledger({**SAMPLE, "order_status": status})
    before = ledger.order(ID)
    found, answer = set_status(ledger)
    assert found == (200 if status in {"draft", "on_hold"} else 422)
    if found == 200:
        assert (answer["message"], answer["data"]["order_status"]) == ("Order updated successfully.", "new_order")
        assert set(answer["data"]) == WHOLE
        assert answer["data"]["cancelled_at"] is None
    else:
        assert ledger.order(ID) == before


@pytest.mark.parametrize("asked", ["cancelled", "draft", "on_hold", "shipped", "rejected", "in_production", 1, None])
def test_no_other_status_can_be_set(asked):
    ledger = Ledger({**SAMPLE, "order_status": "draft"})
    status, answer = set_status(ledger, {"order_status": asked})
    assert (status, list(answer["errors"])) == (422, ["order_status"])
    assert ledger.order(ID).status == "draft"


def test_a_change_of_status_is_told_and_an_edit_is_not():
    ledger = Ledger(
        {**SAMPLE, "order_status": "draft"}, webhooks=[{"event": "order_notify", "url": "https://s.example"}]
    )
    assert update(ledger, order_status="draft")[0] == 200
    assert ledger.obligations == []
    assert set_status(ledger)[0] == 200
    [owed] = ledger.obligations
    _, got = ledger.call("getOrder", request(order_id=ID))
    assert json.loads(owed.body)["data"] == got


def test_an_edit_that_releases_is_told_as_the_order_then_stands():
    ledger = Ledger(
        {**SAMPLE, "order_status": "draft"}, webhooks=[{"event": "order_notify", "url": "https://s.example"}]
    )
    assert update(ledger, order_status="new_order", reference_id="N-5")[0] == 200
    [owed] = ledger.obligations
    _, got = ledger.call("getOrder", request(order_id=ID))
    assert json.loads(owed.body)["data"] == got
