"""Writes what a batch decided, one prepared statement per kind of row."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import apsw

from countermand.model.order import Order
from countermand.model.record import Record
from countermand.model.timer import Timer, TimerKey
from countermand.store import facets, tallies
from countermand.store.port import Writes
from countermand.store.rows import document, micros, order_body, order_row, record_row
from countermand.store.sql import statements
from countermand.store.sqlite.erasing import erase
from countermand.store.sqlite.seen import LostUpdate

_SQL: Final = statements(__package__)

_NO_NAMES: Final[Mapping[str, str]] = {}


def write(connection: apsw.Connection, writes: Writes) -> None:
    if writes.orders:
        _write_orders(connection, writes.orders.values())
    for record in [after for _, after in writes.records.values()]:
        _write_record(connection, record)
    _reindex(connection, facets.moved(writes))
    connection.executemany(
        _SQL["insert_event"],
        [
            (key.tenant, key.dialect, key.order_id, event.sequence, event.type, micros(event.at), document(event))
            for key, event in writes.events
        ],
    )
    _write_decisions(connection, writes)
    connection.executemany(
        _SQL["insert_claim"],
        [
            (
                c.key.tenant,
                c.key.scope,
                c.key.key,
                c.fingerprint,
                c.status,
                document(c.headers),
                c.body,
                micros(c.created_at),
            )
            for c in writes.claims
        ],
    )
    for timer_key, timer in writes.timers.items():
        _write_timer(connection, timer_key, timer)
    if writes.erased or writes.forgotten:
        erase(connection, writes)
    connection.executemany(
        _SQL["add_stock"], [(*key, change) for key, change in sorted(writes.stock.items()) if change]
    )


def _write_decisions(connection: apsw.Connection, writes: Writes) -> None:
    """Cancellations and obligations: new ones first, because one of the same batch may change them."""
    connection.executemany(
        _SQL["insert_cancellation"],
        [
            (c.tenant, c.cancellation_id, c.dialect, c.order_id, micros(c.created_at), c.state, document(c))
            for c in writes.cancellations
        ],
    )
    connection.executemany(
        _SQL["insert_obligation"],
        [
            (
                *(o.tenant, o.obligation_id, o.dialect, o.order_id, o.kind, o.state),
                *(micros(o.created_at), "conflict_id" in o.data, document(o)),
            )
            for o in writes.obligations
        ],
    )
    if writes.changed_cancellations:
        changed = writes.changed_cancellations.values()
        rows = [(c.state, document(c), c.tenant, c.cancellation_id) for c in changed]
        connection.executemany(_SQL["update_cancellation"], rows)
    if writes.changed_obligations:
        owed = writes.changed_obligations.values()
        values = [(o.kind, o.state, document(o), o.tenant, o.obligation_id) for o in owed]
        connection.executemany(_SQL["update_obligation"], values)


def _write_timer(connection: apsw.Connection, key: TimerKey, timer: Timer | None) -> None:
    names = (key.tenant, key.dialect, key.timer_id)
    if timer is None:
        connection.execute(_SQL["delete_timer"], names)
    else:
        connection.execute(_SQL["put_timer"], (*names, micros(timer.due_at), document(timer)))


def _write_orders(connection: apsw.Connection, orders: Collection[tuple[Order | None, Order]]) -> None:
    known = [(before, after) for before, after in orders if before is not None]
    moved = [
        (o.version, o.sequence, o.status, micros(o.updated_at), order_body(o), *_place(o), before.version)
        for before, o in known
        if _facts_stay(before, o)
    ]
    _update(connection, "update_order", moved)
    if len(moved) < len(known):
        rewritten = [(order_row(after), before.version) for before, after in known if not _facts_stay(before, after)]
        _update(connection, "update_order_facts", [(*row[3:], *row[:3], version) for row, version in rewritten])
    connection.executemany(_SQL["insert_order"], [order_row(after) for before, after in orders if before is None])
    for before, after in orders:
        names = before.aliases if before else _NO_NAMES
        if names != after.aliases:
            _rename(connection, names, after)


def _place(order: Order) -> tuple[str, str, str]:
    return order.tenant, order.dialect, order.order_id


def _facts_stay(before: Order, after: Order) -> bool:
    return before.facts is after.facts and before.kind == after.kind and before.placed_at == after.placed_at


def _update(connection: apsw.Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Raises LostUpdate unless every row was as it had been."""
    changed = connection.total_changes()
    connection.executemany(_SQL[statement], rows)
    if connection.total_changes() - changed != len(rows):
        raise LostUpdate(statement)


def _rename(connection: apsw.Connection, known: Mapping[str, str], after: Order) -> None:
    for name, value in known.items():
        if after.aliases.get(name) != value:
            connection.execute(_SQL["delete_alias"], (after.tenant, after.dialect, name, value, after.order_id))
    for name, value in after.aliases.items():
        if known.get(name) != value:
            connection.execute(_SQL["put_alias"], (after.tenant, after.dialect, name, value, after.order_id))


def _write_record(connection: apsw.Connection, after: Record) -> None:
    if after.deleted:
        connection.execute(_SQL["delete_record"], (after.tenant, after.dialect, after.kind, after.record_id))
    else:
        connection.execute(_SQL["put_record"], record_row(after))


def _reindex(connection: apsw.Connection, moved: facets.Moved) -> None:
    """The values by which lists find rows, and the counts of rows, of which only some dialects keep any."""
    if not (moved.removed or moved.added):
        return
    connection.executemany(_SQL["delete_facet"], moved.removed)
    connection.executemany(_SQL["insert_facet"], moved.added)
    changes = sorted(tallies.changes(moved.removed, moved.added).items())
    connection.executemany(_SQL["add_tally"], [(*place, change) for place, change in changes])
