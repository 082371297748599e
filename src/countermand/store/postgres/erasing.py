"""What housekeeping asks: which orders are old, and what belongs to them. Erasing is a batch like any other (`writing`)."""

import time
from datetime import datetime
from typing import Final

from countermand.model.keys import OrderKey
from countermand.model.order import Order
from countermand.model.record import Record
from countermand.store.postgres.composing import named
from countermand.store.postgres.sessions import Session
from countermand.store.rows import OrderRow, RecordRow, micros, order_of, record_of

#: How long the row of a batch whose outcome somebody may still ask for is kept. They ask within seconds.
BATCH_KEPT_S: Final = 86_400


async def aged_orders(
    session: Session, before: datetime, *, after: OrderKey | None, limit: int
) -> tuple[tuple[Order, ...], OrderKey | None]:
    start = (after.tenant, after.dialect, after.order_id) if after else ("", "", "")
    rows = [tuple(row) for row in await session.fetch(named("orders_after").text, *start, limit)]
    until = micros(before)
    aged = [row[:11] for row in rows if row[8] < until and not row[11]]
    last = OrderKey(*rows[-1][:3]) if len(rows) == limit else None
    return tuple(order_of(OrderRow(*row)) for row in aged), last


async def belongings(session: Session, key: OrderKey) -> tuple[Record, ...]:
    rows = await session.fetch(named("belongings").text, key.tenant, key.dialect, key.order_id)
    return tuple(record_of(RecordRow(*row)) for row in rows)


async def forget_batches(session: Session) -> None:
    await session.execute(named("forget_batches").text, time.time_ns() // 1_000 - BATCH_KEPT_S * 1_000_000)
