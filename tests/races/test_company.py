"""Commands that are read together are committed together (record 0018), and whoever is alone waits for nobody."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from countermand.bootstrap import open_house
from countermand.dialects import catalog
from countermand.dialects.contract import Ask, Held, Plan
from countermand.model.record import Record
from countermand.service.clock import SystemClock
from countermand.service.desk import Desk

NATIVE = catalog.load()["native"]


class Counted:
    """A desk on a file of its own, and how many transactions it has begun."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.begun = 0
        self._transact = desk._store.transact
        desk._store.transact = self._count  # type: ignore[method-assign, assignment]  # the real one, with a count

    async def _count(self, *args: Any) -> Any:
        self.begun += 1
        return await self._transact(*args)

    async def write(self, name: str) -> None:
        def plan(held: Held) -> Plan:
            note = Record(
                tenant="acme",
                dialect="native",
                kind="note",
                record_id=name,
                created_at=held.now,
                updated_at=held.now,
                body=b"{}",
            )
            return Plan(records=(note,))

        await self.desk.decide(Ask(plan=plan), tenant="acme", dialect=NATIVE)


def run(folder: Path, work: Callable[[Counted], Awaitable[None]]) -> None:
    async def go() -> None:
        house = await open_house(f"sqlite:///{folder / 'x.db'}", SystemClock())
        try:
            await work(Counted(house.desk))
        finally:
            await house.aclose()

    asyncio.run(go())


def test_what_arrives_in_one_turn_shares_a_transaction(tmp_path: Path):
    async def work(counted: Counted) -> None:
        await asyncio.gather(*(counted.write(f"r{n}") for n in range(40)))
        assert counted.begun == 1

    run(tmp_path, work)


def test_whoever_was_just_answered_comes_along_again(tmp_path: Path):
    async def ask_ten_times(counted: Counted, name: int) -> None:
        for turn in range(10):
            await counted.write(f"r{name}.{turn}")
            await asyncio.sleep(0)  # an answer and a new request take a turn

    async def work(counted: Counted) -> None:
        await asyncio.gather(*(ask_ten_times(counted, name) for name in range(20)))
        assert counted.begun <= 11

    run(tmp_path, work)


def test_a_command_that_comes_alone_is_begun_at_once(tmp_path: Path):
    async def work(counted: Counted) -> None:
        await counted.write("before")
        alone = asyncio.create_task(counted.write("alone"))
        for _ in range(2):  # the caller's own task, and the batch's
            await asyncio.sleep(0)
        assert counted.begun == 2
        await alone

    run(tmp_path, work)
