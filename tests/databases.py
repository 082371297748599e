"""Databases for tests: a file, or a new database on a real PostgreSQL.

`COUNTERMAND_TEST_POSTGRES` names a server whose user may create databases; without it the tests bring their own.
"""

import asyncio
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.cluster import Cluster

GIVEN = "COUNTERMAND_TEST_POSTGRES"


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server to make databases on. Ours is fast because it forgets in a power cut, which nobody tests here."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    with Cluster(fsync="off", synchronous_commit="off", full_page_writes="off") as cluster:
        yield cluster.url()


def on(url: str, *statements: str) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(work())


@contextmanager
def database(url: str) -> Iterator[str]:
    """A new, empty database on the server, dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    on(url, f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        on(url, f"DROP DATABASE {name} WITH (FORCE)")
