"""What is read outside of batches reaches a tenant's rows through an index that begins with the tenant: single rows, what belongs
to one order, lists of cancellations, and every list that a dialect asks for, with what is counted for it."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from countermand.model.outcome import CancellationState
from countermand.model.query import ListCancellations
from countermand.model.survey import By, CohortSurvey
from countermand.store.listing import Statement, cancellations_of, count_of, page_of, rarities_of
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.composing import Composed, named
from countermand.store.postgres.place import place_of
from countermand.store.postgres.reading import SPELLING
from countermand.store.postgres.sessions import WRITING
from countermand.store.postgres.surveying import cohort_statement, counting
from tests.postgres.test_plans import TABLES, nodes
from tests.store.ledger import NOW, TENANT, key
from tests.store.listings import ASKED

pytestmark = pytest.mark.postgres

#: Statements that look rows up by key, or walk through what belongs to one order.
ALONE = {
    "order_by_key", "order_by_alias", "order_by_record", "record_by_key", "cancellation", "obligations_after",
    "obligations_before", "belongings", "events_after", "fence_batch", "add_refusals", "sandbox_events", "sandbox_obligations",
    "sandbox_orders", "survey_refusals", "survey_obligations", "survey_lateness", "survey_costs",
}  # fmt: skip


def built() -> Iterator[Statement]:
    """What is put together for each list. How fast they are is for tests/store; numbered pages are there too."""
    for one in ASKED:
        query: Any = replace(one.values[0], tenant=TENANT)
        if query.listing.groups is None:
            yield page_of(query, SPELLING, None)
            yield count_of(query, SPELLING)
            yield from (statement for _, statement in rarities_of(query, SPELLING))
    for of in (None, key()):
        for states in ((), (CancellationState.ACCEPTED,)):
            yield cancellations_of(ListCancellations(tenant=TENANT, key=of, states=states), SPELLING)


def surveys() -> Iterator[tuple[str, Composed]]:
    """The statements behind figures that are put together from what is counted by."""
    yield "survey_cancellations", counting(frozenset(By))
    asked = CohortSurvey(tenant=TENANT, from_at=NOW, until_at=NOW, cohorts=(), bucket_s=1)
    for name in ("survey_placed", "survey_cancelled", "survey_partly"):
        yield name, cohort_statement(name, asked)


async def plans(url: str) -> dict[str, list[dict[str, object]]]:
    store = PostgresStore(place_of(url))
    await store.ping()
    await store.close()
    # As small tables are planned for batches: through an index wherever there is one.
    connection = await asyncpg.connect(url, server_settings={**WRITING, "enable_bitmapscan": "off"})
    found = {}
    for name, statement in (*((name, named(name)) for name in sorted(ALONE)), *surveys()):
        await connection.execute(f"PREPARE {name} AS {statement.text}")
        nothing = ", ".join(["NULL"] * len(statement.names))
        text = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE {name}({nothing})")
        found[name] = list(nodes(json.loads(text)))
    for listed in built():
        text = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {listed.text}", *listed.parameters)
        found[listed.text] = list(nodes(json.loads(text)))
    await connection.close()
    return found


def test_every_list_and_every_row_is_read_through_an_index_that_begins_with_the_tenant(postgres_url: str):
    found = asyncio.run(plans(postgres_url))
    assert len(found) > 50
    read = [
        (name, node)
        for name, steps in found.items()
        for node in steps
        if node.get("Relation Name") in TABLES and node["Node Type"] != "ModifyTable"
    ]
    assert {node["Relation Name"] for _, node in read} >= {
        "orders",
        "records",
        "facets",
        "cancellations",
        "obligations",
    }
    bad = [
        (name, node["Node Type"], node["Relation Name"], node.get("Index Cond"))
        for name, node in read
        if not str(node.get("Index Cond", "")).lstrip("(").startswith("tenant = ")
    ]
    assert bad == []


def test_figures_look_at_the_rows_of_their_period(postgres_url: str):
    found = asyncio.run(plans(postgres_url))
    bounded = {
        "survey_cancellations": "cancellation_id",
        "survey_lateness": "cancellation_id",
        "survey_partly": "cancellation_id",
        "survey_costs": "obligation_id",
        "survey_obligations": "obligation_id",
        "survey_placed": "placed_at",
        "survey_cancelled": "placed_at",
    }
    for name, column in bounded.items():
        conditions = [str(node["Index Cond"]) for node in found[name] if "Index Cond" in node]
        assert any(f"{column} >=" in one for one in conditions), (name, conditions)
        assert not {str(node["Node Type"]) for node in found[name]} & {"Hash Join", "Merge Join", "Seq Scan"}, name
