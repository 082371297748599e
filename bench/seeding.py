"""Orders to cancel: two lines over 200 SKUs, reserved, like those of the floor. And the key that may cancel them."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from countermand.bootstrap import open_store
from countermand.dialects.contract import SCOPES, AccountSeed
from countermand.model.order import Line, Order, Portion, PortionState
from countermand.service.keyring import key_of
from countermand.store.port import Judged, Wanted, Writes

TENANT: Final = "bench"
SECRET: Final = "bench-secret-that-opens-nothing-else"
SKUS: Final = 200
PLACED: Final = datetime(2026, 1, 1, tzinfo=UTC)

#: Orders written in one transaction while seeding.
CHUNK: Final = 5_000


def order(number: int) -> Order:
    first = number * 7919 % SKUS
    second = (first + 1 + number * 104729 % (SKUS - 2)) % SKUS
    lines = (_line("1", first, 2), _line("2", second, 1))
    return Order(
        tenant=TENANT,
        dialect="native",
        order_id=f"o{number}",
        status="placed",
        placed_at=PLACED,
        updated_at=PLACED,
        currency="EUR",
        lines=lines,
        total_minor=1500,
    )


def _line(line_id: str, sku: int, units: int) -> Line:
    portion = Portion(state=PortionState.OPEN, quantity_milli=units * 1000, price_minor=units * 500)
    names = {"line_id": line_id, "sku": f"SKU-{sku}"}
    return Line(
        line_id=line_id, sku=f"SKU-{sku}", portions=(portion,), names=names, reserved_milli=portion.quantity_milli
    )


async def seed(url: str, orders: int) -> None:
    """Fill a database with its key and so many orders."""
    store = open_store(url)
    try:
        account = AccountSeed(realm=TENANT, secret=SECRET, scopes=SCOPES)
        await store.put_keys([key_of(account, tenant=TENANT, dialect="native", key_id="bench", now=PLACED)])
        await store.claim_for(sandbox=False)
        for start in range(0, orders, CHUNK):
            await _put(store, [order(number) for number in range(start, min(orders, start + CHUNK))])
            await asyncio.sleep(0)
    finally:
        await store.close()


async def _put(store, orders: list[Order]) -> None:  # noqa: ANN001 - the port, or what stands for it
    writes = Writes(orders={one.key: (None, one) for one in orders})
    for one in orders:
        for line in one.lines:
            place = (one.tenant, one.dialect, line.sku)
            writes.stock[place] = writes.stock.get(place, 0) + line.reserved_milli
    await store.transact(Wanted(), lambda _: Judged(writes, None))
