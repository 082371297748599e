"""Fills a new database with any number of orders in a few statements: ten million through the store would take an hour.

The rows are those that the store would write for `bench.seeding.order`, and a test compares the two row by row. Nothing of
the filling has to survive a crash, so it is done with less care than the database is used with afterwards; when it
returns, everything is on the disk, and the settings are again those that a server finds.
"""

import os
from pathlib import Path
from typing import Final

import apsw
import asyncpg

from bench.durability import durable
from bench.seeding import FIRST_UNITS, SECOND_UNITS, order_of, put_keys
from countermand.store.postgres.composing import numbered
from countermand.store.rows import order_row
from countermand.store.sql import statements

_SQL: Final = statements("bench", "sql/filling.sql")
_SQLITE: Final = "sqlite:///"

#: What stands in the pattern where an order has its SKUs.
_FIRST: Final = "<first>"
_SECOND: Final = "<second>"

#: Memory that PostgreSQL may take to build an index over ten million orders.
_INDEX_MEMORY: Final = "1GB"


async def fill(url: str, orders: int) -> dict[str, str]:
    """Make the database with its keys and so many orders, numbered from 0. Gives its settings, which are durable."""
    await put_keys(url)
    if url.startswith(_SQLITE):
        _fill_file(Path(url.removeprefix(_SQLITE)), _values(orders))
    else:
        await _fill_server(url, _values(orders))
    return await durable(url)


def _values(orders: int) -> dict[str, object]:
    pattern = order_row(order_of("", first=_FIRST, second=_SECOND))
    return {
        **pattern._asdict(),
        "body": pattern.body.decode(),
        "orders": orders,
        "first_mark": _FIRST,
        "second_mark": _SECOND,
        "first_milli": FIRST_UNITS * 1000,
        "second_milli": SECOND_UNITS * 1000,
    }


def _fill_file(path: Path, values: dict[str, object]) -> None:
    connection = apsw.Connection(str(path))
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute(_SQL["sqlite_orders"], values)
    connection.execute(_SQL["sqlite_stock"], values)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    with path.open("rb") as file:
        os.fsync(file.fileno())


async def _fill_server(url: str, values: dict[str, object]) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"SET maintenance_work_mem = '{_INDEX_MEMORY}'")
        indexes = await connection.fetch(_SQL["postgres_indexes"])
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['name']}")
        for name in ("postgres_orders", "postgres_stock"):
            composed = numbered(_SQL[name])
            await connection.execute(composed.text, *composed.arguments(values))
        for index in indexes:
            await connection.execute(index["made_by"])
        # So that nothing of what follows pays for what was left to be done.
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
