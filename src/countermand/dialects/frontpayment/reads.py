"""The four reads of an order.

The two status calls say `Order Not Found` where the others say `orderNotFound`, and a list with nothing in it is such a 404
too: all recorded.
"""

from collections.abc import Callable
from typing import Final

from countermand.dialects.contract import Caller, Read, WireAnswer, WireRequest
from countermand.model.order import Order
from countermand.model.query import Found, GetOrder, Listing, ListOrders, Page, Query

from . import codes, documents
from .envelope import tell
from .lifecycle import LIFECYCLES, ORDER
from .payload import tidy

RETRIEVED: Final = "Order Status Retrieved Successfully"


def _by_uuid(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetOrder(key=caller.order(wire.params["uuid"])),)


def _one(found: tuple[Found, ...]) -> Order | None:
    return found[0] if isinstance(found[0], Order) and found[0].kind == ORDER else None


def _showing(
    message: str, document: Callable[[Order], dict[str, object] | None], *, missing: str = codes.NOT_FOUND
) -> Callable[[tuple[Found, ...], WireRequest], WireAnswer]:
    def encode(found: tuple[Found, ...], _wire: WireRequest) -> WireAnswer:
        order = _one(found)
        shown = None if order is None else document(order)
        return codes.not_found(missing) if shown is None else tell(200, message, is_data=True, data=shown)

    return encode


def _numbered(order: Order) -> dict[str, object] | None:
    """An order without an invoice "will not return an invoice number": what else it answers is not said."""
    return documents.numbered(order) if documents.invoice_number(order) else None


def _decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    """All of them, newest first: no paging is documented. `type` in any case; one that no order can have finds nothing."""
    wanted = tidy(wire.query_value("type"))
    if wanted is None:
        return (_listing(caller, ()),)
    status = str(wanted).upper()
    return (_listing(caller, (status,)),) if status in LIFECYCLES[ORDER].statuses else ()


def _listing(caller: Caller, statuses: tuple[str, ...]) -> Query:
    return ListOrders(tenant=caller.tenant, dialect=caller.dialect, kind=ORDER, listing=Listing(statuses=statuses))


def _encode_list(found: tuple[Found, ...], _wire: WireRequest) -> WireAnswer:
    orders = [order for page in found if isinstance(page, Page) for order in page.items if isinstance(order, Order)]
    if not orders:
        return codes.not_found(codes.STATUS_NOT_FOUND)
    return tell(200, RETRIEVED, is_data=True, data=[documents.short_status(order) for order in orders])


STATUS: Final = Read(decode=_by_uuid, encode=_showing(RETRIEVED, documents.full_status, missing=codes.STATUS_NOT_FOUND))
STATUS_LIST: Final = Read(decode=_decode_list, encode=_encode_list)
DETAILS: Final = Read(decode=_by_uuid, encode=_showing("orderRetrievedSuccessfully", documents.details))
INVOICE_NUMBER: Final = Read(decode=_by_uuid, encode=_showing("orderInvoiceNoRetrievedSuccessfully", _numbered))
