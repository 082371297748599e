"""What lists of very many orders read on PostgreSQL: rows in order from an index, and few more than a page shows.

Rows are counted and not milliseconds: the count is the same on every machine.
"""

import asyncio
import json
from collections.abc import Coroutine, Iterator
from datetime import timedelta
from importlib.resources import files
from itertools import product
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from countermand.model.order import Order
from countermand.model.query import Listing, ListOrders
from countermand.store import postgres as home
from countermand.store.listing import FEW, Statement, cursor_of, page_of, rarities_of, whole_of
from countermand.store.postgres.reading import SPELLING
from countermand.store.postgres.sessions import READING
from tests.databases import database
from tests.store.ledger import NOW, order
from tests.store.listings import ASKED, CURSOR, NUMBERED, statements
from tests.store.million import DIALECT, JOINTS, TENANT, seed_postgres

pytestmark = [pytest.mark.serial, pytest.mark.slow, pytest.mark.postgres]

ROWS, PAGE = 200_000, 100
#: The rows of a page and one more, each found in an index and looked up in its table.
PAGE_READ_MAX = 2 * (PAGE + 1)


class Database:
    """A session as readers have it, for tests that run no loop of their own."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection = self.run(asyncpg.connect(url, server_settings=READING))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def fetch(self, statement: Statement) -> list[Any]:
        return list(self.run(self._connection.fetch(statement.text, *statement.parameters)))

    def plan(self, statement: Statement, *how: str) -> dict[str, Any]:
        explained = f"EXPLAIN ({', '.join((*how, 'FORMAT JSON'))}) {statement.text}"
        plan: dict[str, Any] = json.loads(self.run(self._connection.fetchval(explained, *statement.parameters)))[0][
            "Plan"
        ]
        return plan

    def execute(self, text: str) -> None:
        self.run(self._connection.execute(text))

    def close(self) -> None:
        self.run(self._connection.close())
        self._runner.close()


@pytest.fixture(scope="module")
def many(postgres: str) -> Iterator[Database]:
    with database(postgres) as url:
        maker = Database(url)
        maker.execute(files(home).joinpath("schema.sql").read_text(encoding="utf-8"))
        maker.close()
        seed_postgres(url, ROWS)
        opened = Database(url)
        yield opened
        opened.close()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def read(plan: dict[str, Any]) -> int:
    """Rows that a statement took from tables and indexes, whether it used them or not."""
    removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return sum(
        (one["Actual Rows"] + sum(one.get(name, 0) for name in removed)) * one["Actual Loops"]
        for one in nodes(plan)
        if "Scan" in one["Node Type"] and "Subquery" not in one["Node Type"]
    )


@pytest.mark.parametrize("query", ASKED)
def test_every_list_can_be_read_from_an_index_in_the_order_wanted(many, query):
    """What a planner that can neither sort nor read a table through is left with: it says so when it has to."""
    for way in ("seqscan", "sort", "incremental_sort", "bitmapscan"):
        many.execute(f"SET enable_{way} = off")
    for statement in statements(query, SPELLING, many.fetch):
        plan = many.plan(statement)
        bad = [one for one in nodes(plan) if one["Node Type"] in {"Seq Scan", "Incremental Sort", "Bitmap Heap Scan"}]
        assert bad + [one for one in nodes(plan) if one["Node Type"] == "Sort" and not _is_short(one)] == [], (
            statement.text
        )


def _is_short(sort: dict[str, Any]) -> bool:
    """Whether it sorts only stretches that are cut to a page each, or nothing at all."""
    kinds = {one["Node Type"] for one in sort["Plans"][0].get("Plans", [])}
    return sort["Plans"][0]["Node Type"] == "Result" or (
        sort["Plans"][0]["Node Type"] == "Append" and kinds == {"Limit"}
    )


def page(many: Database, listing: Listing, after: Order | None) -> int:
    """How many rows are read for a page, those counted before it included."""
    query = ListOrders(tenant=TENANT, dialect=DIALECT, listing=listing)
    total = 0
    for name, counting in rarities_of(query, SPELLING):
        total += read(many.plan(counting, "ANALYZE"))
        ((count,),) = many.fetch(counting)
        if count <= FEW:
            return total + read(many.plan(page_of(whole_of(query, name), SPELLING, None), "ANALYZE"))
    cursor = None if after is None else cursor_of(listing, after)
    return total + read(many.plan(page_of(query, SPELLING, cursor), "ANALYZE"))


MIDDLE = order(
    "o0100000",
    placed_at=NOW - timedelta(seconds=40 * ROWS // 2),
    facets={"updatedAt": "0100000", "status": "cancelled", "totals.total": "0050000", "customerId": "c5"},
)


@pytest.mark.parametrize("after", [None, MIDDLE], ids=["first", "middle"])
@pytest.mark.parametrize(("sort", "descending", "facets", "statuses", "joined"), CURSOR)
def test_a_page_reads_what_it_shows(many, sort, descending, facets, statuses, joined, after):
    said: dict[str, Any] = {"facets": facets, "statuses": statuses, "joined": joined}
    found = page(many, Listing(sort=sort, descending=descending, limit=PAGE, **said), after)
    filters = len(facets) + len(statuses)
    # One filter is joined with every sort. Of two, that with few rows is read as a whole; or many have the other one too.
    assert found <= (PAGE_READ_MAX if filters == 0 or (joined and filters == 1) else 2 * FEW * (filters + 1))


@pytest.mark.parametrize("after", [None, MIDDLE], ids=["first", "middle"])
@pytest.mark.parametrize(
    "statuses", [("rejected", "nobody"), ("shipped", "rejected"), ("shipped", "cancelled", "new_order")]
)
def test_several_statuses_read_a_page_each(many, statuses, after):
    assert page(many, Listing(statuses=statuses, limit=PAGE), after) <= len(statuses) * PAGE_READ_MAX


@pytest.mark.parametrize("offset", [0, 1_000, ROWS // 3 - 50])
@pytest.mark.parametrize("groups", NUMBERED)
def test_any_numbered_page_reads_a_page_of_each_group(many, groups, offset):
    """And of each length of stretches a few counts."""
    listing = Listing(groups=NUMBERED[groups], offset=offset, limit=PAGE, count=True)
    for said in (
        listing,
        replace(listing, from_at=NOW - timedelta(days=70), until_at=NOW - timedelta(days=9, seconds=7)),
    ):
        query = ListOrders(tenant=TENANT, dialect=DIALECT, listing=said)
        total = sum(read(many.plan(one, "ANALYZE")) for one in statements(query, SPELLING, many.fetch))
        assert total <= 24 * (PAGE_READ_MAX + 3 * 64)


@pytest.mark.parametrize(("descending", "facets"), list(product((True, False), ({}, {"customerId": "huge"}))))
@pytest.mark.parametrize("after", [None, MIDDLE], ids=["first", "middle"])
def test_a_stretch_of_what_is_sorted_by_reads_what_it_shows(many, descending, facets, after):
    stretch = ("0050000", "0150000")
    listing = Listing(
        sort="updatedAt", descending=descending, facets=facets, joined=JOINTS, stretch=stretch, limit=PAGE
    )
    assert page(many, listing, after) <= PAGE_READ_MAX
