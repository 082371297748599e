"""What only a sandbox database is asked: to replace a vendor's world, and to tell what has happened in it."""

from typing import Final

import msgspec

from countermand.store.port import Effects, WorldRows, Writes
from countermand.store.postgres import credentials
from countermand.store.postgres.composing import named
from countermand.store.postgres.sessions import Session
from countermand.store.postgres.writing import NOTHING_SEEN, parts_of, write
from countermand.store.rows import OrderBody, event_of, obligation_of

_decode_body: Final = msgspec.json.Decoder(OrderBody).decode

#: Everything that a vendor's world can have filled, by (tenant, dialect).
_TABLES: Final = (
    "orders",
    "records",
    "facets",
    "tallies",
    "aliases",
    "events",
    "cancellations",
    "obligations",
    "stock",
    "timers",
    "refusals",
    "keys",
    "logins",
)


async def replace_world(session: Session, world: WorldRows) -> None:
    """Inside a transaction. A world has several tenants; it is the one thing that a sandbox does to them together."""
    tenants = await _tenants(session, world.dialect) | {key.tenant for key in world.keys}
    tenants |= {order.tenant for order in world.orders} | {record.tenant for record in world.records}
    for tenant in sorted(tenants):
        for table in _TABLES:
            await session.execute(f"DELETE FROM {table} WHERE tenant = $1 AND dialect = $2", tenant, world.dialect)  # noqa: S608 - names are ours
        await session.execute(named("sandbox_forget_claims").text, tenant, world.dialect)
    await credentials.put_keys(session, world.keys)
    await credentials.put_logins(session, world.logins)
    for tenant in sorted(tenants):
        writes = _writes_of(world, tenant)
        if writes:
            await write(session, tenant=tenant, parts=parts_of(writes, NOTHING_SEEN))


def _writes_of(world: WorldRows, tenant: str) -> Writes:
    writes = Writes(
        orders={order.key: (None, order) for order in world.orders if order.tenant == tenant},
        records={record.key: (None, record) for record in world.records if record.tenant == tenant},
    )
    for _, order in writes.orders.values():
        for line in order.lines:
            if line.reserved_milli:
                place = (order.tenant, order.dialect, line.sku)
                writes.stock[place] = writes.stock.get(place, 0) + line.reserved_milli
    return writes


async def effects(session: Session, dialect: str) -> Effects:
    events, obligations = [], []
    held: dict[tuple[str, str], int] = {}
    for tenant in sorted(await _tenants(session, dialect)):
        place = (tenant, dialect)
        events += [(row[0], event_of(row[1])) for row in await session.fetch(named("sandbox_events").text, *place)]
        rows = await session.fetch(named("sandbox_obligations").text, *place)
        obligations += [obligation_of(body) for (body,) in rows]
        for order_id, body in await session.fetch(named("sandbox_orders").text, *place):
            for line in _decode_body(body).lines:
                if line.reserved_milli > 0:
                    held[order_id, line.sku] = held.get((order_id, line.sku), 0) + line.reserved_milli
    reservations = tuple((order_id, sku, quantity) for (order_id, sku), quantity in held.items())
    return Effects(events=tuple(events), obligations=tuple(obligations), reservations=reservations)


async def _tenants(session: Session, dialect: str) -> set[str]:
    return {tenant for (tenant,) in await session.fetch(named("sandbox_tenants").text, dialect)}
