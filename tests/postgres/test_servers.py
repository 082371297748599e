"""Real server processes on one PostgreSQL: killed at random, together with it, and backed up."""

import contextlib
import random
import time
from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.process import Client, Process
from tests.shopping import KEY, WORLD, Shopper, compare, put_world

pytestmark = [pytest.mark.postgres, pytest.mark.serial]

SERVERS = 3


@pytest.mark.slow
def test_whichever_process_is_killed_nothing_acknowledged_is_lost_and_nothing_is_doubled(cluster: Cluster) -> None:
    chance, database = random.Random(20261121), cluster.create("ledger")
    servers = [Process(database, "--sandbox") for _ in range(SERVERS)]
    with contextlib.ExitStack() as stack:
        for server in servers:
            stack.enter_context(server)
        put_world(servers[0].url)
        shoppers = [Shopper(servers, seed) for seed in range(6)]
        for shopper in shoppers:
            shopper.start()
        victims: list[Process | Cluster] = [*servers, cluster, cluster]
        chance.shuffle(victims)
        for victim in victims:
            time.sleep(chance.uniform(0.4, 0.9))
            victim.kill()
            victim.start()
        time.sleep(1.5)
        for shopper in shoppers:
            shopper.over.set()
            shopper.join()
        compare(servers[0].url, shoppers)


@pytest.mark.slow
def test_a_dump_made_while_serving_restores_to_a_ledger_that_serves(cluster: Cluster, tmp_path: Path) -> None:
    """The commands of docs/how-to/backup-and-restore.md."""
    tmp_path.chmod(0o755)
    dump = cluster.data.parent / "ledger.dump"
    with Process(cluster.create("ledger"), "--sandbox") as server:
        put_world(server.url)
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
