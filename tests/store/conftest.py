"""Every promise of the port is kept by both adapters: `ledger` is each in turn, empty, with its own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from countermand.bootstrap import open_store
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
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "postgres":
        found: str = request.getfixturevalue("postgres_url")
        return found
    return f"sqlite:///{request.getfixturevalue('tmp_path')}/ledger.db"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with asyncio.Runner() as runner:
        ledger = Ledger(runner, open_store(url))
        yield ledger
        runner.run(ledger.store.close())
