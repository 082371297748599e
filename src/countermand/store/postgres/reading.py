"""Answers queries in a session of their own, outside of any transaction unless a pooler stands in between."""

from typing import Final, TypeVar, assert_never

import asyncpg

from countermand.model.event import Event
from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation
from countermand.model.order import Order
from countermand.model.outcome import Cancellation
from countermand.model.query import (
    Found,
    GetCancellation,
    GetOrder,
    GetRecord,
    ListCancellations,
    ListEvents,
    ListObligations,
    ListOrders,
    ListRecords,
    Page,
    Query,
    Whole,
)
from countermand.model.record import Record
from countermand.model.survey import CohortSurvey, Survey
from countermand.store.listing import (
    FEW,
    Listed,
    Spelling,
    Statement,
    cancellations_of,
    count_of,
    cursor_of,
    page_among,
    page_of,
    rarities_of,
    whole_of,
)
from countermand.store.numbering import Numbered, numbered
from countermand.store.postgres import surveying
from countermand.store.postgres.composing import named
from countermand.store.postgres.sessions import Session
from countermand.store.postgres.texts import storable, stored
from countermand.store.rows import OrderRow, RecordRow, cancellation_of, event_of, obligation_of, order_of, record_of

Item = TypeVar("Item", Order, Record)

SPELLING: Final = Spelling(sign="$", merges=False)

#: Obligations of one order that are looked through for those of a cancellation. A few for each of its payments.
OBLIGATIONS_MAX: Final = 10_000

_BY: Final = {OrderKey: "order_by_key", AliasKey: "order_by_alias", RecordKey: "order_by_record"}


async def find(session: Session, query: Query) -> Found:
    match query:
        case GetOrder(key=key):
            return await _order(session, key)
        case GetRecord(key=key):
            return await _record(session, key)
        case ListEvents():
            return await _events(session, query)
        case ListOrders():
            return await _orders(session, query)
        case ListRecords():
            return await _records(session, query)
        case GetCancellation():
            return await _whole(session, query)
        case ListCancellations():
            return await _cancellations(session, query)
        case ListObligations():
            return await _obligations(session, query)
        case Survey() | CohortSurvey():
            return await surveying.survey(session, query)
        case _:
            assert_never(query)


async def _whole(session: Session, query: GetCancellation) -> Whole | None:
    key = query.key
    place = (key.tenant, query.cancellation_id, key.dialect, key.order_id)
    if not all(map(storable, place)):
        return None
    row = await session.row(named("cancellation").text, *place)
    if row is None:
        return None
    owed = await _obligations(session, ListObligations(key=key, limit=OBLIGATIONS_MAX))
    mine = tuple(one for one in owed.items if one.cancellation_id == query.cancellation_id)
    return Whole(cancellation=cancellation_of(row[0]), obligations=mine)


async def _cancellations(session: Session, query: ListCancellations) -> Page[Cancellation]:
    found = [cancellation_of(body) for (body,) in await _fetch(session, cancellations_of(query, SPELLING))]
    return Page(items=tuple(found[: query.limit]), more=len(found) > query.limit)


async def _obligations(session: Session, query: ListObligations) -> Page[Obligation]:
    key, text = query.key, named("obligations_before" if query.descending else "obligations_after").text
    place = (key.tenant, key.dialect, stored(key.order_id), stored(query.after or ""), query.limit + 1)
    found = [obligation_of(body) for (body,) in await session.fetch(text, *place)]
    return Page(items=tuple(found[: query.limit]), more=len(found) > query.limit)


async def records_of_kind(session: Session, kind: str) -> tuple[Record, ...]:
    rows = await session.fetch(named("records_of_kind").text, kind)
    return tuple(record_of(RecordRow(*row)) for row in rows)


async def _order(session: Session, key: OrderKey | AliasKey | RecordKey) -> Order | None:
    values = (
        (key.tenant, key.dialect, key.order_id)
        if isinstance(key, OrderKey)
        else (key.tenant, key.dialect, key.name, key.value)
        if isinstance(key, AliasKey)
        else (key.tenant, key.dialect, key.kind, key.record_id)
    )
    if not all(map(storable, values)):
        return None
    row = await session.row(named(_BY[type(key)]).text, *values)
    return None if row is None else order_of(OrderRow(*row))


async def _record(session: Session, key: RecordKey) -> Record | None:
    if not storable(key.record_id):
        return None
    row = await session.row(named("record_by_key").text, key.tenant, key.dialect, key.kind, key.record_id)
    return None if row is None else record_of(RecordRow(*row))


async def _events(session: Session, query: ListEvents) -> Page[Event]:
    key = query.key
    if not storable(key.order_id):
        return Page(items=())
    values = (key.tenant, key.dialect, key.order_id, query.after, query.limit + 1)
    rows = await session.fetch(named("events_after").text, *values)
    events = tuple(event_of(body) for (body,) in rows)
    return Page(items=events[: query.limit], more=len(events) > query.limit)


async def _orders(session: Session, query: ListOrders) -> Page[Order]:
    if query.listing.groups is not None:
        rows, total = await _numbered(session, query)
        return _cut(query, [order_of(OrderRow(*row)) for row in rows], total=total)
    after = query.listing.after
    item = None if after is None else await _order(session, OrderKey(query.tenant, query.dialect, after))
    if (whole := await _rare(session, query)) is not None:
        every = [order_of(OrderRow(*row)) for row in await _rows(session, whole, item=None)]
        return await _page(session, query, items=page_among(query.listing, every, item))
    orders = [order_of(OrderRow(*row)) for row in await _rows(session, query, item=item)]
    return await _page(session, query, items=orders)


async def _records(session: Session, query: ListRecords) -> Page[Record]:
    if query.listing.groups is not None:
        rows, total = await _numbered(session, query)
        return _cut(query, [record_of(RecordRow(*row)) for row in rows], total=total)
    after = query.listing.after
    key = None if after is None else RecordKey(query.tenant, query.dialect, query.kind, after)
    item = None if key is None else await _record(session, key)
    if (whole := await _rare(session, query)) is not None:
        every = [record_of(RecordRow(*row)) for row in await _rows(session, whole, item=None)]
        return await _page(session, query, items=page_among(query.listing, every, item))
    records = [record_of(RecordRow(*row)) for row in await _rows(session, query, item=item)]
    return await _page(session, query, items=records)


async def _rows(
    session: Session, query: ListOrders | ListRecords, *, item: Order | Record | None
) -> list[asyncpg.Record]:
    """The page after `item`. A cursor that names nothing is no cursor: the list starts at its beginning."""
    cursor = None if item is None else cursor_of(query.listing, item)
    return await _fetch(session, page_of(query, SPELLING, cursor))


async def _rare(session: Session, query: Listed) -> Listed | None:
    """The query for all rows, where what is filtered by has so few that they are best read as a whole."""
    for name, counting in rarities_of(query, SPELLING):
        ((count,),) = await _fetch(session, counting)
        if count <= FEW:
            return whole_of(query, name)
    return None


async def _page(session: Session, query: ListOrders | ListRecords, *, items: list[Item]) -> Page[Item]:
    total = None
    if query.listing.count:
        ((total,),) = await _fetch(session, count_of(query, SPELLING))
    return _cut(query, items, total=total)


def _cut(query: ListOrders | ListRecords, items: list[Item], *, total: int | None) -> Page[Item]:
    limit = query.listing.limit
    more = limit is not None and len(items) > limit
    return Page(items=tuple(items if limit is None else items[:limit]), more=more, total=total)


async def _numbered(session: Session, query: ListOrders | ListRecords) -> tuple[list[asyncpg.Record], int]:
    """The rows of a page that has a number, and how many there are on all pages; all of it from one state of the database."""
    talk = numbered(query, SPELLING)
    # Behind a pooler every read is in a transaction already, and nothing has been read in it.
    begins = not session.in_transaction
    state = "ISOLATION LEVEL REPEATABLE READ READ ONLY"
    await session.execute(f"BEGIN {state}" if begins else f"SET TRANSACTION {state}")
    try:
        statement = next(talk)
        while True:
            statement = talk.send(await _fetch(session, statement))
    except StopIteration as end:
        page: Numbered[asyncpg.Record] = end.value
        return page.rows, page.total
    finally:
        if begins:
            await session.execute("COMMIT")


async def _fetch(session: Session, statement: Statement) -> list[asyncpg.Record]:
    values = (stored(value) if isinstance(value, str) else value for value in statement.parameters)
    return list(await session.fetch(statement.text, *values))
