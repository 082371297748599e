"""Which rows of the facet table a change adds and removes."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from countermand.model.order import Order
from countermand.model.query import JOINED
from countermand.model.record import Record
from countermand.store.joints import joined
from countermand.store.port import Writes
from countermand.store.rows import micros

#: One value of one holder: tenant, dialect, holder, name, value, at, id. `holder` is the kind of order, or '#' and the kind of
#: record. Without names, because a cancel in a dialect that lists by many things moves a dozen of them.
FacetRow = tuple[str, str, str, str, str, int, str]


class Moved(NamedTuple):
    """The rows that a batch takes out and those that it puts in."""

    removed: list[FacetRow]
    added: list[FacetRow]


class _Held(NamedTuple):
    """Where the rows of one order or record stand, and what it is found by."""

    tenant: str
    dialect: str
    holder: str
    at: int
    id: str
    facets: Mapping[str, str]

    def rows(self, changed: frozenset[str] | None = None) -> Iterator[FacetRow]:
        """All, or those that tell one of these facets."""
        tenant, dialect, holder, at, identity, facets = self
        for name, value in joined(facets, identity, changed):
            yield tenant, dialect, holder, name, value, at, identity


def moved(writes: Writes) -> Moved:
    """What changes with everything that a batch writes."""
    found = Moved([], [])
    for before, after in writes.orders.values():
        if before is None or _differ(before, after):
            _move(found, None if before is None else _of_order(before), _of_order(after))
    for known, record in writes.records.values():
        if record.facets or (known is not None and known.facets):
            old = None if known is None else _of_record(known)
            _move(found, old, None if record.deleted else _of_record(record))
    for gone in writes.erased.values():
        _move(found, _of_order(gone), None)
    return found


def _differ(before: Order, after: Order) -> bool:
    return before.facets != after.facets or before.kind != after.kind or before.placed_at != after.placed_at


def _move(found: Moved, old: _Held | None, new: _Held | None) -> None:
    """One order or record. A value that stays where it is moves nothing."""
    changed = _changed(old, new) if old is not None and new is not None and old[:-1] == new[:-1] else None
    if old is not None:
        found.removed.extend(old.rows(changed))
    if new is not None:
        found.added.extend(new.rows(changed))


def _changed(old: _Held, new: _Held) -> frozenset[str] | None:
    """The facets whose values differ; None: it has others than before, or joins them otherwise, and all its rows go."""
    before, after = old.facets, new.facets
    if before.keys() != after.keys() or before.get(JOINED) != after.get(JOINED):
        return None
    return frozenset([name for name, value in after.items() if before[name] != value])


def _of_order(order: Order) -> _Held:
    return _Held(order.tenant, order.dialect, order.kind, micros(order.placed_at), order.order_id, order.facets)


def _of_record(record: Record) -> _Held:
    at = micros(record.created_at)
    return _Held(record.tenant, record.dialect, f"#{record.kind}", at, record.record_id, record.facets)
