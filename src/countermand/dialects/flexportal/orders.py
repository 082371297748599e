"""Orders: cancel, get, notes. Creating one is in `creating`, listing them in `lists`.

Pages: https://docs.flexportal.io/api-reference/orders/{cancel,get,notes}.md, checked 2026-11-21.
"""

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import facts_of, json_answer, to_facts
from countermand.model.command import Actors, Amend, Cancel
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused, Verdict
from countermand.model.query import Found, GetOrder, Query

from .codes import not_found, refused
from .order import document
from .reading import read, read_optional
from .requests import CancelOrder, UpdateOrderNotes


def decode_cancel(wire: WireRequest, caller: Caller) -> Ask:
    """The reason is logged and never shown on the order: its schema has no place for one."""
    reason = read_optional(wire.body, CancelOrder).reason or ""

    def plan(held: Held) -> Plan:
        actors = Actors(requested_by=caller.key_id)
        return Plan(commands=(Cancel(cancellation_id=held.new_id(), note=reason, actors=actors),))

    return Ask(order=caller.order(wire.params["orderId"]), plan=plan)


def encode_cancel(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict)
    order_id = verdict.order.order_id if verdict.order else wire.params["orderId"]
    return json_answer(200, {"success": True, "message": "Order cancelled successfully", "orderId": order_id})


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetOrder(key=caller.order(wire.params["orderId"])),)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    order = found[0]
    return json_answer(200, document(order)) if isinstance(order, Order) else not_found("Order")


def decode_notes(wire: WireRequest, caller: Caller) -> Ask:
    """Replaces, never appends. No state forbids it, so cancelled orders take notes too."""
    notes = read(wire.body, UpdateOrderNotes).notes

    def plan(held: Held) -> Plan | Refused:
        if held.order is None:
            return Refused(refusal=Refusal.UNKNOWN_ORDER)
        facts = facts_of(held.order.facts) | {"notes": notes}
        return Plan(commands=(Amend(facts=to_facts(facts), what="notes"),))

    return Ask(order=caller.order(wire.params["orderId"]), plan=plan)


def encode_notes(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict)
    answer = {"success": True, "message": "Order notes updated successfully", "orderId": wire.params["orderId"]}
    return json_answer(200, answer)
