"""Lists of records: subscriptions, payments, assets. Each kind says what filters and sorts it; the rest is the same.

Rule: the store reads a page from an index, whatever it is filtered by. So a list within a range of dates is in the order of that
date, in either direction: `startAfter` is the word of Firestore, where a range has to be sorted by as well (inferred; no page
says what sorts such a list).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from countermand.dialects.contract import Caller, Read, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.query import Found, Listing, ListRecords, Page, Query
from countermand.model.record import Record

from .instants import moment, sortable
from .lists import envelope, listing_of, page_size
from .records import Kind, shown as document

_BARE_DATE_LENGTH = len("2025-01-31")

#: Before and after every date as a text that sorts. What has no date is before the first.
_FIRST, _LAST = "0", ":"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Two query parameters that bound a date member, both ends included; a bare date means its whole day."""

    first: str
    last: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordList:
    """How one kind of record is listed. `filters` are query parameters, and the facets that they must equal.

    `extra` stands in the envelope beside the usual members, `lacks` names those of the usual ones that it goes without.
    """

    kind: Kind
    key: str
    sorts: Mapping[str, str]
    filters: tuple[str, ...]
    ranges: tuple[Range, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()


def listed(shape: RecordList) -> Read:
    """The list operation of a kind of record."""

    def decode(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
        wanted = {name: value for name in shape.filters if (value := wire.query_value(name))}
        listing = replace(listing_of(wire, shape.sorts), facets=wanted, joined=shape.kind.joints)
        for one in shape.ranges:
            listing = _within(one, listing, wire)
        return (ListRecords(tenant=caller.tenant, dialect=caller.dialect, kind=shape.kind.name, listing=listing),)

    def encode(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
        page = found[0]
        items = [item for item in page.items if isinstance(item, Record)] if isinstance(page, Page) else []
        more = isinstance(page, Page) and page.more
        cursor = items[-1].record_id if more and items else None
        shown = envelope(shape.key, [document(item) for item in items], cursor, limit=page_size(wire))
        return json_answer(200, {**shape.extra, **{name: shown[name] for name in shown if name not in shape.lacks}})

    return Read(decode=decode, encode=encode)


def _within(dates: Range, listing: Listing, wire: WireRequest) -> Listing:
    """The list within the dates that were asked for and can be understood, in their order."""
    first, last = wire.query_value(dates.first), wire.query_value(dates.last)
    begin, end = moment(first), moment(last)
    if end is not None and last is not None and len(last) == _BARE_DATE_LENGTH:
        end = end.replace(hour=23, minute=59, second=59, microsecond=999_999)
    if begin is None and end is None:
        return listing
    after = _FIRST if begin is None else sortable(begin)
    return replace(listing, sort=dates.member, stretch=(after, _LAST if end is None else f"{sortable(end)} "))
