"""The cancel call of an order, and those of the three sibling resources, which differ in everything but the idea."""

import msgspec

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest, Write
from countermand.model.command import Actors, Amend, Cancel
from countermand.model.outcome import Refused, Verdict

from . import codes, rules
from .asking import Decode, answering, checked, found
from .envelope import tell
from .facts import facts_of, to_bytes
from .lifecycle import ORDER, RESERVATION, SUBSCRIPTION, TERMINAL
from .rules import Fields

#: Where the refund of a terminal order is. Refund Status Check knows the second.
PENDING = "PENDING"
REJECTED = "REJECTED"


def cancel_of(note: str, *, held: Held, by: Caller) -> Cancel:
    """All of it; with the last product goes everything that is owed, the shipping costs too, which are in no line."""
    return Cancel(cancellation_id=held.new_id(), note=note, actors=Actors(requested_by=by.key_id))


def _cancelling(kind: str, fields: Fields) -> Decode:
    """Decode a cancel of the whole order; the one field of its payload says why."""
    reason = fields[0].path

    def decode(wire: WireRequest, caller: Caller) -> Ask:
        note = checked(wire, fields).get(reason)

        def plan(held: Held) -> Plan | Refused:
            order = found(held, kind)
            if isinstance(order, Refused):
                return order
            return Plan(commands=(cancel_of(str(note or ""), held=held, by=caller),))

        return Ask(plan=plan, order=caller.order(wire.params["uuid"]))

    return decode


def _decode_terminal(wire: WireRequest, caller: Caller) -> Ask:
    """`payment` calls off the order, `refund` a refund that waits on the terminal, if one does."""
    what = checked(wire, rules.CANCEL_TERMINAL).get("type")

    def plan(held: Held) -> Plan | Refused:
        order = found(held, TERMINAL)
        if isinstance(order, Refused):
            return order
        if what == "payment":
            return Plan(commands=(cancel_of("", held=held, by=caller),), note=what)
        facts = facts_of(order)
        if facts.refund != PENDING:
            return Plan(note=what)
        rejected = msgspec.structs.replace(facts, refund=REJECTED)
        return Plan(commands=(Amend(facts=to_bytes(rejected), what="refund_rejected"),), note=what)

    return Ask(plan=plan, order=caller.order(wire.params["uuid"]))


def _encode_terminal(verdict: Verdict, _wire: WireRequest) -> WireAnswer:
    """200 here, where the cancel of an order answers 202 (Cancel Terminal Order, Cancel Refund Request)."""
    if isinstance(verdict, Refused):
        return codes.refused(verdict)
    message = "cancelledOrderSuccessfully" if verdict.note == "payment" else "refundRequestRejectedSuccessfully"
    return tell(200, message, is_data=False)


CANCEL_ORDER = Write(
    decode=_cancelling(ORDER, rules.CANCEL_ORDER),
    encode=answering(202, "cancelledOrderSuccessfully", is_data=False, messages=codes.CANCEL),
)

CANCEL_RESERVATION = Write(
    decode=_cancelling(RESERVATION, rules.CANCEL_RESERVATION),
    encode=answering(202, "cancelledOrderSuccessfully", is_data=False, messages=codes.CANCEL_RESERVATION),
)

CANCEL_TERMINAL = Write(decode=_decode_terminal, encode=_encode_terminal)

#: 201 and an empty list (Cancel Subscription).
CANCEL_SUBSCRIPTION = Write(
    decode=_cancelling(SUBSCRIPTION, rules.CANCEL_SUBSCRIPTION),
    encode=answering(
        201, "successfullyCancelledSubscription", is_data=True, messages=codes.CANCEL_SUBSCRIPTION, data=[]
    ),
)
