"""A connection that is lost at any point of a batch: the caller is told what really happened, and it happened once."""

import asyncio
import itertools
from typing import Any

import pytest

from countermand.model.query import GetOrder, ListEvents
from countermand.store.port import Judged, Loaded, StoreUnavailable, Wanted, Writes
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.place import place_of
from tests.postgres.wire import Wire
from tests.store.ledger import cancelled, event, key, order

pytestmark = pytest.mark.postgres

WAYS = {
    "light": lambda place: Wanted(orders={place}),
    "careful": lambda place: Wanted(orders={place}, histories={place}),
}


def judge(loaded: Loaded) -> Judged[str]:
    (before,) = loaded.orders.values()
    if before.status != "open":
        return Judged(Writes(), "too late")
    return Judged(Writes(orders={before.key: cancelled(before)}, events=[(before.key, event(1))]), "cancelled")


async def _put(store: PostgresStore, order_id: str) -> None:
    made = order(order_id)
    await store.transact(Wanted(), lambda _: Judged(Writes(orders={made.key: (None, made)}), None))


async def _cancel_until_nothing_is_cut(url: str, way: str, *, swallow: bool) -> list[str]:
    """Cancel one order after another, the connection cut one answer later each time. What the callers were told."""
    told = []
    direct = PostgresStore(place_of(url))
    async with Wire(url) as wire:
        store = PostgresStore(place_of(wire.url))
        for number in itertools.count():
            place = key(f"{way}-{swallow}-{number}")
            await _put(direct, place.order_id)
            await store.ping()
            wire.cut_after, wire.swallow, before = number, swallow, wire.cuts
            try:
                outcome = await store.transact(WAYS[way](place), judge)
            except StoreUnavailable:
                outcome = "unavailable"
                await asyncio.sleep(0.6)
            wire.cut_after = None
            told.append(outcome)
            found: Any = await direct.find(GetOrder(key=place))
            events: Any = await direct.find(ListEvents(key=place))
            assert (found.status, found.version, len(events.items)) == (
                ("cancelled", 2, 1) if outcome == "cancelled" else ("open", 1, 0)
            ), (number, outcome)
            if wire.cuts == before:
                break
        await store.close()
    await direct.close()
    return told


@pytest.mark.parametrize("lost", ["answer", "request"])
@pytest.mark.parametrize("way", WAYS)
def test_a_batch_that_loses_its_connection_says_what_happened(postgres_url: str, way: str, lost: str) -> None:
    told = asyncio.run(_cancel_until_nothing_is_cut(postgres_url, way, swallow=lost == "request"))
    assert len(told) > 3
    assert "too late" not in told, "a batch met its own effect"
    assert told[-1] == "cancelled"
