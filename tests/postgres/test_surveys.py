"""Figures may take longer than everything else, and keep nobody waiting."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import asyncpg
import pytest

from countermand.model.query import GetOrder, ListCancellations
from countermand.model.survey import By, Figures, Survey
from countermand.store.port import Judged, StoreUnavailable, Wanted, Writes
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.place import place_of
from countermand.store.postgres.sessions import STATEMENT_TIMEOUT_MS
from tests.postgres.pooler import Pooler
from tests.store.ledger import NOW, TENANT, key, order

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

#: Whatever looks at the cancellations waits for longer than a statement has otherwise.
SLOW = f"""
ALTER TABLE cancellations RENAME TO kept;
CREATE VIEW cancellations AS
  SELECT late.* FROM pg_sleep({STATEMENT_TIMEOUT_MS / 1_000 + 0.3}) CROSS JOIN LATERAL (SELECT * FROM kept OFFSET 0) AS late;
"""

SURVEY = Survey(tenant=TENANT, from_at=NOW - timedelta(days=1), until_at=NOW, by=(By.DIALECT,))


async def look(url: str, database: str) -> None:
    store = PostgresStore(place_of(url))
    made = order()
    await store.transact(Wanted(), lambda _: Judged(Writes(orders={made.key: (None, made)}), None))
    connection = await asyncpg.connect(database)
    await connection.execute(SLOW)
    await connection.close()
    began = time.monotonic()
    surveys = [asyncio.create_task(store.find(SURVEY)) for _ in range(2)]
    await asyncio.sleep(0.2)
    assert await store.find(GetOrder(key=key())) == made
    assert not any(survey.done() for survey in surveys), "nobody waited for them"
    with pytest.raises(StoreUnavailable):
        await store.find(ListCancellations(tenant=TENANT, limit=1))
    for survey in surveys:
        assert isinstance(await survey, Figures)
    assert time.monotonic() - began > STATEMENT_TIMEOUT_MS / 1_000
    await store.close()


def test_figures_take_their_time_and_nothing_else_may(postgres_url: str) -> None:
    asyncio.run(look(postgres_url, postgres_url))


def test_behind_a_pooler_too(postgres_url: str) -> None:
    async def work() -> None:
        async with Pooler(postgres_url) as pooler:
            await look(f"{pooler.url}?pooler=transaction", postgres_url)

    asyncio.run(work())
