"""The ten complaints after the twenty-five (docs/explanation/complaints.md), each with its number."""

import pytest

from tests.native.client import CAPTURED, advance, effects, new_order, put_world

OPS = {"author": "ops"}


def kinds(api, order="o1", state="open"):
    items = api.get(f"/orders/{order}/obligations")["items"]
    return sorted(one["kind"] for one in items if one["state"] == state)


def test_26_a_coupon_is_given_back_once_and_only_for_the_whole_order(api, server):
    put_world(server, orders=[new_order(coupons=["TEN"], payments=[])], policies=[{**OPS, "undo_window_seconds": 60}])
    api.cancel(lines=[{"line_id": "b"}])
    assert kinds(api) == []
    done = api.cancel()
    assert kinds(api) == ["coupon"]
    api.post(f"/orders/o1/cancellations/{done['id']}:restore", {"by": "Kim"})
    assert (kinds(api), kinds(api, state="withdrawn")) == ([], ["coupon"])
    for _ in range(2):
        api.cancel()
    assert kinds(api) == ["coupon"]


def test_27_customer_staff_and_automatic_cancels_say_who_and_why(api, server):
    rule = {**OPS, "approval": {"timeout_seconds": 60, "on_timeout": "approved", "above": 4000}}
    put_world(server, orders=[new_order(name) for name in ("o1", "o2", "o3")], policies=[rule])
    part = [{"line_id": "b"}]
    customer = api.cancel("o1", lines=part, reason="customer_changed_mind", requested_by="customer 7")
    staff = api.cancel(
        "o2", lines=part, reason="out_of_stock", requested_by="Kim", attributed_to="warehouse", note="none"
    )
    asked = api.cancel("o3", reason="fraud", requested_by="risk engine")
    advance(server, 60)
    automatic = api.get(f"/orders/o3/cancellations/{asked['id']}")
    told = [(one["reason"], one["requested_by"], one["attributed_to"]) for one in (customer, staff, automatic)]
    assert told == [
        ("customer_changed_mind", "customer 7", ""),
        ("out_of_stock", "Kim", "warehouse"),
        ("fraud", "risk engine", ""),
    ]
    assert (automatic["state"], automatic["decided_by"], customer["decided_by"]) == ("accepted", "policy", None)
    assert {one["executed_by"] for one in (customer, staff, automatic)} == {customer["executed_by"]} - {""}


@pytest.mark.parametrize("notify", [True, False])
def test_28_the_customer_is_told_if_the_shop_wants_it(api, notify):
    api.post("/orders", new_order(contact="c@example.com", payments=[]))
    done = api.cancel(notify=notify, message="We are sorry.", note="third this week")
    assert kinds(api) == (["message"] if notify else [])
    assert (done["message"], done["note"]) == ("We are sorry.", "third this week")
    if notify:
        assert api.owed()["message"]["data"] == {"reference": "c@example.com", "message": "We are sorry."}


def test_29_a_duplicate_is_cancelled_without_a_word_to_the_customer(api):
    api.post("/orders", new_order(contact="c@example.com", invoice="INV-1", payments=CAPTURED))
    assert api.cancel(reason="duplicate", notify=False).status == 202
    assert kinds(api) == ["credit_note", "refund"]


def test_30_an_item_is_cancelled_and_the_money_stays(api):
    api.post("/orders", new_order(payments=CAPTURED))
    done = api.cancel(lines=[{"line_id": "b"}], refund="none")
    assert (done.status, done["amount"], done["refund"]) == (201, 1000, "none")
    order = api.get("/orders/o1")
    assert (order["total"], order["payments"][0]["captured"], order["payments"][0]["to_refund"]) == (3492, 4492, 0)
    assert kinds(api) == []


def test_31_what_can_not_be_undone_says_so_the_right_way_round(api, server):
    put_world(server, orders=[new_order(), new_order("o2")], policies=[{**OPS, "approval": {"above": 4000}}])
    asked = api.cancel()["id"]
    never = api.post(f"/orders/o1/cancellations/{asked}:restore", {"by": "Kim"})
    assert (never.status, never["code"], never["detail"]) == (409, "NOT_CANCELLED", "requested")
    assert never["title"] == "The cancellation is not in effect"
    done = api.cancel("o2", lines=[{"line_id": "b"}])["id"]
    api.post("/orders/o2/shipments", {"lines": [{"line_id": "b"}]})
    gone = api.post(f"/orders/o2/cancellations/{done}:restore", {"by": "Kim", "in_part": True})
    assert (gone.status, gone["code"]) == (409, "NOT_RESTORABLE")
    assert gone["title"] == "The units are no longer as they were cancelled"


def test_32_a_second_authorisation_is_voided_like_the_first(placed):
    placed.post("/orders/o1/payments/p2/reports", {"step": "authorised", "amount": 1000})
    placed.cancel(lines=[{"line_id": "a"}])
    placed.post("/orders/o1/payments/p3/reports", {"step": "authorised", "amount": 700})
    placed.cancel()
    late = placed.post("/orders/o1/payments/p4/reports", {"step": "authorised", "amount": 300})
    assert [(one["kind"], one["remedy"], one["payment_id"]) for one in late["conflicts"]] == [
        ("paid_after_cancel", "void", "p4")
    ]


def test_33_a_void_that_failed_becomes_a_refund_and_is_not_tried_again(placed):
    placed.cancel()
    void = placed.owed()["void"]["id"]
    placed.post("/orders/o1/payments/p1/reports", {"step": "captured", "amount": 4492})
    assert kinds(placed) == ["refund"]
    assert placed.owed()["refund"]["id"] == void
    payment = placed.get("/orders/o1")["payments"][0]
    assert (payment["to_void"], payment["to_refund"]) == (0, 4492)
    placed.post("/orders/o1/payments/p1/reports", {"step": "refunded", "amount": 4492})
    again = placed.post("/orders/o1/payments/p1/reports", {"step": "voided", "amount": 4492})
    payment = again["order"]["payments"][0]
    assert (payment["captured"], payment["refunded"], payment["released"]) == (4492, 4492, 0)
    assert [(one["kind"], one["remedy"]) for one in again["conflicts"]] == [("refunded_elsewhere", "review")]
    assert (kinds(placed), kinds(placed, state="parked")) == ([], ["review"])


def test_34_stock_that_was_never_there_blocks_no_cancel(api, server):
    sold = {"lines": [{"sku": "oversold", "quantity": 1_000_000, "price": 100}], "charges": [], "payments": []}
    for name in ("o1", "o2"):
        assert api.post("/orders", new_order(name, **sold)).status == 201
    assert [api.cancel(name).status for name in ("o1", "o2")] == [201, 201]
    assert effects(server)["reservations"] == []


def test_35_cancelling_one_item_leaves_every_other_parcel_alone(placed):
    placed.post("/orders/o1/shipments", {"id": "s1", "lines": [{"line_id": "a", "quantity": 1}]})
    placed.post("/orders/o1/fulfilment-claims", {"holder": "wh", "line_ids": ["a"]})
    before = placed.get("/orders/o1")
    placed.cancel(lines=[{"line_id": "b"}])
    after = placed.get("/orders/o1")
    assert after["shipments"] == before["shipments"]
    assert after["fulfilment_claims"] == before["fulfilment_claims"]
    assert after["lines"][0] == before["lines"][0]
    assert after["lines"][1]["cancelled"] == 1
