"""Every promise of the port is kept by both adapters: `ledger` is each in turn, empty, with its own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from countermand.store.port import Store
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.place import place_of
from countermand.store.sqlite.adapter import SqliteStore
from tests.databases import database, server
from tests.store.ledger import Ledger


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    with database(postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def opened(request: pytest.FixtureRequest) -> Store:
    if request.param == "postgres":
        return PostgresStore(place_of(request.getfixturevalue("postgres_url")))
    return SqliteStore.open(request.getfixturevalue("tmp_path") / "ledger.db")


@pytest.fixture
def ledger(opened: Store) -> Iterator[Ledger]:
    with asyncio.Runner() as runner:
        ledger = Ledger(runner, opened)
        yield ledger
        runner.run(ledger.store.close())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ours(path: Path) -> Iterator[Ledger]:
    """A store on a SQLite file that others may open too."""
    with asyncio.Runner() as runner:
        ledger = Ledger(runner, SqliteStore.open(path))
        yield ledger
        runner.run(ledger.store.close())
