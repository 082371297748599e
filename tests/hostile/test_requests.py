"""A hostile client at every route of every dialect: refused in the dialect's own shape, and not a row changes."""

import json
from collections.abc import Collection

import pytest

from countermand.dialects.contract import PUBLIC, Dialect, Route
from tests.hostile import attacks
from tests.hostile.client import Wire, put_world, request
from tests.hostile.conftest import Victim
from tests.hostile.examples import body_of
from tests.hostile.ground import ROUTES, Ground, error_shapes, ground
from tests.process import Answer


def each(routes: Collection[tuple[Dialect, Route]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("dialect", "route"), routes, ids=lambda x: getattr(x, "operation", None) or x.name)


every_route = each(ROUTES)
every_guarded_route = each(tuple((dialect, route) for dialect, route in ROUTES if route.scope != PUBLIC))
KINDS = (attacks.of_bodies, attacks.of_members, attacks.of_paths, attacks.of_queries)


@every_route
def test_whatever_is_sent_is_answered_and_a_refusal_changes_nothing(victim: Victim, dialect: Dialect, route: Route):
    held = ground(dialect.name)
    with victim.wire() as wire:
        put_world(wire, dialect.name, held.world)
        before = victim.rows.digest()
        for kind in KINDS:
            for name, message in kind(held, route):
                answer = wire.ask(message)
                _judge(held, name, message, answer)
                after = victim.rows.settled() if answer.status == 202 else victim.rows.digest()
                if answer.status >= 400 or message.startswith((b"HEAD ", b"OPTIONS ")):
                    assert after == before, (name, answer)
                before = after
        _still_alive(wire)


#: What the house itself says of a path that is no dialect's, and of what is no HTTP.
HOUSE = frozenset({"type", "title", "status", "detail", "request_id"})


@every_guarded_route
def test_whoever_is_unknown_is_turned_away_and_changes_nothing(victim: Victim, dialect: Dialect, route: Route):
    held = ground(dialect.name)
    with victim.wire() as wire:
        put_world(wire, dialect.name, held.world)
        before = victim.rows.digest()
        for name, message in attacks.of_callers(held, route):
            answer = wire.ask(message)
            _judge(held, name, message, answer)
            assert answer.status >= 400, (name, answer)
            assert victim.rows.digest() == before, (name, answer)


def _judge(held: Ground, name: str, message: bytes, answer: Answer) -> None:
    assert answer.status < 500, (name, message[:300], answer)
    if answer.status < 400 or message.startswith(b"HEAD "):
        return
    assert "json" in answer.headers["content-type"], (name, answer)
    members = frozenset(json.loads(answer.body))
    if members <= HOUSE:
        assert not message.split(b" ", 2)[1].startswith(held.dialect.mount.encode() + b"/"), (name, answer)
        return
    assert members in error_shapes(held.dialect.name), (name, answer)


def _still_alive(wire: Wire) -> None:
    assert wire.ask(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n").status == 200


@every_route
def test_a_key_that_stands_for_another_request_is_refused(victim: Victim, dialect: Dialect, route: Route):
    """Where there are idempotency keys at all; where there are none the header means nothing."""
    held = ground(dialect.name)
    headers = [(name.encode(), value.encode()) for name, value in held.headers.items()]
    headers = [(name, value) for name, value in headers if name != b"Idempotency-Key"]
    headers.append((b"idempotency-key", f"same {route.operation}".encode()))
    bodies = (json.dumps(body_of(dialect, route)).encode(), json.dumps(body_of(dialect, route)).encode() + b" ")
    with victim.wire() as wire:
        put_world(wire, dialect.name, held.world)
        for body in bodies:
            answer = wire.ask(request(route.method, held.path(route), headers, body))
            _judge(held, route.operation, b"", answer)
