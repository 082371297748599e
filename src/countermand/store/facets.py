"""Which rows of the facet table a change adds and removes."""

from typing import NamedTuple

from countermand.model.order import Order
from countermand.model.record import Record
from countermand.store.joints import joined
from countermand.store.port import Writes
from countermand.store.rows import micros


class FacetRow(NamedTuple):
    """One value of one holder. `holder` is the kind of order, or '#' and the kind of record."""

    tenant: str
    dialect: str
    holder: str
    name: str
    value: str
    at: int
    id: str


class Moved(NamedTuple):
    """The rows that a batch takes out and those that it puts in, each in the order of their keys."""

    removed: list[FacetRow]
    added: list[FacetRow]


class _Held(NamedTuple):
    """Where the rows of one order or record stand, and its values by name."""

    tenant: str
    dialect: str
    holder: str
    at: int
    id: str
    values: dict[str, str]

    def row(self, name: str) -> FacetRow:
        return FacetRow(self.tenant, self.dialect, self.holder, name, self.values[name], self.at, self.id)


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
    found.removed.sort()
    found.added.sort()
    return found


def _differ(before: Order, after: Order) -> bool:
    return before.facets != after.facets or before.kind != after.kind or before.placed_at != after.placed_at


def _move(found: Moved, old: _Held | None, new: _Held | None) -> None:
    """One order or record. A value that stays where it is moves nothing."""
    stays = old is not None and new is not None and old[:-1] == new[:-1]
    kept = (
        {name for name, value in old.values.items() if new.values.get(name) == value}
        if stays and old and new
        else set()
    )
    if old is not None:
        found.removed.extend([old.row(name) for name in old.values if name not in kept])
    if new is not None:
        found.added.extend([new.row(name) for name in new.values if name not in kept])


def _of_order(order: Order) -> _Held:
    values = dict(joined(order.facets, order.order_id)) if order.facets else {}
    return _Held(order.tenant, order.dialect, order.kind, micros(order.placed_at), order.order_id, values)


def _of_record(record: Record) -> _Held:
    values = dict(joined(record.facets, record.record_id)) if record.facets else {}
    at = micros(record.created_at)
    return _Held(record.tenant, record.dialect, f"#{record.kind}", at, record.record_id, values)
