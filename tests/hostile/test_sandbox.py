"""The sandbox's own calls and the operations pages, under the same treatment."""

import json
import time

import pytest

from tests.hostile.client import put_world, request
from tests.hostile.conftest import Victim
from tests.hostile.examples import NASTY
from tests.hostile.ground import DIALECTS, ground

CLOCKS = ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "3000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
BAD: tuple[object, ...] = (1, None, [], "x", {"status": {"a": 1}, "id": [], "token": 5})
MANY = 10_000
LOAD_S_MAX = 15

every_dialect = pytest.mark.parametrize("name", [dialect.name for dialect in DIALECTS])

WORLDS: list[bytes] = [
    b"", b"{", b"[]", b"null", b'{"accounts":1}', b'{"accounts":[1]}', b'{"accounts":[{}]}', b'{"accounts":[{"token":1}]}',
    b'{"accounts":[{"token":""}]}', b'{"clock":1}', b'{"clock":"yesterday"}', b'{"clock":"2026-13-01T00:00:00Z"}',
    b'{"clock":null}', b'{"clock":"2026-01-01"}', b"[" * 100_000, b'{"a":' * 500 + b"1" + b"}" * 500, b"\xff",
]  # fmt: skip


@every_dialect
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world[:40])
def test_a_bad_world_is_a_problem_and_replaces_nothing(victim: Victim, name: str, world: bytes):
    with victim.wire() as wire:
        put_world(wire, name, ground(name).world)
        before = victim.rows.digest()
        told = wire.ask(request("PUT", f"/sandbox/{name}/world", body=world))
        assert told.status == 400, told
        assert told.headers["content-type"] == "application/problem+json"
        assert victim.rows.digest() == before


@every_dialect
def test_a_world_with_a_bad_document_names_the_place(victim: Victim, name: str):
    good = ground(name).world
    collections = [key for key, listed in good.items() if isinstance(listed, list)]
    with victim.wire() as wire:
        for collection in collections:
            for bad in BAD:
                listed = good[collection]
                assert isinstance(listed, list)
                world = {**good, collection: [*listed, bad]}
                told = wire.ask(request("PUT", f"/sandbox/{name}/world", body=json.dumps(world).encode()))
                assert told.status == 400, (collection, bad, told)
                pointers = [error["pointer"] for error in json.loads(told.body)["errors"]]
                assert any(pointer.startswith(collection) for pointer in pointers), (collection, bad, told)


@every_dialect
def test_nobody_s_word_for_a_member_breaks_a_world(victim: Victim, name: str):
    good = ground(name).world
    with victim.wire() as wire:
        for collection, listed in good.items():
            for member in listed[0] if isinstance(listed, list) else ():
                for value in NASTY:
                    world = {**good, collection: [{**listed[0], member: value}]}  # a list of objects, as worlds have
                    told = wire.ask(request("PUT", f"/sandbox/{name}/world", body=json.dumps(world).encode()))
                    assert told.status in {204, 400}, (collection, member, value, told)


@pytest.mark.serial
@every_dialect
def test_ten_thousand_orders_are_there_in_seconds(victim: Victim, name: str):
    good = ground(name).world
    collection, listed = next((k, v) for k, v in good.items() if k != "accounts" and isinstance(v, list))
    first = listed[0]
    id_name = next(iter(first))
    world = {**good, collection: [{**first, id_name: f"{first[id_name]}-{n}"} for n in range(MANY)]}
    started = time.monotonic()
    with victim.wire() as wire:
        put_world(wire, name, world)
        assert time.monotonic() - started < LOAD_S_MAX
        put_world(wire, name, good)


@pytest.mark.parametrize("asked", [
    b"", b"[]", b"{}", b'{"advance_seconds":-1}', b'{"advance_seconds":"1"}', b'{"advance_seconds":true}',
    b'{"advance_seconds":1e300}', b'{"advance_seconds":99999999999999999999999999}', b'{"advance_seconds":NaN}',
    b'{"advance_seconds":null}', b'{"advance_seconds":[1]}',
])  # fmt: skip
def test_the_clock_takes_nothing_but_seconds(victim: Victim, asked: bytes):
    with victim.wire() as wire:
        told = wire.ask(request("POST", "/sandbox/clock", body=asked))
    assert told.status == 400, told
    assert told.headers["content-type"] == "application/problem+json"


@every_dialect
@pytest.mark.parametrize(
    "clock", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "3000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_the_ends_of_the_calendar_are_instants_like_any_other(victim: Victim, name: str, clock: str):
    held = ground(name)
    with victim.wire() as wire:
        told = wire.ask(
            request("PUT", f"/sandbox/{name}/world", body=json.dumps({**held.world, "clock": clock}).encode())
        )
        assert told.status in {204, 400}, told
        for route in held.dialect.routes:
            answer = wire.ask(request(route.method, held.path(route), held.headers, b"{}"))
            assert answer.status < 500, (route.operation, answer)
        told = wire.ask(request("POST", "/sandbox/clock", body=b'{"advance_seconds":3000000000}'))
        assert told.status in {204, 400}, told
        put_world(wire, name, held.world)


@every_dialect
def test_a_world_without_a_clock_has_the_real_time_whatever_the_one_before_had(victim: Victim, name: str):
    """Also for what it fills in: an order is not placed in the year of another world."""
    held = ground(name)
    timeless = {key: value for key, value in held.world.items() if key != "clock"}
    with victim.wire() as wire:
        put_world(wire, name, {**held.world, "clock": "2999-06-01T00:00:00Z"})
        put_world(wire, name, timeless)
        answers = [
            wire.ask(request("GET", held.path(route), held.headers)).body
            for route in held.dialect.routes
            if route.method == "GET"
        ]
        assert not any(b"2999-" in body for body in answers)
        put_world(wire, name, held.world)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sandbox/nobody/effects", 404), ("PUT", "/sandbox/nobody/world", 404), ("PUT", "/sandbox/nobody/faults", 404),
        ("PUT", "/sandbox//world", 404), ("GET", "/sandbox/fastpod/world", 405), ("DELETE", "/sandbox/clock", 405),
        ("GET", "/sandbox/%00/effects", 404), ("GET", "/sandbox/%ff/effects", 404), ("GET", "/sandbox/../effects", 404),
        ("POST", "/readyz", 405), ("GET", "/readyz/", 404), ("GET", "/nobody/openapi.json", 404), ("GET", "//", 404),
        ("GET", "/", 404), ("GET", "/%", 404), ("GET", "/fastpodx/v1/orders", 404), ("GET", "/v2/orders", 404),
        ("HEAD", "/readyz", 200), ("GET", "/metrics?x=%00", 200), ("PUT", "/openapi.json", 405),
    ],
)  # fmt: skip
def test_what_belongs_to_no_vendor_is_a_problem_too(victim: Victim, method: str, path: str, status: int):
    with victim.wire() as wire:
        told = wire.ask(request(method, path, body=b"{}" if method == "PUT" else None))
    assert told.status == status, told
    if status >= 400:
        assert told.headers["content-type"] == "application/problem+json"


def test_secrets_with_a_limit_are_counted_and_say_when_to_come_back(victim: Victim):
    """Every dialect's account takes a limit; one request too many is refused until the window ends."""
    limited = {"accounts": [{"token": "few", "rate_limit_per_minute": 2}], "orders": []}
    with victim.wire() as wire:
        put_world(wire, "native", limited)
        ask = request("GET", "/v1/orders", {"Authorization": "Bearer few"})
        told = [wire.ask(ask) for _ in range(4)]
        assert [one.status for one in told] == [200, 200, 429, 429]
        assert 0 < int(told[-1].headers["retry-after"]) <= 60
        assert wire.ask(request("POST", "/sandbox/clock", body=b'{"advance_seconds":60}')).status == 204
        assert wire.ask(ask).status == 200
