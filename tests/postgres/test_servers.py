"""Real server processes on one PostgreSQL: killed at random, together with it, and backed up."""

import random
import time
from pathlib import Path

import pytest

from tests.cluster import Cluster
from tests.process import Client, Process
from tests.shopping import KEY, WORLD, Mortal, Shopper, put_world, shop_while_dying

pytestmark = [pytest.mark.postgres, pytest.mark.serial]

SERVERS = 3


@pytest.mark.slow
def test_whichever_process_is_killed_nothing_acknowledged_is_lost_and_nothing_is_doubled(cluster: Cluster) -> None:
    chance, database = random.Random(20261121), cluster.create("ledger")
    servers = [Process(database, "--sandbox") for _ in range(SERVERS)]
    victims: list[Mortal] = [*servers, cluster, cluster]
    chance.shuffle(victims)
    shop_while_dying(servers, victims, chance)


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
