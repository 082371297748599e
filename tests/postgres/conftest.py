"""A PostgreSQL for each test that breaks one, and one for those that don't."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster import Cluster
from tests.databases import database, server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """A new, empty database."""
    with database(postgres) as url:
        yield url


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A server of the test's own, as durable as a server is by default."""
    with Cluster() as cluster:
        yield cluster
