"""A real PgBouncer in transaction mode between servers and PostgreSQL, where one is installed.

What behaves like a pooler in `test_pooler.py` is stricter, and runs everywhere; this one is what people have.
"""

import contextlib
import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.bulk.conftest import Api, key_of
from tests.cluster import Cluster
from tests.postgres.bouncer import Bouncer, where_there_is_one
from tests.process import Client, Process
from tests.shopping import shop_while_dying

pytestmark = [pytest.mark.postgres, pytest.mark.serial, where_there_is_one]

ASKERS = 4
SINGLE, BULK = 1_200, 900


@pytest.fixture
def bouncer(cluster: Cluster) -> Iterator[Bouncer]:
    cluster.create("ledger")
    with Bouncer(cluster) as bouncer:
        yield bouncer


@pytest.mark.slow
def test_behind_pgbouncer_nothing_is_lost_or_doubled_whatever_is_killed(cluster: Cluster, bouncer: Bouncer) -> None:
    servers = [Process(bouncer.url("ledger"), "--sandbox") for _ in range(2)]
    shop_while_dying(servers, [bouncer, servers[1], bouncer, cluster, bouncer], random.Random(20261128))


class Asker(threading.Thread):
    """Cancels orders, each under a key of its own, until it is told what became of it; then it asks once more."""

    def __init__(self, url: str, secret: str, order_ids: list[str]) -> None:
        super().__init__()
        self.told: dict[str, set[str]] = {}
        self._url, self._key, self._order_ids = url, {"Authorization": f"Bearer {secret}"}, order_ids

    def run(self) -> None:
        for order_id in self._order_ids:
            self.told[order_id] = {self._cancel(order_id) for _ in range(2)}

    def _cancel(self, order_id: str) -> str:
        path, headers = f"/v1/orders/{order_id}/cancellations", {"Idempotency-Key": order_id}
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException), Client(self._url, self._key) as client:
                answer = client.call("POST", path, {}, headers=headers)
                if answer.status != 503:
                    assert answer.status in (201, 202), answer.body
                    return str(json.loads(answer.body)["id"])
            time.sleep(0.05)


def _blows(bouncer: Bouncer) -> Iterator[Callable[[], object]]:
    """What an administrator does to a PgBouncer, and what happens to it."""
    yield lambda: bouncer.order("RECONNECT")
    yield bouncer.kill
    yield bouncer.start
    yield lambda: bouncer.order("KILL ledger")
    yield lambda: bouncer.order("RESUME ledger")
    yield bouncer.kill
    yield bouncer.start
    yield lambda: bouncer.order("RECONNECT")


@pytest.mark.slow
def test_behind_pgbouncer_a_key_has_one_cancellation_and_a_bulk_ends(cluster: Cluster, bouncer: Bouncer) -> None:
    """Two workers; single cancels that are asked again under their keys, and a bulk beside them."""
    database = bouncer.url("ledger")
    secret = key_of(database, "acme")
    with (
        Process(database, "--workers", "2") as server,
        Client(server.url, {"Authorization": f"Bearer {secret}"}) as one,
    ):
        api = Api(one)
        single, bulk = api.place(SINGLE), api.place(BULK, prefix="b")
        askers = [Asker(server.url, secret, single[number::ASKERS]) for number in range(ASKERS)]
        for asker in askers:
            asker.start()
        begun = api.begin(order_ids=bulk)
        for blow in _blows(bouncer):
            time.sleep(0.3)
            blow()
        for asker in askers:
            asker.join()
        counts = api.until(begun["id"], "completed")["counts"]
        assert server.stop() == 0
    assert (counts["selected"], counts["cancelled"]) == (BULK, BULK)
    told = {order_id: ids for asker in askers for order_id, ids in asker.told.items()}
    rows = cluster.sql("SELECT order_id, cancellation_id FROM cancellations", "ledger").split("\n")
    found = [(order_id, cancellation_id) for order_id, _, cancellation_id in (row.partition("|") for row in rows)]
    assert len(found) == len({order_id for order_id, _ in found}) == SINGLE + BULK
    assert {order_id: {cancellation_id} for order_id, cancellation_id in found if order_id in told} == told
    assert len(told) == SINGLE
    events = cluster.sql(
        "SELECT count(*), count(DISTINCT order_id) FROM events WHERE type = 'order.cancelled'", "ledger"
    )
    assert events == f"{SINGLE + BULK}|{SINGLE + BULK}"


def test_in_session_mode_the_url_names_the_pooler_too(cluster: Cluster) -> None:
    """PgBouncer refuses the settings that a session of ours begins with, so each transaction brings them."""
    cluster.create("ledger")
    with Bouncer(cluster, mode="session") as bouncer:
        database = bouncer.url("ledger")
        secret = key_of(database, "acme")
        with Process(database) as server, Client(server.url, {"Authorization": f"Bearer {secret}"}) as client:
            api = Api(client)
            (order_id,) = api.place(1)
            api.call("POST", f"/orders/{order_id}/cancellations", {}, status=201)
            assert server.stop() == 0
