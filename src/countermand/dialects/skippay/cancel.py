"""Both doors to cancelling: some or all items of the order, and the whole application.

Items: developers.skippay.cz/docs/api/markorderitemsascancelled. Application: /docs/api/cancelapplication. The first takes what
is still open and leaves the rest; the second kills the deal and is refused once anything was sent.
"""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Caller, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.command import Actors, Cancel
from countermand.model.order import Order, PortionState
from countermand.model.outcome import Refusal, Refused, Verdict

from . import amounts
from .application import application_document, changed
from .codes import JSON, NOT_SUPPORTED, UNPROCESSABLE, encode_refused_application, refuse
from .lifecycle import CANCEL_APPLICATION, LIFECYCLE, READY
from .reading import Question, about, read_optional
from .reasons import OTHER, REASONS
from .requests import ApplicationCancelRequest, OrderItemsChangeRequest

_LEFT: Final = (PortionState.SHIPPED, PortionState.DELIVERED, PortionState.RETURNED)
_PARTNER: Final = Actors(requested_by="partner", executed_by="partner")

# ------------------------------------------------------------------------------------------------- items


def decode_items(wire: WireRequest, caller: Caller) -> Ask:
    request = read_optional(wire.body, OrderItemsChangeRequest)
    return about(caller.order(wire.params["applicationId"]), request, plan=plan_items)


def plan_items(question: Question[OrderItemsChangeRequest]) -> Plan | Refused:
    order, request = question.order, question.request
    selectors = amounts.selectors_of(request)
    command = Cancel(
        cancellation_id=question.held.new_id(),
        selectors=selectors,
        actors=_PARTNER,
    )
    if order.status not in READY:
        return Plan(commands=(command,))
    if request.items == [] and request.total_price is not None:
        return refuse(NOT_SUPPORTED, "a price without items can not be cancelled", order=order, attribute="totalPrice")
    unknown = amounts.unknown_item(order, selectors)
    if unknown is not None:
        return Refused(refusal=Refusal.UNKNOWN_LINE, order=order, pointer=unknown.pointer)
    if request.total_vat is not None and request.total_price is None:
        return refuse(UNPROCESSABLE, "totalVat goes with totalPrice", order=order, attribute="totalVat")
    wanted = amounts.chosen(order, selectors, amounts.OPEN)
    if order.lines and not wanted:
        return Plan(commands=(command,))
    return _priced(question, command, wanted)


def _priced(question: Question[OrderItemsChangeRequest], command: Cancel, wanted: Mapping[str, int]) -> Plan | Refused:
    """The command with the amount that leaves the order: what the partner states, or what the items are worth."""
    order, stated = question.order, amounts.stated(question.request)
    if stated is not None:
        everything = amounts.worth(order, amounts.chosen(order, None, amounts.OPEN), amounts.OPEN)
        if order.lines and stated.price_minor > everything.price_minor:
            return refuse(
                UNPROCESSABLE, "the price is above that of all open items", order=order, attribute="totalPrice"
            )
        if not _has_currencies(question.request, order):
            return refuse(UNPROCESSABLE, "the order has another currency", order=order, attribute="totalVat")
        return Plan(commands=(replace(command, amount=stated),))
    cost = amounts.worth(order, wanted, amounts.OPEN)
    if cost.price_minor > order.total_minor and not amounts.leaves_nothing(order, wanted):
        return refuse(UNPROCESSABLE, "the items cost more than the order's total", order=order, attribute="items")
    return Plan(commands=(command,))


def _has_currencies(request: OrderItemsChangeRequest, order: Order) -> bool:
    return all(entry.currency == order.currency for entry in request.total_vat or ())


# ------------------------------------------------------------------------------------------------- application


def decode_application(wire: WireRequest, caller: Caller) -> Ask:
    request = read_optional(wire.body, ApplicationCancelRequest)
    return about(caller.order(wire.params["applicationId"]), request, plan=plan_application)


def plan_application(question: Question[ApplicationCancelRequest]) -> Plan | Refused:
    order, request = question.order, question.request
    command = Cancel(
        cancellation_id=question.held.new_id(),
        action=CANCEL_APPLICATION,
        reason=REASONS.ours[request.reason or OTHER],
        note=request.custom_reason or "",
        actors=_PARTNER,
    )
    if order.status not in LIFECYCLE.allowed[CANCEL_APPLICATION]:
        return Plan(commands=(command,))
    if order.quantity_milli(*_LEFT):
        blocked = tuple(line.line_id for line in order.lines if line.quantity_milli(*_LEFT))
        return Refused(refusal=Refusal.UNITS_ALREADY_SHIPPED, order=order, blocked_by=blocked)
    return Plan(commands=(command,))


def encode_application(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refused_application(verdict)
    return json_answer(200, application_document(changed(verdict), wire.base_url), JSON)
