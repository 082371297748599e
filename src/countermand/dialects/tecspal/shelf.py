"""Reading what belongs to a company: lists by company and country, items by id within a company.

Every such call demands `filters.companyCode`. A company that isn't managed has nothing: its lists are empty, its items are not
found. Lists have no pages: "Array containing the list", and no page names a limit.
"""

from collections.abc import Callable

from countermand.dialects.contract import Caller, WireRequest
from countermand.model.query import Found, GetRecord, Listing, ListRecords, Query
from countermand.model.record import Record

from .companies import asked, managed, records_in
from .envelope import as_key, demanded, open_envelope, required, wanted

Decode = Callable[[WireRequest, Caller], tuple[Query, ...]]


def list_of(kind: str, *more: str, beside: str | None = None) -> Decode:
    """Decodes a list that filters by country and by `more`; `beside` is a kind that the same company's items are joined with."""

    def decode(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
        filters = open_envelope(wire).filters
        code = demanded(filters, "companyCode")
        given = {name: value for name in ("countryCode", *more) if (value := wanted(filters, name)) is not None}
        company = {"companyCode": code}
        queries = [_list(caller, kind, {**company, **given})]
        if beside is not None:
            queries.append(_list(caller, beside, company))
        return (*queries, *asked(caller, code))

    return decode


def _list(caller: Caller, kind: str, facets: dict[str, str]) -> ListRecords:
    listing = Listing(sort="created_at", descending=False, facets=facets)
    return ListRecords(tenant=caller.tenant, dialect=caller.dialect, kind=kind, listing=listing)


def items_in(found: tuple[Found, ...], queries: int = 1) -> tuple[Record, ...]:
    """The items of the list, if the company is managed."""
    return records_in(found[0]) if managed(found, queries) else ()


def item_of(kind: str, parameter: str) -> Decode:
    """Decodes a call for one item."""

    def decode(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
        code = as_key(required(open_envelope(wire).filters, "companyCode"))
        main = GetRecord(key=caller.record(kind, wire.params[parameter]))
        return (main, *(() if code is None else asked(caller, code)))

    return decode


def item_in(found: tuple[Found, ...], wire: WireRequest, queries: int = 1) -> Record | None:
    """The item, if it belongs to the company that the caller named, and that is managed."""
    item = found[0]
    if not isinstance(item, Record) or not managed(found, queries):
        return None
    return item if item.facets.get("companyCode") == open_envelope(wire).filters.get("companyCode") else None
