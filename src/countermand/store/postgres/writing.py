"""Writes what a batch decided: one statement, put together from the kinds of rows that there are.

Every change of a row that was loaded says which version it was made from; a row that was new must still be new. When any
row is not as it was, the statement changes nothing and fails (`countermand.store.postgres.failures.RACED`).
"""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, itemgetter
from typing import Final, Self, TypeVar

from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation
from countermand.model.order import Order
from countermand.model.outcome import Cancellation
from countermand.store import facets, tallies
from countermand.store.port import Loaded, Wanted, Writes
from countermand.store.postgres.composing import PARTS, numbered, writing
from countermand.store.postgres.sessions import Session
from countermand.store.postgres.texts import storable, stored
from countermand.store.rows import document, micros, order_body, order_row, record_row

#: The order in which parts run, and so in which tables are locked: the same for every batch, `stock` at the end.
ORDER: Final = (
    "check_orders",
    "change_orders",
    "rewrite_orders",
    "insert_orders",
    "erase_orders",
    "erase_events",
    "erase_cancellations",
    "erase_obligations",
    "check_records",
    "change_records",
    "delete_records",
    "insert_records",
    "put_records",
    "drop_aliases",
    "repoint_aliases",
    "insert_aliases",
    "take_aliases",
    "delete_facets",
    "insert_facets",
    "insert_events",
    "insert_cancellations",
    "insert_obligations",
    "change_cancellations",
    "change_obligations",
    "insert_claims",
    "delete_timers",
    "put_timers",
    "insert_batch",
    "move_batch",
    "add_tallies",
    "add_stock",
)

#: Parts whose parameters are values, not arrays.
_SINGLE: Final = frozenset({"insert_batch", "move_batch"})

Decision = TypeVar("Decision", Cancellation, Obligation)
Rows = list[tuple[object, ...]]
Parts = dict[str, Rows]

_by_two_columns = itemgetter(0, 1)


async def write(session: Session, *, tenant: str, parts: Parts) -> None:
    """Run the parts as one statement."""
    present = [part for part in ORDER if parts.get(part)]
    statement = writing(*present)
    values: dict[str, object] = {"tenant": tenant}
    for part in present:
        rows = parts[part]
        values.update(zip(_arrays(part), rows[0] if part in _SINGLE else zip(*rows, strict=True), strict=True))
        values[f"n_{part}"] = len(rows)
    await session.fetch(statement.text, *statement.arguments(values))


@cache
def _arrays(part: str) -> tuple[str, ...]:
    """The parameters of a part in the order in which its statement names them. A row has its values in the same order."""
    return tuple(name for name in numbered(PARTS[part]).names if name != "tenant")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a batch asked for and what it found, noted before it is judged, because judging adds what it makes.

    A row that was asked for and not found must still not be there when it is written. A row that was found (`orders` and
    `records`, by version; empty when they are locked) must still be as it was.
    """

    aliases: Mapping[AliasKey, OrderKey | None]
    asked: AbstractSet[RecordKey]
    orders: Mapping[OrderKey, int]
    records: Mapping[RecordKey, int]

    @classmethod
    def of(cls, wanted: Wanted, loaded: Loaded, *, locked: bool) -> Self:
        return cls(
            aliases={name: loaded.names.get(name) for name in wanted.names if isinstance(name, AliasKey)},
            asked=wanted.records,
            orders={} if locked else {key: order.version for key, order in loaded.orders.items()},
            records={} if locked else {key: record.version for key, record in loaded.records.items()},
        )


#: For rows that nobody decided about: a world that is put as it is.
NOTHING_SEEN: Final = Seen({}, frozenset(), {}, {})


def parts_of(writes: Writes, seen: Seen) -> Parts:
    """The rows of each part."""
    parts: Parts = {part: [] for part in ORDER}
    for before, after in writes.orders.values():
        _add_order(parts, before=before, after=after)
    for part in ("change_orders", "rewrite_orders", "insert_orders"):
        parts[part].sort(key=_by_two_columns)
    _add_records(parts, writes, seen=seen)
    _add_aliases(parts, writes, seen=seen)
    _add_log(parts, writes)
    _add_erased(parts, writes)
    _add_changes(parts, writes)
    _add_checks(parts, writes, seen=seen)
    for key, timer in sorted(writes.timers.items()):
        if timer is None:
            parts["delete_timers"].append((key.dialect, key.timer_id))
        else:
            parts["put_timers"].append((key.dialect, key.timer_id, micros(timer.due_at), document(timer)))
    _add_facets(parts, facets.moved(writes))
    parts["add_stock"] = sorted((dialect, sku, change) for (_, dialect, sku), change in writes.stock.items() if change)
    return parts


def _add_order(parts: Parts, *, before: Order | None, after: Order) -> None:
    if before is None:
        parts["insert_orders"].append(order_row(after)[1:])
        return
    if before.facts is after.facts and before.kind == after.kind and before.placed_at == after.placed_at:
        parts["change_orders"].append(
            (
                after.dialect,
                after.order_id,
                before.version,
                after.version,
                after.sequence,
                after.status,
                micros(after.updated_at),
                order_body(after),
            )
        )
    else:
        row = order_row(after)
        parts["rewrite_orders"].append((row.dialect, row.order_id, before.version, *row[3:]))


def _add_records(parts: Parts, writes: Writes, *, seen: Seen) -> None:
    for _, (before, after) in sorted(writes.records.items(), key=itemgetter(0)):
        row = record_row(after)
        if after.deleted:
            if before is not None:
                parts["delete_records"].append((row.dialect, row.kind, row.record_id, before.version))
        elif before is None:
            parts["insert_records" if after.key in seen.asked else "put_records"].append(row[1:])
        else:
            parts["change_records"].append(
                (
                    row.dialect,
                    row.kind,
                    row.record_id,
                    before.version,
                    row.version,
                    row.updated_at,
                    row.facets,
                    row.body,
                )
            )


def _add_aliases(parts: Parts, writes: Writes, *, seen: Seen) -> None:
    """The net effect of all renaming, because one statement may touch a row once."""
    put: dict[AliasKey, str] = {}
    dropped: dict[AliasKey, str] = {}
    for before, after in writes.orders.values():
        known = {} if before is None else before.aliases
        if known == after.aliases:
            continue
        for name, value in known.items():
            key = AliasKey(after.tenant, after.dialect, name, value)
            if after.aliases.get(name) != value and put.get(key, after.order_id) == after.order_id:
                put.pop(key, None)
                dropped[key] = after.order_id
        for name, value in after.aliases.items():
            if known.get(name) != value and storable(value):
                key = AliasKey(after.tenant, after.dialect, name, value)
                put[key] = after.order_id
                dropped.pop(key, None)
    for key, order_id in sorted(dropped.items()):
        parts["drop_aliases"].append((key.dialect, key.name, stored(key.value), order_id))
    for key, order_id in sorted(put.items()):
        _put_alias(parts, key, order_id=order_id, seen=seen)


def _put_alias(parts: Parts, key: AliasKey, *, order_id: str, seen: Seen) -> None:
    if key not in seen.aliases:
        parts["take_aliases"].append((key.dialect, key.name, key.value, order_id))
        return
    named = seen.aliases[key]
    if named is None:
        parts["insert_aliases"].append((key.dialect, key.name, key.value, order_id))
    else:
        parts["repoint_aliases"].append((key.dialect, key.name, key.value, named.order_id, order_id))


def _add_log(parts: Parts, writes: Writes) -> None:
    parts["insert_events"] = [
        (key.dialect, key.order_id, event.sequence, event.type, micros(event.at), document(event))
        for key, event in writes.events
    ]
    parts["insert_cancellations"] = [
        (c.cancellation_id, c.dialect, c.order_id, micros(c.created_at), c.state, document(c))
        for c in _latest(writes.cancellations, writes.changed_cancellations)
    ]
    parts["insert_obligations"] = [
        (
            *(o.obligation_id, o.dialect, o.order_id, o.kind, o.state),
            *(micros(o.created_at), int("conflict_id" in o.data), document(o)),
        )
        for o in _latest(writes.obligations, writes.changed_obligations)
    ]
    parts["insert_claims"] = [
        (c.key.scope, c.key.key, c.fingerprint, c.status, document(c.headers), c.body, micros(c.created_at))
        for c in sorted(writes.claims, key=attrgetter("key.scope", "key.key"))
    ]


def _add_erased(parts: Parts, writes: Writes) -> None:
    for order in sorted(writes.erased.values(), key=attrgetter("dialect", "order_id")):
        place = (order.dialect, order.order_id)
        parts["erase_orders"].append((*place, order.version))
        for part in ("erase_events", "erase_cancellations", "erase_obligations"):
            parts[part].append(place)
        parts["drop_aliases"] += [
            (order.dialect, name, stored(value), order.order_id) for name, value in order.aliases.items()
        ]
    parts["erase_events"] += [(key.dialect, key.order_id) for key in sorted(writes.forgotten)]


def _latest(made: Sequence[Decision], changed: Mapping[tuple[str, str], Decision]) -> Sequence[Decision]:
    """What was made in this batch, as later asks of the same batch left it: one statement writes a row once."""
    return [changed.get(_id(one), one) for one in made] if changed else made


def _id(decision: Cancellation | Obligation) -> tuple[str, str]:
    if isinstance(decision, Cancellation):
        return decision.tenant, decision.cancellation_id
    return decision.tenant, decision.obligation_id


def _add_changes(parts: Parts, writes: Writes) -> None:
    if writes.changed_cancellations:
        made = set(map(_id, writes.cancellations))
        changed = (c for key, c in sorted(writes.changed_cancellations.items()) if key not in made)
        parts["change_cancellations"] = [(c.cancellation_id, c.state, document(c)) for c in changed]
    if writes.changed_obligations:
        made = set(map(_id, writes.obligations))
        owed = (o for key, o in sorted(writes.changed_obligations.items()) if key not in made)
        parts["change_obligations"] = [(o.obligation_id, o.kind, o.state, document(o)) for o in owed]


def _add_checks(parts: Parts, writes: Writes, *, seen: Seen) -> None:
    """What the batch decided by but does not change. An answer that is merely kept was true when it was read."""
    if not (writes.orders or writes.records or writes.obligations or writes.timers or writes.forgotten):
        return
    if seen.orders.keys() - writes.orders.keys() - writes.erased.keys():
        orders = sorted((key.dialect, key.order_id, version) for key, version in seen.orders.items())
        parts["check_orders"] = list(orders)
    records = ((key, version) for key, version in seen.records.items() if key not in writes.records)
    parts["check_records"] = [(key.dialect, key.kind, key.record_id, version) for key, version in records]


def _add_facets(parts: Parts, moved: facets.Moved) -> None:
    """The values by which lists find rows, and the counts of rows, of which only some dialects keep any."""
    parts["delete_facets"], parts["insert_facets"] = map(_facet_rows, moved)
    changes = sorted(tallies.changes(moved.removed, moved.added).items())
    parts["add_tallies"] = [(*place[1:-1], stored(place[-1]), change) for place, change in changes]


def _facet_rows(rows: Sequence[facets.FacetRow]) -> Rows:
    """In key order, as every table is written."""
    return [
        (dialect, holder, name, stored(value), at, identity)
        for _, dialect, holder, name, value, at, identity in sorted(rows)
    ]
