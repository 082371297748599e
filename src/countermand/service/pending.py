"""What becomes of a pending cancellation when its time comes: the timers that judgement sets for each.

A scheduled one takes effect; a request that nobody decided ends as its policy said when it was made. Whatever the order has
come to in the meantime is decided then, not now: a cancel that is refused by then is written down as failed. Only what
fulfilment has claimed at that moment is not lost: it is looked at again until the claim is over.
"""

from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Held, Plan
from countermand.dialects.wire import facts_of
from countermand.model.command import Answer, Cancel, Dismiss
from countermand.model.keys import OrderKey
from countermand.model.outcome import Cancellation, CancellationState, Refused
from countermand.model.policy import OnTimeout
from countermand.model.timer import Timer

#: How often to look whether fulfilment has let go.
LOOK_EVERY: Final = timedelta(seconds=30)

#: Who acts when nobody did.
POLICY: str = "policy"


def due(timer: Timer) -> Ask:
    """The ask that brings a pending cancellation to its end."""

    def plan(held: Held) -> Plan:
        found = _pending(held, timer)
        if found is None or held.timer is None:
            return Plan(ended=(timer.key,))
        return Plan(commands=(command_of(found),))

    key = OrderKey(timer.tenant, timer.dialect, timer.order_id)
    return Ask(order=key, plan=plan, history=True, timer=timer.key)


def refused(timer: Timer, refusal: Refused) -> Ask:
    """The ask that writes down that it could not be done, and why; or that waits for the end of what forbids it for now."""

    def plan(held: Held) -> Plan:
        found = _pending(held, timer)
        if found is None:
            return Plan(ended=(timer.key,))
        if found.state is CancellationState.SCHEDULED and refusal.retry_at is not None:
            return Plan(timers=(replace(timer, due_at=min(refusal.retry_at, held.now + LOOK_EVERY)),))
        because = (refusal.cause or refusal.refusal).value
        dismiss = Dismiss(cancellation_id=found.cancellation_id, how=Answer.FAIL, by=POLICY, because=because)
        return Plan(commands=(dismiss,))

    key = OrderKey(timer.tenant, timer.dialect, timer.order_id)
    return Ask(order=key, plan=plan, history=True, timer=timer.key)


def command_of(found: Cancellation) -> Cancel | Dismiss:
    """What a pending cancellation comes to by itself."""
    command = found.command
    if command is None or (found.state is CancellationState.REQUESTED and found.on_timeout is OnTimeout.REJECTED):
        return Dismiss(cancellation_id=found.cancellation_id, how=Answer.EXPIRE, by=POLICY)
    if found.state is CancellationState.REQUESTED:
        return replace(command, agreed_by=POLICY)
    return replace(command, due=True)


def _pending(held: Held, timer: Timer) -> Cancellation | None:
    wanted = facts_of(timer.body).get("cancellation_id")
    for one in held.cancellations or ():
        if one.cancellation_id == wanted and one.state.pending:
            return one
    return None
