"""Bulk cancellations over HTTP: what is selected, what becomes of each order, who may do what."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests.bulk.conftest import Api

Make = Callable[[str], Api]


@pytest.fixture
def api(api_of: Make) -> Api:
    return api_of("acme")


def test_every_order_gets_what_a_single_cancellation_would_have_given_it(api: Api):
    ids = api.place(6)
    api.call("POST", f"/orders/{ids[1]}/cancellations", {}, status=201)
    dry = api.begin(order_ids=ids, cancellation={}, dry_run=True)
    api.until(dry["id"], "completed")
    assert all("cancellation_id" not in item for item in api.items(dry["id"]))
    bulk = api.begin(order_ids=[*ids, "nobody", ids[0]], cancellation={"reason": "fraud", "note": "ring"})
    done = api.until(bulk["id"], "completed")
    counts = {"selected": 7, "tried": 7, "cancelled": 5, "pending": 0, "unchanged": 1, "refused": 1}
    assert done["counts"] == counts
    items = {item["order_id"]: item for item in api.items(bulk["id"])}
    assert items["nobody"] == {"order_id": "nobody", "outcome": "refused", "code": "UNKNOWN_ORDER"}
    assert items[ids[1]]["outcome"] == "unchanged"
    assert items[ids[0]]["order_status"] == "cancelled"
    events = api.call("GET", f"/orders/{ids[0]}/events")["items"]
    assert [event["type"] for event in events].count("order.cancelled") == 1
    (cancelled,) = (event for event in events if event["type"] == "order.cancelled")
    assert cancelled["data"]["reason"] == "fraud"
    assert cancelled["cancellation_id"] == items[ids[0]]["cancellation_id"]


def test_a_filter_selects_what_there_was_and_nothing_later(api: Api):
    ids = api.place(700)
    api.call("POST", f"/orders/{ids[0]}/cancellations", {}, status=201)
    bulk = api.begin(filter={"statuses": ["placed"]})
    late = api.place(3, prefix="late")
    done = api.until(bulk["id"], "completed")
    assert done["counts"]["selected"] == 699
    assert Counter(item["outcome"] for item in api.items(bulk["id"])) == {"cancelled": 699}
    assert api.call("GET", f"/orders/{late[0]}")["status"] == "placed"
    assert done["finished_at"] is not None


def test_a_dry_run_says_the_same_and_changes_nothing(api: Api):
    ids = api.place(5)
    api.call("POST", f"/orders/{ids[4]}/cancellations", {}, status=201)
    dry = api.begin(order_ids=[*ids, "nobody"], dry_run=True)
    foretold = api.until(dry["id"], "completed")
    assert {api.call("GET", f"/orders/{one}")["version"] for one in ids[:4]} == {1}
    real = api.begin(order_ids=[*ids, "nobody"])
    happened = api.until(real["id"], "completed")
    assert foretold["counts"] == happened["counts"]
    told = [[item["outcome"] for item in api.items(one["id"])] for one in (dry, real)]
    assert told[0] == told[1]


def test_above_the_limit_somebody_else_must_agree(api_of: Make):
    api, colleague = api_of("acme"), api_of("acme")
    api.place(1_001)
    bulk = api.begin(filter={})
    assert api.until(bulk["id"], "requested", "running")["state"] == "requested"
    told = api.call("POST", f"/bulk-cancellations/{bulk['id']}:approve", status=409)
    assert (told["code"], told["allowed_actions"]) == ("SAME_PERSON", ["withdrawBulkCancellation"])
    assert api.bulk(bulk["id"])["counts"]["tried"] == 0
    assert colleague.call("POST", f"/bulk-cancellations/{bulk['id']}:approve")["state"] == "running"
    done = colleague.until(bulk["id"], "completed")
    assert done["counts"]["cancelled"] == 1_001
    assert done["approved_by"] not in {None, done["created_by"]}


def test_it_stops_by_itself_when_too_many_are_refused_and_goes_on_when_told(api: Api):
    ids = api.place(300)
    wrong = [f"nobody{number}" for number in range(256)]
    bulk = api.begin(order_ids=[*wrong, *ids], stop={"refused_rate": 0.1, "after": 50})
    stopped = api.until(bulk["id"], "stopped", "completed")
    assert (stopped["state"], stopped["counts"]["tried"]) == ("stopped", 256)
    assert stopped["allowed_actions"] == ["resume", "withdraw"]
    assert api.call("POST", f"/bulk-cancellations/{bulk['id']}:resume")["state"] == "running"
    assert api.until(bulk["id"], "stopped", "completed")["counts"]["cancelled"] == 300


def _begun_and_paused(api: Api) -> str:
    """A bulk of 900 orders that was paused while it ran. One may be done before: then another is begun."""
    for number in range(20):
        api.place(900, prefix=f"p{number}-")
        bulk = api.begin(filter={"statuses": ["placed"]})
        api.until(bulk["id"], "running", "completed")
        if api.client.call("POST", f"/v1/bulk-cancellations/{bulk['id']}:pause").status == 200:
            return str(bulk["id"])
    raise AssertionError("every bulk was done before it could be paused")


def test_paused_means_that_nothing_more_happens_until_it_is_resumed(api: Api):
    bulk_id = _begun_and_paused(api)
    tried = api.bulk(bulk_id)["counts"]["tried"]
    assert api.call("POST", f"/bulk-cancellations/{bulk_id}:pause")["counts"]["tried"] == tried
    assert api.call("POST", f"/bulk-cancellations/{bulk_id}:resume")["state"] == "running"
    assert api.until(bulk_id, "completed")["counts"]["cancelled"] == 900


def test_withdrawn_is_final(api_of: Make):
    api = api_of("acme")
    api.place(1_001)
    bulk = api.begin(filter={})
    api.until(bulk["id"], "requested")
    for _ in range(2):
        assert api.call("POST", f"/bulk-cancellations/{bulk['id']}:withdraw")["state"] == "withdrawn"
    told = api.call("POST", f"/bulk-cancellations/{bulk['id']}:resume", status=409)
    assert told["code"] == "BULK_STATE_FORBIDS"
    assert api.call("GET", "/orders/o00000")["status"] == "placed"


def test_an_empty_selection_is_done_at_once(api: Api):
    bulk = api.begin(filter={"statuses": ["no-such-status"]})
    assert api.until(bulk["id"], "completed")["counts"]["selected"] == 0
    assert api.items(bulk["id"]) == []


def test_the_same_key_begins_one_bulk(api: Api):
    ids = api.place(2)
    headers = {"Idempotency-Key": "once"}
    first, second = (
        api.client.call("POST", "/v1/bulk-cancellations", {"order_ids": ids}, headers=headers) for _ in range(2)
    )
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert len(api.call("GET", "/bulk-cancellations")["items"]) == 1


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"order_ids": [], "cancellation": {}},
        {"order_ids": ["a"], "filter": {}},
        {"order_ids": ["a"], "cancellation": {"reason": "because"}},
        {"order_ids": ["a"], "cancellation": {"operation_id": "x"}},
        {"order_ids": ["a"], "stop": {"refused_rate": 2}},
        {"filter": {"placed_from": "2026-01-01T00:00:00"}},
        {"order_ids": ["a"], "mystery": 1},
    ],
)
def test_nonsense_begins_nothing(members: dict[str, object], api: Api):
    told = api.call("POST", "/bulk-cancellations", members, status=422)
    assert told["code"] == "INVALID"
    assert api.call("GET", "/bulk-cancellations")["items"] == []


def test_a_stranger_sees_and_touches_nothing(api_of: Make):
    api, stranger = api_of("acme"), api_of("other")
    ids = api.place(3)
    bulk = api.begin(order_ids=ids)
    api.until(bulk["id"], "completed")
    for path in ("", "/items"):
        stranger.call("GET", f"/bulk-cancellations/{bulk['id']}{path}", status=404)
    for action in ("approve", "pause", "resume", "withdraw"):
        stranger.call("POST", f"/bulk-cancellations/{bulk['id']}:{action}", status=404)
    assert stranger.call("GET", "/bulk-cancellations")["items"] == []
    more = api.place(1, prefix="mine")
    theirs = stranger.begin(order_ids=more)
    assert stranger.until(theirs["id"], "completed")["counts"]["refused"] == 1
    assert api.call("GET", f"/orders/{more[0]}")["status"] == "placed"
