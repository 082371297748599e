"""P7: to a stranger with a good key, what another tenant has does not exist: the same answer, and nothing happens."""

import json
import re

import pytest

from countermand.dialects.contract import PUBLIC, Dialect
from tests.hostile.client import Wire, put_world
from tests.hostile.conftest import Victim
from tests.hostile.ground import DIALECTS
from tests.process import Answer
from tests.strangers.parties import IDS_MAX, Parties, asking, ids_of, nobodys, parties, renamed

every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)

#: New at each answer: our own ids (UUIDv7 of now) and the instant of a problem.
FRESH = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


@every_dialect
def test_a_stranger_learns_and_changes_nothing(victim: Victim, dialect: Dialect):
    """For each thing of the owner's, at each route: the answer is the one for a thing that nobody has."""
    two = parties(dialect)
    with victim.wire() as wire:
        put_world(wire, dialect.name, two.world)
        taken = ids_of(two, wire)
        known = taken[:IDS_MAX]
        assert known
        for route in dialect.routes:
            for one in known if route.scope != PUBLIC else ():
                other = nobodys(one, taken)
                for method, path, body in asking(two, route, one):
                    _same_for(two, wire, victim, (method, path, body, one, other))


@every_dialect
def test_the_vendor_s_own_requests_tell_a_stranger_nothing(victim: Victim, dialect: Dialect):
    two = parties(dialect)
    with victim.wire() as wire:
        put_world(wire, dialect.name, two.world)
        known = sorted(ids_of(two, wire), key=len, reverse=True)
        for step in two.steps:
            path, body = dialect.mount + step["path"], step.get("json")
            sent = path + json.dumps(body)
            named = next((one for one in known if one in sent), None)
            if named is not None:
                _same_for(two, wire, victim, (step["method"], path, body, named, nobodys(named, known)))


@every_dialect
def test_a_stranger_s_lists_are_empty_of_what_is_the_owner_s(victim: Victim, dialect: Dialect):
    two = parties(dialect)
    with victim.wire() as wire:
        put_world(wire, dialect.name, two.world)
        first = [
            next(iter(one.values()))
            for name, listed in two.world.items()
            if name != "accounts"
            for one in listed
            if isinstance(listed, list)
        ]
        for route in dialect.routes:
            if route.method == "GET" and "{" not in route.path and route.scope != PUBLIC:
                told = wire.ask(two.stranger.ask("GET", dialect.mount + route.path))
                assert told.status < 500, told
                for one in first:
                    assert f'"{one}"'.encode() not in told.body, (route.operation, one, told)


@every_dialect
def test_the_owner_is_told_otherwise(victim: Victim, dialect: Dialect):
    """The control: what a stranger is refused is there for whoever owns it."""
    two = parties(dialect)
    with victim.wire() as wire:
        put_world(wire, dialect.name, two.world)
        known = ids_of(two, wire)[:IDS_MAX]
        told = [
            wire.ask(two.owner.ask(*ask)).status
            for route in dialect.routes
            for one in known
            for ask in asking(two, route, one)
            if ask[0] == "GET" and "{" in route.path
        ]
        steps = [(step["method"], dialect.mount + step["path"], step.get("json")) for step in two.steps]
        told += [wire.ask(two.owner.ask(*step)).status for step in steps]
        assert any(status < 300 for status in told)


def _same_for(two: Parties, wire: Wire, victim: Victim, asked: tuple[str, str, object, str, str]) -> None:
    method, path, body, one, other = asked
    before = victim.rows.digest()
    unknown = wire.ask(two.stranger.ask(method, path.replace(one, other), renamed(body, one, other)))
    if unknown.status < 400 and victim.rows.digest() != before:
        # It makes something new of whatever it is given, so there is nothing of anybody's in it.
        put_world(wire, two.dialect.name, two.world)
        return
    theirs = wire.ask(two.stranger.ask(method, path, body))
    assert victim.rows.digest() == before, (asked, theirs)
    assert theirs.status == unknown.status, (asked, theirs, unknown)
    assert _plain(theirs, one, other) == _plain(unknown, one, other), (asked, theirs, unknown)


def _plain(answer: Answer, one: str, other: str) -> bytes:
    return FRESH.sub(b"new", answer.body.replace(one.encode(), other.encode()))
