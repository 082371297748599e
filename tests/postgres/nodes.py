"""Several nodes on one database, in one process: each with sessions of its own, cancelling and shipping the same orders."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import asyncpg
from msgspec.structs import replace

from countermand.store.port import Judged, Loaded, StoreUnavailable, Wanted, Writes
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.place import place_of
from tests.store.ledger import TENANT, claim, event, key, obligation, order

#: Orders that one batch names; batches overlap.
BATCH = 12


@dataclass
class Told:
    """What the callers were told: acknowledged changes, by order, and how often there was no answer."""

    done: list[tuple[str, str]] = field(default_factory=list)
    unavailable: int = 0
    latest: float = 0.0


def judge_all(what: str) -> Callable[[Loaded], Judged[list[str]]]:
    """Cancel or ship every order of the batch that is still open, with an event, something owed and an idempotency claim."""

    def judge(loaded: Loaded) -> Judged[list[str]]:
        writes, changed = Writes(), []
        for before in loaded.orders.values():
            if before.status != "open":
                continue
            after = replace(before, version=before.version + 1, sequence=before.sequence + 1, status=what)
            writes.orders[before.key] = (before, after)
            writes.events.append((before.key, replace(event(after.sequence, status=what), data={"by": what})))
            writes.obligations.append(obligation(f"{before.order_id} {what}", before.order_id))
            writes.claims.append(claim(f"{before.order_id} {what}"))
            sku = (TENANT, "native", f"sku{len(before.order_id) % 3}")
            writes.stock[sku] = writes.stock.get(sku, 0) - 1_000
            changed.append(before.order_id)
        return Judged(writes, changed)

    return judge


async def node(url: str, told: Told, *, seconds: float, seed: int, orders: int) -> None:
    """Ask for batches at random for some time, two at once, as a server does; what is acknowledged is written down."""
    store, chance = PostgresStore(place_of(url)), random.Random(seed)
    until = time.monotonic() + seconds

    async def lane() -> None:
        while time.monotonic() < until:
            named = {key(f"o{chance.randrange(orders)}") for _ in range(BATCH)}
            what = chance.choice(("cancelled", "shipped"))
            began = time.monotonic()
            try:
                changed = await store.transact(Wanted(orders=named), judge_all(what))
                told.done += [(order_id, what) for order_id in changed]
            except StoreUnavailable:
                told.unavailable += 1
                await asyncio.sleep(0.05)
            told.latest = max(told.latest, time.monotonic() - began)

    await asyncio.gather(lane(), lane())
    await store.close()


async def fill(url: str, orders: int) -> None:
    store = PostgresStore(place_of(url))
    made = [order(f"o{n}") for n in range(orders)]
    await store.transact(Wanted(), lambda _: Judged(Writes(orders={one.key: (None, one) for one in made}), None))
    await store.close()


async def check(url: str, told: Told) -> None:
    """Everything acknowledged is there; every unit has one winner; nothing happened twice or in part."""
    connection = await asyncpg.connect(url)
    statuses = dict(await connection.fetch("SELECT order_id, status FROM orders WHERE status <> 'open'"))
    events = await connection.fetch("SELECT order_id, sequence, type, body FROM events")
    owed = await connection.fetch("SELECT obligation_id FROM obligations")
    claims = await connection.fetch("SELECT key FROM claims")
    stock = await connection.fetchval("SELECT coalesce(sum(reserved_milli), 0) FROM stock")
    await connection.close()
    assert [pair for pair, times in Counter(told.done).items() if times > 1] == [], "acknowledged twice"
    assert set(told.done) <= set(statuses.items()), "acknowledged, and gone"
    assert {row["order_id"]: 1 for row in events} == dict(Counter(row["order_id"] for row in events))
    assert {row["order_id"] for row in events} == set(statuses)
    assert {row["key"] for row in claims} == {f"{name} {status}" for name, status in statuses.items()}
    assert {row["obligation_id"] for row in owed} == {f"{name} {status}" for name, status in statuses.items()}
    assert stock == -1_000 * len(statuses)
