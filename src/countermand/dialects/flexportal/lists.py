"""Pages of lists, and the list of orders: size, cursor, order, filters, and the envelope around them.

`limit` (50, at most 100), `startAfter`, `sortBy`, `sortDir`; `count` is the size of this page, the cursor the last id on it
(https://docs.flexportal.io/api-reference/overview.md, checked 2026-11-21). Lists declare no 400: what can't be understood is
brought to the nearest thing that can, an unknown status matches nothing, an unknown cursor begins at the beginning.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Caller, Read, WireAnswer, WireRequest
from countermand.dialects.wire import decimal_of, json_answer
from countermand.model.order import Order
from countermand.model.query import Found, Listing, ListOrders, Page, Query

from .order import CUSTOM, CUSTOMER, JOINTS, STATUS, TOTAL, UPDATED, document
from .switches import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX

#: What `sortBy` may say for orders, and what the store calls it.
ORDER_SORTS: Final[Mapping[str, str]] = {
    "createdAt": "placed_at",
    "updatedAt": UPDATED,
    "orderId": "id",
    "status": STATUS,
    "totals.total": TOTAL,
}


def page_size(wire: WireRequest) -> int:
    number = decimal_of(wire.query_value("limit") or "")
    if number is None:
        return PAGE_SIZE_DEFAULT
    return PAGE_SIZE_MAX if number > PAGE_SIZE_MAX else 1 if number < 1 else int(number)


def listing_of(wire: WireRequest, sorts: Mapping[str, str]) -> Listing:
    return Listing(
        sort=sorts.get(wire.query_value("sortBy") or "createdAt", sorts["createdAt"]),
        descending=(wire.query_value("sortDir") or "desc").lower() != "asc",
        after=wire.query_value("startAfter") or None,
        limit=page_size(wire),
    )


# ------------------------------------------------------------------------------------------------- orders


def _decode_orders(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    wanted = {name: value for name, value in wire.query if name.startswith(CUSTOM)}
    wanted |= {name: value for name in (CUSTOMER, STATUS) if (value := wire.query_value(name))}
    listing = replace(listing_of(wire, ORDER_SORTS), facets=wanted, joined=JOINTS)
    return (ListOrders(tenant=caller.tenant, dialect=caller.dialect, listing=listing),)


def _encode_orders(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    page = found[0]
    orders = [item for item in page.items if isinstance(item, Order)] if isinstance(page, Page) else []
    more = isinstance(page, Page) and page.more
    cursor = orders[-1].order_id if more and orders else None
    return json_answer(200, envelope("orders", [document(order) for order in orders], cursor, limit=page_size(wire)))


ORDERS: Final = Read(decode=_decode_orders, encode=_encode_orders)


def envelope(key: str, items: Sequence[object], cursor: str | None, *, limit: int) -> dict[str, object]:
    return {
        key: items,
        "count": len(items),
        "limit": limit,
        "hasMore": cursor is not None,
        "nextCursor": cursor,
    }
