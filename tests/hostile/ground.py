"""What a hostile client works on: one world per dialect, a good caller, and the rows behind the server.

A vendor's world is the one of its `demo.json`, so a new folder brings its own.
"""

import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import apsw

from countermand.dialects import catalog
from countermand.dialects.contract import CANCEL, Dialect, Fault, FaultKind, FieldFault, Route, WireRequest, Write
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused
from countermand.service.clock import SystemClock

DIALECTS = tuple(catalog.load().values())
ROUTES = tuple((dialect, route) for dialect in DIALECTS for route in dialect.routes)

NATIVE: dict[str, Any] = {
    "headers": {"Authorization": "Bearer hostile", "Idempotency-Key": "one"},
    "world": {
        "clock": "2026-03-01T12:00:00Z",
        "accounts": [{"token": "hostile", "tenant": "hostile"}],
        "orders": [
            {"id": one, "currency": "EUR", "lines": [{"id": "l1", "sku": "A", "quantity": 3, "price": 3000}]}
            for one in ("o1", "o2")
        ],
    },
}


@dataclass(frozen=True)
class Ground:
    """One dialect's world. `known` is the id of something in it."""

    dialect: Dialect
    world: Mapping[str, Any]
    headers: Mapping[str, str]
    known: str

    def path(self, route: Route, value: str | None = None) -> str:
        return self.dialect.mount + re.sub(r"\{\w+\}", lambda _: self.known if value is None else value, route.path)


@cache
def ground(name: str) -> Ground:
    dialect = catalog.load()[name]
    file = Path(catalog.__file__).parent / name / "demo.json"
    brought: dict[str, Any] = json.loads(file.read_text()) if file.exists() else NATIVE
    world = brought["world"]
    first = next(listed[0] for name, listed in world.items() if name != "accounts" and isinstance(listed, list))
    return Ground(dialect, world, brought["headers"], str(next(iter(first.values()))))


@cache
def error_shapes(name: str) -> frozenset[frozenset[str]]:
    """The members of every error that the dialect can tell."""
    dialect = catalog.load()[name]
    now = SystemClock().now(name)
    wire = WireRequest(method="POST", path="/", received_at=now, base_url="http://x")
    initial = dialect.lifecycles["order"].initial
    order = Order(tenant="t", dialect=name, order_id="o", status=initial, placed_at=now, updated_at=now)
    wrong = (FieldFault(path="p", message="m", code="c"),)
    told = [
        dialect.encode_fault(Fault(kind=kind, detail="d", fields=fields), wire)
        for kind in FaultKind
        for fields in ((), wrong)
    ]
    for route in dialect.routes:
        if isinstance(route.handler, Write) and route.scope == CANCEL:
            told += [
                route.handler.encode(Refused(refusal=refusal, order=held, detail="d", pointer=pointer), wire)
                for refusal in (
                    Refusal.UNKNOWN_ORDER,
                    Refusal.STATUS_FORBIDS,
                    Refusal.UNKNOWN_LINE,
                    Refusal.NOTHING_OPEN,
                )
                for held in (None, order)
                for pointer in ("", "p")
            ]
    return frozenset(frozenset(json.loads(answer.body)) for answer in told)


#: Bookkeeping that a refused call may well touch: how often it was refused, and the answer that its idempotency key stands for.
APART = {"refusals", "claims", "keys", "logins", "house"}


#: Looks at the rows until they rest.
REST_MAX = 200


class Rows:
    """Reads the server's database beside it: whether anything was committed, and what."""

    def __init__(self, path: Path) -> None:
        self._connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        found = self._connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        self._tables = [name for (name,) in found if name not in APART and not name.startswith("sqlite_")]
        assert {"orders", "records", "events", "stock", "cancellations"} <= set(self._tables)
        self._version, self._digest = -1, ""

    def settled(self) -> str:
        """The digest once what goes on in the background has come to rest."""
        before = self.digest()
        for _ in range(REST_MAX):
            time.sleep(0.05)
            if (after := self.digest()) == before:
                return after
            before = after
        raise AssertionError("it never comes to rest")

    def digest(self) -> str:
        ((version,),) = self._connection.execute("PRAGMA data_version")
        if version != self._version:
            digest = hashlib.sha256()
            for table in self._tables:
                digest.update(table.encode())
                for row in self._connection.execute(f"SELECT * FROM {table}"):
                    digest.update(repr(row).encode())
            self._version, self._digest = version, digest.hexdigest()
        return self._digest
