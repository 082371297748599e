"""What is kept for how long, and being rid of the rest.

Rule 1: nothing goes for which anything is still owed, notices included, or which holds units in stock, or on which somebody
still has to decide: those orders are counted as kept, however old.
Rule 2: an order goes as a whole - itself, its events, cancellations, obligations, records and names - because a part of it
can tell about a person as well as the whole. What was settled in money is in the books of whoever settled it.
Rule 3: each order is looked at again under its lock: one that changed since it was found stays.

Idempotency claims need no command: the server forgets them by itself (`countermand.service.timers`).
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.order import Order
from countermand.store.port import Judged, Loaded, Store, Wanted, Writes

#: Orders looked at in one step, and so erased in one database transaction at most: some tens of milliseconds.
STEP: Final = 500


@dataclass(slots=True, kw_only=True)
class Purged:
    """How many orders went, how many lost their events, and how many had to stay. With a dry run: would."""

    orders: int = 0
    events_of: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Orders unchanged since `orders_before` go, events of orders unchanged since `events_before`; None: are kept."""

    orders_before: datetime | None = None
    events_before: datetime | None = None


class Housekeeping:
    """Erases what is old."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def purge(self, retention: Retention, *, dry_run: bool) -> Purged:
        """One walk through everything."""
        purged = Purged()
        if retention.orders_before is not None:
            async for found in self._aged(retention.orders_before):
                free = [order for order in found if not _held(order)]
                purged.kept += len(found) - len(free)
                purged.orders += len(free) if dry_run else await self._erase(free)
        if retention.events_before is not None:
            async for found in self._aged(retention.events_before):
                purged.events_of += len(found) if dry_run else await self._forget_events(found)
        return purged

    async def _aged(self, before: datetime) -> AsyncIterator[list[Order]]:
        """Aged orders, those of one tenant at a time, because a database transaction is one tenant's."""
        last: OrderKey | None = None
        while True:
            found, last = await self._store.aged_orders(before, after=last, limit=STEP)
            for _, group in groupby(found, key=lambda order: order.tenant):
                yield list(group)
            if last is None:
                return

    async def _erase(self, orders: Sequence[Order]) -> int:
        if not orders:
            return 0
        kinds: dict[OrderKey | AliasKey | RecordKey, tuple[str, ...]] = {}
        for order in orders:
            names = {record.kind for record in await self._store.belongings(order.key)}
            if names:
                kinds[order.key] = tuple(sorted(names))

        def judge(loaded: Loaded) -> Judged[int]:
            unchanged = _unchanged(orders, loaded)
            writes = Writes(erased={order.key: order for order in unchanged})
            for record in loaded.records.values():
                owner = OrderKey(record.tenant, record.dialect, record.order_id or "")
                if owner in writes.erased:
                    writes.records[record.key] = (record, replace(record, deleted=True))
            return Judged(writes, len(unchanged))

        return await self._store.transact(Wanted(orders={order.key for order in orders}, order_kinds=kinds), judge)

    async def _forget_events(self, orders: Sequence[Order]) -> int:
        def judge(loaded: Loaded) -> Judged[int]:
            unchanged = {order.key for order in _unchanged(orders, loaded)}
            return Judged(Writes(forgotten=unchanged), len(unchanged))

        return await self._store.transact(Wanted(orders={order.key for order in orders}), judge)


def _held(order: Order) -> bool:
    """Whether it holds units in stock, or somebody still has to decide about it."""
    return bool(order.pending) or any(line.reserved_milli for line in order.lines)


def _unchanged(orders: Sequence[Order], loaded: Loaded) -> list[Order]:
    """Those that are as they were when they were found, and nothing but a full read of them would tell more."""
    current = loaded.orders
    return [order for order in orders if order.key in current and current[order.key].version == order.version]
