"""Items sent, delivered, returned. Each takes the items of one request, or all that it can be said of.

developers.skippay.cz/docs/api/markorderitemsassent, .../markorderitemsasdelivered, .../markorderitemsasreturned; money back
without items: developers.skippay.eu/docs/guides/technical-guides/refunds.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from countermand.dialects.contract import Ask, Caller, FieldFault, Held, Plan, WireRequest
from countermand.model.command import Amend, Deliver, Return, Selector, Ship
from countermand.model.order import Order, PortionState, Shipment
from countermand.model.outcome import Refusal, Refused

from . import amounts
from .codes import LIMIT_EXCEEDED, NOT_SUPPORTED, UNPROCESSABLE, refuse, refuse_fields
from .documents import document_shown
from .facts import Facts, facts_in, facts_out
from .lifecycle import READY
from .reading import Question, about, read_optional
from .requests import OrderItemsChangeRequest, OrderItemsDeliverRequest, OrderItemsReturnRequest, OrderItemsSendRequest


def decode_send(wire: WireRequest, caller: Caller) -> Ask:
    return about(
        caller.order(wire.params["applicationId"]), read_optional(wire.body, OrderItemsSendRequest), plan=plan_send
    )


def decode_deliver(wire: WireRequest, caller: Caller) -> Ask:
    request = read_optional(wire.body, OrderItemsDeliverRequest)
    return about(caller.order(wire.params["applicationId"]), request, plan=plan_deliver)


def decode_return(wire: WireRequest, caller: Caller) -> Ask:
    request = read_optional(wire.body, OrderItemsReturnRequest)
    return about(caller.order(wire.params["applicationId"]), request, plan=plan_return)


# ------------------------------------------------------------------------------------------------- sent


def plan_send(question: Question[OrderItemsSendRequest]) -> Plan | Refused:
    order, request = question.order, question.request
    shipment = Shipment(
        shipment_id=question.held.new_id(),
        carrier=request.delivery_carrier,
        tracking=request.delivery_tracking_number,
        shipped_on=request.sent_date or _today(question.held),
    )
    command = Ship(shipment=shipment, selectors=amounts.selectors_of(request))
    if order.status not in READY:
        return Plan(commands=(command,))
    refusal = _refused_items(question.order, request, amounts.OPEN) or _refused_symbol(order, request)
    if refusal is not None:
        return refusal
    return Plan(commands=(command, *_told(order, request, amounts.OPEN)))


# ------------------------------------------------------------------------------------------------- delivered


def plan_deliver(question: Question[OrderItemsDeliverRequest]) -> Plan | Refused:
    order, request = question.order, question.request
    selectors = amounts.selectors_of(request)
    command = Deliver(shipment=_arrival(question, selectors), selectors=selectors)
    if order.status not in READY:
        return Plan(commands=(command,))
    refusal = _refused_items(order, request, amounts.NOT_YET_THERE) or _refused_symbol(order, request)
    if refusal is not None:
        return refusal
    return Plan(commands=(command, *_told(order, request, amounts.NOT_YET_THERE)))


def _arrival(question: Question[OrderItemsDeliverRequest], selectors: tuple[Selector, ...] | None) -> Shipment:
    """A shipment of its own for what arrived together. What was said when it was sent is kept where it was one story."""
    order, request = question.order, question.request
    wanted = amounts.chosen(order, selectors, amounts.NOT_YET_THERE)
    carried = {
        portion.shipment_id
        for line in order.lines
        if wanted.get(line.line_id)
        for portion in line.portions
        if portion.state is PortionState.SHIPPED
    }
    sent = [shipment for shipment in order.shipments if shipment.shipment_id in carried]
    return Shipment(
        shipment_id=question.held.new_id(),
        carrier=request.delivery_carrier or _shared([shipment.carrier for shipment in sent]),
        tracking=request.delivery_tracking_number or _shared([shipment.tracking for shipment in sent]),
        shipped_on=request.sent_date or _shared([shipment.shipped_on for shipment in sent]),
        delivered_on=request.delivery_date or _today(question.held),
    )


def _shared(values: Sequence[str | None]) -> str | None:
    return values[0] if values and len(set(values)) == 1 else None


# ------------------------------------------------------------------------------------------------- returned


def plan_return(question: Question[OrderItemsReturnRequest]) -> Plan | Refused:
    order, request = question.order, question.request
    selectors = amounts.selectors_of(request)
    if request.items == [] and request.total_price is not None:
        selectors = ()
    if order.status not in READY:
        return Plan(commands=(Return(selectors=selectors),))
    if selectors == () and not order.quantity_milli(*amounts.GONE):
        return refuse(NOT_SUPPORTED, "nothing was sent yet for which money could be returned", order=order)
    refusal = _refused_items(order, request, amounts.GONE)
    if refusal is not None:
        return refusal

    return Plan(commands=(Return(selectors=selectors, amount=amounts.stated(request)), *_told(order, request)))


# ------------------------------------------------------------------------------------------------- in common


def _today(held: Held) -> str:
    return _day(held.now)


def _day(at: datetime) -> str:
    return at.date().isoformat()


def _refused_items(order: Order, request: OrderItemsChangeRequest, states: amounts.States) -> Refused | None:
    """What is wrong with the items and amounts of a request, beyond what the engine looks at."""
    unknown = amounts.unknown_item(order, amounts.selectors_of(request))
    if unknown is not None:
        return Refused(refusal=Refusal.UNKNOWN_LINE, order=order, pointer=unknown.pointer)
    price = request.total_price
    if price is None:
        if request.total_vat is not None:
            return refuse(UNPROCESSABLE, "totalVat goes with totalPrice", order=order, attribute="totalVat")
        return None
    if any(money.currency != order.currency for money in (price, *(request.total_vat or ()))):
        return refuse(UNPROCESSABLE, "the order has another currency", order=order, attribute="totalPrice")
    if price.amount <= 0:
        return refuse(UNPROCESSABLE, "the price must be above zero", order=order, attribute="totalPrice")
    if states is amounts.GONE:
        return None
    wanted = amounts.chosen(order, amounts.selectors_of(request), states)
    if _shipped_with(order, amounts.worth(order, wanted, states), price.amount) > order.total_minor:
        return refuse(
            LIMIT_EXCEEDED, "all shipments together exceed the order's total", order=order, attribute="totalPrice"
        )
    return None


def _shipped_with(order: Order, cost: amounts.Worth, stated_minor: int) -> int:
    """What has left at the prices that were stated for it, these items included at the price stated now."""
    gone = amounts.worth(order, amounts.chosen(order, None, amounts.GONE), amounts.GONE)
    return gone.price_minor + facts_in(order.facts).stated_more - cost.gone_minor + stated_minor


def _refused_symbol(order: Order, request: OrderItemsSendRequest) -> Refused | None:
    facts = facts_in(order.facts)
    if facts.symbols or facts.payment_symbol or request.variable_symbol:
        return None
    fault = FieldFault(path="variableSymbol", message="needed, because the order was created without one")
    return refuse_fields((fault,), order)


def _told(
    order: Order, request: OrderItemsSendRequest | OrderItemsReturnRequest, states: amounts.States | None = None
) -> tuple[Amend, ...]:
    """What else the partner said with it: a document, symbols, the carrier, another price."""
    facts = facts_in(order.facts)
    after = facts
    if request.document is not None:
        after = msgspec.structs.replace(after, documents=[*facts.documents, document_shown(request.document)])
    if isinstance(request, OrderItemsSendRequest):
        after = _sent_facts(after, request)
        if states is not None and request.total_price is not None:
            wanted = amounts.chosen(order, amounts.selectors_of(request), states)
            more = request.total_price.amount - amounts.worth(order, wanted, states).price_minor
            after = msgspec.structs.replace(after, stated_more=facts.stated_more + more)
    return () if after == facts else (Amend(facts=facts_out(after), what="shipping_told"),)


def _sent_facts(facts: Facts, request: OrderItemsSendRequest) -> Facts:
    shown = facts.shown
    if request.delivery_carrier is not None:
        shown = {**shown, "deliveryCarrier": request.delivery_carrier}
    return msgspec.structs.replace(
        facts,
        shown=shown,
        payment_symbol=request.variable_symbol or facts.payment_symbol,
        specific_symbol=request.specific_symbol or facts.specific_symbol,
    )
