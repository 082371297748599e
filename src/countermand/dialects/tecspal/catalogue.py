"""The catalogue (Get Catalog page): what can be ordered, by country. `price` and `stock` are strings; no call changes it."""

import msgspec

from countermand.dialects.contract import Caller, WireAnswer, WireRequest
from countermand.model.query import Found, Query
from countermand.model.record import Record

from .documents import CatalogItem
from .envelope import answer_yes
from .keeping import CATALOG
from .shelf import list_by_country, records_in


def item_in(kept: Record) -> CatalogItem:
    return msgspec.json.decode(kept.body, type=CatalogItem)


def decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return list_by_country(CATALOG, wire, caller=caller)


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    """One object per country in `envelop`, each with the country's code as its only member."""
    del wire
    grouped: dict[str, list[CatalogItem]] = {}
    for item in map(item_in, records_in(found[0])):
        grouped.setdefault(item.country_code, []).append(item)
    return answer_yes(*({country: items} for country, items in sorted(grouped.items())))
