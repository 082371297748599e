"""Products and what they cost.

The menu names List Catalogs and no page of it could be read; Estimate Order Price (api-4681583) and the examples give
figures, no rule. So this is a small catalogue of our own around the figures that are known, and the path and members
are our reading. Any SKU can be ordered: one that is not listed is the plain product, so that a client's own SKUs can
be tried out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from countermand.dialects.contract import WireAnswer, WireRequest
from countermand.dialects.wire import json_answer, major_of
from countermand.model.query import Found, Query

from .paginator import Numbered, page, page_asked

AREAS: Final = ("front", "back", "pocket", "neck_label", "right_sleeve", "left_sleeve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    number: int
    sku: str
    name: str
    style: str
    color: str
    size: str
    unit_price_minor: int
    print_areas: tuple[str, ...] = AREAS


#: The first is the line of the Cancel example (api-4681584); the others are its neighbours, made up.
_LISTED: Final = (
    ("UABSTAQUBXL3", "AQUA", "3XL", 1400),
    ("UABSTAQUB00S", "AQUA", "S", 1200),
    ("UABSTAQUB00M", "AQUA", "M", 1200),
    ("UABSTAQUB00L", "AQUA", "L", 1200),
    ("UABSTBLKB00S", "BLACK", "S", 1200),
    ("UABSTBLKB00M", "BLACK", "M", 1200),
    ("UABSTBLKB00L", "BLACK", "L", 1200),
    ("UABSTBLKBXL3", "BLACK", "3XL", 1400),
)

PRODUCTS: Final[Mapping[str, Product]] = MappingProxyType(
    {
        sku: Product(
            number=number, sku=sku, name="Unisex T-shirt", style="3001", color=color, size=size, unit_price_minor=minor
        )
        for number, (sku, color, size, minor) in enumerate(_LISTED, start=1)
    }
)

#: What an unlisted SKU costs: the unit price of the estimate's sample (api-4681583).
PLAIN_UNIT_PRICE_MINOR: Final = 1480


def product_of(sku: str) -> Product:
    plain = Product(number=0, sku=sku, name="", style="", color="", size="", unit_price_minor=PLAIN_UNIT_PRICE_MINOR)
    return PRODUCTS.get(sku, plain)


# -------------------------------------------------------------------------------------------------------- List Catalogs


def decode_list(wire: WireRequest, _caller: object) -> tuple[Query, ...]:
    page_asked(wire)
    return ()


def encode_list(_found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    asked = page_asked(wire)
    matching = _matching(wire.query_value("sku") or "", wire.query_value("status") or "")
    rows = [_shown(product) for product in matching[asked.offset : asked.offset + asked.per_page]]
    return json_answer(200, page(Numbered(rows=rows, total=len(matching)), asked, wire=wire))


def _matching(sku: str, status: str) -> Sequence[Product]:
    """Everything here is printed on demand and in stock."""
    if status not in {"", "in_stock"}:
        return ()
    return [product for product in PRODUCTS.values() if sku in {"", product.sku}]


def _shown(product: Product) -> dict[str, object]:
    return {
        "id": product.number,
        "sku": product.sku,
        "name": product.name,
        "style": product.style,
        "color": product.color,
        "size": product.size,
        "unit_price": major_of(product.unit_price_minor),
        "print_areas": list(product.print_areas),
        "status": "in_stock",
    }
