"""A cancellation that does not take effect after all, or that is taken back.

While the undo window lasts nothing has happened outside, so undoing is free. Afterwards an obligation that was settled can't
be undone by us: the caller is told which, and has to say that the rest shall be restored all the same.
"""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from countermand.engine.around import Around
from countermand.engine.evolve import evolve
from countermand.engine.standing import standing_of, status_after
from countermand.engine.tenders import dropped
from countermand.engine.units import apply
from countermand.model.command import Answer, Dismiss, Restore
from countermand.model.event import Amendment, Event, Taking
from countermand.model.lifecycle import Lifecycle
from countermand.model.obligation import Obligation, ObligationState
from countermand.model.order import Order, Payment, Portion, PortionState, TaxTotal
from countermand.model.outcome import Accepted, Cancellation, CancellationState, Cause, Refusal, Refused

_ENDS: Final = {
    Answer.REJECT: CancellationState.REJECTED,
    Answer.WITHDRAW: CancellationState.WITHDRAWN,
    Answer.EXPIRE: CancellationState.EXPIRED,
    Answer.FAIL: CancellationState.FAILED,
}


def dismiss(order: Order, command: Dismiss, around: Around, now: datetime) -> Accepted | Refused:
    """Turn a pending cancellation down, take it back, or let it go."""
    found = around.cancellation(command.cancellation_id)
    if found is None:
        return Refused(refusal=Refusal.UNKNOWN_ORDER, order=order, cause=Cause.UNKNOWN_CANCELLATION)
    if not found.state.pending:
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=Cause.NOT_PENDING, detail=found.state)
    if command.how is Answer.REJECT and too_late(found, now):
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=Cause.DECISION_TOO_LATE)
    state = _ENDS[command.how]
    told = {"by": command.by, "because": command.because, "executed_by": command.executed_by}
    event = Event(
        type=f"cancellation.{state}",
        at=now,
        status=order.status,
        currency=order.currency,
        cancellation_id=found.cancellation_id,
        amendment=Amendment(pending=""),
        data={name: text for name, text in told.items() if text},
        sequence=order.sequence + 1,
    )
    after = replace(
        found, state=state, decided_at=now, decided_by=command.by, decided_because=command.because, due_at=None
    )
    return Accepted(order=evolve(order, event), events=(event,), cancellations=(after,))


def too_late(cancellation: Cancellation, now: datetime) -> bool:
    """Whether a request has timed out: from then on its policy decides, not a person."""
    waits = cancellation.state is CancellationState.REQUESTED
    return waits and cancellation.due_at is not None and now >= cancellation.due_at


def restore(
    order: Order, command: Restore, lifecycle: Lifecycle, now: datetime, *, around: Around
) -> Accepted | Refused:
    """The cancelled units become open again, and what is still owed because of the cancel is not owed any more."""
    found = around.cancellation(command.cancellation_id)
    if found is None:
        return Refused(refusal=Refusal.UNKNOWN_ORDER, order=order, cause=Cause.UNKNOWN_CANCELLATION)
    if not found.state.effective:
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=Cause.NOT_CANCELLED, detail=found.state)
    takings = give_up(order, found)
    if takings is None or (order.lines and not takings):
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=Cause.NOT_RESTORABLE)
    mine = [one for one in around.obligations if one.cancellation_id == found.cancellation_id]
    done = tuple(one.obligation_id for one in mine if one.state is ObligationState.SETTLED)
    if done and not command.in_part:
        cause = Cause.RESTORABLE_IN_PART
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=cause, blocked_by=done)
    withdrawn = tuple(_withdrawn(one, command, now) for one in mine if not one.state.over)
    event = _restored(order, found, command, takings, now=now)
    if done:
        event = replace(event, data={**event.data, "not_restored": " ".join(done)})
    payments = order.payments
    for one in withdrawn:
        payments = dropped(payments, one)
    return _accepted(order, lifecycle, event, payments=payments, after=(found, withdrawn, command))


def _withdrawn(obligation: Obligation, command: Restore, now: datetime) -> Obligation:
    return replace(
        obligation,
        state=ObligationState.WITHDRAWN,
        closed_at=now,
        closed_by=command.by,
        closed_because=command.because,
        next_try_at=None,
    )


def _restored(
    order: Order, found: Cancellation, command: Restore, takings: tuple[Taking, ...], *, now: datetime
) -> Event:
    fee = str(-found.fee_minor) if found.fee_minor else ""
    told = {"by": command.by, "because": command.because, "executed_by": command.executed_by, "fee": fee}
    return Event(
        type="order.restored",
        at=now,
        status=order.status,
        takings=takings,
        amount_minor=-found.amount_minor,
        taxes=tuple(TaxTotal(rate_milli=tax.rate_milli, amount_minor=-tax.amount_minor) for tax in found.taxes),
        currency=order.currency,
        cancellation_id=found.cancellation_id,
        data={name: text for name, text in told.items() if text},
        sequence=order.sequence + 1,
    )


def _accepted(
    order: Order,
    lifecycle: Lifecycle,
    event: Event,
    *,
    payments: tuple[Payment, ...],
    after: tuple[Cancellation, tuple[Obligation, ...], Restore],
) -> Accepted | Refused:
    found, withdrawn, command = after
    if payments != order.payments:
        event = replace(event, amendment=Amendment(payments=payments))
    standing = standing_of(evolve(order, event).lines)
    event = replace(event, status=status_after(order.status, standing, lifecycle))
    if event.status in lifecycle.cancelled:
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=Cause.NOT_RESTORABLE)
    record = replace(
        found,
        state=CancellationState.RESTORED,
        decided_at=event.at,
        decided_by=command.by,
        decided_because=command.because,
    )
    return Accepted(order=evolve(order, event), events=(event,), cancellations=(record,), obligations=withdrawn)


def give_up(order: Order, found: Cancellation) -> tuple[Taking, ...] | None:
    """Takings that open again what the cancellation took; None when some of it is no longer there as it was taken.

    Cancelled portions of equal size and price are interchangeable, so any that fits will do. Opened units join the open
    portion at the front of the line, so each taking sees the line as the one before it left it.
    """
    takings = list[Taking]()
    of_line: dict[str, list[Taking]] = {}
    for taken in found.takings:
        of_line.setdefault(taken.line_id, []).append(taken)
    for line in order.lines:
        after = line
        for taken in of_line.get(line.line_id, ()):
            index = next((at for at, portion in enumerate(after.portions) if _fits(portion, taken)), None)
            if index is None:
                return None
            # Another cancel's portion may be the one that fits: never reserve more than is open then.
            room = after.quantity_milli(PortionState.OPEN) + taken.quantity_milli - after.reserved_milli
            released = min(taken.released_milli, max(0, room))
            back = replace(taken, portion=index, state=PortionState.OPEN, released_milli=-released)
            takings.append(back)
            after = apply(after, back, None)
    return tuple(takings)


def _fits(portion: Portion, taken: Taking) -> bool:
    return (
        portion.state is PortionState.CANCELLED
        and portion.quantity_milli == taken.quantity_milli
        and portion.price_minor == taken.price_minor
        and portion.tax_minor == taken.tax_minor
    )
