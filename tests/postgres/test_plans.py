"""Every statement reaches a tenant's rows through the tenant, and through an index: so one shard, and a few pages, are asked.

Checked on the plan that PostgreSQL keeps for a session, while the tables are small: then a plan is most tempted to read all.
"""

import asyncio
import json
import re
from collections.abc import Iterator

import asyncpg
import pytest

from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.composing import PARTS, Composed, loading, named, records, writing
from countermand.store.postgres.place import place_of
from countermand.store.postgres.sessions import WRITING
from countermand.store.postgres.writing import ORDER
from countermand.store.sql import statements

pytestmark = pytest.mark.postgres

#: Statements that are not one tenant's, each with its reason.
ACROSS = {
    "key_by_hash": "the tenant is what is learned here",
    "all_keys": "for an operator",
    "put_key": "as key_by_hash",
    "login_by_name": "as key_by_hash",
    "put_login": "as key_by_hash",
    "house_value": "about the database itself",
    "put_house_value": "as house_value",
    "holds_anything": "as house_value",
    "sandbox_tenants": "a sandbox is never sharded",
    "records_of_kind": "the few policies, read by every node",
    "any_due": "timers are looked for by dialect",
    "claim_timers": "as any_due; the rows that are changed are named by their whole keys",
    "next_due": "as any_due",
    "open_groups": "sums for whoever watches the house, from an index that holds only what is open",
    "orders_after": "housekeeping walks through all tenants in key order",
    "old_claims": "as orders_after, from the oldest on",
    "forget_batches": "as orders_after; a handful of rows",
    "delete_claims": "as orders_after; rows are named by their whole keys",
}

#: Tables with a tenant.
TABLES = (
    "orders records facets aliases events cancellations obligations claims stock timers batches tallies refusals".split()  # noqa: SIM905
)


def batches() -> Iterator[tuple[str, Composed]]:
    """Whole statements, as a batch sends them."""
    for sources in ((), ("aliases",), ("parents",), ("aliases", "parents")):
        for locked in (False, True):
            yield f"load {sources} locked={locked}", loading(locked=locked, sources=sources, claims=True)
    yield "records", records(locked=False)
    yield "records locked", records(locked=True)
    yield "histories", named("histories")
    yield "timers", named("timers_locked")
    yield "write", writing(*ORDER)


def nodes(plan: object) -> Iterator[dict[str, object]]:
    if isinstance(plan, dict):
        if "Node Type" in plan:
            yield plan
        for member in plan.values():
            yield from nodes(member)
    elif isinstance(plan, list):
        for member in plan:
            yield from nodes(member)


async def plans(url: str) -> dict[str, list[dict[str, object]]]:
    store = PostgresStore(place_of(url))
    await store.ping()
    await store.close()
    connection = await asyncpg.connect(url, server_settings=WRITING)
    await connection.execute("VACUUM ANALYZE")
    found = {}
    for number, (name, statement) in enumerate(batches()):
        await connection.execute(f"PREPARE p{number} AS {statement.text}")
        nothing = ", ".join(["NULL"] * len(statement.names))
        text = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE p{number}({nothing})")
        found[name] = list(nodes(json.loads(text)))
    await connection.close()
    return found


@pytest.fixture
def planned(postgres_url: str) -> dict[str, list[dict[str, object]]]:
    return asyncio.run(plans(postgres_url))


def test_every_statement_names_the_tenant_or_says_why_not():
    apart = [
        name
        for name, text in PARTS.items()
        if name not in ACROSS and re.search(rf"\b({'|'.join(TABLES)})\b", text) and ":tenant" not in text
    ]
    assert apart == []
    assert set(ACROSS) <= statements("countermand.store.postgres").keys()


def test_every_table_is_read_through_an_index_that_begins_with_the_tenant(planned: dict[str, list[dict[str, object]]]):
    bad = [
        (name, node["Node Type"], node.get("Relation Name"), node.get("Index Cond"))
        for name, found in planned.items()
        for node in found
        if node.get("Relation Name") in TABLES and node["Node Type"] not in {"ModifyTable", "Tid Scan"}
        if not str(node.get("Index Cond", "")).startswith("((tenant = ")
    ]
    assert bad == []


def test_every_row_is_looked_up_by_its_whole_key(planned: dict[str, list[dict[str, object]]]):
    """Not by the tenant alone, with the rest of the key as a filter over all of the tenant's rows."""
    bad = [
        (name, node.get("Relation Name"), node.get("Index Cond"))
        for name, found in planned.items()
        for node in found
        if "Index Cond" in node and str(node["Index Cond"]).count(" = ") < 2
    ]
    assert bad == []


def test_nothing_is_sorted_or_hashed_that_grows_with_the_tables(planned: dict[str, list[dict[str, object]]]):
    kinds = {str(node["Node Type"]) for found in planned.values() for node in found}
    assert not kinds & {"Seq Scan", "Hash Join", "Merge Join", "Bitmap Heap Scan"}, kinds
