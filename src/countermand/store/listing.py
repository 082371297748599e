"""The statement for a page of orders or records. One builder for both databases, differing only in how a parameter is spelled.

Every page is read from an index in the order in which it is wanted:
* sorted by a facet: the facet table, whose key is (name, value, time, id);
* filtered by a facet, sorted by time: the same table, at one value;
* filtered by one and sorted by another: the same, where the dialect has them joined (`countermand.store.joints`);
* filtered by one status: the status index; otherwise the time index, or the primary key when sorted by id.
Further filters are looked up row by row; so a list that has them first looks whether a filter has few rows (`rarities_of`):
these are then all read, and sorted here.
Pages with numbers are another matter (`countermand.store.numbering`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from countermand.model.order import Order
from countermand.model.outcome import CancellationState
from countermand.model.query import ListCancellations, Listing, ListOrders, ListRecords
from countermand.model.record import Record
from countermand.store.joints import Joint, both_of, joint_of
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """Where the two databases differ: the sign before a parameter's number, and whether `UNION ALL ... ORDER BY` merges.

    SQLite reads stretches of an index side by side and stops at the limit. PostgreSQL sorts all of their rows; so there each
    stretch is cut to what a page can need of it.
    """

    sign: str
    merges: bool

    def __call__(self, number: int) -> str:
        return f"{self.sign}{number}"


class Builder:
    """Collects parameters and spells their places."""

    def __init__(self, place: Spelling) -> None:
        self._place = place
        self.parameters: list[object] = []

    def __call__(self, value: object) -> str:
        self.parameters.append(value)
        return self._place(len(self.parameters))

    def merged(self, selects: Sequence[str], order: str, most: int | None) -> str:
        """The rows of all selects in one order. `most`: so many can be needed of each; None: all."""
        if most is not None and len(selects) > 1 and not self._place.merges:
            cut = f"ORDER BY {order} LIMIT {self(most)}"
            selects = [f"({one} {cut})" for one in selects]
        return f"{' UNION ALL '.join(selects)} ORDER BY {order}"


def page_of(query: ListOrders | ListRecords, place: Spelling, cursor: tuple[object, ...] | None) -> Statement:
    """The rows of one page after the cursor, and one more, by which the caller sees whether there are further ones."""
    target, listing, param = target_of(query), query.listing, Builder(place)
    way = _way(listing)
    source, keys = _source(target, listing, way)
    # Several statuses are as many stretches of the index, each in the order of time: they are merged.
    apart = listing.statuses if _by_time(listing) and way.driver is None else ()
    wanted = [replace(listing, statuses=(status,)) for status in apart] if len(apart) > 1 else [listing]
    columns = ", ".join(f"t.{column}" for column in target.columns.split(", "))
    selects = []
    for one in wanted:
        where = [*_conditions(target, one, param, way=way)]
        if cursor is not None:
            where += _past(listing, keys, cursor, param, way=way)
        selects.append(f"SELECT {columns} FROM {source} WHERE {' AND '.join(where)}")  # noqa: S608 - names are ours
    names = [key.removeprefix("t.") for key in keys] if len(wanted) > 1 else keys
    order = ", ".join(f"{name}{' DESC' if listing.descending else ''}" for name in names)
    end = None if listing.limit is None else listing.offset + listing.limit + 1
    text = param.merged(selects, order, end)
    if listing.limit is not None:
        text += f" LIMIT {param(listing.limit + 1)}"
        if listing.offset:
            text += f" OFFSET {param(listing.offset)}"
    return Statement(text, tuple(param.parameters))


def _past(
    listing: Listing, keys: tuple[str, ...], cursor: tuple[object, ...], param: Builder, *, way: "_Way"
) -> list[str]:
    """What is true of rows after the cursor. Where all rows have one value of the facet that sorts, it is compared here."""
    if listing.sort in listing.facets:
        value, seen = listing.facets[listing.sort], str(cursor[0])
        if value != seen:
            return [] if (value < seen) == listing.descending else ["1 = 0"]
        cursor = cursor[1:]
    elif way.joint is not None and not _by_time(listing):
        cursor = (f"{way.joint.begin}{cursor[0]}", *cursor[1:])
    places = ", ".join(param(one) for one in cursor)
    return [f"({', '.join(keys)}) {'<' if listing.descending else '>'} ({places})"]


#: So many rows are read and sorted in 10 to 13 ms. Where a filter has more, the page is found as soon in the order wanted.
FEW: Final = 800


#: The facets of a filter: one, or two that are joined. Of the status none.
Filter = tuple[str, ...]


def rarities_of(query: ListOrders | ListRecords, place: Spelling) -> list[tuple[Filter, Statement]]:
    """For each filter of a list that no index combines with the order wanted: its rows, counted up to one more than `FEW`."""
    listing, way = query.listing, _way(query.listing)
    statuses = listing.statuses if way.driver is not None or listing.sort == "id" else ()
    if listing.limit is None or not (len(statuses) == 1 or listing.facets.keys() - {*way.filters}):
        return []
    both = both_of(listing.joined, listing.facets) if listing.joined else None
    apart = [name for name in listing.facets if both is None or name not in both.filters]
    found: list[tuple[Filter, Statement]] = (
        [] if both is None else [(both.filters, _few(query, place, both.name, both.begin))]
    )
    found += [((name,), _few(query, place, name, listing.facets[name])) for name in apart]
    return [*found, ((), _few(query, place, None, listing.statuses[0]))] if len(listing.statuses) == 1 else found


def _few(query: ListOrders | ListRecords, place: Spelling, name: str | None, value: str) -> Statement:
    target, param = target_of(query), Builder(place)
    if name is None:
        table, conditions = target.table, {**dict(target.scope), "status": value}
    else:
        table, conditions = "facets", {"tenant": query.tenant, "dialect": query.dialect, "holder": target.holder}
        conditions |= {"name": name, "value": value}
    where = " AND ".join(f"{column} = {param(value)}" for column, value in conditions.items())
    text = f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {where} LIMIT {param(FEW + 1)}) few"  # noqa: S608 - names are ours
    return Statement(text, tuple(param.parameters))


def whole_of(query: Listed, rare: Filter) -> Listed:
    """The same list without its order and pages, found by the filter that is rare."""
    listing = query.listing
    facets = {**{name: listing.facets[name] for name in rare}, **listing.facets}
    whole = replace(listing, sort="placed_at", facets=facets, joined=listing.joined if len(rare) > 1 else "")
    return replace(query, listing=replace(whole, stretch=None, after=None, offset=0, limit=None, count=False))


def page_among(listing: Listing, items: Sequence[Item], after: Order | Record | None) -> list[Item]:
    """The page after an item, and one more, of a list that was read as a whole."""
    if listing.stretch is not None:
        least, beyond = listing.stretch
        items = [item for item in items if least <= item.facets.get(listing.sort, "") < beyond]
    ordered = sorted(items, key=lambda item: _comparable(listing, item), reverse=listing.descending)
    if after is not None:
        seen = _comparable(listing, after)
        ordered = [item for item in ordered if (_comparable(listing, item) < seen) == listing.descending]
        ordered = [item for item in ordered if _comparable(listing, item) != seen]
    end = None if listing.limit is None else listing.offset + listing.limit + 1
    return ordered[listing.offset : end]


def _comparable(listing: Listing, item: Order | Record) -> tuple[Any, ...]:
    return cursor_of(listing, item)


def cancellations_of(query: ListCancellations, place: Spelling) -> Statement:
    """The bodies of a page of cancellations, by age, and one more. Ids are UUIDv7, so they sort by time."""
    param = Builder(place)
    way, beyond = ("DESC", "<") if query.descending else ("ASC", ">")
    where = [f"tenant = {param(query.tenant)}"]
    if query.key is not None:
        where += [f"dialect = {param(query.key.dialect)}", f"order_id = {param(query.key.order_id)}"]
    if query.states:
        where.append(f"state IN ({', '.join(param(str(state)) for state in query.states)})")
        if CancellationState.COMPLETED not in query.states:
            # Said once more, in the words of the partial index.
            where.append("state <> 'completed'")
    if query.after is not None:
        where.append(f"cancellation_id {beyond} {param(query.after)}")
    text = f"SELECT body FROM cancellations WHERE {' AND '.join(where)} ORDER BY cancellation_id {way}"  # noqa: S608 - names are ours
    return Statement(f"{text} LIMIT {param(query.limit + 1)}", tuple(param.parameters))


def count_of(query: ListOrders | ListRecords, place: Spelling) -> Statement:
    """How many rows match, whatever the page."""
    target, listing, param = target_of(query), query.listing, Builder(place)
    way = _way(listing)
    source, _ = _source(target, listing, way)
    where = " AND ".join(_conditions(target, listing, param, way=way))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How a list is read: the name in the facet table whose rows are read in order (None: in the order of the listed table
    itself), the one value of it or its stretch of values, and the filters that are thereby met.
    """

    driver: str | None = None
    value: str | None = None
    stretch: tuple[str, str] | None = None
    filters: tuple[str, ...] = ()
    joint: Joint | None = None


def _way(listing: Listing) -> _Way:
    alike = _by_time(listing) or listing.sort in listing.facets
    joint = None
    if listing.joined:
        facets = listing.facets
        joint = both_of(listing.joined, facets) if alike else joint_of(listing.joined, facets, listing.sort)
    if joint is None:
        driver = (
            next(iter(listing.facets), None) if _by_time(listing) else None if listing.sort == "id" else listing.sort
        )
        if driver is None or driver not in listing.facets:
            return _Way(driver=driver, stretch=listing.stretch)
        return _Way(driver=driver, value=listing.facets[driver], stretch=listing.stretch, filters=(driver,))
    if alike:
        return _Way(driver=joint.name, value=joint.begin, filters=joint.filters, joint=joint)
    begin, end = (joint.begin + one for one in listing.stretch) if listing.stretch else (joint.begin, joint.end)
    return _Way(driver=joint.name, stretch=(begin, end), filters=joint.filters, joint=joint)


def _source(target: Target, listing: Listing, way: _Way) -> tuple[str, tuple[str, ...]]:
    """The tables to read from, and the columns that give the order."""
    if way.driver is None:
        identity = f"t.{target.id}"
        return f"{target.table} t", (identity,) if listing.sort == "id" else (f"t.{target.at}", identity)
    join = f"t.tenant = f.tenant AND t.dialect = f.dialect AND t.{target.id} = f.id"
    if target.table == "records":
        join += " AND t.kind = substr(f.holder, 2)"
    source = f"facets f JOIN {target.table} t ON {join}"
    if listing.sort == "id":
        return source, ("f.value",)
    return source, ("f.at", "f.id") if way.value is not None else ("f.value", "f.at", "f.id")


def _conditions(target: Target, listing: Listing, param: Builder, *, way: _Way) -> list[str]:
    found = [f"t.{column} = {param(value)}" for column, value in target.scope]
    if way.driver is not None:
        found += [f"f.{column} = {param(value)}" for column, value in target.scope if column in {"tenant", "dialect"}]
        found += [f"f.holder = {param(target.holder)}", f"f.name = {param(way.driver)}"]
    if way.value is not None:
        found.append(f"f.value = {param(way.value)}")
    if way.stretch is not None:
        found += [f"f.value >= {param(way.stretch[0])}", f"f.value < {param(way.stretch[1])}"]
    apart = {name: value for name, value in listing.facets.items() if name not in way.filters}
    found += [_has_facet(target, name, value, param, way=way) for name, value in apart.items()]
    if listing.statuses:
        found.append(f"t.status IN ({', '.join(param(status) for status in listing.statuses)})")
    at = "f.at" if way.driver is not None else f"t.{target.at}"
    if listing.from_at is not None:
        found.append(f"{at} >= {param(micros(listing.from_at))}")
    if listing.until_at is not None:
        found.append(f"{at} < {param(micros(listing.until_at))}")
    return found


def _has_facet(target: Target, name: str, value: str, param: Builder, *, way: _Way) -> str:
    """OFFSET: PostgreSQL then looks it up row by row in the order wanted, and doesn't join all that has the facet."""
    row, at, identity = ("t", target.at, target.id) if way.driver is None else ("f", "at", "id")
    return (
        f"EXISTS (SELECT 1 FROM facets x WHERE x.tenant = {row}.tenant AND x.dialect = {row}.dialect"  # noqa: S608 - names are ours
        f" AND x.holder = {param(target.holder)} AND x.name = {param(name)} AND x.value = {param(value)}"
        f" AND x.at = {row}.{at} AND x.id = {row}.{identity} LIMIT 1 OFFSET 0)"
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
