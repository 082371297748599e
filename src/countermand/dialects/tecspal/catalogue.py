"""The catalogue (Get Catalog page): what can be ordered, by country. `price` and `stock` are strings; no call changes it."""

from typing import Final

import msgspec

from countermand.dialects.contract import Caller, WireAnswer, WireRequest
from countermand.model.query import Found, Listing, ListRecords, Query
from countermand.model.record import Record

from .companies import records_in
from .documents import CatalogItem
from .envelope import answer_yes, open_envelope, wanted

KIND: Final = "catalog"


def item_in(kept: Record) -> CatalogItem:
    return msgspec.json.decode(kept.body, type=CatalogItem)


def decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    country = wanted(open_envelope(wire).filters, "countryCode")
    facets = {} if country is None else {"countryCode": country}
    listing = Listing(sort="created_at", descending=False, facets=facets)
    return (ListRecords(tenant=caller.tenant, dialect=caller.dialect, kind=KIND, listing=listing),)


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    """One object per country in `envelop`, each with the country's code as its only member."""
    del wire
    grouped: dict[str, list[CatalogItem]] = {}
    for item in map(item_in, records_in(found[0])):
        grouped.setdefault(item.country_code, []).append(item)
    return answer_yes(*({country: items} for country, items in sorted(grouped.items())))
