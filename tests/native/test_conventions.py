"""The conventions that hold for every call: problems and where they lead, idempotency keys, versions, tenants, pages."""

import asyncio
import http.client
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from countermand.bootstrap import new_id
from countermand.dialects import catalog
from countermand.dialects.native import DIALECT, orders
from countermand.dialects.native.explaining import CODES
from countermand.service.desk import Desk
from countermand.store.sqlite.adapter import SqliteStore
from tests.native.client import CAPTURED, TWO_KEYS, Answer, Api, advance, new_order, put_world
from tests.native.test_cost import CALLER, Still, wire

CANCEL = "/orders/o1/cancellations"


def led_to(api: Api, problem: Any, **headers: str) -> Any:
    """What is served where the `type` of a problem leads, without a key."""
    url = urlsplit(problem["type"])
    assert f"{url.scheme}://{url.netloc}" == api.base
    return api.send("GET", url.path, None, headers)


# ------------------------------------------------------------------------------------------------------------- problems


def test_a_problem_says_where_it_is_explained_and_what_it_is_about(placed):
    problems = [
        placed.get("/orders/nobody"),
        placed.get("/nowhere"),
        placed.get("/bulk-cancellations/none"),
        placed.cancel(key=None),
        placed.cancel(lines=[{"line_id": "z"}]),
        placed.post(CANCEL, {"reason": "whim"}),
        Api(placed.base, "stranger").get("/orders/o1"),
    ]
    for problem in problems:
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem["status"] == problem.status
        assert problem["request_id"] == problem.headers["request-id"]
        assert problem["instance"].startswith(f"{placed.base}/v1/")
        page = led_to(placed, problem)
        assert (page.status, page["code"], page["status"]) == (200, problem["code"], problem.status)


def test_every_answer_names_its_request_whoever_gives_it(placed):
    for path in ("/readyz", "/openapi.json", "/nowhere", "/sandbox/nobody/effects"):
        told = placed.send("GET", path, None, {})
        assert len(told.headers["request-id"]) == 36
    missing = placed.send("GET", "/nowhere", None, {})
    assert (missing.status, missing["request_id"]) == (404, missing.headers["request-id"])


def test_every_code_is_explained_to_people_and_programs(api):
    for code, (status, title) in CODES.items():
        told = api.get(f"/problems/{code.lower()}")
        assert (told["status"], told["title"]) == (status, title)
        assert told["meaning"]
        assert told["advice"]
    assert api.get("/problems/nonsense").status == 404


def test_a_browser_gets_a_page(server):
    connection = http.client.HTTPConnection(urlsplit(server).netloc, timeout=30)
    connection.request("GET", "/v1/problems/key_reused", headers={"Accept": "text/html,*/*;q=0.8"})
    answer = connection.getresponse()
    assert answer.getheader("content-type") == "text/html; charset=utf-8"
    assert answer.getheader("vary") == "Accept"
    text = answer.read().decode()
    assert "<h1>KEY_REUSED</h1>" in text
    assert "<code>operation_id</code>" in text
    connection.close()


def test_what_a_status_forbids_names_what_stands_in_the_way_and_what_is_allowed_instead(placed):
    placed.post("/orders/o1/shipments", {"lines": [{"line_id": "a"}, {"line_id": "b"}]})
    placed.cancel()
    refused = placed.cancel(lines=[{"line_id": "a"}])
    assert (refused.status, refused["state"]) == (409, "shipped")
    assert refused["blocked_by"] == ["a", "b"]
    assert refused["allowed_actions"] == ["createDelivery", "createReturn", "cancelShipment"]
    assert refused["moves"] == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", True),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", False),
        ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", False),
        ("nonsense", False),
        (None, False),
    ],
)
def test_what_is_owed_belongs_to_the_trace_in_which_it_was_asked(placed, sent, kept):
    headers = {"traceparent": sent} if sent else {}
    done = placed.post(CANCEL, {}, **headers)
    told = [done["obligations"][0]["traceparent"], placed.owed()["void"]["traceparent"]]
    assert told == [sent if kept else None] * 2


# ----------------------------------------------------------------------------------------------------- idempotency keys


@pytest.mark.parametrize("key", ["bare", '"quoted"', '"with \\"both\\""', "k" * 255, f'"{"k" * 255}"'])
def test_a_key_is_taken_bare_or_quoted(placed, key):
    part = {"lines": [{"line_id": "a", "quantity": 1}]}
    first, again = placed.post(CANCEL, part, key=key), placed.post(CANCEL, part, key=key)
    assert (first.status, again.status) == (202, 202)
    assert again.headers["idempotent-replayed"] == "true"


def test_a_quoted_key_and_a_bare_one_are_the_same_key(placed):
    first, again = placed.cancel(key="one"), placed.cancel(key='"one"')
    assert again.headers["idempotent-replayed"] == "true"
    assert again.body == first.body


@pytest.mark.parametrize("key", ["k" * 256, f'"{"k" * 256}"', '""', '"open', '"a"b"', None])
def test_a_key_that_is_none_is_told_and_nothing_happens(placed, key):
    told = placed.cancel(key=key)
    assert (told.status, told["code"]) == (400, "MALFORMED")
    assert [one["parameter"] for one in told["errors"]] == ["Idempotency-Key"]
    assert placed.get("/orders/o1")["version"] == 1


def test_two_requests_at_once_under_one_key_are_not_both_decided(tmp_path):
    """The second is refused while the first runs, and gets its answer afterwards."""

    async def story() -> None:
        store = SqliteStore.open(tmp_path / "ledger.db")
        desk = Desk(store, Still(), new_id, dialects=catalog.load())

        async def place(body: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
            asked = wire(json.dumps(body).encode(), "once")
            ask = orders.decode_place(asked, CALLER)
            answer = await desk.submit(
                ask, tenant="t", dialect=DIALECT, encode=lambda verdict: orders.encode_place(verdict, asked)
            )
            return answer.status, json.loads(answer.body), dict(answer.headers)

        order = {"currency": "EUR", "lines": [{"sku": "a"}]}
        first, second, other = await asyncio.gather(place(order), place(order), place({**order, "currency": "USD"}))
        assert first[0] == 201
        assert (second[0], second[1]["code"], second[1]["retryable"]) == (409, "KEY_IN_USE", True)
        assert second[2]["Retry-After"] == "1"
        assert (other[0], other[1]["code"]) == (422, "KEY_REUSED")
        status, body, headers = await place(order)
        assert (status, body["id"], headers["Idempotent-Replayed"]) == (201, first[1]["id"], "true")
        await store.close()

    asyncio.run(story())


@pytest.mark.parametrize(("when", "replayed"), [("before", None), ("after", "true")])
@pytest.mark.parametrize(("answer", "status"), [("internal", 500), ("unavailable", 503)])
def test_an_answer_of_5xx_is_not_given_again(placed, when, replayed, answer, status):
    """Lost before the work: it is done now. Lost after it: its own answer is told, not the failure."""
    headers = {"Authorization": "Bearer k1", "Idempotency-Key": "lost"}
    fault = {"operation": "createCancellation", "answer": answer, "when": when}
    assert placed.send("PUT", "/sandbox/native/faults", {"faults": [fault]}, {}).status == 204
    assert placed.send("POST", f"/v1{CANCEL}", {}, headers).status == status
    again = placed.send("POST", f"/v1{CANCEL}", {}, headers)
    assert (again.status, again.headers.get("idempotent-replayed")) == (202, replayed)
    assert sum(one["type"] == "order.cancelled" for one in placed.events()) == 1


# -------------------------------------------------------------------------------------------------------------- waiting


def test_whoever_prefers_to_wait_hears_of_the_end_when_it_comes(placed):
    done, owed = placed.cancel()["id"], placed.owed()["void"]["id"]
    began = time.monotonic()
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(placed, "GET", f"{CANCEL}/{done}", Prefer="respond-async, wait=10")
        time.sleep(0.5)
        assert not waiting.done()
        placed.post(f"/orders/o1/obligations/{owed}:settle", {"by": "gateway"})
        told = waiting.result()
    assert (told["state"], told.headers["preference-applied"]) == ("completed", "wait=10")
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("prefer", ["wait=1", 'WAIT="1"', "handling=lenient;x=y, wait = 1"])
def test_nobody_waits_longer_than_they_prefer(placed, prefer):
    done, began = placed.cancel()["id"], time.monotonic()
    told = placed("GET", f"{CANCEL}/{done}", Prefer=prefer)
    assert told["state"] == "accepted"
    assert 0.9 < time.monotonic() - began < 5


@pytest.mark.parametrize("prefer", ["wait=0", "respond-async", "wait", "wait=-1", "await=9"])
def test_whoever_does_not_prefer_to_wait_does_not(placed, prefer):
    done, began = placed.cancel()["id"], time.monotonic()
    assert "preference-applied" not in placed("GET", f"{CANCEL}/{done}", Prefer=prefer).headers
    assert placed("GET", f"{CANCEL}/none", Prefer="wait=9").status == 404
    assert time.monotonic() - began < 5


# ---------------------------------------------------------------------------------------------------------------- pages


def links(answer: Answer) -> dict[str, str]:
    """Where the links of a page lead, below the mount, by relation."""
    found = re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers.get("link", ""))
    return {relation: url.partition("/v1")[2] for url, relation in found}


def walk(api: Api, path: str, name: str) -> None:
    """Read a list of five to its end and back again, two at a time."""
    there, back, at = [], [], path
    while True:
        page = api.get(at)
        there.append([one[name] for one in page["items"]])
        if "next" not in links(page):
            break
        assert page["next_page_token"] in links(page)["next"]
        at = links(page)["next"]
    while "prev" in links(page):
        page = api.get(links(page)["prev"])
        back.append([one[name] for one in page["items"]])
    assert [len(items) for items in there] == [2, 2, 1]
    assert back == list(reversed(there[:-1]))
    assert len({one for items in there for one in items}) == 5
    assert "next_page_token" in api.get(path).body


def test_lists_are_read_to_their_end_and_back(api):
    for number in range(5):
        assert api.post("/orders", new_order(f"p{number}")).status == 201
        assert api("PUT", "/policies/native", {"author": "ops", "window_seconds": 60 + number}).status == 200
        assert api.post("/bulk-cancellations", {"order_ids": ["x"], "dry_run": True}).status == 202
    walk(api, "/orders?page_size=2", "id")
    walk(api, "/orders?status=placed&page_size=2", "id")
    walk(api, "/policies/native/events?page_size=2", "sequence")
    walk(api, "/bulk-cancellations?page_size=2", "id")


def test_cancellations_and_obligations_are_read_to_their_end_and_back(api):
    line = {"id": "a", "sku": "A", "quantity": 6, "price": 600}
    api.post("/orders", new_order("p", lines=[line], charges=[], payments=[{"id": "p1", "authorised": 600}]))
    for _ in range(5):
        assert api.cancel("p", lines=[{"line_id": "a", "quantity": 1}]).status == 202
    walk(api, "/orders/p/cancellations?page_size=2", "id")
    walk(api, "/orders/p/cancellations?page_size=2&state=accepted", "id")
    walk(api, "/cancellations?page_size=2", "id")
    walk(api, "/orders/p/obligations?page_size=2", "id")


@pytest.mark.parametrize("path", ["/orders", "/cancellations", "/bulk-cancellations", "/policies/native/events"])
@pytest.mark.parametrize("token", ["nonsense", "WyJhIiwgImIiXQ"])
def test_a_token_that_is_none_is_refused(api, path, token):
    assert api.get(f"{path}?page_token={token}").status == 422


def test_a_wrong_parameter_is_named_and_a_wrong_member_pointed_at(placed):
    (wrong,) = placed.get("/orders?page_size=none")["errors"]
    assert (wrong["parameter"], "pointer" in wrong) == ("page_size", False)
    (wrong,) = placed.cancel(lines=[{"line_id": "a"}, {"quantity": 1}])["errors"]
    assert (wrong["pointer"], "parameter" in wrong) == ("/lines/1", False)


@pytest.mark.parametrize(("size", "given"), [("1000", 5), ("3", 3), ("0", None), ("-1", None), ("x", None)])
def test_a_page_has_its_size_within_reason(api, size, given):
    for number in range(5):
        api.post("/orders", new_order(f"p{number}"))
    page = api.get(f"/orders?page_size={size}")
    assert (page.status, len(page.body.get("items", ()))) == ((422, 0) if given is None else (200, given))


def test_events_are_read_on_by_their_links(placed):
    for _ in range(4):
        placed.post("/orders/o1/holds", {"reason": "again"})
    at, seen = "/orders/o1/events?page_size=2", []
    while at:
        page = placed.get(at)
        seen += [one["sequence"] for one in page["items"]]
        at = links(page).get("next", "")
    assert seen == [1, 2, 3, 4, 5]


# ------------------------------------------------------------------------------------------------- versions and tenants


def test_a_version_that_does_not_hold_refuses_whatever_was_asked(server):
    waiting = {"author": "ops", "approval": {}}
    put_world(server, orders=[new_order(), new_order("o2", payments=CAPTURED)], accounts=TWO_KEYS)
    api = Api(server)
    hold = api.post("/orders/o1/holds", {"reason": "fraud check"})["id"]
    done = api.cancel("o2")["id"]
    owed = api.owed("o2")["refund"]["id"]
    assert api("PUT", "/policies/native", waiting).status == 200
    asked = api.cancel()["id"]
    said = {"by": "Kim", "reason": "so it is"}
    calls = [
        *((f"{CANCEL}/{asked}:{verb}", said) for verb in ("approve", "reject", "withdraw")),
        (f"/orders/o2/cancellations/{done}:restore", said),
        (f"/orders/o2/cancellations/{done}:retry", said),
        *((f"/orders/o2/obligations/{owed}:{verb}", said) for verb in ("settle", "retry", "waive")),
        (f"/orders/o1/holds/{hold}:release", None),
        ("/orders/o1/shipments", {}),
    ]
    for path, body in calls:
        told = api.post(path, body, If_Match='"77"')
        assert (told.status, told["code"]) == (412, "VERSION_MISMATCH"), path
    tag = f'"{api.get("/orders/o1")["version"]}"'
    assert Api(server, "k2").post(f"{CANCEL}/{asked}:approve", said, If_Match=tag)["state"] == "accepted"


def test_a_policy_is_changed_only_from_what_was_read(api):
    read = api.get("/policies/native")
    changed = api("PUT", "/policies/native", {"author": "ops", "window_seconds": 60}, If_Match=read.headers["etag"])
    assert changed.status == 200
    late = api("PUT", "/policies/native", {"author": "ops"}, If_Match=read.headers["etag"])
    assert (late.status, late["allowed_actions"], late["version"]) == (412, ["getPolicy"], 1)
    assert api("PUT", "/policies/native", {"author": "ops", "window_seconds": 60}, If_Match='"0", "1"').status == 200
    assert api.get("/policies/native")["window_seconds"] == 60


def test_a_key_of_another_tenant_than_the_one_that_is_meant_opens_nothing(placed):
    assert placed("GET", "/orders/o1", Tenant_Id="t1").status == 200
    told = placed("GET", "/orders/o1", Tenant_Id="t2")
    assert (told.status, told["code"]) == (403, "WRONG_TENANT")


# ---------------------------------------------------------------------------------------------- lifecycles and policies


def test_the_published_statuses_are_those_that_are_enforced(api):
    """Of every kind of order of every dialect."""
    told = {(one["dialect"], one["kind"]): one for one in api.get("/lifecycles")["items"]}
    tables = {(one.name, kind): table for one in catalog.load().values() for kind, table in one.lifecycles.items()}
    assert told.keys() == tables.keys()
    for key, table in tables.items():
        assert set(told[key]["statuses"]) == table.statuses
        assert set(told[key]["cancellable"]) == table.allowed.get("cancel", frozenset())
        assert len(told[key]["moves"]) == len(table.moves)


def test_a_policy_is_held_to_the_lifecycle_when_it_is_written(api):
    told = api("PUT", "/policies/native", {"author": "ops", "cancellable": ["placed", "plcaed"]})
    assert (told.status, told["errors"][0]["pointer"]) == (422, "/cancellable/1")
    assert api("PUT", "/policies/nobody", {"author": "ops"}).status == 422
    assert api.get("/policies/nobody").status == 422
    assert api.get("/policies/native")["version"] == 0


def test_a_policy_may_let_nothing_be_cancelled(placed):
    assert placed("PUT", "/policies/native", {"author": "ops", "cancellable": []}).status == 200
    refused = placed.cancel()
    assert (refused["code"], refused["allowed_actions"]) == ("POLICY_FORBIDS", ["getPolicy", "putPolicy"])


def test_who_waits_for_a_scheduled_cancel_is_told_when_it_is_due(placed, server):
    asked = placed.cancel(effective_at="2026-03-01T13:00:00Z")
    assert (asked.status, asked["state"], asked.headers["retry-after"]) == (202, "scheduled", "3600")
    advance(server, int(asked.headers["retry-after"]))
    assert placed.get("/orders/o1")["status"] == "cancelled"
