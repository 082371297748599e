"""Loads what a batch wants, row by row: on an embedded database a set-wise query gains nothing over the primary key.
One statement is run for all rows of a kind, because to find it again costs as much as a small row.

In no order: whoever loads has the whole database to itself until its transaction ends.
"""

from collections.abc import Iterable
from typing import Any, Final

import apsw
import msgspec

from countermand.model.keys import AliasKey, ClaimKey, OrderKey, RecordKey
from countermand.model.order import Order
from countermand.model.record import Record
from countermand.model.timer import Timer, TimerKey
from countermand.store.port import History, Loaded, StoredClaim, Wanted
from countermand.store.rows import (
    OrderRow,
    RecordRow,
    cancellation_of,
    instant,
    obligation_of,
    order_of,
    record_of,
    timer_of,
)
from countermand.store.sql import statements

_SQL: Final = statements(__package__)
_decode_headers: Final = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode


def single_rows(wanted: Wanted) -> bool:
    """Whether only rows are wanted whose versions can be checked: orders and records by their keys, and claims."""
    return not (wanted.names or wanted.order_kinds or wanted.timers or wanted.histories)


def load(connection: apsw.Connection, wanted: Wanted) -> Loaded:
    loaded = Loaded()
    if wanted.records:
        beside = [record(connection, key) for key in wanted.records]
        loaded.records = {one.key: one for one in beside if one is not None}
    for name in wanted.names:
        if (key := resolve(connection, name)) is not None:
            loaded.names[name] = key
    keys = wanted.orders.union(loaded.names.values()) if loaded.names else wanted.orders
    places = [(key.tenant, key.dialect, key.order_id) for key in keys]
    for row in connection.executemany(_SQL["order_by_key"], places):
        found = order_of(OrderRow._make(row))
        loaded.orders[found.key] = found
    if wanted.order_kinds:
        _load_beside(connection, wanted, loaded)
    if wanted.claims:
        names = [(key.tenant, key.scope, key.key) for key in wanted.claims]
        used = map(_claim_of, connection.executemany(_SQL["claim"], names))
        loaded.claims = {claim.key: claim for claim in used}
    if wanted.timers:
        loaded.timers = _timers(connection, wanted.timers)
    if wanted.histories:
        _load_histories(connection, wanted, loaded)
    return loaded


def _load_histories(connection: apsw.Connection, wanted: Wanted, loaded: Loaded) -> None:
    for holder in wanted.histories:
        parent = holder if isinstance(holder, OrderKey) else loaded.names.get(holder)
        if parent is not None:
            loaded.histories[parent] = history(connection, parent)


def _timers(connection: apsw.Connection, keys: Iterable[TimerKey]) -> dict[TimerKey, Timer]:
    found = (timer(connection, key) for key in keys)
    return {one.key: one for one in found if one is not None}


def _load_beside(connection: apsw.Connection, wanted: Wanted, loaded: Loaded) -> None:
    for holder, kinds in wanted.order_kinds.items():
        parent = holder if isinstance(holder, OrderKey) else loaded.names.get(holder)
        if parent is None:
            continue
        for kind in kinds:
            loaded.records |= {beside.key: beside for beside in records_of(connection, parent, kind)}


def history(connection: apsw.Connection, key: OrderKey) -> History:
    place = (key.tenant, key.dialect, key.order_id)
    return History(
        cancellations=[cancellation_of(body) for (body,) in connection.execute(_SQL["cancellations_of_order"], place)],
        obligations=[obligation_of(body) for (body,) in connection.execute(_SQL["obligations_of_order"], place)],
    )


def _claim_of(row: tuple[Any, ...]) -> StoredClaim:
    tenant, scope, key, fingerprint, status, headers, body, created_at = row
    return StoredClaim(
        key=ClaimKey(tenant, scope, key),
        fingerprint=fingerprint,
        status=status,
        headers=_decode_headers(headers),
        body=body,
        created_at=instant(created_at),
    )


def timer(connection: apsw.Connection, key: TimerKey) -> Timer | None:
    row = connection.execute(_SQL["timer"], (key.tenant, key.dialect, key.timer_id)).fetchone()
    return None if row is None else timer_of(row[0])


def order(connection: apsw.Connection, key: OrderKey) -> Order | None:
    row = connection.execute(_SQL["order_by_key"], (key.tenant, key.dialect, key.order_id)).fetchone()
    return None if row is None else order_of(OrderRow._make(row))


def record(connection: apsw.Connection, key: RecordKey) -> Record | None:
    row = connection.execute(_SQL["record_by_key"], (key.tenant, key.dialect, key.kind, key.record_id)).fetchone()
    return None if row is None else record_of(RecordRow._make(row))


def records_of(connection: apsw.Connection, key: OrderKey, kind: str) -> list[Record]:
    rows = connection.execute(_SQL["records_of_order"], (key.tenant, key.dialect, key.order_id, kind))
    return [record_of(RecordRow._make(row)) for row in rows]


def resolve(connection: apsw.Connection, name: AliasKey | RecordKey) -> OrderKey | None:
    """The order that an alias names, or the parent of a record."""
    if isinstance(name, AliasKey):
        row = connection.execute(_SQL["alias"], (name.tenant, name.dialect, name.name, name.value)).fetchone()
        order_id = row[0] if row else None
    else:
        beside = record(connection, name)
        order_id = beside.order_id if beside else None
    return None if order_id is None else OrderKey(name.tenant, name.dialect, order_id)
