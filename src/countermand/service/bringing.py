"""Brings over what a vendor held until now: orders and documents in the vendor's own words, added to a live ledger.

The same decoding as a sandbox world's, but nothing is replaced: what is there already stays as it is. Nothing happened to what
is brought, so there are no events and nobody is told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from countermand.dialects.contract import Account, CallerFault, Dialect, Fault, FaultKind, FieldFault, Seeded, World
from countermand.model.order import Order
from countermand.model.record import Record
from countermand.store.port import Judged, Loaded, Store, Wanted, Writes

#: Rows written in one transaction. A crash leaves whole transactions, and running it again adds the rest.
ROWS_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Brought:
    """How much was new, and how much was there already."""

    added: int
    kept: int


def decoded(
    dialect: Dialect, document: Mapping[str, object], *, tenant: str, now: datetime, new_id: Callable[[], str]
) -> Seeded:
    """What the document holds, as the tenant's own. Raises CallerFault with what is wrong and where."""
    accounts = document.get("accounts")
    if not isinstance(accounts, list) or not accounts:
        fault = FieldFault(path="accounts", message="must say at least one account, so that documents have an owner")
        raise CallerFault(Fault(kind=FaultKind.INVALID, detail=f"accounts {fault.message}", fields=(fault,)))
    owners = []
    for given in accounts:
        seed = dialect.account(given if isinstance(given, dict) else {})
        owners.append(Account(tenant=tenant, token=seed.secret, seed=seed))
    return dialect.world(World(document=document, accounts=tuple(owners), now=now, new_id=new_id))


async def bring(store: Store, seeded: Seeded, *, on_progress: Callable[[int], None]) -> Brought:
    """Add what is not there yet. `on_progress` hears how many rows were looked at."""
    added = kept = 0
    for rows in _chunks([*seeded.records, *seeded.orders]):
        orders = [row for row in rows if isinstance(row, Order)]
        records = [row for row in rows if isinstance(row, Record)]
        wanted = Wanted(orders={order.key for order in orders}, records={record.key for record in records})

        def judge(loaded: Loaded, orders: list[Order] = orders, records: list[Record] = records) -> Judged[int]:
            writes = Writes(
                orders={order.key: (None, order) for order in orders if order.key not in loaded.orders},
                records={record.key: (None, record) for record in records if record.key not in loaded.records},
            )
            _reserve(writes)
            return Judged(writes, len(writes.orders) + len(writes.records))

        new = await store.transact(wanted, judge)
        added, kept = added + new, kept + len(rows) - new
        on_progress(len(rows))
    return Brought(added, kept)


def _reserve(writes: Writes) -> None:
    for _, order in writes.orders.values():
        for line in order.lines:
            if line.reserved_milli:
                place = (order.tenant, order.dialect, line.sku)
                writes.stock[place] = writes.stock.get(place, 0) + line.reserved_milli


def _chunks(rows: Sequence[Order | Record]) -> Iterator[Sequence[Order | Record]]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]
