"""A PgBouncer before each of two servers, both named in the URL, and the servers change places.

What a PgBouncer says of its server when a client connects is what it was told when it first connected itself: it goes on
saying that the server is a standby, or is none, when that has long changed.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator

import pytest

from countermand.model.order import Order
from countermand.model.query import GetOrder
from countermand.store.port import StoreUnavailable, Wanted
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.place import place_of
from tests.cluster import Cluster
from tests.postgres.bouncer import Bouncer, where_there_is_one
from tests.postgres.nodes import Told, check, fill, judge_all, node
from tests.store.ledger import key, order

pytestmark = [pytest.mark.postgres, pytest.mark.serial, where_there_is_one]

ORDERS = 6_000
NODES = 2
SECONDS = 9.0


@pytest.fixture
def standby(cluster: Cluster) -> Iterator[Cluster]:
    """Of the cluster, and synchronous."""
    standby = Cluster()
    try:
        asyncio.run(fill(cluster.create("ledger"), ORDERS))
        standby.copy_of(cluster)
        cluster.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        cluster.sql("SELECT pg_reload_conf()")
        cluster.sql("CREATE TABLE waits_for_the_standby ()")
        yield standby
    finally:
        standby.__exit__()


def _change_places(cluster: Cluster, standby: Cluster) -> None:
    cluster.stop()
    standby.promote()
    cluster.follow(standby)


async def _nodes(url: str, told: Told) -> None:
    await asyncio.gather(*(node(url, told, seconds=SECONDS, seed=seed, orders=ORDERS) for seed in range(NODES)))


@pytest.mark.slow
def test_when_the_servers_behind_two_poolers_change_places_service_follows(cluster: Cluster, standby: Cluster) -> None:
    told, done_when_switched = Told(), []

    def switch() -> None:
        time.sleep(1.0)
        _change_places(cluster, standby)
        done_when_switched.append(len(told.done))

    with Bouncer(cluster) as first, Bouncer(standby) as second:
        # The standby is asked first, so that its pooler has been told what it is.
        url = f"postgresql://postgres@127.0.0.1:{second.port},127.0.0.1:{first.port}/ledger?pooler=transaction"
        work = threading.Thread(target=switch)
        work.start()
        asyncio.run(_nodes(url, told))
        work.join()
    asyncio.run(check(standby.url("ledger"), told))
    assert told.done[: done_when_switched[0]], "the load never reached a server"
    assert told.done[done_when_switched[0] :], "service did not return"


def test_whoever_reads_behind_a_pooler_follows_too(cluster: Cluster, standby: Cluster) -> None:
    """What was the primary answers reads as a standby, and may be behind: here it stands still."""

    async def work() -> None:
        store = PostgresStore(place_of(url))
        assert await store.find(GetOrder(key=key("o1"))) == order("o1")
        await asyncio.to_thread(_change_places, cluster, standby)
        cluster.sql("SELECT pg_wal_replay_pause()")
        with pytest.raises(StoreUnavailable):
            await store.find(GetOrder(key=key("o1")))
        while True:
            with contextlib.suppress(StoreUnavailable):
                await store.transact(Wanted(orders={key("o1")}), judge_all("cancelled"))
                break
            await asyncio.sleep(0.1)
        found = await store.find(GetOrder(key=key("o1")))
        assert isinstance(found, Order)
        assert found.status == "cancelled"
        await store.close()

    with Bouncer(cluster) as first, Bouncer(standby) as second:
        url = f"postgresql://postgres@127.0.0.1:{first.port},127.0.0.1:{second.port}/ledger?pooler=transaction"
        asyncio.run(asyncio.wait_for(work(), SECONDS))
