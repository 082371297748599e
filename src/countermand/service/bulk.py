"""Drives bulk cancellations: writes the selection down, then cancels chunk by chunk.

Each chunk is one database transaction that holds the cancellations, what became of each order, and the bulk's new figures.
A process that dies leaves a chunk done or untouched; whoever has the timer next goes on with what is untouched.
"""

import time
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Caller, Dialect, Held, Plan, WireRequest
from countermand.dialects.native.addressing import name_of
from countermand.dialects.native.bulk import asks_of, item_of, selected
from countermand.dialects.native.bulkrecords import (
    CHUNK_ORDERS_MAX,
    DIALECT,
    bulk_key,
    bulk_of,
    chunk_body,
    chunk_key,
    chunk_of,
    chunk_records,
    record_of,
)
from countermand.model.bulk import DRIVEN, Bulk, BulkState, Chunk, tallied
from countermand.model.keys import RecordKey
from countermand.model.order import Order
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import GetRecord, Listing, ListOrders, Page
from countermand.model.record import Record
from countermand.model.timer import Timer
from countermand.service.clock import Clock
from countermand.service.desk import Desk, Group
from countermand.store.port import Store

#: How long one slice of work lasts. Far below the lease of its timer, and as long as a stopping server waits for it.
SLICE_S: Final = 2.0

#: Orders of one page while the selection is written down, and so the chunks that one transaction adds.
PAGE_ORDERS: Final = 8 * CHUNK_ORDERS_MAX


class Bulks:
    """Everything that drives bulks."""

    def __init__(self, *, store: Store, desk: Desk, clock: Clock, dialects: Mapping[str, Dialect]) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock
        self._dialects = dialects

    async def work(self, timer: Timer) -> None:
        """One slice of the bulk that the timer is about. Sets the timer anew while there is more to do."""
        bulk_id = timer.timer_id.partition(".")[2]
        until = time.monotonic() + SLICE_S
        bulk = await self._bulk(timer.tenant, bulk_id)
        while bulk is not None and bulk.state in DRIVEN and time.monotonic() < until:
            if bulk.state is BulkState.SELECTING:
                await self._select(bulk, timer)
            else:
                await self._cancel(bulk, timer)
            bulk = await self._bulk(timer.tenant, bulk_id)
        native = self._dialects[DIALECT]
        more = bulk is not None and bulk.state in DRIVEN
        plan = Plan(timers=(timer,)) if more else Plan(ended=(timer.key,))
        await self._desk.decide(_still(timer, plan), tenant=timer.tenant, dialect=native)

    async def _bulk(self, tenant: str, bulk_id: str) -> Bulk | None:
        found = await self._store.find(GetRecord(key=bulk_key(tenant, bulk_id)))
        return bulk_of(found) if isinstance(found, Record) else None

    async def _select(self, bulk: Bulk, timer: Timer) -> None:
        """Write down the next orders that match; the last page completes the selection."""
        assert bulk.selection is not None
        chosen = bulk.selection
        listing = Listing(
            sort="id",
            descending=False,
            statuses=chosen.statuses,
            facets=chosen.facets,
            from_at=chosen.placed_from,
            until_at=chosen.placed_until,
            after=bulk.selected_until or None,
            limit=PAGE_ORDERS,
        )
        page = await self._store.find(
            ListOrders(tenant=timer.tenant, dialect=bulk.dialect, kind=chosen.kind, listing=listing)
        )
        assert isinstance(page, Page)
        orders = tuple(order for order in page.items if isinstance(order, Order))
        order_ids = tuple(name_of(order) for order in orders)
        key = bulk_key(timer.tenant, bulk.bulk_id)

        def plan(held: Held) -> Plan:
            now = bulk_of(held.records[key])
            if now.state is not BulkState.SELECTING or now.selected_until != bulk.selected_until:
                return Plan()
            chunks = chunk_records(order_ids, now.chunks, bulk=held.records[key])
            after = replace(
                now,
                selected=now.selected + len(order_ids),
                chunks=now.chunks + len(chunks),
                selected_until=orders[-1].order_id if orders else now.selected_until,
            )
            after = after if page.more else selected(after, held.now)
            return Plan(records=(record_of(after, timer.tenant, held.now), *chunks))

        await self._desk.decide(Ask(plan=plan, records=(key,)), tenant=timer.tenant, dialect=self._dialects[DIALECT])

    async def _cancel(self, bulk: Bulk, timer: Timer) -> None:
        """Cancel the orders of the next chunk, and write down what became of each."""
        found = await self._store.find(GetRecord(key=chunk_key(timer.tenant, bulk.bulk_id, bulk.chunks_done)))
        assert isinstance(found, Record), "a selection that is complete has every chunk"
        order_ids = chunk_of(found).order_ids
        native = self._dialects[DIALECT]
        caller = Caller(tenant=timer.tenant, dialect=DIALECT, key_id=bulk.created_by, scopes=frozenset())
        wire, key = self._wire(bulk), bulk_key(timer.tenant, bulk.bulk_id)

        def proceed(held: Held) -> bool:
            now = bulk_of(held.records[key])
            return now.state is BulkState.RUNNING and now.chunks_done == bulk.chunks_done

        def conclude(verdicts: tuple[Verdict, ...]) -> Ask:
            pairs = zip(order_ids, verdicts, strict=True)
            items = tuple(item_of(order_id, verdict, wire=wire, dry_run=bulk.dry_run) for order_id, verdict in pairs)
            return _concluding(found, Chunk(order_ids=order_ids, items=items), bulk=key)

        verdicts = await self._desk.together(
            Group(
                tenant=timer.tenant,
                asks=tuple((native, ask) for ask in asks_of(order_ids, caller, wire=wire)),
                rehearse=bulk.dry_run,
                proceed=proceed,
                conclude=conclude,
                dialect=native,
                records=(key, found.key),
            )
        )
        for verdict in verdicts or ():
            if isinstance(verdict, Refused) and not bulk.dry_run:
                self._desk.refusals.count(timer.tenant, bulk.dialect, verdict, now=wire.received_at)

    def _wire(self, bulk: Bulk) -> WireRequest:
        """The request that a single cancellation of one of these orders would be."""
        return WireRequest(
            method="POST",
            path=f"/bulk-cancellations/{bulk.bulk_id}",
            received_at=self._clock.now(DIALECT),
            headers={"idempotency-key": bulk.bulk_id},
            body=bulk.request,
        )


def _concluding(place: Record, done: Chunk, *, bulk: RecordKey) -> Ask:
    """Write down a chunk that was tried, and the bulk's new figures."""

    def plan(held: Held) -> Plan:
        after = tallied(bulk_of(held.records[bulk]), done.items or (), held.now)
        written = replace(place, body=chunk_body(done), updated_at=held.now)
        return Plan(records=(record_of(after, bulk.tenant, held.now), written))

    return Ask(plan=plan, records=(bulk, place.key))


def _still(timer: Timer, plan: Plan) -> Ask:
    """The plan, unless somebody has ended the timer since, or set it anew."""

    def once(held: Held) -> Plan:
        return Plan() if held.timer is None or held.timer.due_at != timer.due_at else plan

    return Ask(plan=once, timer=timer.key)
