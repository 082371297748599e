"""Cancel Order: POST /v1/orders/{id}/cancel (api-4681584).

The page declares no body, so none is read. In one transaction, with one reading of the clock, the order gets the
status `cancelled`, `cancelled_at` and `updated_at`; nothing else that it shows changes. Only the vendor's own id names
an order here.
"""

from typing import Final

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.command import Actors, Cancel
from countermand.model.outcome import Refused, Verdict

from .codes import refused
from .order import cancelled_order

MESSAGE: Final = "Order cancelled successfully."


def decode(wire: WireRequest, caller: Caller) -> Ask:
    return Ask(order=caller.order(wire.params["id"]), plan=plan)


def plan(held: Held) -> Plan:
    """Who may be cancelled is the engine's to say, and that nothing is owed any more: no shipping or fees, which no line has."""
    return Plan(commands=(Cancel(cancellation_id=held.new_id(), actors=Actors(requested_by="merchant")),))


def encode(verdict: Verdict, _wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict, "cancelled")
    assert verdict.order is not None, "a cancel that is accepted has an order"
    return json_answer(200, {"status": True, "message": MESSAGE, "data": cancelled_order(verdict.order)})
