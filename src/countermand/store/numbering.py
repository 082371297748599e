"""Pages by number, from counts (`countermand.store.tallies`): how many rows match, and where the page begins.

Each function is a conversation with a database: it yields a statement and is sent the rows, so both adapters share it. All
positions are counted from the oldest row; lists show the newest first.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Generic, TypeVar

from countermand.model.query import GROUP, ListOrders, ListRecords
from countermand.store.listing import Builder, Spelling, Statement, Target, target_of
from countermand.store.rows import micros
from countermand.store.tallies import LEVELS

Value = TypeVar("Value")
Rows = Sequence[Any]
Talk = Generator[Statement, Rows, Value]

_LEAF: Final = LEVELS[-1]


@dataclass(frozen=True, slots=True)
class Numbered(Generic[Value]):
    """The rows of a page, newest first and one more than asked for, and how many there are on all pages."""

    rows: list[Value]
    total: int


@dataclass(frozen=True, slots=True)
class _Counted:
    """The rows that are counted: of one list, in these groups."""

    target: Target
    groups: tuple[str, ...]
    everything: bool
    place: Spelling

    def where(self, param: Builder, table: str) -> str:
        """The conditions on counts or facets that name these rows."""
        scope = dict(self.target.scope)
        found = [f"{table}.{name} = {param(scope[name])}" for name in ("tenant", "dialect")]
        found.append(f"{table}.holder = {param(self.target.holder)}")
        if table == "f":
            found.append(f"f.name = {param(GROUP)}")
        column = "f.value" if table == "f" else "c.value"
        if table == "f" or not self.everything:
            found.append(f"{column} IN ({', '.join(param(group) for group in self.groups)})")
        return " AND ".join(found)


def numbered(query: ListOrders | ListRecords, place: Spelling) -> Talk[Numbered[Any]]:
    """The page at the listing's offset."""
    listing = query.listing
    assert listing.groups is not None, "only such lists have counts"
    assert listing.descending, "numbered lists show the newest first"
    assert listing.limit is not None, "a page has a size"
    counted = yield from _known(query, place)
    if not counted.groups:
        return Numbered([], 0)
    first = 0 if listing.from_at is None else (yield from _before(counted, micros(listing.from_at)))
    last = yield from _before(counted, None if listing.until_at is None else micros(listing.until_at))
    total = max(last - first, 0)
    if listing.offset >= total:
        return Numbered([], total)
    found = yield from _at(counted, last - 1 - listing.offset)
    if found is None:
        return Numbered([], total)
    until, skip = found
    wanted = min(listing.limit + 1, total - listing.offset)
    rows = yield _page(counted, until=until, skip=skip, limit=wanted)
    return Numbered(sorted(rows, key=_newest_first(counted.target), reverse=True), total)


def _newest_first(target: Target) -> Callable[[Any], tuple[object, ...]]:
    columns = target.columns.split(", ")
    at, identity = columns.index(target.at), columns.index(target.id)
    return lambda row: (row[at], row[identity])


def _known(query: ListOrders | ListRecords, place: Spelling) -> Talk[_Counted]:
    """The groups that were asked for and have rows."""
    target = target_of(query)
    every = _Counted(target, (), everything=True, place=place)
    param = Builder(place)
    where = every.where(param, "c")
    text = (
        f"SELECT c.value, sum(c.count) FROM tallies c WHERE {where} AND c.level = {param(LEVELS[0])} GROUP BY c.value"  # noqa: S608 - names are ours
    )
    rows = yield Statement(text, tuple(param.parameters))
    there = {value for value, count in rows if count > 0}
    wanted = set(query.listing.groups or ())
    chosen = there & wanted if wanted else there
    return _Counted(target, tuple(sorted(chosen)), everything=chosen == there, place=place)


def _before(counted: _Counted, at: int | None) -> Talk[int]:
    """How many rows are older than an instant; None: all of them."""
    if at is None:
        return (yield from _sum(counted, LEVELS[0], None, None))
    total = yield from _sum(counted, LEVELS[0], None, at >> LEVELS[0])
    for above, level in pairwise(LEVELS):
        total += yield from _sum(counted, level, (at >> above) << (above - level), at >> level)
    param = Builder(counted.place)
    where = counted.where(param, "f")
    begin = (at >> _LEAF) << _LEAF
    text = f"SELECT count(*) FROM facets f WHERE {where} AND f.at >= {param(begin)} AND f.at < {param(at)}"  # noqa: S608 - names are ours
    rows = yield Statement(text, tuple(param.parameters))
    return total + int(rows[0][0])


def _sum(counted: _Counted, level: int, begin: int | None, end: int | None) -> Talk[int]:
    rows = yield _stretches(counted, level, begin, end)
    return sum(int(count) for _, count in rows)


def _stretches(counted: _Counted, level: int, begin: int | None, end: int | None) -> Statement:
    """The counts of the stretches of one length, from `begin` and before `end`."""
    param = Builder(counted.place)
    where = [counted.where(param, "c"), f"c.level = {param(level)}"]
    if begin is not None:
        where.append(f"c.stretch >= {param(begin)}")
    if end is not None:
        where.append(f"c.stretch < {param(end)}")
    text = (
        f"SELECT c.stretch, sum(c.count) FROM tallies c WHERE {' AND '.join(where)}"  # noqa: S608 - names are ours
        " GROUP BY c.stretch ORDER BY c.stretch"
    )
    return Statement(text, tuple(param.parameters))


def _at(counted: _Counted, position: int) -> Talk[tuple[int, int] | None]:
    """Where a row stands: the end of its shortest stretch, and how many rows of the stretch are newer.

    None when the counts changed meanwhile and there is no such row any more.
    """
    begin: int | None = None
    end: int | None = None
    left, count, stretch = position, 0, 0
    for above, level in zip((LEVELS[0], *LEVELS), LEVELS, strict=False):
        if level != LEVELS[0]:
            begin, end = stretch << (above - level), (stretch + 1) << (above - level)
        rows = yield _stretches(counted, level, begin, end)
        for stretch, summed in rows:  # noqa: B007 - the stretch is used after the loop
            count = int(summed)
            if left < count:
                break
            left -= count
        else:
            return None
    return (stretch + 1) << _LEAF, count - 1 - left


def _page(counted: _Counted, *, until: int, skip: int, limit: int) -> Statement:
    """Rows before an instant, newest first, each group read in order from its index and all of them merged."""
    target, param = counted.target, Builder(counted.place)
    columns = ", ".join(f"t.{column}" for column in target.columns.split(", "))
    if counted.everything:
        where = " AND ".join(f"t.{name} = {param(value)}" for name, value in target.scope)
        text = (
            f"SELECT {columns} FROM {target.table} t WHERE {where} AND t.{target.at} < {param(until)}"  # noqa: S608 - names are ours
            f" ORDER BY t.{target.at} DESC, t.{target.id} DESC LIMIT {param(limit)} OFFSET {param(skip)}"
        )
        return Statement(text, tuple(param.parameters))
    scope = dict(target.scope)
    fixed = [f"f.{name} = {param(scope[name])}" for name in ("tenant", "dialect")]
    fixed += [f"f.holder = {param(target.holder)}", f"f.name = {param(GROUP)}", f"f.at < {param(until)}"]
    where = " AND ".join(fixed)
    groups = [f"SELECT f.at, f.id FROM facets f WHERE {where} AND f.value = {param(group)}" for group in counted.groups]  # noqa: S608 - names are ours
    all_of_them = param.merged(groups, "at DESC, id DESC", skip + limit)
    merged = f"{all_of_them} LIMIT {param(limit)} OFFSET {param(skip)}"
    by_key = " AND ".join(f"t.{name} = {param(value)}" for name, value in target.scope)
    # CROSS JOIN: SQLite then takes the tables in this order, and the other one would read the whole table.
    text = f"SELECT {columns} FROM ({merged}) m CROSS JOIN {target.table} t WHERE {by_key} AND t.{target.id} = m.id"  # noqa: S608 - names are ours
    return Statement(text, tuple(param.parameters))
