"""Migrations: they build what `schema.sql` says, run once however many run them, and leave running nodes alone."""

import asyncio
import subprocess
import sys
from pathlib import Path

import apsw
import asyncpg
import pytest

from countermand.store.migrations import script
from countermand.store.port import Judged, StoreUnavailable, Wanted, Writes
from countermand.store.postgres import upgrading as postgres
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.place import place_of
from countermand.store.sqlite import upgrading as sqlite
from countermand.store.sqlite.adapter import SqliteStore
from countermand.store.versions import OLDEST, VERSION, misfit
from tests.store.ledger import cancelled, key, order

#: A release to come: a column, an index and a table more. Only such changes are allowed while an older program runs.
NEXT = "0002"
REVISION = f'''
from alembic import op

revision = "{NEXT}"
down_revision = "0001"


def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD COLUMN channel TEXT")
    op.execute("CREATE INDEX orders_by_channel ON orders (tenant, dialect, channel)")
    op.execute("CREATE TABLE channels (tenant TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (tenant, name))")
'''


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "r0002_channels.py").write_text(REVISION)
    return folder


def described(connection: apsw.Connection) -> list[object]:
    """Everything but Alembic's own table, which it spells in its own way."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
    return [row for row in rows if row[2] != "alembic_version"]


async def described_there(connection: asyncpg.Connection) -> list[object]:
    columns = await connection.fetch(
        "SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name"
        "  FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
    )
    indexes = await connection.fetch("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef")
    settings = await connection.fetch("SELECT relname, reloptions FROM pg_class WHERE relkind = 'r' ORDER BY relname")
    return [*map(tuple, columns), *map(tuple, indexes), *(tuple(row) for row in settings if row[1])]


class TestTheSchemaAndTheMigrationsAgree:
    def test_on_sqlite(self, tmp_path: Path):
        asyncio.run(SqliteStore.open(tmp_path / "new.db").close())
        made = apsw.Connection(str(tmp_path / "made.db"))
        made.execute(script("sqlite", start=None))
        assert described(made) == described(apsw.Connection(str(tmp_path / "new.db")))

    @pytest.mark.postgres
    def test_on_postgresql(self, postgres_url: str):
        async def both() -> None:
            store = PostgresStore(place_of(postgres_url))
            await store.ping()
            await store.close()
            connection = await asyncpg.connect(postgres_url)
            new = await described_there(connection)
            await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            await connection.execute(script("postgres", start=None))
            assert await described_there(connection) == new
            await connection.close()

        asyncio.run(both())


class TestARollingUpgrade:
    """This program is the older one, and the next release's schema arrives under it."""

    @pytest.mark.postgres
    def test_nodes_go_on_while_the_schema_changes_under_them(self, postgres_url: str, next_release: Path):
        async def cancel(store: PostgresStore, number: int) -> None:
            place = key(f"o{number}")
            found = await store.transact(
                Wanted(orders={place}),
                lambda loaded: Judged(Writes(orders={place: cancelled(loaded.orders[place])}), loaded.orders[place]),
            )
            assert found.status == "open"

        async def roll() -> None:
            node = PostgresStore(place_of(postgres_url))
            made = [order(f"o{n}") for n in range(60)]
            await node.transact(Wanted(), lambda _: Judged(Writes(orders={o.key: (None, o) for o in made}), None))
            work = asyncio.gather(*(cancel(node, n) for n in range(30)))
            upgrades = (postgres.upgrade(place_of(postgres_url), more=next_release) for _ in range(3))
            done = await asyncio.gather(*upgrades)
            await work
            assert sorted(before for before, _ in done) == [VERSION, NEXT, NEXT], "one of three changed it"
            await asyncio.gather(*(cancel(node, n) for n in range(30, 60)))
            await node.close()
            late = PostgresStore(place_of(postgres_url))
            await late.ping()
            await late.close()

        asyncio.run(roll())

    def test_a_file_is_upgraded_once_and_still_opens(self, tmp_path: Path, next_release: Path):
        asyncio.run(SqliteStore.open(tmp_path / "x.db").close())
        assert sqlite.upgrade(tmp_path / "x.db", more=next_release)[0] == VERSION
        assert sqlite.upgrade(tmp_path / "x.db", more=next_release)[0] == NEXT
        store = SqliteStore.open(tmp_path / "x.db")
        made = order()
        writes = Writes(orders={made.key: (None, made)})
        asyncio.run(store.transact(Wanted(), lambda _: Judged(writes, None)))

    def test_a_migration_that_an_older_program_can_not_bear_says_so(self, tmp_path: Path):
        asyncio.run(SqliteStore.open(tmp_path / "x.db").close())
        connection = apsw.Connection(str(tmp_path / "x.db"))
        connection.execute("INSERT INTO house VALUES ('schema_needs', '0009')")
        connection.execute("UPDATE alembic_version SET version_num = '0009'")
        connection.close()
        with pytest.raises(StoreUnavailable, match="0009"):
            SqliteStore.open(tmp_path / "x.db")

    @pytest.mark.parametrize(
        ("version", "needed", "fits"),
        [
            (VERSION, None, True),
            (OLDEST, None, True),
            ("9999", None, True),
            ("9999", VERSION, True),
            ("9999", "9998", False),
            ("0000", None, False),
        ],
    )
    def test_what_fits(self, version: str, needed: str | None, fits: bool):  # noqa: FBT001 - a table
        assert (misfit(version, needed) is None) is fits


def test_the_command_says_what_it_did(tmp_path: Path):
    words = [sys.executable, "-m", "countermand", "migrate", "--database", f"sqlite:///{tmp_path}/new.db"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == f"the schema is up to date: revision {VERSION}\n"
