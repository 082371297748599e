"""A live server with two keys of one tenant, and one of a stranger."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from countermand.cli import main
from tests import databases
from tests.process import Client, Process, sqlite

DONE_S_MAX = 60
Document = dict[str, Any]


def key_of(database: str, tenant: str) -> str:
    words = ["keys", "create", "--dialect", "native", "--tenant", tenant, "--scope", "all", "--json"]
    made = CliRunner().invoke(main, [*words, "--database", database])
    assert made.exit_code == 0, made.output
    return str(json.loads(made.stdout)["secret"])


class Api:
    """One caller of the native API."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._asked = 0

    def call(self, method: str, path: str, document: object = None, *, status: int = 200) -> Document:
        self._asked += 1
        headers = {"Idempotency-Key": f"test-{id(self)}-{self._asked}"}
        answer = self.client.call(method, f"/v1{path}", document, headers=headers)
        assert answer.status == status, (answer.status, answer.body)
        return dict(json.loads(answer.body))

    def place(self, count: int, *, prefix: str = "o") -> list[str]:
        """Orders of two lines each, by import."""
        ids = [f"{prefix}{number:05d}" for number in range(count)]
        lines = [{"sku": "a", "quantity": 2, "price": 1000}, {"sku": "b", "price": 500}]
        body = "\n".join(json.dumps({"id": one, "currency": "EUR", "lines": lines}) for one in ids)
        answer = self.client.call("POST", "/v1/orders:import", body=body.encode())
        assert answer.status == 207, answer.body
        assert json.loads(answer.body)["placed"] == count
        return ids

    def begin(self, **members: object) -> Document:
        return self.call("POST", "/bulk-cancellations", members, status=202)

    def bulk(self, bulk_id: str) -> Document:
        return self.call("GET", f"/bulk-cancellations/{bulk_id}")

    def until(self, bulk_id: str, *states: str) -> Document:
        """The bulk once it has come to one of these states."""
        over = time.monotonic() + DONE_S_MAX
        while (found := self.bulk(bulk_id))["state"] not in states:
            assert time.monotonic() < over, found
            time.sleep(0.02)
        return found

    def items(self, bulk_id: str) -> list[Document]:
        found: list[Document] = []
        token = ""
        while True:
            page = self.call("GET", f"/bulk-cancellations/{bulk_id}/items?page_size=200{token}")
            found += page["items"]
            if "next_page_token" not in page:
                return found
            token = f"&page_token={page['next_page_token']}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The database and the URL of a live server. Tests share it, each with tenants of its own."""
    database = sqlite(tmp_path_factory.mktemp("bulk"))
    with Process(database) as server:
        yield database, server.url
        assert server.stop() == 0


@pytest.fixture
def api_of(served: tuple[str, str], request: pytest.FixtureRequest) -> Iterator[Callable[[str], Api]]:
    """Callers by tenant, each with a key of its own."""
    database, url = served
    clients: list[Client] = []

    def make(tenant: str) -> Api:
        secret = key_of(database, f"{tenant} of {request.node.name}")
        clients.append(Client(url, {"Authorization": f"Bearer {secret}"}))
        return Api(clients[-1])

    yield make
    for client in clients:
        client.__exit__()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with databases.server() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of each kind in turn."""
    if request.param == "postgres":
        with databases.database(request.getfixturevalue("postgres")) as found:
            yield found
    else:
        yield sqlite(request.getfixturevalue("tmp_path"))
