"""Cancel Order and Confirm Order: both name the order in `data` and answer with its id and status.

Checks, cheapest and least telling first: `id`, `companyCode`, whether there is such an order of that company, a repeat (which
gets the same answer, before the status is looked at), the status.
"""

from collections.abc import Callable

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.model.command import Actors, Cancel, Move
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused, Verdict

from .codes import CANNOT_CANCEL, CANNOT_CONFIRM, answer_refused
from .documents import Cancelled
from .envelope import answer_yes, as_key, open_envelope, required
from .history import actor_of
from .membership import manages, needed
from .order import company_of

UNKNOWN = Refused(refusal=Refusal.UNKNOWN_ORDER)


def nowhere(held: Held) -> Refused:
    """The plan for an order that can't exist: its id or company is no text."""
    del held
    return UNKNOWN


def on_order(
    caller: Caller, order_id: object, company: object, *, plan: Callable[[Held, Order], Plan | Refused]
) -> Ask:
    """The ask for an order of a company. No such order and another company's are one error (Cancel Order page)."""
    identity, code = as_key(order_id), as_key(company)
    if identity is None or code is None:
        return Ask(plan=nowhere)

    def checked(held: Held) -> Plan | Refused:
        order = held.order
        if order is None or company_of(order) != code or not manages(held, caller, code):
            return UNKNOWN
        return plan(held, order)

    return Ask(plan=checked, order=caller.order(identity), records=needed(caller, code))


def decode_cancel(wire: WireRequest, caller: Caller) -> Ask:
    def plan(held: Held, _order: Order) -> Plan:
        actors = Actors(requested_by=actor_of(caller), executed_by=actor_of(caller))
        return Plan(commands=(Cancel(cancellation_id=held.new_id(), actors=actors),))

    return _decode(wire, caller, plan=plan)


def decode_confirm(wire: WireRequest, caller: Caller) -> Ask:
    def plan(_held: Held, _order: Order) -> Plan:
        return Plan(commands=(Move(action="confirm", by=actor_of(caller)),))

    return _decode(wire, caller, plan=plan)


def _decode(wire: WireRequest, caller: Caller, *, plan: Callable[[Held, Order], Plan | Refused]) -> Ask:
    data = open_envelope(wire).data
    return on_order(caller, required(data, "id"), required(data, "companyCode"), plan=plan)


def encode_cancel(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    return _encode(verdict, CANNOT_CANCEL)


def encode_confirm(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    return _encode(verdict, CANNOT_CONFIRM)


def _encode(verdict: Verdict, forbids: str) -> WireAnswer:
    if isinstance(verdict, Refused):
        return answer_refused(verdict, forbids)
    assert verdict.order is not None
    return answer_yes(Cancelled(id=verdict.order.order_id, status=verdict.order.status))
