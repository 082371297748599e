"""Real server processes on one PostgreSQL: killed at random, together with it, and backed up."""

import contextlib
import http.client
import random
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.process import Client, Process

pytestmark = [pytest.mark.postgres, pytest.mark.serial]

ORDERS = 1_500
SERVERS = 3
KEY = {"Authorization": "Bearer crash-key", "Accept": "application/json"}
WORLD = {
    "accounts": [{"token": "crash-key", "merchant": "F1"}],
    "orders": [{"id": f"F1-{n:06d}", "order_status": "new_order", "reference_id": f"R{n}"} for n in range(ORDERS)],
}
#: What a call may be answered: done, refused because it is done, or not now.
STATUSES = {200, 422, 503}


class Shopper(threading.Thread):
    """Cancels one order after the other on one server, comes back when it is gone, and remembers what it was told."""

    def __init__(self, servers: list[Process], seed: int) -> None:
        super().__init__()
        self.acknowledged: list[str] = []
        self.strange: list[int] = []
        self.over = threading.Event()
        self._servers, self._chance = servers, random.Random(seed)

    def run(self) -> None:
        while not self.over.is_set():
            server = self._chance.choice(self._servers)
            with contextlib.suppress(OSError, http.client.HTTPException), Client(server.url, KEY) as client:
                while not self.over.is_set():
                    self._cancel(client, f"F1-{self._chance.randrange(ORDERS):06d}")
            time.sleep(0.05)

    def _cancel(self, client: Client, order_id: str) -> None:
        answer = client.call("POST", f"/fastpod/v1/orders/{order_id}/cancel")
        if answer.status == 200:
            self.acknowledged.append(order_id)
        if answer.status not in STATUSES:
            self.strange.append(answer.status)


def _compare(url: str, shoppers: list[Shopper]) -> None:
    acknowledged = Counter(order_id for shopper in shoppers for order_id in shopper.acknowledged)
    assert [shopper.strange for shopper in shoppers if shopper.strange] == []
    assert len(acknowledged) > len(shoppers), "the load never reached a server"
    assert [order_id for order_id, times in acknowledged.items() if times > 1] == []
    with Client(url, KEY) as client:
        effects = client.call("GET", "/sandbox/fastpod/effects").json()
    assert isinstance(effects, dict)
    events = Counter(event["order"] for event in effects["events"] if event["type"] == "order.cancelled")
    assert set(acknowledged) <= set(events), "an acknowledged cancellation is gone"
    assert [order_id for order_id, times in events.items() if times > 1] == []


@pytest.mark.slow
def test_whichever_process_is_killed_nothing_acknowledged_is_lost_and_nothing_is_doubled(cluster: Cluster) -> None:
    chance, database = random.Random(20261121), cluster.create("ledger")
    servers = [Process(database, "--sandbox") for _ in range(SERVERS)]
    with contextlib.ExitStack() as stack:
        for server in servers:
            stack.enter_context(server)
        with Client(servers[0].url) as client:
            assert client.call("PUT", "/sandbox/fastpod/world", WORLD).status == 204
        shoppers = [Shopper(servers, seed) for seed in range(6)]
        for shopper in shoppers:
            shopper.start()
        for victim in (servers[0], cluster, servers[1], cluster):
            time.sleep(chance.uniform(0.4, 0.9))
            victim.kill()
            victim.start()
        time.sleep(1.5)
        for shopper in shoppers:
            shopper.over.set()
            shopper.join()
        _compare(servers[0].url, shoppers)


@pytest.mark.slow
def test_a_dump_made_while_serving_restores_to_a_ledger_that_serves(cluster: Cluster, tmp_path: Path) -> None:
    """The commands of docs/how-to/backup-and-restore.md."""
    tmp_path.chmod(0o755)
    dump = cluster.data.parent / "ledger.dump"
    with Process(cluster.create("ledger"), "--sandbox") as server:
        with Client(server.url) as client:
            assert client.call("PUT", "/sandbox/fastpod/world", WORLD).status == 204
        shopper = Shopper([server], 1)
        shopper.start()
        time.sleep(0.5)
        before = set(shopper.acknowledged)
        cluster.run("pg_dump", "-Fc", "-f", str(dump), cluster.url("ledger"))
        shopper.over.set()
        shopper.join()
    restored = cluster.create("restored")
    cluster.run("pg_restore", "--exit-on-error", "--no-owner", "-d", restored, str(dump))
    with Process(restored, "--sandbox") as server, Client(server.url, KEY) as client:
        effects = client.call("GET", "/sandbox/fastpod/effects").json()
        assert isinstance(effects, dict)
        kept = {event["order"] for event in effects["events"] if event["type"] == "order.cancelled"}
        assert before <= kept
        untouched = next(one["id"] for one in WORLD["orders"] if one["id"] not in kept)
        assert client.call("POST", f"/fastpod/v1/orders/{untouched}/cancel").status == 200
