"""More asks than may wait: the desk says so at once, instead of keeping a pile of them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import apsw

from countermand.dialects import catalog
from countermand.dialects.contract import Ask, Plan
from countermand.service.clock import SystemClock
from countermand.service.desk import BATCH_ASKS_MAX, WAITING_ASKS_MAX, Desk
from countermand.store.port import StoreUnavailable
from countermand.store.sqlite.adapter import SqliteStore
from tests.store.ledger import record

BEYOND = 500

NOTE = record()


def test_what_is_too_much_is_refused_at_once_and_what_was_accepted_is_answered(tmp_path: Path):
    async def crowd() -> tuple[int, Sequence[object]]:
        store = SqliteStore.open(tmp_path / "x.db")
        desk = Desk(store, SystemClock(), str)
        native = catalog.load()["native"]
        other = apsw.Connection(str(tmp_path / "x.db"))
        other.execute("BEGIN IMMEDIATE")  # the database is busy with something else
        asks = [
            asyncio.create_task(desk.decide(Ask(plan=lambda _: Plan(records=(NOTE,))), tenant="t", dialect=native))
            for _ in range(WAITING_ASKS_MAX + BATCH_ASKS_MAX + BEYOND)
        ]
        await asyncio.sleep(0.1)
        refused_at_once = sum(ask.done() for ask in asks)
        other.execute("COMMIT")
        ended = await asyncio.gather(*asks, return_exceptions=True)
        await store.close()
        return refused_at_once, ended

    refused_at_once, ended = asyncio.run(crowd())
    assert refused_at_once >= BEYOND
    assert sum(isinstance(one, StoreUnavailable) for one in ended) == refused_at_once
    assert sum(isinstance(one, BaseException) for one in ended) == refused_at_once
