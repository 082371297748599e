"""Cancellations before they take effect: foreseen, waiting for their time, waiting for somebody's agreement."""

import pytest

from tests.native.client import TWO_KEYS, Api, advance, new_order, put_world

PREVIEW = "/orders/o1/cancellations:preview"


def test_a_preview_is_executed_exactly_or_not_at_all(placed):
    asked = {"reason": "fraud", "lines": [{"line_id": "a"}]}
    seen = placed.post(PREVIEW, asked, key=None)
    token = seen["preview_token"]
    assert placed.cancel(**asked, preview_token=token)["amount"] == seen["amount"]
    placed.post("/orders", new_order("o2"))
    seen = placed.post("/orders/o2/cancellations:preview", asked, key=None)
    placed.cancel("o2", lines=[{"line_id": "a", "quantity": 1}])
    differs = placed.cancel("o2", **asked, preview_token=seen["preview_token"])
    assert (differs.status, differs["code"]) == (409, "PREVIEW_DIFFERS")
    assert (differs["previewed"]["amount"], differs["now"]["amount"]) == (2997, 1998)
    assert placed.get("/orders/o2")["lines"][0]["open"] == 2


def test_a_preview_is_executed_once(api):
    """Without a tax to round, a second unit costs what the first one did: only what is left tells them apart."""
    plain = {"id": "o1", "currency": "EUR", "lines": [{"id": "a", "sku": "A", "quantity": 4, "price": 400}]}
    api.post("/orders", plain)
    asked = {"lines": [{"line_id": "a", "quantity": 1}]}
    token = api.post(PREVIEW, asked, key=None)["preview_token"]
    assert api.cancel(**asked, preview_token=token).status == 201
    again = api.cancel(**asked, preview_token=token)
    assert (again.status, again["code"]) == (409, "PREVIEW_DIFFERS")
    assert (again["previewed"], again["now"]) == ({"left_open": {"a": 3}}, {"left_open": {"a": 2}})
    # The problem tells of the order as it is, not as the cancel would have left it.
    order = api.get("/orders/o1")
    assert (again["state"], again["version"]) == (order["status"], order["version"]) == ("placed", 2)
    assert order["lines"][0]["open"] == 3


def test_a_preview_promises_the_status_that_the_order_gets(placed):
    seen = placed.post(PREVIEW, {"lines": [{"line_id": "b"}]}, key=None)
    placed.post("/orders/o1/shipments", {"lines": [{"line_id": "a", "quantity": 1}]})
    differs = placed.cancel(lines=[{"line_id": "b"}], preview_token=seen["preview_token"])
    assert (differs.status, differs["previewed"], differs["now"]) == (
        409,
        {"order_status": "placed"},
        {"order_status": "part_shipped"},
    )


@pytest.mark.parametrize("let_go", ["ends", "released", "shipped"])
def test_a_scheduled_cancel_waits_until_fulfilment_lets_go(placed, server, let_go):
    asked = placed.cancel(effective_at="2026-03-01T12:10:00Z")
    advance(server, 500)
    claim = placed.post("/orders/o1/fulfilment-claims", {"holder": "warehouse", "seconds": 600})
    advance(server, 100)
    path = f"/orders/o1/cancellations/{asked['id']}"
    assert (placed.get(path)["state"], placed.get("/orders/o1")["status"]) == ("scheduled", "placed")
    if let_go == "released":
        placed.post(f"/orders/o1/fulfilment-claims/{claim['id']}:release")
    elif let_go == "shipped":
        placed.post("/orders/o1/shipments", {"fulfilment_claim": claim["id"]})
    advance(server, 500 if let_go == "ends" else 30)
    done = placed.get(path)
    if let_go == "shipped":
        assert (done["state"], done["decided_because"]) == ("failed", "STATUS_FORBIDS")
    else:
        assert (done["state"], placed.get("/orders/o1")["status"]) == ("accepted", "cancelled")


def test_nobody_has_to_agree_to_what_only_waits_for_its_time(api, server):
    put_world(server, orders=[new_order()], accounts=TWO_KEYS)
    asked = api.cancel(effective_at="2026-03-01T13:00:00Z")
    told = Api(server, "k2").post(f"/orders/o1/cancellations/{asked['id']}:approve", {"by": "Lee"})
    assert (told.status, told["code"], told["detail"]) == (409, "NOT_PENDING", "scheduled")
    assert told["title"] == "The cancellation waits for nobody's decision"
    assert told["allowed_actions"] == ["rejectCancellation", "withdrawCancellation"]
    assert api.post(f"/orders/o1/cancellations/{asked['id']}:withdraw", {"by": "Kim"})["state"] == "withdrawn"


def test_a_preview_expires_and_belongs_to_its_request(placed, server):
    seen = placed.post(PREVIEW, {}, key=None)
    other = placed.cancel(preview_token=seen["preview_token"], lines=[{"line_id": "a"}])
    assert (other.status, other["errors"][0]["pointer"]) == (422, "/preview_token")
    assert placed.cancel(preview_token="x" * 50).status == 422
    advance(server, 900)
    late = placed.cancel(preview_token=seen["preview_token"])
    assert (late.status, late["code"]) == (409, "PREVIEW_EXPIRED")


def test_a_cancel_waits_for_its_time(placed, server):
    asked = placed.cancel(effective_at="2026-03-01T13:00:00Z", lines=[{"line_id": "b"}])
    assert (asked.status, asked["state"]) == (202, "scheduled")
    refused = placed.cancel()
    assert (refused["code"], refused["blocked_by"]) == ("CANCELLATION_PENDING", [asked["id"]])
    advance(server, 3599)
    assert placed.get("/orders/o1")["lines"][1]["open"] == 1
    advance(server, 1)
    done = placed.get(f"/orders/o1/cancellations/{asked['id']}")
    assert (done["state"], done["amount"]) == ("accepted", 1000)
    order = placed.get("/orders/o1")
    assert (order["lines"][1]["cancelled"], order["pending_cancellation"]) == (1, None)


def test_a_scheduled_cancel_that_comes_too_late_is_written_down_as_failed(placed, server):
    asked = placed.cancel(effective_at="2026-03-01T13:00:00Z")
    placed.post("/orders/o1/shipments", {})
    advance(server, 3600)
    failed = placed.get(f"/orders/o1/cancellations/{asked['id']}")
    assert (failed["state"], failed["decided_because"]) == ("failed", "STATUS_FORBIDS")
    assert placed.get("/orders/o1")["pending_cancellation"] is None


@pytest.mark.parametrize(
    ("on_timeout", "state", "status"), [("rejected", "expired", "placed"), ("approved", "accepted", "cancelled")]
)
def test_a_request_that_nobody_decides_ends_as_the_policy_says(api, server, on_timeout, state, status):
    rules = {"author": "ops", "approval": {"timeout_seconds": 60, "on_timeout": on_timeout}}
    put_world(server, orders=[new_order()], policies=[rules])
    asked = api.cancel()
    advance(server, 60)
    assert api.get(f"/orders/o1/cancellations/{asked['id']}")["state"] == state
    assert api.get("/orders/o1")["status"] == status
    late = api.post(f"/orders/o1/cancellations/{asked['id']}:reject", {"by": "Kim"})
    assert (late.status, late["code"]) == (409, "NOT_PENDING")


@pytest.mark.parametrize(("verb", "state"), [("reject", "rejected"), ("withdraw", "withdrawn")])
def test_a_request_is_turned_down_or_taken_back(api, server, verb, state):
    put_world(server, orders=[new_order()], policies=[{"author": "ops", "approval": {}}])
    asked = api.cancel()
    path = f"/orders/o1/cancellations/{asked['id']}:{verb}"
    answer = api.post(path, {"by": "Kim", "reason": "no"})
    assert (answer.status, answer["state"], answer["decided_because"]) == (200, state, "no")
    assert api.post(path, {"by": "Kim"}).status == 200
    assert api.get("/orders/o1")["pending_cancellation"] is None
    assert api.get("/cancellations?state=" + state)["items"][0]["id"] == asked["id"]
    assert api.get("/cancellations?state=requested")["items"] == []


@pytest.mark.parametrize(
    ("rule", "key", "by", "code"),
    [
        ({}, "k1", "Kim", "SAME_PERSON"),
        ({}, "k2", "Robin", "SAME_PERSON"),
        ({}, "k2", " robin", "SAME_PERSON"),
        ({}, "k2", "\N{FULLWIDTH LATIN CAPITAL LETTER R}obin\N{ZERO WIDTH SPACE}", "SAME_PERSON"),
        ({}, "k2", "Kim", None),
        ({"four_eyes": False}, "k1", "Robin", None),
    ],
    ids=[
        "the same key",
        "the same name",
        "the same name spelled otherwise",
        "the same name in other letters",
        "another key and name",
        "two eyes are enough",
    ],
)
def test_whoever_asked_may_not_agree_unless_the_policy_says_so(api, server, rule, key, by, code):
    put_world(server, orders=[new_order()], policies=[{"author": "ops", "approval": rule}], accounts=TWO_KEYS)
    asked = api.cancel(requested_by="Robin")
    answer = Api(server, key).post(f"/orders/o1/cancellations/{asked['id']}:approve", {"by": by})
    assert answer.body.get("code") == code
    assert answer.status == (409 if code else 200)
    assert api.get("/orders/o1")["status"] == ("placed" if code else "cancelled")
    if code:
        assert answer["allowed_actions"] == ["rejectCancellation", "withdrawCancellation"]


@pytest.mark.parametrize("on_timeout", ["approved", "rejected"])
def test_nobody_pays_for_having_waited_for_an_approval(api, server, on_timeout):
    fees = [{"after_seconds": 3600, "percent": 50}]
    waits = {"above": 1, "timeout_seconds": 7200, "on_timeout": on_timeout}
    rules = {"author": "ops", "fees": fees, "approval": waits}
    put_world(server, orders=[new_order("o1"), new_order("o2")], policies=[rules], accounts=TWO_KEYS)
    asked = api.cancel()
    assert (asked["state"], asked["fee"], asked["amount"]) == ("requested", 0, 4492)
    if on_timeout == "approved":
        advance(server, 7200)
    else:
        advance(server, 3600)
        Api(server, "k2").post(f"/orders/o1/cancellations/{asked['id']}:approve", {"by": "Lee"})
    done = api.get(f"/orders/o1/cancellations/{asked['id']}")
    assert (done["state"], done["fee"], done["amount"]) == ("accepted", 0, 4492)
    late = api.cancel("o2")
    assert (late["state"], late["fee"]) == ("requested", 2246)


def test_small_cancels_are_one_large_one_to_whoever_must_approve(server):
    put_world(server, orders=[new_order()], policies=[{"author": "ops", "approval": {"above": 2000}}])
    api, one = Api(server), [{"line_id": "a", "quantity": 1}]
    assert [api.cancel(lines=one)["state"] for _ in range(2)] == ["accepted", "accepted"]
    third = api.cancel(lines=one)
    assert (third["state"], third["amount"]) == ("requested", 999)
    assert api.post(f"/orders/o1/cancellations/{third['id']}:withdraw", {"by": "Kim"})["state"] == "withdrawn"
    (second, first) = api.get("/orders/o1/cancellations?state=accepted")["items"]
    assert api.post(f"/orders/o1/cancellations/{first['id']}:restore", {"by": "Kim"})["state"] == "restored"
    assert second["id"] != first["id"]
    assert api.cancel(lines=one)["state"] == "accepted"


@pytest.mark.parametrize(
    ("rule", "members", "state", "actions"),
    [
        ({"approval": {}}, {}, "requested", ["approveCancellation", "rejectCancellation", "withdrawCancellation"]),
        ({}, {"effective_at": "2026-03-02T00:00:00Z"}, "scheduled", ["rejectCancellation", "withdrawCancellation"]),
    ],
)
def test_what_is_pending_says_what_can_be_done_about_it(server, rule, members, state, actions):
    put_world(server, orders=[new_order()], policies=[{"author": "ops", **rule}])
    api = Api(server)
    pending = api.cancel(**members)
    assert pending["state"] == state
    for refused in (api.cancel(), api.post("/orders/o1/cancellations:preview", {}), api.cancel(key="again")):
        assert (refused.status, refused["code"], refused["detail"]) == (409, "CANCELLATION_PENDING", state)
        assert (refused["blocked_by"], refused["allowed_actions"]) == ([pending["id"]], actions)
    assert api.cancel(key="again").headers["idempotent-replayed"] == "true"
