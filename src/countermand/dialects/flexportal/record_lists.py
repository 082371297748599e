"""Lists of records: subscriptions, payments, assets. Each kind says what filters and sorts it; the rest is the same.

Rule: a filter is an equality that the store answers from an index. Date ranges it can't: those read every match and are cut here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from countermand.dialects.contract import Caller, Read, WireAnswer, WireRequest
from countermand.dialects.wire import facts_of, json_answer
from countermand.model.query import Found, ListRecords, Page, Query
from countermand.model.record import Record

from .instants import moment
from .lists import envelope, listing_of, page_size
from .records import shown as document

_BARE_DATE_LENGTH = len("2025-01-31")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Two query parameters that bound a date member, both ends included; a bare date means its whole day."""

    first: str
    last: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordList:
    """How one kind of record is listed. `filters` are query parameters with the facets that they must equal.

    `extra` stands in the envelope beside the usual members, `lacks` names those of the usual ones that it goes without.
    """

    kind: str
    key: str
    sorts: Mapping[str, str]
    filters: Mapping[str, str]
    ranges: tuple[Range, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()


def listed(shape: RecordList) -> Read:
    """The list operation of a kind of record."""

    def decode(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
        wanted = {facet: value for name, facet in shape.filters.items() if (value := wire.query_value(name))}
        listing = replace(listing_of(wire, shape.sorts), facets=wanted)
        if _bounds(shape, wire):
            listing = replace(listing, after=None, limit=None)
        return (ListRecords(tenant=caller.tenant, dialect=caller.dialect, kind=shape.kind, listing=listing),)

    def encode(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
        page = found[0]
        items = [item for item in page.items if isinstance(item, Record)] if isinstance(page, Page) else []
        more = isinstance(page, Page) and page.more
        bounds = _bounds(shape, wire)
        if bounds:
            items, more = _cut([item for item in items if all(within(item) for within in bounds)], wire)
        cursor = items[-1].record_id if more and items else None
        shown = envelope(shape.key, [document(item) for item in items], cursor, limit=page_size(wire))
        return json_answer(200, {**shape.extra, **{name: shown[name] for name in shown if name not in shape.lacks}})

    return Read(decode=decode, encode=encode)


def _cut(items: list[Record], wire: WireRequest) -> tuple[list[Record], bool]:
    """The page of a list that had to be read whole."""
    after, size = wire.query_value("startAfter"), page_size(wire)
    start = next((index + 1 for index, item in enumerate(items) if item.record_id == after), 0)
    return items[start : start + size], len(items) > start + size


def _bounds(shape: RecordList, wire: WireRequest) -> list[Callable[[Record], bool]]:
    """The date conditions that were asked for and can be understood."""
    found: list[Callable[[Record], bool]] = []
    for one in shape.ranges:
        first, last = wire.query_value(one.first), wire.query_value(one.last)
        begin, end = moment(first), moment(last)
        if end is not None and last is not None and len(last) == _BARE_DATE_LENGTH:
            end = end.replace(hour=23, minute=59, second=59, microsecond=999_999)
        if begin is not None or end is not None:
            found.append(_within(one.member, begin, end))
    return found


def _within(member: str, begin: datetime | None, end: datetime | None) -> Callable[[Record], bool]:
    def within(record: Record) -> bool:
        at = moment(facts_of(record.body).get(member))
        return at is not None and (begin is None or begin <= at) and (end is None or at <= end)

    return within
