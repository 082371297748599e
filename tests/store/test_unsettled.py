"""What is owed and not settled, of every tenant: counted by kind, through an index that holds nothing else."""

import asyncio
import json
from functools import partial
from pathlib import Path

import apsw
import asyncpg
import pytest
from msgspec.structs import replace

from countermand.model.obligation import Obligation, ObligationState
from countermand.store.port import Judged, Wanted, Writes
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.composing import named
from countermand.store.postgres.place import place_of
from countermand.store.postgres.sessions import READING
from countermand.store.sql import statements
from countermand.store.sqlite.adapter import SqliteStore
from tests.postgres.test_plans import nodes
from tests.store.ledger import NOW, Ledger, after, obligation, order

SETTLED = ObligationState.SETTLED
PARKED = ObligationState.PARKED
REFUNDS = ("native", "refund", "open")


def owe(ledger: Ledger, *owed: Obligation) -> None:
    for tenant in {one.tenant for one in owed}:
        writes = Writes(obligations=[one for one in owed if one.tenant == tenant])
        ledger.run(ledger.store.transact(Wanted(), partial(Judged, writes)))


def told(ledger: Ledger) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    """By group: how many, how many seconds after NOW the oldest was made, and how many put a conflict right."""
    found: dict[tuple[str, str, str], tuple[int, int, int]] = {}
    for one in ledger.run(ledger.store.unsettled()):
        place = (one.dialect, one.kind, one.state)
        count, oldest_s, conflicts = found.get(place, (0, 10**9, 0))
        oldest_s = min(oldest_s, int((one.oldest_at - NOW).total_seconds()))
        found[place] = (count + one.count, oldest_s, conflicts + one.count * one.conflict)
    return found


def test_nothing_is_owed_in_an_empty_ledger(ledger: Ledger):
    assert told(ledger) == {}


def test_what_is_open_is_counted_by_dialect_kind_and_state_whatever_its_tenant(ledger: Ledger):
    ledger.put(order())
    made = [replace(obligation(f"b{n}"), created_at=after(NOW, n)) for n in range(1, 6)]
    made[0] = replace(made[0], state=SETTLED)
    made[2] = replace(made[2], kind="void")
    made[3] = replace(made[3], tenant="t2")
    made[4] = replace(made[4], state=PARKED, dialect="other")
    owe(ledger, *made)
    assert told(ledger) == {
        REFUNDS: (2, 2, 0),
        ("native", "void", "open"): (1, 3, 0),
        ("other", "refund", "parked"): (1, 5, 0),
    }


def test_what_is_settled_is_not_owed_and_what_is_parked_still_is(ledger: Ledger):
    ledger.put(order())
    made = [obligation("b1"), obligation("b2")]
    owe(ledger, *made)
    changed = {
        (one.tenant, one.obligation_id): replace(one, state=state)
        for one, state in zip(made, (SETTLED, PARKED), strict=True)
    }
    ledger.transact(Wanted(), lambda _: Writes(orders={}, changed_obligations=changed, obligations=[obligation("b3")]))
    assert told(ledger) == {REFUNDS: (1, 0, 0), ("native", "refund", "parked"): (1, 0, 0)}


def test_what_puts_a_conflict_right_is_told_apart(ledger: Ledger):
    ledger.put(order())
    owe(ledger, obligation("b1"), replace(obligation("b2"), data={"conflict_id": "3"}))
    assert told(ledger) == {REFUNDS: (2, 0, 1)}


def test_on_sqlite_only_the_index_of_what_is_open_is_read(tmp_path: Path):
    asyncio.run(SqliteStore.open(tmp_path / "x.db").close())
    texts = statements("countermand.store.sqlite")
    connection = apsw.Connection(str(tmp_path / "x.db"))
    for name, values in (("next_open", 4), ("count_open", 5)):
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {texts[name]}", (0,) * values)]
        read = [step for step in plan if "obligations" in step]
        assert read, name
        assert all("SEARCH obligations USING COVERING INDEX obligations_open (" in step for step in read), plan
        assert not [step for step in plan if "TEMP B-TREE" in step], plan


@pytest.mark.postgres
def test_on_postgresql_only_the_index_of_what_is_open_is_read(postgres_url: str):
    async def planned() -> list[dict[str, object]]:
        store = PostgresStore(place_of(postgres_url))
        await store.ping()
        await store.close()
        # Small tables are read as a whole wherever that is possible at all.
        settings = {**READING, "enable_seqscan": "off", "enable_bitmapscan": "off"}
        connection = await asyncpg.connect(postgres_url, server_settings=settings)
        text = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {named('open_groups').text}", 10)
        await connection.close()
        return list(nodes(json.loads(text)))

    found = asyncio.run(planned())
    read = [one for one in found if one.get("Relation Name") == "obligations"]
    assert {one.get("Index Name") for one in read} == {"obligations_open"}
    assert not {str(one["Node Type"]) for one in found} & {"Sort", "Seq Scan", "Incremental Sort"}
