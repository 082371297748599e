"""Unpaid orders that expire: by the tenant's policy, off unless it says so, exact, and never before the payment side was asked.

An order that is placed under such a policy gets a timer. When it falls due and no money is known of, an obligation is recorded:
the payment side is asked (`payment_inquiry`). The order is cancelled only when that obligation was settled with the answer
`unpaid`. Any other answer, a waiver, or money that was reported meanwhile ends it, and while there is no answer the order stays.

Rule: what is not an explicit "unpaid" is not unpaid.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Held, Plan
from countermand.model.command import Actors, Cancel
from countermand.model.keys import OrderKey
from countermand.model.obligation import Obligation, ObligationState, Owed
from countermand.model.order import Order, PortionState
from countermand.model.outcome import Refusal, Refused
from countermand.model.policy import Policy
from countermand.model.timer import Timer

#: The kind of the timer, and of what the payment side is asked by.
UNPAID: Final = "unpaid"
INQUIRY: Final = "payment_inquiry"

#: The reason with which the inquiry must be settled for the order to be cancelled. No other word will do.
ANSWER: Final = "unpaid"

#: How often an answer is looked for, and a refusal that may pass is tried again.
LOOK_EVERY: Final = timedelta(seconds=30)

#: Refusals that don't pass: there is nothing to expire any more.
FINAL: Final = frozenset({Refusal.UNKNOWN_ORDER, Refusal.ALREADY_CANCELLED, Refusal.NOTHING_OPEN})


def expires_at(order: Order, policy: Policy | None) -> datetime | None:
    """When the order falls due for expiry, if it stays unpaid; None: never."""
    if policy is None or policy.unpaid_expiry_s is None or not is_unpaid(order):
        return None
    return order.placed_at + timedelta(seconds=policy.unpaid_expiry_s)


def is_unpaid(order: Order) -> bool:
    """Whether something of the order is open and no money is known of, neither taken nor promised."""
    if order.cancelled_at is not None or not order.quantity_milli(PortionState.OPEN):
        return False
    return not any(payment.captured_minor or payment.authorised_minor for payment in order.payments)


def timer_of(order: Order, due_at: datetime) -> Timer:
    return Timer(
        tenant=order.tenant,
        dialect=order.dialect,
        timer_id=f"{UNPAID} {order.order_id}",
        kind=UNPAID,
        due_at=due_at,
        order_id=order.order_id,
    )


def due(timer: Timer) -> Ask:
    """The ask that takes an unpaid order one step further."""

    def plan(held: Held) -> Plan:
        order = held.order
        due_at = None if order is None else expires_at(order, held.policy)
        if order is None or due_at is None:
            return Plan()
        if held.now < due_at:
            return Plan(timers=(replace(timer, due_at=due_at),))
        return _step(order, _inquiry(held), held, timer=timer)

    return Ask(order=OrderKey(timer.tenant, timer.dialect, timer.order_id), plan=plan, history=True)


def _step(order: Order, inquiry: Obligation | None, held: Held, *, timer: Timer) -> Plan:
    again = (replace(timer, due_at=held.now + LOOK_EVERY),)
    if inquiry is None:
        asked = Owed(
            kind=INQUIRY,
            type=f"{INQUIRY}.unpaid_order",
            amount_minor=order.total_minor,
            currency=order.currency,
            data={"question": "has this order been paid, or is a payment under way?", "answer_to_cancel": ANSWER},
        )
        return Plan(owed=(asked,), timers=again)
    if not inquiry.state.over:
        return Plan(timers=again)
    if inquiry.state is not ObligationState.SETTLED or inquiry.closed_because != ANSWER:
        return Plan()
    actors = Actors(requested_by="policy", executed_by="unpaid expiry", attributed_to="customer")
    cancel = Cancel(cancellation_id=held.new_id(), reason="payment_expired", actors=actors)
    return Plan(commands=(cancel,))


def _inquiry(held: Held) -> Obligation | None:
    """What was asked last."""
    asked = [one for one in held.obligations if one.kind == INQUIRY]
    return asked[-1] if asked else None


def refused(timer: Timer, refusal: Refused) -> Ask | None:
    """A refusal that may pass (a lease, a hold, a pending cancel) is tried again; any other is the end of it."""
    if refusal.refusal in FINAL or (refusal.refusal is Refusal.STATUS_FORBIDS and refusal.cause is None):
        return None

    def plan(held: Held) -> Plan:
        return Plan(timers=(replace(timer, due_at=held.now + LOOK_EVERY),))

    return Ask(order=OrderKey(timer.tenant, timer.dialect, timer.order_id), plan=plan)
