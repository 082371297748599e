"""A store under test, and the rows that its tests are about."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from msgspec.structs import replace

from countermand.model.event import Event
from countermand.model.keys import AliasKey, ClaimKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation
from countermand.model.order import Line, Order, Portion, PortionState
from countermand.model.query import Query
from countermand.model.record import Record
from countermand.store.port import Judged, Loaded, Store, StoredClaim, Wanted, Writes

Value = TypeVar("Value")

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TENANT = "t1"


def order(order_id: str = "o1", **members: object) -> Order:
    placed = members.pop("placed_at", NOW)
    line = Line(
        line_id="l1",
        sku="s1",
        portions=(Portion(state=PortionState.OPEN, quantity_milli=2_000, price_minor=500),),
        reserved_milli=2_000,
    )
    made = Order(
        tenant=TENANT, dialect="native", order_id=order_id, status="open", placed_at=NOW, updated_at=NOW, lines=(line,)
    )
    return replace(made, placed_at=placed, **members)


def record(record_id: str = "r1", **members: object) -> Record:
    made = Record(tenant=TENANT, dialect="native", kind="thing", record_id=record_id, created_at=NOW, updated_at=NOW)
    return replace(made, **members)


def key(order_id: str = "o1") -> OrderKey:
    return OrderKey(TENANT, "native", order_id)


def alias(value: str, name: str = "number") -> AliasKey:
    return AliasKey(TENANT, "native", name, value)


def thing(record_id: str = "r1") -> RecordKey:
    return RecordKey(TENANT, "native", "thing", record_id)


def claim(value: str = "k1", body: bytes = b"first") -> StoredClaim:
    return StoredClaim(
        key=ClaimKey(TENANT, "native cancel", value),
        fingerprint=b"f",
        status=200,
        headers=(("a", "b"),),
        body=body,
        created_at=NOW,
    )


def event(sequence: int, status: str = "cancelled") -> Event:
    return Event(type="order.cancelled", at=NOW, status=status, sequence=sequence)


def obligation(obligation_id: str, order_id: str = "o1") -> Obligation:
    return Obligation(
        obligation_id=obligation_id,
        tenant=TENANT,
        dialect="native",
        order_id=order_id,
        kind="refund",
        type="refund",
        created_at=NOW,
    )


def cancelled(before: Order) -> tuple[Order | None, Order]:
    return before, replace(
        before, version=before.version + 1, sequence=before.sequence + 1, status="cancelled", updated_at=NOW
    )


class Ledger:
    """The calls of a store as plain functions."""

    def __init__(self, runner: asyncio.Runner, store: Store) -> None:
        self._runner = runner
        self.store = store

    def run(self, work: Coroutine[object, object, Value]) -> Value:
        return self._runner.run(work)

    def together(self, *works: Coroutine[object, object, Value]) -> list[Any]:
        async def gathered() -> list[Any]:
            return await asyncio.gather(*works, return_exceptions=True)

        return self._runner.run(gathered())

    def transact(self, wanted: Wanted, judge: Callable[[Loaded], Writes]) -> Loaded:
        """One batch; gives back what it had loaded."""
        return self.run(self.batch(wanted, judge))

    async def batch(self, wanted: Wanted, judge: Callable[[Loaded], Writes]) -> Loaded:
        return await self.store.transact(wanted, lambda loaded: Judged(judge(loaded), loaded))

    def load(self, wanted: Wanted) -> Loaded:
        return self.transact(wanted, lambda _: Writes())

    def find(self, query: Query) -> Any:
        return self.run(self.store.find(query))

    def put(self, *orders: Order, records: Iterable[Record] = (), claims: Iterable[StoredClaim] = ()) -> None:
        writes = Writes(
            orders={one.key: (None, one) for one in orders},
            records={one.key: (None, one) for one in records},
            claims=list(claims),
            stock={(TENANT, one.dialect, line.sku): 0 for one in orders for line in one.lines},
        )
        for one in orders:
            for line in one.lines:
                writes.stock[TENANT, one.dialect, line.sku] += line.reserved_milli
        self.transact(Wanted(), lambda _: writes)


def after(at: datetime, seconds: int) -> datetime:
    return at + timedelta(seconds=seconds)
