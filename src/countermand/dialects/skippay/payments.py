"""What the vendor paid to the partner: developers.skippay.cz/docs/api/getpaymentsonspecificapplication.

A payment happens when an operator takes the move `pay`; it is read off the event. A page is cut by `before` and `after`, both
payment ids, in the order of the ids.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from countermand.dialects.contract import Caller, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.event import Event
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused
from countermand.model.query import Found, GetOrder, ListEvents, Page, Query

from .codes import JSON, encode_refused
from .facts import Facts, Paid, facts_in
from .switches import PAYMENT_HAS_SYMBOL, PAYMENTS_PER_PAGE, PAYMENTS_PER_PAGE_MAX

_EVENTS_MAX = 1000


def decode_payments(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    key = caller.order(wire.params["applicationId"])
    return (GetOrder(key=key), ListEvents(key=key, limit=_EVENTS_MAX))


def encode_payments(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    order, events = found
    if not isinstance(order, Order):
        return encode_refused(Refused(refusal=Refusal.UNKNOWN_ORDER))
    happened = [event for event in events.items if isinstance(event, Event)] if isinstance(events, Page) else []
    facts = facts_in(order.facts)
    paid = sorted((*facts.payments, *paid_by(order.order_id, facts, events=happened)), key=lambda payment: payment.id)
    return json_answer(200, _page(order, paid, wire=wire), JSON)


def paid_by(order_id: str, facts: Facts, *, events: Sequence[Event]) -> Iterator[Paid]:
    """The payments among some events. What was paid is the order's total at that moment, so the total is followed."""
    total = facts.placed_total
    for event in events:
        if event.amendment is not None and event.amendment.total_minor is not None:
            total = event.amendment.total_minor
        total -= event.amount_minor
        if is_payment(event):
            yield Paid(id=payment_id(order_id, event), date=event.at.date().isoformat(), amount=total)


def is_payment(event: Event) -> bool:
    return event.type == "lifecycle.moved" and event.data.get("action") == "pay"


def payment_id(order_id: str, event: Event) -> str:
    return f"{order_id}-{event.sequence:04}"


def payment_document(order: Order, payment: Paid) -> dict[str, object]:
    """`Payment`."""
    document: dict[str, object] = {
        "paymentId": payment.id,
        "date": payment.date,
        "applicationId": order.order_id,
        "value": {"amount": payment.amount, "currency": order.currency},
    }
    facts = facts_in(order.facts)
    symbol = facts.payment_symbol or next(iter(facts.symbols), None)
    if PAYMENT_HAS_SYMBOL and symbol:
        document["variableSymbol"] = symbol
    return document


def _page(order: Order, paid: Sequence[Paid], *, wire: WireRequest) -> dict[str, object]:
    limit, after, before = _limit(wire), wire.query_value("after"), wire.query_value("before")
    if after:
        rest = [payment for payment in paid if payment.id > after]
        shown = rest[:limit]
    elif before:
        rest = [payment for payment in paid if payment.id < before]
        shown = rest[-limit:]
    else:
        shown = list(paid[:limit])
    paging: dict[str, object] = {"itemsPerPage": limit}
    if shown and shown[-1].id < paid[-1].id:
        paging["nextPage"] = _link(order, limit, after=shown[-1].id)
    if shown and shown[0].id > paid[0].id:
        paging["prevPage"] = _link(order, limit, before=shown[0].id)
    return {"data": [payment_document(order, payment) for payment in shown], "pagingInfo": paging}


def _limit(wire: WireRequest) -> int:
    given = wire.query_value("limit") or ""
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= len(str(PAYMENTS_PER_PAGE_MAX)) else 0
    return min(number, PAYMENTS_PER_PAGE_MAX) or PAYMENTS_PER_PAGE


def _link(order: Order, limit: int, **cursor: str) -> str:
    name, value = next(iter(cursor.items()))
    return f"/financing/v1/applications/{quote(order.order_id, safe='')}/payments?limit={limit}&{name}={quote(value, safe='')}"
