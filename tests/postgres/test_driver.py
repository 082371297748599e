"""The driver encodes arrays as ever, and without a question to an abstract base class for each element."""

import asyncio
import sys
from types import FrameType

import pytest

from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.place import place_of
from countermand.store.postgres.sessions import WRITING, Health, Sessions

pytestmark = pytest.mark.postgres

COUNT = 1_000
TEXT = "SELECT array_length($1::text[], 1), array_length($2::bigint[], 1), array_length($3::bytea[], 1)"


def test_arrays_of_a_thousand_elements_cost_a_handful_of_questions(postgres_url: str):
    asked = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal asked
        asked += event == "call" and frame.f_code.co_name == "__instancecheck__"

    async def go() -> list[object]:
        place = place_of(postgres_url)
        store = PostgresStore(place)
        await store.ping()
        await store.close()
        sessions = Sessions(place, Health(), settings=WRITING, size_max=1)
        values = (["a"] * COUNT, (1,) * COUNT, [b"\x00"] * COUNT)
        async with sessions.session() as session:
            await session.fetch(TEXT, *values)  # prepared
            sys.setprofile(count)
            try:
                rows = await session.fetch(TEXT, *values)
            finally:
                sys.setprofile(None)
        await sessions.close()
        return list(rows[0])

    assert asyncio.run(go()) == [COUNT] * 3
    assert asked < COUNT / 100
