"""Every error that the driver knows is either one of ours to answer, or a bug of ours, and somebody has said which."""

import asyncio
from collections.abc import Iterator

import pytest
from asyncpg import exceptions as pg

from countermand.store.port import StoreUnavailable
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.failures import LOST, RACED, REFUSED
from countermand.store.postgres.place import place_of
from tests.cluster import Cluster

#: The first two characters of SQLSTATE, and why it can only be a statement of ours that is wrong.
BUGS = {
    "03": "we send one statement at a time",
    "09": "we have no triggers",
    "0A": "a statement for another version of PostgreSQL",
    "0B": "transactions are begun in one place",
    "0F": "we have no locators",
    "0L": "we grant nothing",
    "0P": "as 0L",
    "0Z": "we have no procedures",
    "10": "we have no XML",
    "20": "as 0Z",
    "21": "a sub-select that finds two rows",
    "22": "a value that does not fit its column",
    "23": "a row that breaks a rule of the schema; that one was faster is apart (RACED)",
    "24": "we have no cursors",
    "25": "transactions are begun and ended in one place",
    "26": "a pooler that nobody told us of",
    "27": "as 09",
    "2B": "as 0L",
    "2D": "as 25",
    "2F": "as 0Z",
    "34": "as 24",
    "38": "as 0Z",
    "39": "as 0Z",
    "3B": "we have no savepoints",
    "40": "a deferred constraint, of which we have none",
    "42": "a statement that does not fit the schema",
    "44": "we have no views",
    "54": "a statement too large for any server",
    "55": "we change no types or settings while serving",
    "F0": "about the server's files, said to whoever starts it",
    "HV": "we have no foreign tables",
    "P0": "as 0Z",
}


def errors() -> Iterator[type[pg.PostgresError]]:
    for found in vars(pg).values():
        if isinstance(found, type) and issubclass(found, pg.PostgresError) and getattr(found, "sqlstate", None):
            yield found


def test_every_error_has_a_meaning():
    ours = (*LOST, *REFUSED, *RACED)
    unknown = [one.__name__ for one in errors() if not issubclass(one, ours) and one.sqlstate[:2] not in BUGS]
    assert unknown == []
    assert {one.sqlstate[:2] for one in errors() if not issubclass(one, ours)} == BUGS.keys()


@pytest.mark.postgres
def test_a_role_that_may_not_is_told_so_and_it_is_no_bug(cluster: Cluster):
    async def first_use() -> None:
        store = PostgresStore(place_of(cluster.url("ledger").replace("postgres@", "guest@")))
        try:
            await store.ping()
        finally:
            await store.close()

    cluster.create("ledger")
    cluster.sql("CREATE ROLE guest LOGIN")
    with pytest.raises(StoreUnavailable, match="permission denied"):
        asyncio.run(first_use())
