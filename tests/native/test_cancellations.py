"""Cancellations as resources: once, foreseen, waiting, undone."""

from typing import Any

import pytest

from tests.native.client import CAPTURED, Api, advance, effects, new_order, put_world

PREVIEW = "/orders/o1/cancellations:preview"


def test_a_second_cancel_gets_the_first_ones_record(placed):
    first = placed.cancel(reason="duplicate")
    second = placed.cancel(reason="fraud")
    assert (second.status, second["id"], second["reason"]) == (200, first["id"], "duplicate")
    assert len(placed.get("/orders/o1/cancellations")["items"]) == 1
    assert second.headers["etag"] == placed.get("/orders/o1").headers["etag"]


def test_an_idempotency_key_means_one_request(placed):
    body = {"lines": [{"line_id": "a", "quantity": 1}]}
    first = placed.cancel(key='"quoted"', **body)
    replayed = placed.cancel(key="quoted", **body)
    assert (replayed.status, replayed.body) == (first.status, first.body)
    assert replayed.headers["idempotent-replayed"] == "true"
    other = placed.cancel(key="quoted", lines=[{"line_id": "b"}])
    assert (other.status, other["code"]) == (422, "KEY_REUSED")
    missing = placed.cancel(key=None)
    assert (missing.status, missing["code"]) == (400, "MALFORMED")
    assert placed.get("/orders/o1")["lines"][0]["cancelled"] == 1


def test_a_refusal_is_replayed_too(placed):
    body = {"lines": [{"line_id": "zzz"}]}
    assert placed.cancel(key="no", **body).status == 422
    again = placed.cancel(key="no", **body)
    assert (again.status, again.headers["idempotent-replayed"]) == (422, "true")


def test_an_operation_id_is_kept_for_ever(placed, server):
    body = {"operation_id": "op-1", "lines": [{"line_id": "a", "quantity": 1}]}
    first = placed.cancel(key="k-1", **body)
    advance(server, 30 * 86_400)
    again = placed.cancel(key="k-2", **body)
    assert (again["id"], again.headers["idempotent-replayed"]) == (first["id"], "true")
    other = placed.cancel(key="k-3", operation_id="op-1")
    assert (other.status, other["code"]) == (422, "KEY_REUSED")


def test_a_refused_operation_may_be_tried_again(placed):
    assert placed.cancel(operation_id="op", lines=[{"line_id": "a", "quantity": 9}]).status == 422
    assert placed.cancel(operation_id="op", lines=[{"line_id": "a", "quantity": 1}]).status == 202


def test_a_version_that_does_not_hold_refuses(placed):
    tag = placed.get("/orders/o1").headers["etag"]
    assert placed.post("/orders/o1/cancellations", {"lines": [{"line_id": "b"}]}, If_Match=tag).status == 202
    stale = placed.post("/orders/o1/cancellations", {}, If_Match=tag)
    assert (stale.status, stale["code"], stale["version"]) == (412, "VERSION_MISMATCH", 2)
    assert placed.post("/orders/o1/cancellations", {}, If_Match='W/"2"').status == 412


@pytest.mark.parametrize(
    ("tags", "holds"),
    [
        ('"1"', True),
        ("*", True),
        ('"7", "1"', True),
        ('"1","7"', True),
        (', "7" ,, "1",', True),
        ('"some,body\'s", W/"7", "1"', True),
        ('"7", "8"', False),
        ('W/"1", "7"', False),
        ('"7", *', False),
        ('"7" "1"', False),
        ("1", False),
        ('"1', False),
    ],
)
def test_any_of_several_tags_may_hold(placed, tags, holds):
    """RFC 9110, section 13.1.1: a list of strong tags, or `*` for any version; what is no such list holds never."""
    told = placed.post("/orders/o1/cancellations", {"lines": [{"line_id": "b"}]}, If_Match=tags)
    assert told.status == (202 if holds else 412)


def test_validate_only_fails_where_the_call_would_and_changes_nothing(placed, server):
    seen = placed.cancel(key=None, validate_only=True)
    assert (seen.status, seen["id"], seen["amount"], seen["state"]) == (200, None, 4492, "accepted")
    assert placed.cancel(key=None, validate_only=True, lines=[{"line_id": "z"}]).status == 422
    assert placed.get("/orders/o1")["version"] == 1
    assert len(effects(server)["reservations"]) == 2


def test_undoing_is_free_while_nothing_has_happened_outside(api, server):
    put_world(server, orders=[new_order(payments=CAPTURED)], policies=[{"author": "ops", "undo_window_seconds": 60}])
    done = api.cancel()
    assert done["undo_until"] == "2026-03-01T12:01:00Z"
    assert api.owed()["refund"]["next_try_at"] == "2026-03-01T12:01:00Z"
    undone = api.post(f"/orders/o1/cancellations/{done['id']}:restore", {"by": "Kim"})
    assert (undone.status, undone["state"], undone["not_restored"]) == (200, "restored", [])
    assert api.owed()["refund"]["state"] == "withdrawn"
    order = api.get("/orders/o1")
    assert (order["status"], order["total"], order["cancelled_at"]) == ("placed", 4492, None)
    assert order["payments"][0]["to_refund"] == 0
    assert api.cancel()["amount"] == 4492


def test_afterwards_it_says_what_can_not_be_undone(api):
    api.post("/orders", new_order(payments=CAPTURED, coupons=["TEN"]))
    done = api.cancel()
    api.post("/orders/o1/payments/p1/reports", {"step": "refunded", "amount": 4492})
    refund = api.owed()["refund"]["id"]
    path = f"/orders/o1/cancellations/{done['id']}:restore"
    refused = api.post(path, {"by": "Kim"})
    assert (refused.status, refused["code"], refused["blocked_by"]) == (409, "RESTORABLE_IN_PART", [refund])
    undone = api.post(path, {"by": "Kim", "in_part": True})
    assert (undone["state"], undone["not_restored"]) == ("restored", [refund])
    assert api.owed()["coupon"]["state"] == "withdrawn"
    again = api.post(path, {"by": "Kim"})
    assert (again.status, again["state"]) == (200, "restored")


def test_fees_and_cooling_off(api, server):
    rules = {
        "author": "ops",
        "cooling_off_seconds": 60,
        "fees": [{"percent": 10}, {"after_seconds": 3600, "percent": 50, "fixed": 100}],
    }
    put_world(server, orders=[new_order("o1"), new_order("o2"), new_order("o3")], policies=[rules])
    assert api.cancel("o1")["fee"] == 0
    advance(server, 61)
    assert (api.cancel("o2")["fee"], api.get("/orders/o2")["total"]) == (449, 449)
    advance(server, 3600)
    assert (api.cancel("o3")["fee"], api.owed("o3")["void"]["amount"]) == (2346, 2146)


def test_the_shipping_charge_is_kept_or_cancelled_as_asked(placed):
    kept = placed.cancel(charges="keep")
    assert (kept["whole"], kept["amount"]) == (True, 3997)
    assert placed.get("/orders/o1")["total"] == 495
    placed.post("/orders", new_order("o2"))
    assert placed.cancel("o2", charges="cancel", lines=[{"line_id": "b"}])["amount"] == 1495
    assert placed.get("/orders/o2")["status"] == "placed"


def test_a_charge_that_was_kept_is_not_said_to_be_cancelled(placed):
    kept = placed.cancel(charges="keep")
    for asked in ({"charges": "cancel"}, {"lines": [{"line_id": "shipping"}]}, {"lines": [{"sku": "shipping"}]}):
        for path in ("", ":preview"):
            refused = placed.post(f"/orders/o1/cancellations{path}", asked)
            assert (refused.status, refused["code"], refused["blocked_by"]) == (409, "ALREADY_CANCELLED", ["shipping"])
    for asked in ({}, {"charges": "keep"}, {"lines": [{"line_id": "b"}]}):
        again = placed.cancel(**asked)
        assert (again.status, again["id"]) == (200, kept["id"])
    placed.post(f"/orders/o1/cancellations/{kept['id']}:restore", {"by": "Kim"})
    assert placed.cancel(charges="cancel")["amount"] == 4492
    assert placed.cancel(charges="cancel").status == 200


def test_the_refund_choice_is_obeyed(api):
    for order, choice, kinds in (("o1", "none", set()), ("o2", "store_credit", {"store_credit"})):
        api.post("/orders", new_order(order, payments=CAPTURED))
        api.cancel(order, refund=choice)
        assert set(api.owed(order)) == kinds
    assert api.get("/orders/o1")["payments"][0]["captured"] == 4492


def test_split_tender_goes_back_to_each_tender_in_kind(api):
    tenders = [
        {"id": "card", "method": "card", "authorised": 2000},
        {"id": "points", "method": "points", "captured": 1500},
        {"id": "gift", "method": "gift_card", "captured": 992},
    ]
    api.post("/orders", new_order(payments=tenders))
    api.cancel()
    assert {kind: one["amount"] for kind, one in api.owed().items()} == {"void": 2000, "points": 1500, "gift_card": 992}


def test_everything_tied_to_an_order_is_owed(api):
    vendor = [{"vendor": "anyvendor", "order_id": "v-1"}]
    api.post("/orders", new_order(invoice="INV-1", contact="c@example.com", coupons=["TEN"], vendor_orders=vendor))
    api.cancel(lines=[{"line_id": "b"}], notify=False)
    assert set(api.owed()) == {"void", "credit_note"}
    api.cancel(message="Sorry!")
    owed = api.owed()
    assert {"coupon", "vendor_cancellation", "message"} < set(owed)
    assert owed["message"]["data"] == {"reference": "c@example.com", "message": "Sorry!"}
    assert owed["vendor_cancellation"]["data"] == {"reference": "v-1", "vendor": "anyvendor"}


def test_a_stranger_learns_nothing(placed, server):
    accounts = [{"token": "k1", "tenant": "t1", "_tenant": "t1"}, {"token": "k2", "tenant": "t2", "_tenant": "t2"}]
    put_world(server, accounts=accounts, orders=[new_order()])
    done = placed.cancel()
    stranger = Api(server, "k2")
    nowhere = stranger.get("/orders/o9")
    for path in ("/orders/o1", f"/orders/o1/cancellations/{done['id']}", "/orders/o1/obligations", "/orders/o1/events"):
        answer = stranger.get(path)
        assert (answer.status, answer["code"]) == (404, nowhere["code"])
    assert stranger.cancel().status == 404
    assert stranger.get("/cancellations")["items"] == []
    assert stranger.get("/orders")["items"] == []
    assert stranger.get("/orders/native~o1").status == 404


def test_each_call_takes_its_own_scope(server):
    accounts = [{"token": "k1", "tenant": "t1", "scopes": ["orders:read", "orders:cancel"]}]
    put_world(server, accounts=accounts, orders=[new_order()])
    api = Api(server)
    for path, scope in (
        ("/orders", "orders:write"),
        ("/orders/o1/shipments", "fulfilment:report"),
        ("/orders/o1:transition", "orders:transition"),
        ("/orders/o1/cancellations/c1:approve", "cancellations:approve"),
    ):
        answer = api.post(path)
        assert (answer.status, answer["detail"]) == (403, scope)
    assert api.cancel().status == 202


def test_pages_are_bound_to_their_filters(placed):
    for number in range(3):
        placed.post("/orders", new_order(f"p{number}", reference=f"R{number}"))
    first = placed.get("/orders?page_size=2&status=placed")
    token = first["next_page_token"]
    rest = placed.get(f"/orders?page_size=2&status=placed&page_token={token}")
    ids = [one["id"] for one in (*first["items"], *rest["items"])]
    assert sorted(ids) == ["o1", "p0", "p1", "p2"]
    assert "next_page_token" not in rest.body
    assert placed.get(f"/orders?page_token={token}").status == 422
    assert f"page_token={token}" in first.headers["link"]
    assert [one["id"] for one in placed.get("/orders?reference=R1")["items"]] == ["p1"]


def test_the_events_tell_every_cancellation_that_completed(server):
    """Whoever reads them needs nothing else: completed with the cancel when nothing is owed, later when something is."""
    put_world(server, orders=[new_order(), new_order("o2", payments=[])])
    api = Api(server)
    api.cancel(lines=[{"line_id": "b"}])
    api.cancel("o2", lines=[{"line_id": "b"}])
    api.cancel("o2")
    owed = api.owed()["void"]["id"]
    assert completed(api.events()) == set()
    assert api.post(f"/orders/o1/obligations/{owed}:settle", {"by": "Kim"}).status == 200
    for name in ("o1", "o2"):
        done = {one["id"] for one in api.get(f"/orders/{name}/cancellations?state=completed")["items"]}
        assert completed(api.events(name)) == done != set()


def completed(events: list[dict[str, Any]]) -> set[str]:
    ends = {"cancellation.completed", "order.cancelled", "order.lines_cancelled"}
    return {one["cancellation_id"] for one in events if one["type"] in ends and "owed" not in one["data"]}
