"""Old idempotency keys are found from the oldest on, and not by looking at all that there are: there are a day's of them."""

import asyncio
import json
from pathlib import Path

import apsw
import asyncpg
import pytest

from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.composing import named
from countermand.store.postgres.place import place_of
from countermand.store.postgres.sessions import WRITING
from countermand.store.sql import statements
from countermand.store.sqlite.adapter import SqliteStore


def test_on_sqlite(tmp_path: Path):
    asyncio.run(SqliteStore.open(tmp_path / "x.db").close())
    connection = apsw.Connection(str(tmp_path / "x.db"))
    text = statements("countermand.store.sqlite")["old_claims"]
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", (0, "[]", 1))]
    assert "SEARCH claims USING COVERING INDEX claims_by_age (created_at<?)" in plan
    assert not [step for step in plan if "TEMP B-TREE" in step], plan


@pytest.mark.postgres
def test_on_postgresql(postgres_url: str):
    async def plan() -> str:
        store = PostgresStore(place_of(postgres_url))
        await store.ping()
        await store.close()
        connection = await asyncpg.connect(postgres_url, server_settings=WRITING)
        await connection.execute(f"PREPARE old AS {named('old_claims').text}")
        found = await connection.fetchval("EXPLAIN (FORMAT JSON) EXECUTE old(0, '{}', 1)")
        await connection.close()
        return json.dumps(json.loads(found))

    found = asyncio.run(plan())
    assert '"Index Name": "claims_by_age"' in found
    assert '"Sort"' not in found
