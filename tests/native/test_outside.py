"""Truth from outside: holds, leases, shipments, payments. What has happened is accepted; what it contradicts gets a name."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.native.client import CAPTURED, CLOCK, TWO_KEYS, Api, advance, effects, new_order, put_world


def test_a_lease_keeps_a_cancel_waiting_until_it_ends(placed, server):
    claim = placed.post("/orders/o1/fulfilment-claims", {"holder": "warehouse", "seconds": 60})
    assert (claim.status, claim["expires_at"]) == (201, "2026-03-01T12:01:00Z")
    refused = placed.cancel()
    assert (refused.status, refused["code"], refused["retryable"]) == (409, "FULFILMENT_CLAIMED", True)
    assert refused.headers["retry-after"] == "60"
    advance(server, 60)
    assert placed.cancel().status == 202


def test_a_lease_is_released_and_comes_too_late_after_a_cancel(placed):
    claim = placed.post("/orders/o1/fulfilment-claims", {"holder": "warehouse", "line_ids": ["a"]})
    assert placed.cancel(lines=[{"line_id": "b"}]).status == 202
    other = placed.post("/orders/o1/fulfilment-claims", {"holder": "another"})
    assert (other.status, other["code"]) == (409, "FULFILMENT_CLAIMED")
    assert placed.post("/orders/o1/fulfilment-claims", {"holder": "another", "line_ids": ["b"]}).status == 201
    for one in placed.get("/orders/o1")["fulfilment_claims"]:
        assert placed.post(f"/orders/o1/fulfilment-claims/{one['id']}:release").status == 200
    assert placed.cancel().status == 202
    late = placed.post("/orders/o1/fulfilment-claims", {"holder": "warehouse"})
    assert (late.status, late["code"]) == (409, "ALREADY_CANCELLED")
    assert placed.post(f"/orders/o1/fulfilment-claims/{claim['id']}:release").status == 200


def test_a_shipment_ends_its_claim(placed):
    claim = placed.post("/orders/o1/fulfilment-claims", {"holder": "warehouse", "line_ids": ["a"]})
    placed.post("/orders/o1/shipments", {"lines": [{"line_id": "a"}], "fulfilment_claim": claim["id"]})
    order = placed.get("/orders/o1")
    assert (order["status"], order["fulfilment_claims"]) == ("part_shipped", [])


@pytest.fixture
def asking(api, server):
    """An order whose units are claimed, of a tenant who wants fulfilment asked; `k2` is fulfilment's key."""
    put_world(server, orders=[new_order()], policies=[{"author": "ops", "ask_fulfilment": True}], accounts=TWO_KEYS)
    claim = {"holder": "warehouse", "seconds": 300, "line_ids": ["a"]}
    assert Api(server, "k2").post("/orders/o1/fulfilment-claims", claim).status == 201
    return api


def test_fulfilment_is_asked_and_gives_the_units_up(asking, server):
    assert asking.cancel(lines=[{"line_id": "b"}])["state"] == "accepted"
    asked = asking.cancel()
    assert (asked.status, asked["state"], asked["due_at"]) == (202, "requested", "2026-03-01T12:05:00Z")
    assert asking.events()[-1]["data"]["holder"] == "warehouse"
    agreed = Api(server, "k2").post(f"/orders/o1/cancellations/{asked['id']}:approve", {"by": "picker 7"})
    assert agreed["state"] == "accepted"
    assert asking.get("/orders/o1")["status"] == "cancelled"


def test_fulfilment_is_asked_and_says_no_with_its_reason(asking, server):
    asked = asking.cancel()
    no = {"by": "picker 7", "reason": "it is on the truck: 1Z999"}
    told = Api(server, "k2").post(f"/orders/o1/cancellations/{asked['id']}:reject", no)
    assert (told["state"], told["decided_because"]) == ("rejected", "it is on the truck: 1Z999")
    assert asking.get("/orders/o1")["status"] == "placed"


@pytest.mark.parametrize(
    ("meanwhile", "state"),
    [
        (None, "accepted"),
        (("shipments", {}), "failed"),
        (("fulfilment-claims", {"holder": "warehouse", "seconds": 600, "line_ids": ["a"]}), "failed"),
    ],
    ids=["the claim ends", "the units leave", "they are claimed again"],
)
def test_fulfilment_that_does_not_answer_is_waited_for_as_long_as_its_claim(asking, server, meanwhile, state):
    asked = asking.cancel()
    if meanwhile is not None:
        assert Api(server, "k2").post(f"/orders/o1/{meanwhile[0]}", meanwhile[1]).status == 201
    advance(server, 299)
    assert asking.get(f"/orders/o1/cancellations/{asked['id']}")["state"] == "requested"
    advance(server, 1)
    assert asking.get(f"/orders/o1/cancellations/{asked['id']}")["state"] == state


@pytest.mark.serial
def test_claim_and_cancel_never_both_win(api):
    for number in range(6):
        order = f"race{number}"
        api.post("/orders", new_order(order))
        with ThreadPoolExecutor(2) as pool:
            claim = pool.submit(api.post, f"/orders/{order}/fulfilment-claims", {"holder": "warehouse"})
            cancel = pool.submit(api.cancel, order)
            statuses = (claim.result().status, cancel.result().status)
        assert statuses in {(201, 409), (409, 202)}, statuses


def test_a_hold_stops_leaving_and_not_cancelling(placed):
    hold = placed.post("/orders/o1/holds", {"reason": "fraud check", "placed_by": "Kim"})
    refused = placed.post("/orders/o1/fulfilment-claims", {"holder": "warehouse"})
    assert (refused["code"], refused["blocked_by"], refused["allowed_actions"]) == (
        "ON_HOLD",
        [hold["id"]],
        ["releaseHold"],
    )
    assert placed.cancel(lines=[{"line_id": "b"}]).status == 202
    released = placed.post(f"/orders/o1/holds/{hold['id']}:release")
    assert (released.status, released["holds"]) == (200, [])
    assert placed.post("/orders/o1/fulfilment-claims", {"holder": "warehouse"}).status == 201


def test_what_left_in_spite_of_a_hold_is_reviewed(placed):
    placed.post("/orders/o1/holds", {"reason": "fraud check"})
    report = placed.post("/orders/o1/shipments", {"id": "s1", "carrier": "post"})
    assert (report.status, report["order"]["status"]) == (201, "shipped")
    assert [(one["kind"], one["remedy"]) for one in report["conflicts"]] == [("shipped_while_held", "review")]
    assert placed.owed()["review"]["owner"] == "staff"


def test_the_remainder_is_cancelled_after_part_has_shipped_and_come_back(api):
    api.post("/orders", new_order(payments=CAPTURED))
    api.post("/orders/o1/shipments", {"id": "s1", "lines": [{"line_id": "a"}]})
    api.post("/orders/o1/deliveries", {"shipment_id": "s1", "delivered_on": "2026-03-02"})
    assert api.cancel()["amount"] == 1000
    assert api.get("/orders/o1")["status"] == "delivered"
    report = api.post("/orders/o1/returns", {"lines": [{"line_id": "a", "quantity": 1}]})
    assert (report.status, report["order"]["total"]) == (201, 4492 - 1000 - 999)


def test_captured_after_the_void_goes_back(placed):
    done = placed.cancel()
    placed.post("/orders/o1/payments/p1/reports", {"step": "voided", "amount": 4492})
    assert placed.get(f"/orders/o1/cancellations/{done['id']}")["state"] == "completed"
    report = placed.post("/orders/o1/payments/p1/reports", {"step": "captured", "amount": 4492})
    assert [(one["kind"], one["remedy"], one["amount"]) for one in report["conflicts"]] == [
        ("captured_after_void", "refund", 4492)
    ]
    assert [(one["state"], one["closed_at"]) for one in report["conflicts"]] == [("open", None)]
    settled = placed.post("/orders/o1/payments/p1/reports", {"step": "refunded", "amount": 4492})
    assert settled["conflicts"] == []
    order = placed.get("/orders/o1")
    assert order["payments"][0]["refunded"] == 4492
    assert [(one["state"], one["closed_at"]) for one in order["conflicts"]] == [("resolved", CLOCK)]


def test_a_delivery_is_of_the_shipment_that_it_names(placed):
    for name, line in (("s1", "a"), ("s2", "b")):
        placed.post("/orders/o1/shipments", {"id": name, "lines": [{"line_id": line}]})
    unknown = placed.post("/orders/o1/deliveries", {"shipment_id": "s9"})
    assert (unknown.status, unknown["code"]) == (404, "UNKNOWN_SHIPMENT")
    assert unknown["errors"][0]["pointer"] == "/shipment_id"
    first = placed.post("/orders/o1/deliveries", {"shipment_id": "s1", "delivered_on": "2026-03-02"})
    assert (first.status, [one["line_id"] for one in first["events"][0]["lines"]]) == (201, ["a"])
    again = placed.post("/orders/o1/deliveries", {"shipment_id": "s1"})
    assert (again.status, again["code"]) == (409, "NOTHING_OPEN")
    assert placed.get("/orders/o1")["status"] == "shipped"
    placed.post("/orders/o1/deliveries", {"shipment_id": "s2"})
    order = placed.get("/orders/o1")
    assert order["status"] == "delivered"
    assert [one["delivered_on"] for one in order["shipments"]] == ["2026-03-02", None]


def test_a_claim_is_of_goods_that_there_are(placed):
    unknown = placed.post("/orders/o1/fulfilment-claims", {"holder": "warehouse", "line_ids": ["a", "z"]})
    assert (unknown.status, unknown["errors"][0]["pointer"]) == (422, "/line_ids/1")
    placed.post("/orders/o1/fulfilment-claims", {"holder": "warehouse"})
    for line in ("a", "b"):
        assert placed.cancel(lines=[{"line_id": line}])["code"] == "FULFILMENT_CLAIMED"
    assert placed.cancel()["code"] == "FULFILMENT_CLAIMED"
    assert placed.cancel(lines=[{"line_id": "shipping"}])["amount"] == 495


def test_a_shipment_that_was_called_off_leaves_the_order_alive(placed, server):
    placed.post("/orders/o1/shipments", {"id": "s1", "lines": [{"line_id": "a"}, {"line_id": "b"}]})
    assert placed.cancel(lines=[{"line_id": "b"}])["code"] == "STATUS_FORBIDS"
    off = placed.post("/orders/o1/shipments/s1:cancel")
    assert (off.status, off["status"]) == (200, "placed")
    assert [(line["open"], line["reserved"]) for line in off["lines"][:2]] == [(3, 3), (1, 1)]
    assert {(one["sku"], one["quantity"]) for one in effects(server)["reservations"]} == {("A", 3), ("B", 1)}
    assert placed.post("/orders/o1/shipments/s1:cancel")["version"] == off["version"]
    unknown = placed.post("/orders/o1/shipments/s9:cancel")
    assert (unknown.status, unknown["code"]) == (404, "UNKNOWN_SHIPMENT")
    sent = [placed.post("/orders/o1/shipments/s1:cancel", body, key="once") for body in ({}, {"another": 1})]
    assert [one.status for one in sent] == [200, 422]
    assert placed.post("/orders/o1/shipments/s1:cancel", key="k" * 256).status == 400
    assert placed.post("/orders/o9/shipments/s1:cancel").status == 404
    assert placed.cancel(lines=[{"line_id": "b"}]).status == 202


def test_what_left_after_its_cancel_and_was_called_off_is_cancelled_as_before(placed):
    placed.cancel()
    total = placed.get("/orders/o1")["total"]
    placed.post("/orders/o1/shipments", {"id": "s1", "lines": [{"line_id": "a", "quantity": 2}]})
    assert placed.get("/orders/o1")["total"] > total
    placed.post("/orders/o1/shipments/s1:cancel")
    order = placed.get("/orders/o1")
    assert (order["status"], order["total"], order["lines"][0]["cancelled"]) == ("cancelled", total, 3)
    assert [one["state"] for one in order["conflicts"]] == ["resolved"]
    assert placed.owed()["void"]["amount"] == 4492
    assert placed.owed()["return"]["state"] == "settled"


@pytest.mark.parametrize(
    ("back", "state"),
    [
        ({}, "resolved"),
        ({"lines": [{"line_id": "a"}]}, "resolved"),
        ({"lines": [{"sku": "A", "quantity": 2}]}, "resolved"),
        ({"lines": [{"line_id": "a", "quantity": 1}]}, "open"),
    ],
)
def test_goods_that_come_back_end_the_conflict_of_their_leaving(placed, back, state):
    placed.cancel()
    placed.post("/orders/o1/shipments", {"id": "s1", "lines": [{"line_id": "a", "quantity": 2}]})
    placed.post("/orders/o1/returns", back)
    assert [one["state"] for one in placed.get("/orders/o1")["conflicts"]] == [state]


def test_a_void_that_was_captured_meanwhile_is_another_remedy(api):
    api.post("/orders", new_order(payments=[]))
    api.cancel()
    api.post("/orders/o1/payments/p9/reports", {"step": "authorised", "amount": 500})
    assert [one["remedy"] for one in api.get("/orders/o1")["conflicts"]] == ["void"]
    api.post("/orders/o1/payments/p9/reports", {"step": "captured", "amount": 500})
    conflict = api.get("/orders/o1")["conflicts"][0]
    assert (conflict["remedy"], conflict["state"], conflict["closed_at"]) == ("refund", "open", None)
    assert api.owed()["refund"]["amount"] == 500


def test_every_event_of_ours_names_the_key_that_carried_it_out(placed):
    key = placed.events()[0]["data"]["executed_by"]
    claim = placed.post("/orders/o1/fulfilment-claims", {"holder": "wh"})["id"]
    hold = placed.post("/orders/o1/holds", {"reason": "fraud check"})["id"]
    placed.post(f"/orders/o1/holds/{hold}:release")
    placed.post("/orders/o1/shipments", {"lines": [{"line_id": "a"}], "fulfilment_claim": claim})
    done = placed.cancel(lines=[{"line_id": "b"}])
    owed = placed.owed()["void"]["id"]
    placed.post(f"/orders/o1/obligations/{owed}:waive", {"by": "Kim", "reason": "goodwill"})
    placed.post(f"/orders/o1/cancellations/{done['id']}:restore", {"by": "Kim"})
    placed.post("/orders/o1/deliveries")
    placed.post("/orders/o1/returns")
    placed.post("/orders/o1/payments/p1/reports", {"step": "captured", "amount": 100})
    told = [one for one in placed.events() if one["type"] != "cancellation.completed"]
    assert len(told) == 12
    assert [one for one in told if key not in {one["data"].get("executed_by"), one["data"].get("by")}] == []


@pytest.mark.parametrize(("verb", "state"), [("settle", "resolved"), ("waive", "waived")])
def test_a_conflict_ends_with_its_remedy_and_not_before(placed, verb, state):
    placed.cancel()
    placed.post("/orders/o1/shipments", {"id": "s1"})
    assert [one["state"] for one in placed.get("/orders/o1")["conflicts"]] == ["open"]
    remedy = placed.owed()["return"]["id"]
    placed.post(f"/orders/o1/obligations/{remedy}:{verb}", {"by": "Kim", "reason": "the goods are here"})
    conflict = placed.get("/orders/o1")["conflicts"][0]
    assert (conflict["kind"], conflict["state"], conflict["closed_at"]) == ("shipped_after_cancel", state, CLOCK)
    (told,) = [one for one in placed.events() if one["type"].startswith("obligation.")]
    assert told["data"]["by"] == "Kim"


def test_two_conflicts_of_one_order_end_each_by_itself(placed):
    placed.cancel()
    for payment in ("p2", "p3"):
        placed.post(f"/orders/o1/payments/{payment}/reports", {"step": "captured", "amount": 500})
    first, second = placed.get("/orders/o1")["conflicts"]
    assert {first["state"], second["state"]} == {"open"}
    placed.post("/orders/o1/payments/p3/reports", {"step": "refunded", "amount": 500})
    assert [one["state"] for one in placed.get("/orders/o1")["conflicts"]] == ["open", "resolved"]


def test_goods_that_come_back_one_by_one_end_the_conflict_with_the_last(placed):
    placed.cancel()
    placed.post("/orders/o1/shipments", {"lines": [{"line_id": "a", "quantity": 2}]})
    one = {"lines": [{"line_id": "a", "quantity": 1}]}
    for state, total, owed in (("open", 999, "parked"), ("resolved", 0, "settled")):
        assert placed.post("/orders/o1/returns", one).status == 201
        order = placed.get("/orders/o1")
        assert ([known["state"] for known in order["conflicts"]], order["total"]) == ([state], total)
        assert placed.owed()["return"]["state"] == owed


def test_refunded_elsewhere_is_reviewed(api):
    api.post("/orders", new_order(payments=CAPTURED))
    report = api.post("/orders/o1/payments/p1/reports", {"step": "refunded", "amount": 100})
    assert [(one["kind"], one["remedy"]) for one in report["conflicts"]] == [("refunded_elsewhere", "review")]
    assert api.cancel().status == 202
    assert api.owed()["refund"]["amount"] == 4392


def test_what_was_refunded_elsewhere_is_not_owed_any_more(api):
    """A person pays 1000 back in the provider's own console while 4492 wait to be paid back: only 3492 may still go."""
    api.post("/orders", new_order(payments=CAPTURED))
    done = api.cancel()
    report = api.post("/orders/o1/payments/p1/reports", {"step": "refunded", "amount": 1000})
    assert [(one["kind"], one["amount"]) for one in report["obligations"]] == [("refund", 3492), ("review", 0)]
    payment = api.get("/orders/o1")["payments"][0]
    assert (payment["refunded"], payment["to_refund"]) == (1000, 3492)
    refund = api.owed()["refund"]["id"]
    assert api.post(f"/orders/o1/obligations/{refund}:settle", {"by": "bank"}).status == 200
    assert api.get("/orders/o1")["payments"][0]["refunded"] == 4492
    assert api.get(f"/orders/o1/cancellations/{done['id']}")["state"] == "completed"


def test_what_was_refunded_elsewhere_ends_the_cancellation_that_waited_for_it(api):
    api.post("/orders", new_order(payments=CAPTURED))
    some = api.cancel(lines=[{"line_id": "b"}])
    api.post("/orders/o1/payments/p1/reports", {"step": "refunded", "amount": 4492})
    refund = api.owed()["refund"]
    assert (refund["state"], refund["closed_by"]) == ("settled", "payment side")
    assert api.get(f"/orders/o1/cancellations/{some['id']}")["state"] == "completed"
    assert api.events()[-1]["type"] == "cancellation.completed"


def test_a_part_that_was_captured_is_refunded_and_the_rest_is_voided_all_the_same(placed):
    done = placed.cancel()
    report = placed.post("/orders/o1/payments/p1/reports", {"step": "captured", "amount": 1000})
    assert report["conflicts"] == []
    owed = placed.get(f"/orders/o1/cancellations/{done['id']}")["obligations"]
    assert [(one["kind"], one["amount"]) for one in owed] == [("void", 3492), ("refund", 1000)]
    placed.post("/orders/o1/payments/p1/reports", {"step": "voided", "amount": 2000})
    assert placed.owed()["void"]["amount"] == 1492
    for step, amount, state in (("voided", 1492, "accepted"), ("refunded", 1000, "completed")):
        placed.post("/orders/o1/payments/p1/reports", {"step": step, "amount": amount})
        assert placed.get(f"/orders/o1/cancellations/{done['id']}")["state"] == state
    payment = placed.get("/orders/o1")["payments"][0]
    assert (payment["captured"], payment["refunded"], payment["released"], payment["voided"]) == (
        1000,
        1000,
        3492,
        True,
    )


def test_a_report_counts_once(placed):
    body = {"step": "captured", "amount": 4492}
    first = placed.post("/orders/o1/payments/p1/reports", body, key="webhook-1")
    again = placed.post("/orders/o1/payments/p1/reports", body, key="webhook-1")
    assert (again.body, again.headers["idempotent-replayed"]) == (first.body, "true")
    assert placed.get("/orders/o1")["payments"][0]["captured"] == 4492
    assert placed.post("/orders/o1/shipments", {}, key=None).status == 400


def test_a_second_authorisation_is_not_forgotten(placed):
    """Automattic/woocommerce-payments#9033: cancelling a second authorisation failed silently."""
    placed.post("/orders/o1/payments/p2/reports", {"step": "authorised", "amount": 4492, "method": "card"})
    placed.cancel()
    late = placed.post("/orders/o1/payments/p3/reports", {"step": "authorised", "amount": 500})
    assert [(one["kind"], one["remedy"]) for one in late["conflicts"]] == [("paid_after_cancel", "void")]


def test_a_transition_is_legal_or_refused(placed):
    refused = placed.post("/orders/o1:transition", {"action": "teleport"})
    assert (refused.status, refused["code"]) == (409, "STATUS_FORBIDS")
