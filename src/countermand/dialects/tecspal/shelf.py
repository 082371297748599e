"""Reading documents: lists by country, lists by company and country, and one by id within a company.

A call that demands `filters.companyCode` shows nothing of a company that isn't managed: its lists are empty, what it has is not
found. Lists have no pages ("Array containing the list"), and are shown oldest first.
"""

from collections.abc import Callable, Mapping

from countermand.dialects.contract import Caller, WireRequest
from countermand.model.query import Found, GetRecord, Listing, ListRecords, Page, Query
from countermand.model.record import Record

from .envelope import as_key, demanded, open_envelope, required, wanted
from .membership import asked, managed

Decode = Callable[[WireRequest, Caller], tuple[Query, ...]]


def everything(kind: str, caller: Caller, *, facets: Mapping[str, str]) -> ListRecords:
    listing = Listing(sort="created_at", descending=False, facets=facets)
    return ListRecords(tenant=caller.tenant, dialect=caller.dialect, kind=kind, listing=listing)


def records_in(page: Found) -> tuple[Record, ...]:
    items = page.items if isinstance(page, Page) else ()
    return tuple(item for item in items if isinstance(item, Record))


def list_by_country(kind: str, wire: WireRequest, *, caller: Caller) -> tuple[Query, ...]:
    country = wanted(open_envelope(wire).filters, "countryCode")
    return (everything(kind, caller, facets={} if country is None else {"countryCode": country}),)


def list_of(kind: str, *more: str, beside: str | None = None, only: Mapping[str, str] | None = None) -> Decode:
    """Decodes the list of a company's documents, filtered by country and by `more`, and always by `only`.

    `beside` is a kind that the documents are joined with: all that the company has of it.
    """

    def decode(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
        filters = open_envelope(wire).filters
        company = {"companyCode": demanded(filters, "companyCode")}
        given = {name: value for name in ("countryCode", *more) if (value := wanted(filters, name)) is not None}
        main = everything(kind, caller, facets={**company, **given, **(only or {})})
        joined = () if beside is None else (everything(beside, caller, facets=company),)
        return (main, *joined, *asked(caller, company["companyCode"]))

    return decode


def items_in(found: tuple[Found, ...], queries: int = 1) -> tuple[Record, ...]:
    """The documents of the list, if the company is managed."""
    return records_in(found[0]) if managed(found, queries) else ()


def item_of(kind: str, parameter: str) -> Decode:
    """Decodes a call for one document."""

    def decode(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
        code = as_key(required(open_envelope(wire).filters, "companyCode"))
        main = GetRecord(key=caller.record(kind, wire.params[parameter]))
        return (main, *(() if code is None else asked(caller, code)))

    return decode


def item_in(found: tuple[Found, ...], wire: WireRequest, *, queries: int = 1) -> Record | None:
    """The document, if it belongs to the company that the caller named, and that is managed."""
    item = found[0]
    if not isinstance(item, Record) or not managed(found, queries):
        return None
    return item if item.facets.get("companyCode") == open_envelope(wire).filters.get("companyCode") else None
