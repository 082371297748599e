"""Get Order By Id and Get All Orders. The company is in `filters`, in the body of a GET."""

from countermand.dialects.contract import Caller, WireAnswer, WireRequest
from countermand.model.order import Order
from countermand.model.query import Found, GetOrder, Listing, ListOrders, Page, Query

from .cancel import UNKNOWN
from .codes import answer_refused
from .envelope import answer_yes, as_key, demanded, open_envelope, required, wanted
from .membership import asked, managed
from .order import company_of, shown


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    code = as_key(required(open_envelope(wire).filters, "companyCode"))
    main = GetOrder(key=caller.order(wire.params["orderId"]))
    return (main, *(() if code is None else asked(caller, code)))


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    """An unknown order is said as the cancel call says it; the page of this call couldn't be read that far."""
    order = found[0]
    if not isinstance(order, Order) or not managed(found, 1):
        return answer_refused(UNKNOWN)
    if company_of(order) != open_envelope(wire).filters.get("companyCode"):
        return answer_refused(UNKNOWN)
    return answer_yes(shown(order))


def decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    filters = open_envelope(wire).filters
    facets = {"companyCode": demanded(filters, "companyCode")}
    if (country := wanted(filters, "countryCode")) is not None:
        facets["countryCode"] = country
    listing = Listing(sort="placed_at", descending=False, facets=facets)
    main = ListOrders(tenant=caller.tenant, dialect=caller.dialect, listing=listing)
    return (main, *asked(caller, facets["companyCode"]))


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    page = found[0]
    if not isinstance(page, Page) or not managed(found, 1):
        return answer_yes()
    return answer_yes(*(shown(order) for order in page.items if isinstance(order, Order)))
