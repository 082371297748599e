"""A vendor's world held in memory, on which real asks are judged by the real desk's judge: no store, no server.

An ask sees what the desk would have loaded for it and nothing else. Each vendor's own ledger adds how its calls are spelled and
what every answer is held against.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from countermand.dialects.contract import (
    Ask,
    Caller,
    CallerFault,
    Dialect,
    Handler,
    Read,
    WireAnswer,
    WireRequest,
    World,
    Write,
)
from countermand.model.event import Event
from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation
from countermand.model.order import Order
from countermand.model.outcome import Verdict
from countermand.model.query import (
    Found,
    GetOrder,
    GetRecord,
    ListEvents,
    Listing,
    ListOrders,
    ListRecords,
    Page,
    Query,
)
from countermand.model.record import Record
from countermand.service.judgement import Sheet
from countermand.store.port import Loaded

Row = TypeVar("Row", Order, Record)


def counting(pattern: str, first: int = 1) -> Callable[[], str]:
    """New ids: the pattern with the next number in it."""
    numbers = itertools.count(first)
    return lambda: pattern.format(next(numbers))


class Ledger:
    """What is held, and what becomes of it."""

    def __init__(self, dialect: Dialect, world: World) -> None:
        self.dialect = dialect
        self.now = world.now
        self.new_id = world.new_id
        seeded = dialect.world(world)
        self.orders = {order.key: order for order in seeded.orders}
        self.records = {record.key: record for record in seeded.records}
        self.events: list[tuple[OrderKey, Event]] = []
        self.obligations: list[Obligation] = []

    def later(self, seconds: float = 0, **how: float) -> None:
        self.now += timedelta(seconds=seconds, **how)

    def order(self, order_id: str) -> Order:
        return next(order for order in self.orders.values() if order.order_id == order_id)

    def types(self) -> list[str]:
        """What happened, in words."""
        return [event.type for _, event in self.events]

    # ------------------------------------------------------------------------------------------------------------ calls

    def answer(self, handler: Handler, wire: WireRequest, caller: Caller) -> WireAnswer:
        """The answer to one call, its faults included."""
        try:
            if isinstance(handler, Read):
                return handler.encode(tuple(self.find(query) for query in handler.decode(wire, caller)), wire)
            assert isinstance(handler, Write)
            return handler.encode(self.decide(handler.decode(wire, caller)), wire)
        except CallerFault as error:
            return self.dialect.encode_fault(error.fault, wire)

    def decide(self, ask: Ask) -> Verdict:
        sheet = Sheet(self._loaded(ask), self.new_id)
        verdict = sheet.judge(self.dialect, ask, self.now)
        self.orders.update({key: after for key, (_, after) in sheet.writes.orders.items()})
        for key, (_, record) in sheet.writes.records.items():
            self.records[key] = record
            if record.deleted:
                del self.records[key]
        self.events += sheet.writes.events
        self.obligations += sheet.writes.obligations
        return verdict

    def _loaded(self, ask: Ask) -> Loaded:
        known = {(kind, record_id) for kind, record_id in self.dialect.companions}
        records = {
            key: record
            for key, record in self.records.items()
            if key in ask.records or record.kind in ask.order_kinds or (record.kind, record.record_id) in known
        }
        return Loaded(orders=dict(self.orders), names=self._names(), records=records)

    def _names(self) -> dict[AliasKey | RecordKey, OrderKey]:
        names: dict[AliasKey | RecordKey, OrderKey] = {
            AliasKey(order.tenant, order.dialect, name, value): key
            for key, order in self.orders.items()
            for name, value in order.aliases.items()
        }
        for key, record in self.records.items():
            if record.order_id is not None:
                names[key] = OrderKey(record.tenant, record.dialect, record.order_id)
        return names

    # ------------------------------------------------------------------------------------------------------------ reads

    def find(self, query: Query) -> Found:
        """What a store would find; sorting by anything but time is left to the tests that have a store."""
        match query:
            case GetOrder(key=key):
                found = key if isinstance(key, OrderKey) else self._names().get(key)
                return self.orders.get(found) if found else None
            case GetRecord(key=key):
                return self.records.get(key)
            case ListEvents(key=key):
                return Page(items=tuple(event for of, event in self.events if of == key))
            case ListOrders(tenant=tenant, kind=kind, listing=listing):
                orders = [one for one in self.orders.values() if one.tenant == tenant and kind in {None, one.kind}]
                kept = [one for one in orders if not listing.statuses or one.status in listing.statuses]
                return Page(items=_paged(kept, listing, lambda one: (one.placed_at, one.order_id)))
            case ListRecords(tenant=tenant, kind=kind, listing=listing):
                records = [one for one in self.records.values() if (one.tenant, one.kind) == (tenant, kind)]
                return Page(items=_paged(records, listing, lambda one: (one.created_at, one.record_id)))
        raise AssertionError(query)


def _paged(rows: list[Row], listing: Listing, place: Callable[[Row], Any]) -> tuple[Row, ...]:
    kept = [row for row in rows if all(row.facets.get(name) == value for name, value in listing.facets.items())]
    return tuple(sorted(kept, key=place, reverse=listing.descending)[: listing.limit])
