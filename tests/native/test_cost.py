"""What nobody uses costs nothing: the statements of a plain cancel, counted."""

import asyncio
import json
import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from countermand.bootstrap import new_id
from countermand.dialects import catalog
from countermand.dialects.contract import EVERY_SCOPE, Ask, Caller, Plan, WireRequest
from countermand.dialects.native import DIALECT, cancellations, orders
from countermand.model.command import Cancel
from countermand.model.keys import OrderKey
from countermand.service.desk import Desk
from countermand.store.sqlite.adapter import SqliteStore
from tests.native.client import new_order

CALLER = Caller(tenant="t", dialect="native", key_id="k", scopes=EVERY_SCOPE)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
STATEMENT = re.compile(r"(SELECT|INSERT|UPDATE|DELETE)\b(?:.*?\bFROM|\s+INTO)?\s+(\w+)", re.DOTALL)


class Still:
    """Always the same instant."""

    def now(self, dialect: str) -> datetime:
        del dialect
        return NOW


class Counted:
    """A desk on a new file, and the statements that its writer runs, by table."""

    def __init__(self, path) -> None:
        self.store = SqliteStore.open(path)
        self.desk = Desk(self.store, Still(), new_id, dialects=catalog.load())
        self.seen: list[str] = []
        self.store._writer.exec_trace = self._note

    def _note(self, cursor, sql, bindings) -> bool:
        del cursor, bindings
        self.seen.append(sql)
        return True

    async def ask(self, ask: Ask, encode) -> Counter[str]:
        self.seen.clear()
        await self.desk.submit(ask, tenant="t", dialect=DIALECT, encode=encode)
        found = (STATEMENT.search(sql) for sql in self.seen)
        return Counter(f"{one[1]} {one[2]}" for one in found if one is not None)


def wire(body: bytes, key: str) -> WireRequest:
    return WireRequest(
        method="POST", path="/x", received_at=NOW, params={"order": "o"}, headers={"idempotency-key": key}, body=body
    )


async def place(counted: Counted, order_id: str) -> None:
    request = wire(json.dumps(new_order(order_id, payments=[])).encode(), order_id)
    await counted.ask(orders.decode_place(request, CALLER), lambda verdict: orders.encode_place(verdict, request))


@pytest.fixture
def counted(tmp_path):
    with asyncio.Runner() as runner:
        found = Counted(tmp_path / "cost.db")
        yield runner, found
        runner.run(found.store.close())


def test_a_native_cancel_is_a_plain_cancel_and_its_idempotency_key(counted):
    runner, desk = counted
    runner.run(place(desk, "o"))
    runner.run(place(desk, "p"))
    request = wire(b"{}", "once")
    native = runner.run(
        desk.ask(cancellations.decode(request, CALLER), lambda verdict: cancellations.encode(verdict, request))
    )
    plain = runner.run(
        desk.ask(
            Ask(
                order=OrderKey("t", "native", "p"),
                plan=lambda held: Plan(commands=(Cancel(cancellation_id=held.new_id()),)),
            ),
            lambda verdict: cancellations.encode(verdict, request),
        )
    )
    assert native - plain == Counter({"SELECT claims": 1, "INSERT claims": 1})
    assert plain == Counter(
        {
            "SELECT orders": 1,
            "UPDATE orders": 1,
            "INSERT events": 1,
            "INSERT cancellations": 1,
            "INSERT stock": 2,
        }
    )
