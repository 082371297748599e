"""Several nodes on one database, while it is killed, frozen or replaced."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from countermand.store.port import StoreUnavailable, Wanted
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.committing import OUTCOME_TIMEOUT_S
from countermand.store.postgres.connecting import CONNECT_TIMEOUT_S
from countermand.store.postgres.place import place_of
from countermand.store.postgres.sessions import ANSWER_TIMEOUT_S
from tests.cluster import Cluster
from tests.postgres.nodes import Told, check, fill, judge_all, node
from tests.store.ledger import key

pytestmark = [pytest.mark.postgres, pytest.mark.serial]

#: More than the nodes get through before the blow falls.
ORDERS = 6_000
#: What a caller may have to wait at most: an answer that never comes, and then the question what became of it.
WAIT_S_MAX = ANSWER_TIMEOUT_S + OUTCOME_TIMEOUT_S + 2 * CONNECT_TIMEOUT_S + ANSWER_TIMEOUT_S


async def _nodes(url: str, told: Told, *, seconds: float, orders: int = ORDERS) -> None:
    await asyncio.gather(*(node(url, told, seconds=seconds, seed=seed, orders=orders) for seed in range(3)))


def _meanwhile(work: threading.Thread, url: str, *, seconds: float, orders: int = ORDERS) -> Told:
    told = Told()
    work.start()
    asyncio.run(_nodes(url, told, seconds=seconds, orders=orders))
    work.join()
    asyncio.run(check(url, told))
    return told


def test_three_nodes_cancel_and_ship_the_same_orders_and_each_has_one_winner(postgres_url: str) -> None:
    asyncio.run(fill(postgres_url, 60))
    told = _meanwhile(threading.Thread(), postgres_url, seconds=2, orders=60)
    assert told.unavailable == 0
    assert len(told.done) == 60
    assert {what for _, what in told.done} == {"cancelled", "shipped"}


def test_a_killed_database_loses_nothing_that_was_acknowledged(cluster: Cluster) -> None:
    def kill_and_start() -> None:
        for pause in (0.7, 1.0):
            time.sleep(pause)
            cluster.kill()
            cluster.start()

    url = cluster.create("ledger")
    asyncio.run(fill(url, ORDERS))
    told = _meanwhile(threading.Thread(target=kill_and_start), url, seconds=5)
    assert told.done
    assert told.latest < WAIT_S_MAX


@pytest.mark.slow
def test_a_database_that_hangs_is_unavailable_in_bounded_time_and_comes_back_by_itself(cluster: Cluster) -> None:
    async def hang() -> None:
        store = PostgresStore(place_of(url))
        await store.ping()
        await store.transact(Wanted(orders={key("o1")}), judge_all("shipped"))
        cluster.freeze()
        began = time.monotonic()
        first = await asyncio.gather(
            store.transact(Wanted(orders={key("o2")}), judge_all("shipped")),
            store.transact(Wanted(orders={key("o3")}), judge_all("shipped")),
            store.ping(),
            return_exceptions=True,
        )
        assert [type(one) for one in first] == [StoreUnavailable] * 3
        assert time.monotonic() - began < WAIT_S_MAX
        later = time.monotonic()
        for _ in range(100):
            with pytest.raises(StoreUnavailable):
                await asyncio.wait_for(store.ping(), WAIT_S_MAX)
        assert time.monotonic() - later < 2 * WAIT_S_MAX, "those who come later must not each wait the full time"
        cluster.thaw()
        deadline = time.monotonic() + WAIT_S_MAX
        while True:
            try:
                await store.ping()
                break
            except StoreUnavailable:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)
        assert await store.transact(Wanted(orders={key("o4")}), judge_all("shipped")) == ["o4"]
        await store.close()

    url = cluster.create("ledger")
    asyncio.run(fill(url, 10))
    asyncio.run(hang())


@pytest.mark.slow
@pytest.mark.parametrize(("blow", "seconds"), [(Cluster.kill, 6), (Cluster.freeze, 14)], ids=["dies", "hangs"])
def test_when_the_primary_dies_or_hangs_the_standby_has_everything_that_was_acknowledged(
    cluster: Cluster, blow: Callable[[Cluster], None], seconds: int
) -> None:
    """Two nodes with synchronous replication; the standby is promoted; both are named in the URL.

    One that hangs accepts connections and never answers: nobody may wait for it before asking the other.
    """
    standby = Cluster()
    try:
        url = cluster.create("ledger")
        asyncio.run(fill(url, ORDERS))
        standby.copy_of(cluster)
        cluster.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        cluster.sql("SELECT pg_reload_conf()")
        cluster.sql("CREATE TABLE waits_for_the_standby ()")
        told = Told()

        def fail_over() -> None:
            time.sleep(1.0)
            blow(cluster)
            standby.promote()
            promoted_at.append(len(told.done))

        promoted_at: list[int] = []
        both = f"postgresql://postgres@127.0.0.1:{cluster.port},127.0.0.1:{standby.port}/ledger"
        work = threading.Thread(target=fail_over)
        work.start()
        asyncio.run(_nodes(both, told, seconds=seconds))
        work.join()
        asyncio.run(check(standby.url("ledger"), told))
        assert told.done[promoted_at[0] :], "service did not return"
    finally:
        standby.__exit__()
