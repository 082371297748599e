"""Cancel Order: POST /v1/orders/{id}/cancel (api-4681584).

The page declares no body, so none is read. In one transaction, with one reading of the clock, the order gets the
status `cancelled`, `cancelled_at` and `updated_at`; nothing else that it shows changes. Only the vendor's own id names
an order here.
"""

from typing import Final

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.command import Actors, Amount, Cancel
from countermand.model.order import Order
from countermand.model.outcome import Refused, Verdict

from .codes import refused
from .order import cancelled_order

MESSAGE: Final = "Order cancelled successfully."


def decode(wire: WireRequest, caller: Caller) -> Ask:
    return Ask(order=caller.order(wire.params["id"]), plan=plan)


def plan(held: Held) -> Plan:
    """Who may be cancelled is the engine's to say."""
    amount = _everything(held.order)
    return Plan(
        commands=(Cancel(cancellation_id=held.new_id(), actors=Actors(requested_by="merchant"), amount=amount),)
    )


def _everything(order: Order | None) -> Amount | None:
    """All that the order costs is no longer owed, its shipping and fees included, which no line carries."""
    if order is None or order.total_minor <= 0:
        return None
    return Amount(price_minor=order.total_minor, currency=order.currency)


def encode(verdict: Verdict, _wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict, "cancelled")
    assert verdict.order is not None, "a cancel that is accepted has an order"
    return json_answer(200, {"status": True, "message": MESSAGE, "data": cancelled_order(verdict.order)})
