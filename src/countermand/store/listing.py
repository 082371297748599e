"""The statement for a page of orders or records. One builder for both databases, differing only in how a parameter is spelled.

Every page is read from an index in the order in which it is wanted:
* sorted by a facet: the facet table, whose key is (name, value, time, id);
* filtered by a facet, sorted by time: the same table, at one value;
* filtered by one status: the status index; otherwise the time index, or the primary key when sorted by id.
Further filters are looked up row by row. Pages with numbers are another matter (`countermand.store.numbering`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from countermand.model.order import Order
from countermand.model.outcome import CancellationState
from countermand.model.query import ListCancellations, Listing, ListOrders, ListRecords
from countermand.model.record import Record
from countermand.store.rows import micros


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
    scope: tuple[tuple[str, object], ...]


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
    where = [*_conditions(target, listing, param, driver=_driver(listing))]
    if cursor is not None:
        places = ", ".join(param(value) for value in cursor)
        where.append(f"({', '.join(keys)}) {'<' if listing.descending else '>'} ({places})")
    direction = " DESC" if listing.descending else ""
    order = ", ".join(f"{key}{direction}" for key in keys)
    columns = ", ".join(f"t.{column}" for column in target.columns.split(", "))
    text = f"SELECT {columns} FROM {source} WHERE {' AND '.join(where)} ORDER BY {order}"  # noqa: S608 - names are ours
    if listing.limit is not None:
        text += f" LIMIT {param(listing.limit + 1)}"
        if listing.offset:
            text += f" OFFSET {param(listing.offset)}"
    return Statement(text, tuple(param.parameters))


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
    scope: list[tuple[str, object]] = [("tenant", query.tenant), ("dialect", query.dialect)]
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
