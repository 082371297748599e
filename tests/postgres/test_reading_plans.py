"""What is read outside of batches reaches a tenant's rows through an index that begins with the tenant: single rows, every list
that a dialect asks for, with its counts, and every page of a numbered one."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from countermand.model.outcome import CancellationState
from countermand.model.query import GROUP, ListCancellations, ListOrders, ListRecords
from countermand.store.listing import Statement, cancellations_of, count_of, page_of, rarities_of, whole_of
from countermand.store.numbering import numbered
from countermand.store.port import Judged, Wanted, Writes
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.composing import named
from countermand.store.postgres.place import place_of
from countermand.store.postgres.sessions import WRITING
from tests.postgres.test_plans import TABLES, nodes
from tests.store.ledger import TENANT, key, order, record
from tests.store.test_lists_stay_fast import ASKED

pytestmark = pytest.mark.postgres

#: Statements that look rows up by key, or walk through what belongs to one order.
ALONE = {
    "order_by_key", "order_by_alias", "order_by_record", "record_by_key", "cancellation", "obligations_after", "belongings",
    "events_after", "fence_batch", "add_refusals", "sandbox_events", "sandbox_obligations", "sandbox_orders",
}  # fmt: skip

Query = ListOrders | ListRecords


def queries() -> list[Query]:
    return [replace(one.values[0], tenant=TENANT) for one in ASKED]


def place(number: int) -> str:
    return f"${number}"


def lists(query: Any) -> Iterator[tuple[str, Statement]]:
    """What is run for a page without a number: the first, one further on, and what may be run beside it."""
    yield "page", page_of(query, place, None)
    by_time = query.listing.sort in {"placed_at", "created_at"}
    cursor: tuple[object, ...] = (5, "o") if by_time else ("a", 5, "o")
    yield "next page", page_of(query, place, ("o",) if query.listing.sort == "id" else cursor)
    yield "count", count_of(query, place)
    for name, statement in rarities_of(query, place):
        yield "rarity", statement
        yield "whole", page_of(whole_of(query, name), place, None)


async def planned(connection: asyncpg.Connection, statement: Statement) -> list[dict[str, object]]:
    text = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement.text}", *statement.parameters)
    return list(nodes(json.loads(text)))


async def number(connection: asyncpg.Connection, query: Query) -> list[dict[str, object]]:
    """Plans of all that is run for a numbered page."""
    found, talk = [], numbered(replace(query, listing=replace(query.listing, offset=0)), place)
    try:
        statement = next(talk)
        while True:
            found += await planned(connection, statement)
            statement = talk.send(list(await connection.fetch(statement.text, *statement.parameters)))
    except StopIteration:
        return found


async def put(url: str) -> None:
    """A row in each numbered list, so that its page is looked for to the end."""
    writes = Writes()
    for at, query in enumerate(queries()):
        if query.listing.groups:
            facets: Any = {GROUP: query.listing.groups[0]}
            if isinstance(query, ListOrders):
                one = order(f"o{at}", dialect=query.dialect, kind=query.kind, facets=facets)
                writes.orders[one.key] = (None, one)
            else:
                kept = record(f"r{at}", dialect=query.dialect, kind=query.kind, facets=facets)
                writes.records[kept.key] = (None, kept)
    store = PostgresStore(place_of(url))
    await store.transact(Wanted(), lambda _: Judged(writes, None))
    await store.close()


async def plans(url: str) -> dict[str, list[dict[str, object]]]:
    await put(url)
    # As small tables are planned for batches: through an index wherever there is one.
    connection = await asyncpg.connect(url, server_settings={**WRITING, "enable_bitmapscan": "off"})
    await connection.execute("VACUUM ANALYZE")
    found = {}
    for name in sorted(ALONE):
        await connection.execute(f"PREPARE {name} AS {named(name).text}")
        nothing = ", ".join(["NULL"] * len(named(name).names))
        text = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE {name}({nothing})")
        found[name] = list(nodes(json.loads(text)))
    for at, query in enumerate(queries()):
        if query.listing.groups is not None:
            found[f"numbered {at}"] = await number(connection, query)
            continue
        for name, statement in lists(query):
            found[f"{name} {at}: {statement.text}"] = await planned(connection, statement)
    for of in (None, key()):
        for states in ((), (CancellationState.ACCEPTED,)):
            asked = ListCancellations(tenant=TENANT, key=of, states=states, after=None, limit=9)
            found[f"cancellations {of} {states}"] = await planned(connection, cancellations_of(asked, place))
    await connection.close()
    return found


def test_every_list_and_every_row_is_read_through_an_index_that_begins_with_the_tenant(postgres_url: str):
    found = asyncio.run(plans(postgres_url))
    assert len(found) > 100
    read = [
        (name, node)
        for name, steps in found.items()
        for node in steps
        if node.get("Relation Name") in TABLES and node["Node Type"] != "ModifyTable"
    ]
    assert {node["Relation Name"] for _, node in read} >= {"orders", "records", "facets", "tallies", "cancellations"}
    bad = [
        (name, node["Node Type"], node["Relation Name"], node.get("Index Cond"))
        for name, node in read
        if not str(node.get("Index Cond", "")).lstrip("(").startswith("tenant = ")
    ]
    assert bad == []
