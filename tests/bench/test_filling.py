"""Orders made in a few statements are those that the store writes itself; and what is measured on them survives a power cut."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import apsw
import asyncpg
import pytest

from bench import floor, growth, scenarios
from bench.durability import DURABLE, durable
from bench.filling import fill
from bench.seeding import order, put_keys
from countermand.bootstrap import open_store
from countermand.store.port import Judged, Wanted, Writes
from tests.cluster import Cluster

#: More than a hundred pages of each SKU, and every pair of residues that the arithmetic has in its first thousand.
ORDERS = 1_000

#: Rows that PostgreSQL's adapter keeps of its own commits, and of no order.
OWN = "batches"

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def cluster() -> Iterator[floor.Cluster]:
    """The server that the benchmark runs on."""
    with floor.cluster() as found:
        yield found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def new(request: pytest.FixtureRequest) -> growth.New:
    """What makes a database of each kind for the benchmark."""
    if request.param == "sqlite":
        return scenarios.sqlite_file
    found: growth.New = request.getfixturevalue("cluster").database
    return found


async def _ordinarily(url: str) -> None:
    """The same, order by order through the store."""
    await put_keys(url)
    writes = Writes()
    for made in map(order, range(ORDERS)):
        writes.orders[made.key] = (None, made)
        for line in made.lines:
            place = (made.tenant, made.dialect, line.sku)
            writes.stock[place] = writes.stock.get(place, 0) + line.reserved_milli
    store = open_store(url)
    await store.transact(Wanted(), lambda _: Judged(writes, None))
    await store.close()


def rows(url: str) -> Rows:
    """Every row of every table."""
    if url.startswith("sqlite"):
        file = apsw.Connection(url.removeprefix("sqlite:///"))
        names = [str(name) for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: sorted(file.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}

    async def read() -> Rows:
        connection = await asyncpg.connect(url)
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {name: await connection.fetch(f"SELECT * FROM {name}") for (name,) in names}
        await connection.close()
        return {name: sorted(map(tuple, records), key=repr) for name, records in found.items()}

    return asyncio.run(read())


def indexes(url: str) -> list[object]:
    async def read() -> list[object]:
        connection = await asyncpg.connect(url)
        found = await connection.fetch("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef")
        await connection.close()
        return list(map(tuple, found))

    return asyncio.run(read())


def test_filling_makes_the_rows_that_the_store_itself_writes(new: growth.New):
    with ExitStack() as stack:
        fast, slow = stack.enter_context(new()), stack.enter_context(new())
        asyncio.run(fill(fast, ORDERS))
        asyncio.run(_ordinarily(slow))
        found, wanted = rows(fast), rows(slow)
        for one in (found, wanted):
            one.pop(OWN, None)
        assert len(wanted["orders"]) == ORDERS
        assert found == wanted
        if fast.startswith("postgres"):
            assert indexes(fast) == indexes(slow), "and leaves every index in place"


def test_the_benchmark_runs_on_databases_that_survive_a_power_cut(new: growth.New):
    """After filling, which itself is done without care."""
    with new() as url:
        said = asyncio.run(fill(url, 10))
    wanted = DURABLE["sqlite" if url.startswith("sqlite") else "postgres"]
    assert said.items() >= wanted.items()


@pytest.mark.postgres
@pytest.mark.parametrize("setting", DURABLE["postgres"])
def test_a_server_that_forgets_is_not_measured(setting: str):
    with Cluster(**{setting: "off"}) as forgetful, pytest.raises(RuntimeError, match=setting):
        asyncio.run(durable(forgetful.create("ledger")))


@pytest.mark.postgres
def test_neither_is_a_database_of_a_good_server_with_a_setting_of_its_own(cluster: floor.Cluster):
    with cluster.database() as url:
        name = urlsplit(url).path.removeprefix("/")
        cluster.run("psql", "-q", "-c", f"ALTER DATABASE {name} SET synchronous_commit = off")
        with pytest.raises(RuntimeError, match="synchronous_commit"):
            asyncio.run(durable(url))
