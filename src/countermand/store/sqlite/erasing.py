"""What housekeeping asks: which orders are old, what belongs to them, and to be rid of them."""

from datetime import datetime
from typing import Final

import apsw

from countermand.model.keys import OrderKey
from countermand.model.order import Order
from countermand.model.record import Record
from countermand.store.port import Writes
from countermand.store.rows import OrderRow, RecordRow, micros, order_of, record_of
from countermand.store.sql import statements

_SQL: Final = statements(__package__)


def aged_orders(
    connection: apsw.Connection, before: datetime, *, after: OrderKey | None, limit: int
) -> tuple[tuple[Order, ...], OrderKey | None]:
    start = (after.tenant, after.dialect, after.order_id) if after else ("", "", "")
    rows = list(connection.execute(_SQL["orders_after"], (*start, limit)))
    until = micros(before)
    aged = [row[:11] for row in rows if row[8] < until and not row[11]]
    last = OrderKey(*rows[-1][:3]) if len(rows) == limit else None
    return tuple(order_of(OrderRow._make(row)) for row in aged), last


def belongings(connection: apsw.Connection, key: OrderKey) -> tuple[Record, ...]:
    rows = connection.execute(_SQL["belongings"], (key.tenant, key.dialect, key.order_id))
    return tuple(record_of(RecordRow._make(row)) for row in rows)


def erase(connection: apsw.Connection, writes: Writes) -> None:
    """Deletes of a batch. Raises LookupError when an order is not as it was, which its lock should have prevented."""
    for key in sorted(writes.forgotten):
        connection.execute(_SQL["erase_events"], (key.tenant, key.dialect, key.order_id))
    for order in writes.erased.values():
        place = (order.tenant, order.dialect, order.order_id)
        connection.execute(_SQL["erase_order"], (*place, order.version))
        if connection.changes() != 1:
            raise LookupError(order.key)
        for statement in ("erase_events", "erase_cancellations", "erase_obligations"):
            connection.execute(_SQL[statement], place)
        aliases = [(order.tenant, order.dialect, name, value, order.order_id) for name, value in order.aliases.items()]
        connection.executemany(_SQL["delete_alias"], aliases)
