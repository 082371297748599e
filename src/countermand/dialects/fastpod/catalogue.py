"""List Catalogs: GET /v1/catalogs.

The menu names it and no page of it could be read: path, filters and members are our reading, the paginator is that of
List Orders.
"""

from collections.abc import Sequence

from countermand.dialects.contract import Caller, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer, major_of
from countermand.model.query import Found, Query

from .paginator import Numbered, page, page_asked
from .products import PRODUCTS, Product


def decode_list(wire: WireRequest, _caller: Caller) -> tuple[Query, ...]:
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
