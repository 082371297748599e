"""The statement for a page of orders or records. One builder for both databases, differing only in how a parameter is spelled.

Every page is read from an index in the order in which it is wanted:
* sorted by a facet: the facet table, whose key is (name, value, time, id);
* filtered by a facet, sorted by time: the same table, at one value;
* filtered by one status: the status index; otherwise the time index, or the primary key when sorted by id.
Further filters are looked up row by row; so a list that is filtered by one
thing and sorted by another first looks whether a filter has few rows (`rarities_of`): these are then all read, and sorted here.
Pages with numbers are another matter (`countermand.store.numbering`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from countermand.model.order import Order
from countermand.model.outcome import CancellationState
from countermand.model.query import ListCancellations, Listing, ListOrders, ListRecords
from countermand.model.record import Record
from countermand.store.rows import micros

Listed = TypeVar("Listed", ListOrders, ListRecords)
Item = TypeVar("Item", Order, Record)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text with its parameters in order."""

    text: str
    parameters: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The table that is listed: its name, its id and time columns, and how its facets are held."""

    table: str
    id: str
    at: str
    columns: str
    holder: str
    scope: tuple[tuple[str, str], ...]


ORDER_COLUMNS = "tenant, dialect, order_id, version, sequence, kind, status, placed_at, updated_at, body, facts"
RECORD_COLUMNS = "tenant, dialect, kind, record_id, order_id, version, created_at, updated_at, facets, body"


class Builder:
    """Collects parameters and spells their places."""

    def __init__(self, place: Callable[[int], str]) -> None:
        self._place = place
        self.parameters: list[object] = []

    def __call__(self, value: object) -> str:
        self.parameters.append(value)
        return self._place(len(self.parameters))


def page_of(
    query: ListOrders | ListRecords, place: Callable[[int], str], cursor: tuple[object, ...] | None
) -> Statement:
    """The rows of one page after the cursor, and one more, by which the caller sees whether there are further ones."""
    target, listing, param = target_of(query), query.listing, Builder(place)
    source, keys = _source(target, listing)
    direction = " DESC" if listing.descending else ""
    # Several statuses are as many stretches of the index, each in the order of time: they are merged.
    apart = listing.statuses if _by_time(listing) and _driver(listing) is None else ()
    wanted = [replace(listing, statuses=(status,)) for status in apart] if len(apart) > 1 else [listing]
    columns = ", ".join(f"t.{column}" for column in target.columns.split(", "))
    selects = []
    for one in wanted:
        where = [*_conditions(target, one, param, driver=_driver(listing))]
        if cursor is not None:
            where += _past(listing, keys, cursor, param)
        selects.append(f"SELECT {columns} FROM {source} WHERE {' AND '.join(where)}")  # noqa: S608 - names are ours
    names = [key.removeprefix("t.") for key in keys] if len(wanted) > 1 else keys
    text = f"{' UNION ALL '.join(selects)} ORDER BY {', '.join(f'{name}{direction}' for name in names)}"
    if listing.limit is not None:
        text += f" LIMIT {param(listing.limit + 1)}"
        if listing.offset:
            text += f" OFFSET {param(listing.offset)}"
    return Statement(text, tuple(param.parameters))


def _past(listing: Listing, keys: tuple[str, ...], cursor: tuple[object, ...], param: Builder) -> list[str]:
    """What is true of rows after the cursor. Where all rows have one value of the facet that sorts, it is compared here."""
    if listing.sort in listing.facets:
        value, seen = listing.facets[listing.sort], str(cursor[0])
        if value != seen:
            return [] if (value < seen) == listing.descending else ["1 = 0"]
        keys, cursor = keys[1:], cursor[1:]
    places = ", ".join(param(one) for one in cursor)
    return [f"({', '.join(keys)}) {'<' if listing.descending else '>'} ({places})"]


#: So many rows are read and sorted in ten milliseconds. Where a filter has more, the page is found soon in the order wanted.
FEW: Final = 1_000


def rarities_of(query: ListOrders | ListRecords, place: Callable[[int], str]) -> list[tuple[str | None, Statement]]:
    """For each filter that no index combines with the order wanted: its facet, and its rows counted up to one more than `FEW`.

    None stands for the status.
    """
    listing, target = query.listing, target_of(query)
    served = 1 if _by_time(listing) or listing.sort in listing.facets else 0
    filters: list[str | None] = [name for name in listing.facets if name != listing.sort]
    filters += [None] if len(listing.statuses) == 1 else []
    if listing.limit is None or len(filters) + (listing.sort in listing.facets) <= served:
        return []
    return [(name, _rarity(query, target, name, place)) for name in filters]


def _rarity(
    query: ListOrders | ListRecords, target: Target, name: str | None, place: Callable[[int], str]
) -> Statement:
    listing, param = query.listing, Builder(place)
    if name is None:
        table, conditions = target.table, {**dict(target.scope), "status": listing.statuses[0]}
    else:
        table, conditions = "facets", {"tenant": query.tenant, "dialect": query.dialect, "holder": target.holder}
        conditions |= {"name": name, "value": listing.facets[name]}
    where = " AND ".join(f"{column} = {param(value)}" for column, value in conditions.items())
    text = f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {where} LIMIT {param(FEW + 1)}) few"  # noqa: S608 - names are ours
    return Statement(text, tuple(param.parameters))


def whole_of(query: Listed, rare: str | None) -> Listed:
    """The same list without its order and pages, found by the filter that is rare."""
    listing = query.listing
    first = {} if rare is None else {rare: listing.facets[rare]}
    facets = {**first, **listing.facets}
    plain = replace(listing, sort="placed_at", facets=facets, after=None, offset=0, limit=None, count=False)
    return replace(query, listing=plain)


def page_among(listing: Listing, items: Sequence[Item], after: Order | Record | None) -> list[Item]:
    """The page after an item, and one more, of a list that was read as a whole."""
    ordered = sorted(items, key=lambda item: _comparable(listing, item), reverse=listing.descending)
    if after is not None:
        seen = _comparable(listing, after)
        ordered = [item for item in ordered if (_comparable(listing, item) < seen) == listing.descending]
        ordered = [item for item in ordered if _comparable(listing, item) != seen]
    end = None if listing.limit is None else listing.offset + listing.limit + 1
    return ordered[listing.offset : end]


def _comparable(listing: Listing, item: Order | Record) -> tuple[Any, ...]:
    return cursor_of(listing, item)


def cancellations_of(query: ListCancellations, place: Callable[[int], str]) -> Statement:
    """The bodies of a page of cancellations, newest first, and one more. Ids are UUIDv7, so they sort by time."""
    param = Builder(place)
    where = [f"tenant = {param(query.tenant)}"]
    if query.key is not None:
        where += [f"dialect = {param(query.key.dialect)}", f"order_id = {param(query.key.order_id)}"]
    if query.states:
        where.append(f"state IN ({', '.join(param(str(state)) for state in query.states)})")
        if CancellationState.COMPLETED not in query.states:
            # Said once more, in the words of the partial index.
            where.append("state <> 'completed'")
    if query.after is not None:
        where.append(f"cancellation_id < {param(query.after)}")
    text = f"SELECT body FROM cancellations WHERE {' AND '.join(where)} ORDER BY cancellation_id DESC"  # noqa: S608 - names are ours
    return Statement(f"{text} LIMIT {param(query.limit + 1)}", tuple(param.parameters))


def count_of(query: ListOrders | ListRecords, place: Callable[[int], str]) -> Statement:
    """How many rows match, whatever the page."""
    target, listing, param = target_of(query), query.listing, Builder(place)
    source, _ = _source(target, listing)
    where = " AND ".join(_conditions(target, listing, param, driver=_driver(listing)))
    return Statement(f"SELECT count(*) FROM {source} WHERE {where}", tuple(param.parameters))  # noqa: S608 - names are ours


def target_of(query: ListOrders | ListRecords) -> Target:
    scope: list[tuple[str, str]] = [("tenant", query.tenant), ("dialect", query.dialect)]
    if isinstance(query, ListOrders):
        if query.kind is not None:
            scope.append(("kind", query.kind))
        return Target(
            table="orders",
            id="order_id",
            at="placed_at",
            columns=ORDER_COLUMNS,
            holder=query.kind or "order",
            scope=tuple(scope),
        )
    scope.append(("kind", query.kind))
    if query.order_id is not None:
        scope.append(("order_id", query.order_id))
    return Target(
        table="records",
        id="record_id",
        at="created_at",
        columns=RECORD_COLUMNS,
        holder=f"#{query.kind}",
        scope=tuple(scope),
    )


def _by_time(listing: Listing) -> bool:
    return listing.sort in {"placed_at", "created_at"}


def _driver(listing: Listing) -> str | None:
    """The facet whose index is read in order, if it is one."""
    if listing.sort != "id" and not _by_time(listing):
        return listing.sort
    if _by_time(listing):
        return next(iter(listing.facets), None)
    return None


def _source(target: Target, listing: Listing) -> tuple[str, tuple[str, ...]]:
    """The tables to read from, and the columns that give the order."""
    driver = _driver(listing)
    if driver is None:
        identity = f"t.{target.id}"
        return f"{target.table} t", (identity,) if listing.sort == "id" else (f"t.{target.at}", identity)
    join = f"t.tenant = f.tenant AND t.dialect = f.dialect AND t.{target.id} = f.id"
    if target.table == "records":
        join += " AND t.kind = substr(f.holder, 2)"
    source = f"facets f JOIN {target.table} t ON {join}"
    return source, ("f.at", "f.id") if _by_time(listing) else ("f.value", "f.at", "f.id")


def _conditions(target: Target, listing: Listing, param: Builder, *, driver: str | None) -> list[str]:
    found = [f"t.{column} = {param(value)}" for column, value in target.scope]
    if driver is not None:
        found += [f"f.{column} = {param(value)}" for column, value in target.scope if column in {"tenant", "dialect"}]
        found += [f"f.holder = {param(target.holder)}", f"f.name = {param(driver)}"]
    for name, value in listing.facets.items():
        found.append(f"f.value = {param(value)}" if name == driver else _has_facet(target, name, value, param))
    if listing.statuses:
        found.append(f"t.status IN ({', '.join(param(status) for status in listing.statuses)})")
    at = "f.at" if driver is not None else f"t.{target.at}"
    if listing.from_at is not None:
        found.append(f"{at} >= {param(micros(listing.from_at))}")
    if listing.until_at is not None:
        found.append(f"{at} < {param(micros(listing.until_at))}")
    return found


def _has_facet(target: Target, name: str, value: str, param: Builder) -> str:
    return (
        "EXISTS (SELECT 1 FROM facets x WHERE x.tenant = t.tenant AND x.dialect = t.dialect"  # noqa: S608 - names are ours
        f" AND x.holder = {param(target.holder)} AND x.name = {param(name)} AND x.value = {param(value)}"
        f" AND x.at = t.{target.at} AND x.id = t.{target.id})"
    )


def cursor_of(listing: Listing, item: Order | Record) -> tuple[object, ...]:
    """Where the item stands in the order of the list: the values of the ordering columns."""
    at = micros(item.placed_at if isinstance(item, Order) else item.created_at)
    identity = item.order_id if isinstance(item, Order) else item.record_id
    if listing.sort == "id":
        return (identity,)
    if _by_time(listing):
        return (at, identity)
    return (item.facets.get(listing.sort, ""), at, identity)
