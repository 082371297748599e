"""What only a sandbox database is asked: to replace a vendor's world, and to tell what has happened in it."""

from typing import Final

import apsw
import msgspec

from countermand.model.obligation import Obligation
from countermand.store.port import Effects, WorldRows, Writes
from countermand.store.rows import OrderBody, event_of
from countermand.store.sql import statements
from countermand.store.sqlite import credentials
from countermand.store.sqlite.writing import write

_SQL: Final = statements(__package__)
_decode_obligation: Final = msgspec.json.Decoder(Obligation).decode
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


def replace_world(connection: apsw.Connection, world: WorldRows) -> None:
    tenants = {tenant for (tenant,) in connection.execute(_SQL["sandbox_tenants"], (world.dialect,))}
    tenants |= {key.tenant for key in world.keys}
    for tenant in sorted(tenants):
        for table in _TABLES:
            connection.execute(f"DELETE FROM {table} WHERE tenant = ? AND dialect = ?", (tenant, world.dialect))  # noqa: S608
        connection.execute("DELETE FROM claims WHERE tenant = ? AND scope LIKE ? || ' %'", (tenant, world.dialect))
    credentials.put_keys(connection, world.keys)
    credentials.put_logins(connection, world.logins)
    writes = Writes(
        orders={order.key: (None, order) for order in world.orders},
        records={record.key: (None, record) for record in world.records},
    )
    for order in world.orders:
        for line in order.lines:
            if line.reserved_milli:
                place = (order.tenant, order.dialect, line.sku)
                writes.stock[place] = writes.stock.get(place, 0) + line.reserved_milli
    write(connection, writes)


def effects(connection: apsw.Connection, dialect: str) -> Effects:
    tenants = sorted(tenant for (tenant,) in connection.execute(_SQL["sandbox_tenants"], (dialect,)))
    events, obligations = [], []
    held: dict[tuple[str, str], int] = {}
    for tenant in tenants:
        place = (tenant, dialect)
        events += [(order_id, event_of(body)) for order_id, body in connection.execute(_SQL["sandbox_events"], place)]
        obligations += [_decode_obligation(body) for (body,) in connection.execute(_SQL["sandbox_obligations"], place)]
        for order_id, body in connection.execute(_SQL["sandbox_orders"], place):
            for line in _decode_body(body).lines:
                if line.reserved_milli > 0:
                    held[order_id, line.sku] = held.get((order_id, line.sku), 0) + line.reserved_milli
    reservations = tuple((order_id, sku, quantity) for (order_id, sku), quantity in held.items())
    return Effects(events=tuple(events), obligations=tuple(obligations), reservations=reservations)
