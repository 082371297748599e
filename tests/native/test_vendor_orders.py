"""Orders of every vendor through the native API: the same engine, the same outcome, the same effects.

The worlds are those of the conformance cases; the first case of each file cancels a whole order through the vendor's API.
"""

import json
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.native.client import Api, effects
from tests.shape.source import ROOT

FILES = sorted((ROOT / "tests" / "conformance" / "cases").glob("*.json"))
NATIVE = {"clock": "2023-01-01T00:00:00Z", "accounts": [{"token": "k1", "_tenant": "shared"}]}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def case(request) -> Any:
    return json.loads(request.param.read_text(encoding="utf-8"))


def put(server: str, vendor: str, world: dict[str, Any]) -> None:
    assert Api(server).send("PUT", f"/sandbox/{vendor}/world", world, {}).status == 204


def shared(case: dict[str, Any]) -> dict[str, Any]:
    """The case's world, with its first account in the tenant of our own key."""
    first, *others = case["world"]["accounts"]
    return {**case["world"], "accounts": [{**first, "_tenant": "shared"}, *others]}


def told(server: str, vendor: str) -> Any:
    """What happened to orders and stock, without what is made up anew each time."""
    seen = effects(server, vendor)
    events = [
        {name: event.get(name) for name in ("type", "order", "status", "lines", "sequence")}
        for event in seen["events"]
        if event["type"].startswith("order.")
    ]
    notices = sorted((one["type"], one["order"]) for one in seen["notifications"])
    return {"events": events, "reservations": sorted(seen["reservations"], key=str), "notices": notices}


def by_vendor(server: str, case: dict[str, Any]) -> Any:
    put(server, case["vendor"], shared(case))
    request = case["cases"][0]["steps"][0]["request"]
    headers = {**case["headers"], **(request.get("headers") or {})}
    body = json.dumps(request["json"]).encode() if "json" in request else None
    sent = {name: value for name, value in headers.items() if value is not None}
    answer = Api(server).send(request["method"], f"/{case['vendor']}{request['path']}", body, sent)
    assert answer.status < 300, answer
    return told(server, case["vendor"])


def test_one_engine_decides_whichever_door_was_taken(server, case):
    """A cancel through the vendor's API and one through ours leave the same behind."""
    put(server, "native", NATIVE)
    expected = by_vendor(server, case)
    (event,) = expected["events"]
    put(server, case["vendor"], shared(case))
    name = f"{case['vendor']}~{event['order']}"
    done = Api(server).cancel(name)
    assert done.status in {201, 202}, done
    assert done["order_id"] == name
    assert told(server, case["vendor"]) == expected
    again = Api(server).cancel(name)
    assert (again.status, again["id"]) == (200, done["id"])


def test_figures_count_every_vendors_orders_by_its_own_words_for_cancelled(server, case):
    """Placed and cancelled on the vendor's clock, which the sandbox moves: whatever the ids say."""
    put(server, "native", NATIVE)
    by_vendor(server, case)
    vendor, ever = case["vendor"], "from=1970-01-01T00:00:00Z&until=2999-12-31T00:00:00Z"
    (placed,) = Api(server).get(f"/analytics/orders?by=dialect&dialect={vendor}&{ever}")["items"]
    assert (placed["dialect"], placed["placed"] >= placed["cancelled"] >= 1) == (vendor, True)
    assert placed["rate"] == placed["cancelled"] / placed["placed"]
    found = Api(server).get(f"/analytics/cancellations?by=dialect,stage,status&dialect={vendor}&{ever}")
    (made,) = found["items"]
    assert (made["dialect"], made["stage"], made["count"]) == (vendor, "open", 1)
    (late,) = found["lateness"]
    assert (late["stage"], late["count"], late["median_s"] >= 0) == ("open", 1, True)


def test_the_rest_of_the_native_api_works_on_them_too(server, case):
    put(server, "native", NATIVE)
    expected = by_vendor(server, case)
    put(server, case["vendor"], shared(case))
    api, name = Api(server), f"{case['vendor']}~{expected['events'][0]['order']}"
    order = api.get(f"/orders/{name}")
    assert (order.status, order["dialect"], order["id"]) == (200, case["vendor"], name)
    assert name in {one["id"] for one in api.get(f"/orders?dialect={case['vendor']}&page_size=200")["items"]}
    held = api.post(f"/orders/{name}/holds", {"reason": "fraud check"})
    assert held.status == 201
    unknown = api.post(f"/orders/{name}:transition", {"action": "no such move"})
    assert (unknown.status, unknown["code"], unknown["state"]) == (409, "STATUS_FORBIDS", order["status"])
    assert api.get(f"/orders/{case['vendor']}~nowhere").status == 404


def test_a_vendor_refuses_in_its_own_words_what_the_tenant_forbids(server, case):
    """The policy holds for every door; the vendor's answer is one that its clients know."""
    put(server, "native", {**NATIVE, "policies": [{"dialect": case["vendor"], "author": "ops", "cancellable": []}]})
    put(server, case["vendor"], shared(case))
    request = case["cases"][0]["steps"][0]["request"]
    headers = {**case["headers"], **(request.get("headers") or {})}
    body = json.dumps(request["json"]).encode() if "json" in request else None
    sent = {key: value for key, value in headers.items() if value is not None}
    answer = Api(server).send(request["method"], f"/{case['vendor']}{request['path']}", body, sent)
    assert answer.status < 500
    assert told(server, case["vendor"])["events"] == []


@pytest.mark.parametrize("order_id", ["F1-ü✓", "F1 1/2", "F1-?#%", "F1-\r\nX-Evil: yes"])
def test_where_a_cancellation_is_can_be_followed_whatever_the_order_is_called(server, order_id):
    """An id that a vendor gave may be anything; a Location is a URL, and a header ends where we end it."""
    put(server, "native", NATIVE)
    world = {
        "accounts": [{"token": "t", "merchant": "F1", "_tenant": "shared"}],
        "orders": [{"id": order_id, "order_status": "new_order", "reference_id": "R"}],
    }
    put(server, "fastpod", world)
    held = effects(server, "fastpod")
    api = Api(server)
    (listed,) = api.get("/orders?dialect=fastpod")["items"]
    done = api.post(f"/orders/{quote(listed['id'], safe='')}/cancellations")
    assert (done.status, held["events"]) == (201, []), done
    assert "x-evil" not in done.headers
    place = urlsplit(done.headers["location"])
    assert api.get(place.path.removeprefix("/v1"))["id"] == done["id"]
