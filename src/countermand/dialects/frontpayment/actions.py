"""Other calls on an order: resend its payment link, charge it later."""

from typing import Final

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireRequest, Write
from countermand.model.command import Amend, Move
from countermand.model.outcome import Refusal, Refused

from . import codes, rules
from .asking import answering, checked, found
from .lifecycle import ORDER


def _decode_resend(wire: WireRequest, caller: Caller) -> Ask:
    """The link may go to another address than the order's (Resend Payment Link), so nothing of the order changes."""
    checked(wire, rules.RESEND)

    def plan(held: Held) -> Plan | Refused:
        order = found(held, ORDER)
        if isinstance(order, Refused):
            return order
        if order.status in codes.RESEND:
            return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=codes.STATUS, order=order)
        return Plan(commands=(Amend(what="link_resent"),))

    return Ask(plan=plan, order=caller.order(wire.params["uuid"]))


def _decode_charge(wire: WireRequest, caller: Caller) -> Ask:
    """No body. The page names no precondition: an order that is still SENT is charged (`lifecycle`)."""

    def plan(held: Held) -> Plan | Refused:
        order = found(held, ORDER)
        return order if isinstance(order, Refused) else Plan(commands=(Move(action="charge"),))

    return Ask(plan=plan, order=caller.order(wire.params["uuid"]))


RESEND: Final = Write(
    decode=_decode_resend,
    encode=answering(202, "resentOrderSuccessfully", is_data=True, messages=codes.RESEND),
)

DELAYED_CHARGE: Final = Write(
    decode=_decode_charge,
    encode=answering(200, "orderDelayedChargedSuccessfully", is_data=True, messages=codes.CANCEL),
)
