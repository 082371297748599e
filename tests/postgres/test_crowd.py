"""More callers than anybody expects, on a server that starts with the usual limit of open files; and a database that hangs."""

import asyncio
import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack

import asyncpg
import pytest

from bench.filling import fill
from tests.cluster import Cluster
from tests.postgres.crowd import Idle, Told, cancel_all, files, rss_mb
from tests.postgres.test_under_fire import WAIT_S_MAX
from tests.process import Client, Process

pytestmark = [pytest.mark.postgres, pytest.mark.serial, pytest.mark.slow]

IDLE = 10_000
ACTIVE = 1_000
EACH = 5

#: What nearly every system gives a program to begin with.
USUAL_FILES = 1_024

#: A thousand calls at once wait for each other, and no longer.
CROWDED_S_MAX = 10

#: What the connections may take, at twice the 10 KiB that each does.
CROWD_MB_MAX = 220


@pytest.fixture
def ledger(cluster: Cluster) -> str:
    url = cluster.create("ledger")
    asyncio.run(fill(url, ACTIVE * EACH))
    return url


@pytest.fixture
def usual_files() -> Iterator[None]:
    """The limit that servers begin with here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (USUAL_FILES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def cancelled(url: str) -> list[tuple[str, int]]:
    """Orders with a cancellation that are cancelled, and how many each has."""
    connection = await asyncpg.connect(url)
    found = await connection.fetch(
        "SELECT order_id, count(*) FROM cancellations JOIN orders USING (tenant, dialect, order_id)"
        " WHERE status = 'cancelled' GROUP BY order_id"
    )
    await connection.close()
    return [(str(order_id), int(count)) for order_id, count in found]


@pytest.mark.usefixtures("usual_files")
def test_ten_thousand_idle_callers_and_a_thousand_who_cancel_lose_nothing(cluster: Cluster, ledger: str):
    told = Told()
    with Process(ledger) as server, files(IDLE + ACTIVE), ExitStack() as stack:
        before = rss_mb(server.pid)
        idle = Idle(server.url, IDLE, stack)
        assert idle.ask() == {b"HTTP/1.1 200 OK": IDLE}
        asyncio.run(cancel_all(server.url, told, callers=ACTIVE, each=EACH))
        assert told.counts == {201: ACTIVE * EACH}
        assert told.longest_s < CROWDED_S_MAX
        assert rss_mb(server.pid) - before < CROWD_MB_MAX
        assert idle.ask(every=10) == {b"HTTP/1.1 200 OK": IDLE // 10}, "and whoever was idle is still served"
        server.kill()
        cluster.kill()
        cluster.start()
    found = dict(asyncio.run(cancelled(ledger)))
    assert told.acknowledged == set(found), "acknowledged, and gone"
    assert set(found.values()) == {1}


def test_a_hung_database_under_a_crowd_is_503_in_bounded_time_and_memory_and_passes_by_itself(
    cluster: Cluster, ledger: str
):
    told = Told()
    with Process(ledger) as server, files(ACTIVE):
        asyncio.run(cancel_all(server.url, Told(), callers=1, each=EACH))
        before = rss_mb(server.pid)
        cluster.freeze()
        began = time.monotonic()
        asyncio.run(cancel_all(server.url, told, callers=ACTIVE, each=EACH))
        took = time.monotonic() - began
        with Client(server.url) as client:
            assert client.call("GET", "/readyz").status == 503
        assert told.counts == {503: ACTIVE * EACH}
        assert told.silent == 0, "each is told when to come back"
        assert told.longest_s < WAIT_S_MAX
        assert took < 2 * WAIT_S_MAX, "those who come later don't each wait the full time"
        assert rss_mb(server.pid) - before < CROWD_MB_MAX
        cluster.thaw()
        with Client(server.url) as client:
            while client.call("GET", "/readyz").status != 200:
                assert time.monotonic() - began - took < WAIT_S_MAX
                time.sleep(0.1)
        again = Told()
        asyncio.run(cancel_all(server.url, again, callers=ACTIVE, each=EACH))
        assert again.counts == {201: ACTIVE * EACH}


def test_a_slow_database_under_a_crowd_is_503_in_bounded_time_and_memory(ledger: str):
    """Somebody else's lock on the whole table, which nobody knows the end of."""
    told = Told()

    async def with_the_table_locked(url: str) -> None:
        connection = await asyncpg.connect(ledger)
        async with connection.transaction():
            await connection.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
            await cancel_all(url, told, callers=ACTIVE, each=2)
        await connection.close()

    with Process(ledger) as server, files(ACTIVE):
        asyncio.run(cancel_all(server.url, Told(), callers=1, each=EACH))
        before = rss_mb(server.pid)
        asyncio.run(with_the_table_locked(server.url))
        assert told.counts == {503: ACTIVE * 2}
        assert told.silent == 0
        assert told.longest_s < WAIT_S_MAX
        assert rss_mb(server.pid) - before < CROWD_MB_MAX
        again = Told()
        asyncio.run(cancel_all(server.url, again, callers=ACTIVE, each=EACH))
        assert again.counts == {201: ACTIVE * EACH}
