"""Answers queries on a connection of their own, which sees every committed transaction and blocks nobody."""

from typing import Any, Final, TypeVar, assert_never

import apsw

from countermand.model.event import Event
from countermand.model.keys import OrderKey, RecordKey
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
    cancellations_of,
    count_of,
    cursor_of,
    page_among,
    page_of,
    rarities_of,
    whole_of,
)
from countermand.store.numbering import Numbered, numbered
from countermand.store.rows import OrderRow, RecordRow, cancellation_of, event_of, obligation_of, order_of, record_of
from countermand.store.sql import statements
from countermand.store.sqlite import loading, surveying

_SQL: Final = statements(__package__)
Item = TypeVar("Item", Order, Record)

SPELLING: Final = Spelling(sign="?", merges=True)


def find(connection: apsw.Connection, query: Query) -> Found:
    match query:
        case GetOrder(key=key):
            named = key if isinstance(key, OrderKey) else loading.resolve(connection, key)
            return None if named is None else loading.order(connection, named)
        case GetRecord(key=key):
            return loading.record(connection, key)
        case ListEvents():
            return _events(connection, query)
        case ListOrders():
            return _orders(connection, query)
        case ListRecords():
            return _records(connection, query)
        case GetCancellation():
            return _whole(connection, query)
        case ListCancellations():
            return _cancellations(connection, query)
        case ListObligations():
            return _obligations(connection, query)
        case Survey() | CohortSurvey():
            return surveying.survey(connection, query)
        case _:
            assert_never(query)


def _whole(connection: apsw.Connection, query: GetCancellation) -> Whole | None:
    key = query.key
    place = (key.tenant, query.cancellation_id, key.dialect, key.order_id)
    row = connection.execute(_SQL["cancellation"], place).fetchone()
    if row is None:
        return None
    owed = connection.execute(_SQL["obligations_of_order"], (key.tenant, key.dialect, key.order_id))
    obligations = [obligation_of(body) for (body,) in owed]
    mine = tuple(one for one in obligations if one.cancellation_id == query.cancellation_id)
    return Whole(cancellation=cancellation_of(row[0]), obligations=mine)


def _cancellations(connection: apsw.Connection, query: ListCancellations) -> Page[Cancellation]:
    statement = cancellations_of(query, SPELLING)
    found = [cancellation_of(body) for (body,) in connection.execute(statement.text, statement.parameters)]
    return Page(items=tuple(found[: query.limit]), more=len(found) > query.limit)


def _obligations(connection: apsw.Connection, query: ListObligations) -> Page[Obligation]:
    key, text = query.key, _SQL["obligations_before" if query.descending else "obligations_after"]
    place = (key.tenant, key.dialect, key.order_id, query.after or "", query.limit + 1)
    found = [obligation_of(body) for (body,) in connection.execute(text, place)]
    return Page(items=tuple(found[: query.limit]), more=len(found) > query.limit)


def records_of_kind(connection: apsw.Connection, kind: str) -> tuple[Record, ...]:
    return tuple(record_of(RecordRow._make(row)) for row in connection.execute(_SQL["records_of_kind"], (kind,)))


def _events(connection: apsw.Connection, query: ListEvents) -> Page[Event]:
    key = query.key
    rows = connection.execute(
        _SQL["events_after"], (key.tenant, key.dialect, key.order_id, query.after, query.limit + 1)
    )
    events = tuple(event_of(body) for (body,) in rows)
    return Page(items=events[: query.limit], more=len(events) > query.limit)


def _orders(connection: apsw.Connection, query: ListOrders) -> Page[Order]:
    if query.listing.groups is not None:
        rows, total = _numbered(connection, query)
        return _cut(query, [order_of(OrderRow._make(row)) for row in rows], total)
    after = query.listing.after
    item = None if after is None else loading.order(connection, OrderKey(query.tenant, query.dialect, after))
    if (whole := _rare(connection, query)) is not None:
        every = [order_of(OrderRow._make(row)) for row in _rows(connection, whole, None)]
        return _page(connection, query, page_among(query.listing, every, item))
    orders = [order_of(OrderRow._make(row)) for row in _rows(connection, query, item)]
    return _page(connection, query, orders)


def _records(connection: apsw.Connection, query: ListRecords) -> Page[Record]:
    if query.listing.groups is not None:
        rows, total = _numbered(connection, query)
        return _cut(query, [record_of(RecordRow._make(row)) for row in rows], total)
    after = query.listing.after
    key = None if after is None else RecordKey(query.tenant, query.dialect, query.kind, after)
    item = None if key is None else loading.record(connection, key)
    if (whole := _rare(connection, query)) is not None:
        every = [record_of(RecordRow._make(row)) for row in _rows(connection, whole, None)]
        return _page(connection, query, page_among(query.listing, every, item))
    records = [record_of(RecordRow._make(row)) for row in _rows(connection, query, item)]
    return _page(connection, query, records)


def _rows(connection: apsw.Connection, query: ListOrders | ListRecords, item: Order | Record | None) -> apsw.Cursor:
    """The page after `item`. A cursor that names nothing is no cursor: the list starts at its beginning."""
    cursor = None if item is None else cursor_of(query.listing, item)
    statement = page_of(query, SPELLING, cursor)
    return connection.execute(statement.text, statement.parameters)


def _rare(connection: apsw.Connection, query: Listed) -> Listed | None:
    """The query for all rows, where what is filtered by has so few that they are best read as a whole."""
    for name, counting in rarities_of(query, SPELLING):
        ((count,),) = connection.execute(counting.text, counting.parameters).fetchall()
        if int(count or 0) <= FEW:
            return whole_of(query, name)
    return None


def _page(connection: apsw.Connection, query: ListOrders | ListRecords, items: list[Item]) -> Page[Item]:
    total = None
    if query.listing.count:
        counting = count_of(query, SPELLING)
        row = connection.execute(counting.text, counting.parameters).fetchone()
        total = int(row[0]) if row else 0
    return _cut(query, items, total)


def _cut(query: ListOrders | ListRecords, items: list[Item], total: int | None) -> Page[Item]:
    limit = query.listing.limit
    more = limit is not None and len(items) > limit
    return Page(items=tuple(items if limit is None else items[:limit]), more=more, total=total)


def _numbered(connection: apsw.Connection, query: ListOrders | ListRecords) -> tuple[list[Any], int]:
    """The rows of a page that has a number, and how many there are on all pages; all of it from one state of the file."""
    talk = numbered(query, SPELLING)
    connection.execute("BEGIN")
    try:
        statement = next(talk)
        while True:
            statement = talk.send(connection.execute(statement.text, statement.parameters).fetchall())
    except StopIteration as end:
        page: Numbered[Any] = end.value
        return page.rows, page.total
    finally:
        connection.execute("COMMIT")
