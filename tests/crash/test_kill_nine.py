"""P1 and P2 on SQLite: whatever the moment at which the process dies, nothing acknowledged is lost and nothing is doubled."""

import contextlib
import http.client
import random
import threading
import time
from collections import Counter
from pathlib import Path

import apsw
import pytest

from tests import shopping
from tests.process import Client, Process, sqlite

pytestmark = pytest.mark.serial

ORDERS = 3_000
CLIENTS = 8
ROUNDS = 4
KEY = {"Authorization": "Bearer crash-key", "Accept": "application/json"}
WORLD = {
    "accounts": [{"token": "crash-key", "merchant": "F1"}],
    "orders": [{"id": f"F1-{n:06d}", "order_status": "new_order", "reference_id": f"R{n}"} for n in range(ORDERS)],
}


class _Shopper(threading.Thread):
    """Cancels orders one after the other until the server is gone, and remembers what it was told."""

    def __init__(self, url: str, order_ids: list[str]) -> None:
        super().__init__()
        self.acknowledged: list[str] = []
        self._url, self._order_ids = url, order_ids

    def run(self) -> None:
        with Client(self._url, KEY) as client, contextlib.suppress(OSError, http.client.HTTPException):
            for order_id in self._order_ids:
                answer = client.call("POST", f"/fastpod/v1/orders/{order_id}/cancel")
                assert answer.status in {200, 422}, answer
                if answer.status == 200:
                    self.acknowledged.append(order_id)


def test_a_killed_server_loses_no_acknowledged_cancellation_and_doubles_none(tmp_path: Path) -> None:
    database, chance = sqlite(tmp_path), random.Random(20261121)
    acknowledged: Counter[str] = Counter()
    with Process(database, "--sandbox") as server:
        _put_world(server.url)
        for _ in range(ROUNDS):
            shoppers = [_Shopper(server.url, _some(chance)) for _ in range(CLIENTS)]
            for shopper in shoppers:
                shopper.start()
            time.sleep(chance.uniform(0.15, 0.6))
            server.kill()
            for shopper in shoppers:
                shopper.join()
                acknowledged.update(shopper.acknowledged)
            assert _integrity(tmp_path / "ledger.db") == "ok"
            server.start()
        assert sum(acknowledged.values()) > CLIENTS, "the load never reached the server"
        assert [order_id for order_id, times in acknowledged.items() if times > 1] == []
        _compare(server.url, set(acknowledged))


def _put_world(url: str) -> None:
    with Client(url) as client:
        assert client.call("PUT", "/sandbox/fastpod/world", WORLD).status == 204


def _some(chance: random.Random) -> list[str]:
    """Orders in an order of their own; clients overlap, so that the same order is cancelled twice at once."""
    return [f"F1-{n:06d}" for n in chance.sample(range(ORDERS), 400)]


def _compare(url: str, acknowledged: set[str]) -> None:
    with Client(url, KEY) as client:
        effects = client.call("GET", "/sandbox/fastpod/effects").json()
        shown = [client.call("GET", f"/fastpod/v1/orders/{order_id}").json() for order_id in sorted(acknowledged)]
    assert isinstance(effects, dict)
    events = Counter(event["order"] for event in effects["events"] if event["type"] == "order.cancelled")
    assert acknowledged <= set(events), "an acknowledged cancellation is gone"
    assert [order_id for order_id, times in events.items() if times > 1] == []
    assert {order["order_status"] for order in shown if isinstance(order, dict)} == {"cancelled"}


def _integrity(path: Path) -> str:
    connection = apsw.Connection(str(path))
    row = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    return str(row[0]) if row else "nothing"


def test_a_stopped_server_finishes_what_it_was_doing(tmp_path: Path) -> None:
    with Process(sqlite(tmp_path), "--sandbox") as server:
        _put_world(server.url)
        shoppers = [_Shopper(server.url, [f"F1-{n:06d}" for n in range(at, ORDERS, CLIENTS)]) for at in range(CLIENTS)]
        for shopper in shoppers:
            shopper.start()
        time.sleep(0.3)
        assert server.stop() == 0
        for shopper in shoppers:
            shopper.join()
        server.start()
        _compare(server.url, {order_id for shopper in shoppers for order_id in shopper.acknowledged})


@pytest.mark.slow
def test_of_three_processes_on_one_file_any_may_be_killed(tmp_path: Path) -> None:
    """They queue for their turn to write; who dies in it, or in the queue, holds nobody up."""
    servers = [Process(sqlite(tmp_path), "--sandbox") for _ in range(3)]
    shopping.shop_while_dying(servers, [*servers, servers[0]], random.Random(20261128))
    assert _integrity(tmp_path / "ledger.db") == "ok"
