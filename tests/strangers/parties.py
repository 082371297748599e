"""A world with a stranger in it, and every request that names something of the owner's. A new vendor is in by existing."""

import copy
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from countermand.dialects.contract import PUBLIC, Dialect, Route
from tests.hostile.client import Wire, request
from tests.hostile.examples import body_of
from tests.hostile.ground import ground

CASES = Path(__file__).parents[1] / "conformance" / "cases"
NAMES = re.compile(r"(id|uuid|number|code|reference|email)$", re.IGNORECASE)
#: Ids looked at per route: the first of each kind is enough to be let in by.
IDS_MAX = 24


@dataclass(frozen=True)
class Party:
    """Who calls."""

    headers: Mapping[str, str]

    def ask(self, method: str, path: str, body: object = None) -> bytes:
        return request(method, path, self.headers, None if body is None else json.dumps(body).encode())


@dataclass(frozen=True)
class Parties:
    """A world, its owner, and somebody with a good key and nothing of his own."""

    dialect: Dialect
    world: Mapping[str, Any]
    owner: Party
    stranger: Party
    steps: tuple[Mapping[str, Any], ...]


def parties(dialect: Dialect) -> Parties:
    held = ground(dialect.name)
    world: dict[str, Any] = dict(held.world)
    headers, steps = dict(held.headers), list[Mapping[str, Any]]()
    file = CASES / f"{dialect.name}.json"
    if file.exists():
        suite = json.loads(file.read_text())
        world, headers = dict(suite["world"]), dict(suite["headers"])
        steps = [step["request"] for case in suite["cases"] if "world" not in case for step in case["steps"]]
    accounts: list[dict[str, Any]] = world["accounts"]
    account = accounts[0]
    other = {name: f"{value}9" if isinstance(value, str) else value for name, value in account.items()}
    theirs = dict(headers)
    for name, value in account.items():
        if isinstance(value, str):
            theirs = {header: said.replace(value, other[name]) for header, said in theirs.items()}
    assert theirs != headers
    world["accounts"] = [*accounts, other]
    return Parties(dialect, world, Party(headers), Party(theirs), tuple(steps))


def ids_of(two: Parties, wire: Wire) -> list[str]:
    """What the owner's lists and the world call things by."""
    found: dict[str, None] = {}
    for route in two.dialect.routes:
        if route.method == "GET" and "{" not in route.path and route.scope != PUBLIC:
            answer = wire.ask(two.owner.ask("GET", two.dialect.mount + route.path))
            if answer.status == 200:
                found |= dict.fromkeys(_names(json.loads(answer.body)))
    return list(dict.fromkeys([*_names({**two.world, "accounts": []}), *found]))


def _names(value: object, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _names(member, key)
    elif isinstance(value, list):
        for member in value:
            yield from _names(member, name)
    elif isinstance(value, str) and NAMES.search(name) and re.search(r"\d", value) and len(value) > 1:
        yield value


def asking(two: Parties, route: Route, known: str) -> Iterator[tuple[str, str, object]]:
    """The route, with everything in it that is a name naming `known`."""
    path = two.dialect.mount + re.sub(r"\{\w+\}", lambda _: quote(known, safe=""), route.path)
    body = None if route.method == "GET" else _naming(body_of(two.dialect, route), known)
    if "{" in route.path or body is not None:
        yield route.method, path, body
    if "{" in route.path and body is not None:
        yield route.method, path, body_of(two.dialect, route)
        yield route.method, path, {}
    if route.method == "GET" and "{" not in route.path:
        for name in ("id", "orderId", "orderNumber", "orderVariableSymbol", "rentalId", "sku", "reference", "search"):
            yield route.method, f"{path}?{name}={quote(known, safe='')}", None


def _naming(value: object, known: str) -> object:
    if isinstance(value, dict):
        return {name: _naming(member, known) for name, member in value.items()}
    if isinstance(value, list):
        return [_naming(member, known) for member in value]
    return known if value == "x1" else value


def nobodys(known: str, taken: Collection[str]) -> str:
    """An id in the same form that nothing has: one of its digits is another."""
    places = [at for at, letter in enumerate(known) if letter.isdigit()]
    found = (f"{known[:at]}{digit}{known[at + 1 :]}" for at in reversed(places) for digit in "9876543210")
    return next(one for one in found if not any(one in other for other in taken))


def renamed(value: object, known: str, other: str) -> object:
    return json.loads(json.dumps(copy.deepcopy(value)).replace(json.dumps(known)[1:-1], json.dumps(other)[1:-1]))
