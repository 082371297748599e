"""P3: a cancel beside any other change of the same order ends as one of the two would have after the other, and no other way.

What "one after the other" gives is not written down here: each pair is first played in both orders on a fresh world.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from countermand.dialects import catalog
from countermand.dialects.contract import Write
from tests.hostile.examples import body_of
from tests.hostile.ground import ground
from tests.process import Client
from tests.races.test_one_winner import VENDORS

pytestmark = pytest.mark.serial

ROUNDS = 8
CLIENTS = 12


@dataclass(frozen=True)
class Call:
    """One change of the order."""

    method: str
    path: str
    body: object


@dataclass(frozen=True)
class Field:
    """A vendor's world, a way to cancel in it, and its callers' headers."""

    name: str
    world: dict[str, Any]
    headers: dict[str, str]
    cancel: Call
    order: str


#: What a vendor's demonstration lacks for another change to have a chance.
WORLDS: dict[str, dict[str, object]] = {
    "flexportal": {"assets": [{"serialNumber": "SN-FREE", "sku": "LAP-14", "status": "available"}], "rentals": []},
    "tecspal": {"orders": [{**ground("tecspal").world["orders"][0], "status": "QUOTED"}]},  # a list of objects
}


def _field(name: str) -> Field:
    held, vendor = ground(name), next(one for one in VENDORS if one.name == name)
    body = json.loads(json.dumps(vendor.body).replace(f'"{vendor.order}"', f'"{held.known}"').replace('"D"', '"DM1"'))
    segments = [held.known if segment == vendor.order else segment for segment in vendor.path.split("/")]
    world = dict(held.world) | WORLDS.get(name, {})
    return Field(
        name, world, dict(held.headers), Call(vendor.method, f"/{name}" + "/".join(segments), body), held.known
    )


FIELDS = [_field(vendor.name) for vendor in VENDORS]

#: What a served document does not say how to fill, so that it succeeds where the order allows it.
BODIES: dict[str, object] = {
    "confirmOrder": {"data": {"id": "{id}", "companyCode": "DM1"}, "request": "orders/confirm"},
    "quoteOrder": {"data": {"id": "{id}", "companyCode": "DM1"}, "request": "orders/quote"},
    "updateOrderStatus": {"order_status": "draft"},
    "Markorderitemsassent": {},
    "Markorderitemsasdelivered": {},
    "Cancelapplication": {"reason": "OTHER"},
    "createSubscription": {"orderId": "{id}", "assetSerialNumber": "SN-FREE", "customerId": "cust_xyz789"},
    "cancelReservation": {"note": "n", "cancellationNote": "n"},
}  # fmt: skip


def _others(field: Field) -> list[tuple[str, Call]]:
    """Every write of the vendor that names the order, by path or by body."""
    found = []
    held = ground(field.name)
    for route in catalog.load()[field.name].routes:
        given = BODIES.get(route.operation, body_of(held.dialect, route))
        body = json.loads(
            json.dumps(given).replace('"{id}"', json.dumps(field.order)).replace('"x1"', json.dumps(field.order))
        )
        if isinstance(route.handler, Write) and ("{" in route.path or field.order in json.dumps(body)):
            found.append((route.operation, Call(route.method, held.path(route), body)))
    return found


PAIRS = [pytest.param(field, call, id=f"{field.name}-{name}") for field in FIELDS for name, call in _others(field)]


def _put(client: Client, field: Field) -> None:
    assert client.call("PUT", f"/sandbox/{field.name}/world", field.world).status == 204


def _ended(client: Client, field: Field) -> tuple[str, ...]:
    """What happened to the order, event by event."""
    effects = client.call("GET", f"/sandbox/{field.name}/effects").json()
    assert isinstance(effects, dict)
    return tuple(event["type"] for event in effects["events"] if event["order"] == field.order)


def _one(client: Client, field: Field, call: Call) -> int:
    return client.call(call.method, call.path, call.body, headers=field.headers).status


def _together(url: str, field: Field, calls: Sequence[Call]) -> list[int]:
    barrier, statuses = threading.Barrier(len(calls)), [0] * len(calls)

    def run(at: int, call: Call) -> None:
        with Client(url) as client:
            client.call("GET", "/healthz")
            barrier.wait(30)
            statuses[at] = _one(client, field, call)

    threads = [threading.Thread(target=run, args=one) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@pytest.mark.parametrize(("field", "other"), PAIRS)
def test_a_cancel_and_another_change_end_as_one_after_the_other(server: str, field: Field, other: Call):
    with Client(server) as client:
        legal = set()
        for first, second in ((field.cancel, other), (other, field.cancel)):
            _put(client, field)
            told = [_one(client, field, first), _one(client, field, second)]
            legal.add((tuple(told if first is field.cancel else reversed(told)), _ended(client, field)))
        for _ in range(ROUNDS if len(legal) > 1 else 1):
            _put(client, field)
            cancelled, changed = _together(server, field, [field.cancel, other])
            assert ((cancelled, changed), _ended(client, field)) in legal, legal


def test_partial_cancels_from_many_clients_add_up_to_the_line_and_no_further(server: str):
    """Twelve clients each take one of ten pieces: ten are cancelled, two find it cancelled already."""
    line = {"id": "l", "sku": "A", "quantity": CLIENTS - 2, "price": 1_001}
    world = {"accounts": [{"token": "p", "tenant": "p"}], "orders": [{"id": "o", "currency": "EUR", "lines": [line]}]}
    calls = [Call("POST", "/v1/orders/o/cancellations", {"lines": [{"line_id": "l", "quantity": 1}]})] * CLIENTS
    with Client(server) as client:
        assert client.call("PUT", "/sandbox/native/world", world).status == 204
        statuses = _keyed(server, calls)
        assert statuses.count(201) == CLIENTS - 2, statuses
        assert {status for status in statuses if status != 201} <= {200, 409, 422}, "no more of it: cancelled already"
        effects: Any = client.call("GET", "/sandbox/native/effects").json()
    taken = [event for event in effects["events"] if event["type"].endswith("cancelled")]
    assert [one["type"] for one in taken] == ["order.lines_cancelled"] * (CLIENTS - 3) + ["order.cancelled"]
    assert sum(one["lines"][0]["quantity"] for one in taken) == CLIENTS - 2
    assert [event["sequence"] for event in effects["events"]] == sorted(
        {event["sequence"] for event in effects["events"]}
    )
    assert effects["reservations"] == []


def _keyed(url: str, calls: Sequence[Call]) -> list[int]:
    statuses = [0] * len(calls)

    def run(at: int, call: Call) -> None:
        headers = {"Authorization": "Bearer p", "Idempotency-Key": f"k{at}"}
        with Client(url, headers) as client:
            statuses[at] = client.call(call.method, call.path, call.body).status

    threads = [threading.Thread(target=run, args=one) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses
