"""A batch that another session gets in the way of is decided again, and ends as if it had come later."""

import asyncio

import asyncpg
import pytest

from countermand.store.port import Judged, Loaded, Wanted, Writes
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.place import place_of
from tests.store.ledger import cancelled, event, key, order

pytestmark = pytest.mark.postgres

BOTH = {key("a"), key("b")}
WAYS = {"light": Wanted(orders=BOTH), "careful": Wanted(orders=BOTH, histories={*BOTH})}

#: Half of the second after which a server looks for deadlocks.
STEP_S = 0.5

CHANGE = "UPDATE orders SET version = version + 1 WHERE order_id = $1"


class Batch:
    """Cancels both orders, and remembers how often it was asked to decide."""

    def __init__(self) -> None:
        self.decided = 0

    def judge(self, loaded: Loaded) -> Judged[dict[str, int]]:
        self.decided += 1
        held = loaded.orders.values()
        writes = Writes(orders={one.key: cancelled(one) for one in held}, events=[(one.key, event(1)) for one in held])
        return Judged(writes, {one.order_id: one.version for one in held})


async def meet(url: str, wanted: Wanted, *others: str) -> tuple[dict[str, int], int]:
    """Another session holds the second order, and then changes `others`, while our batch waits for it. What ours came to."""
    store, batch = PostgresStore(place_of(url)), Batch()
    made = [order(name) for name in ("a", "b")]
    await store.transact(Wanted(), lambda _: Judged(Writes(orders={one.key: (None, one) for one in made}), None))
    other = await asyncpg.connect(url, server_settings={"deadlock_timeout": "60s"})
    async with other.transaction():
        await other.execute(CHANGE, "b")
        ours = asyncio.create_task(store.transact(wanted, batch.judge))
        await asyncio.sleep(STEP_S)
        for name in others:
            await other.execute(CHANGE, name)
    found = await ours
    rows = await other.fetch(
        "SELECT order_id, status, version FROM orders JOIN events USING (tenant, dialect, order_id)"
    )
    assert {row["order_id"]: (row["status"], row["version"]) for row in rows} == {
        name: ("cancelled", version + 1) for name, version in found.items()
    }
    assert len(rows) == len(found), "once each"
    await other.close()
    await store.close()
    return found, batch.decided


@pytest.mark.parametrize("way", WAYS)
def test_after_a_change_in_between(postgres_url: str, way: str):
    found, decided = asyncio.run(meet(postgres_url, WAYS[way]))
    assert found == {"a": 1, "b": 2}, "decided on what the other left"
    assert decided == (2 if way == "light" else 1), "with its rows locked it waits before it decides"


@pytest.mark.parametrize("way", WAYS)
def test_after_a_deadlock(postgres_url: str, way: str):
    """The other wants the order that ours has in hand; ours is the one that the server ends."""
    found, decided = asyncio.run(meet(postgres_url, WAYS[way], "a"))
    assert found == {"a": 2, "b": 2}
    assert decided == (2 if way == "light" else 1)
