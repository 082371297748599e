"""Reads: one application, and one order by its number, symbol or application.

developers.skippay.cz/docs/api/getapplicationdetail (whose 404 has a code of its own) and /docs/api/getorder.
"""

from typing import Final

from countermand.dialects.contract import Caller, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused
from countermand.model.query import Found, GetOrder, Listing, ListOrders, Page, Query

from .application import application_document, order_document
from .codes import APPLICATION_NOT_FOUND, JSON, REFUSALS, UNPROCESSABLE, encode_refused, error, errors, refuse
from .facts import facts_in

_UNKNOWN: Final = Refused(refusal=Refusal.UNKNOWN_ORDER)
_PARAMETERS: Final = ("orderNumber", "orderVariableSymbol", "applicationId")


def decode_detail(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetOrder(key=caller.order(wire.params["applicationId"])),)


def encode_detail(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    order = found[0]
    if not isinstance(order, Order):
        return errors(404, [error(APPLICATION_NOT_FOUND, REFUSALS[Refusal.UNKNOWN_ORDER][1])])
    return json_answer(200, application_document(order, wire.base_url), JSON)


# ------------------------------------------------------------------------------------------------- get order


def decode_order(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    """The newest order that fits all parameters; no query at all when none is given."""
    number, symbol, application_id = (wire.query_value(name) for name in _PARAMETERS)
    if application_id:
        return (GetOrder(key=caller.order(application_id)),)
    wanted = wanted_facets(number, symbol)
    if not wanted:
        return ()
    listing = Listing(facets=wanted, limit=1)
    return (ListOrders(tenant=caller.tenant, dialect=caller.dialect, listing=listing),)


def encode_order(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    if not found:
        return encode_refused(refuse(UNPROCESSABLE, f"one of {', '.join(_PARAMETERS)} is needed"))
    order = found[0].items[0] if isinstance(found[0], Page) and found[0].items else found[0]
    wanted = wanted_facets(wire.query_value("orderNumber"), wire.query_value("orderVariableSymbol"))
    if not isinstance(order, Order) or not wanted.items() <= facets(order).items():
        return encode_refused(_UNKNOWN)
    return json_answer(200, order_document(order, with_application=True), JSON)


def facets(order: Order) -> dict[str, str]:
    """By what an order is found: its number, and each of its symbols."""
    facts = facts_in(order.facts)
    return wanted_facets(facts.number, *facts.symbols)


def wanted_facets(number: str | None, *symbols: str | None) -> dict[str, str]:
    found = {"number": number} if number else {}
    # Leading zeros of a symbol don't count, says the page.
    return found | {f"symbol:{symbol.lstrip('0') or '0'}": "1" for symbol in symbols if symbol}
