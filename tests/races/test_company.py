"""Commands that are read together are committed together (record 0018), and whoever is alone waits for nobody."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from countermand.bootstrap import open_house
from countermand.service.clock import SystemClock
from tests.desks import Watched


def run(folder: Path, work: Callable[[Watched], Awaitable[None]]) -> None:
    async def go() -> None:
        house = await open_house(f"sqlite:///{folder / 'x.db'}", SystemClock())
        try:
            await work(Watched(house.desk))
        finally:
            await house.aclose()

    asyncio.run(go())


def test_what_arrives_in_one_turn_shares_a_transaction(tmp_path: Path):
    async def work(desk: Watched) -> None:
        await asyncio.gather(*(desk.write(f"r{n}") for n in range(40)))
        assert desk.begun == 1

    run(tmp_path, work)


def test_whoever_was_just_answered_comes_along_again(tmp_path: Path):
    async def ask_ten_times(desk: Watched, name: int) -> None:
        for turn in range(10):
            await desk.write(f"r{name}.{turn}")
            await asyncio.sleep(0)  # an answer and a new request take a turn

    async def work(desk: Watched) -> None:
        await asyncio.gather(*(ask_ten_times(desk, name) for name in range(20)))
        assert desk.begun <= 11

    run(tmp_path, work)


def test_a_command_that_comes_alone_is_begun_at_once(tmp_path: Path):
    async def work(desk: Watched) -> None:
        await desk.write("before")
        alone = asyncio.create_task(desk.write("alone"))
        for _ in range(2):  # the caller's own task, and the batch's
            await asyncio.sleep(0)
        assert desk.begun == 2
        await alone

    run(tmp_path, work)
