"""What becomes of obligations, and of the cancellation that they belong to.

Rule: a cancellation is completed when every obligation of it is over, and only then; somebody's name stands at each that a
person ended.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from msgspec.structs import replace

from countermand.engine.around import Around
from countermand.engine.evolve import evolve
from countermand.engine.tenders import dropped, kept
from countermand.model.command import Close, Closing
from countermand.model.event import Amendment, Event
from countermand.model.obligation import Obligation, ObligationState
from countermand.model.order import Conflict, ConflictState, Order
from countermand.model.outcome import Accepted, Cancellation, CancellationState, Cause, Refusal, Refused

#: How long to wait after each attempt: about ten tries over three days, as Standard Webhooks recommends.
WAITS_S: Final = (5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after so many attempts; None: a person has to look at it."""
    return now + timedelta(seconds=WAITS_S[attempts - 1]) if 0 < attempts <= len(WAITS_S) else None


def state_of(cancellation: Cancellation, obligations: Sequence[Obligation]) -> CancellationState:
    """Where an effective cancellation stands, by all of its obligations; other states stay what they are."""
    if not cancellation.state.effective:
        return cancellation.state
    mine = [one for one in obligations if one.cancellation_id == cancellation.cancellation_id]
    return CancellationState.COMPLETED if all(one.state.over for one in mine) else CancellationState.ACCEPTED


def close(order: Order, command: Close, around: Around, now: datetime) -> Accepted | Refused:
    """An obligation goes on or comes to its end."""
    found = around.obligation(command.obligation_id)
    if found is None:
        return Refused(refusal=Refusal.UNKNOWN_ORDER, order=order, cause=Cause.UNKNOWN_OBLIGATION)
    if found.state.over:
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=Cause.OBLIGATION_CLOSED)
    after = closed(found, command, now)
    event = event_of(order, after, command, now)
    payments = order.payments
    if after.state is ObligationState.SETTLED:
        payments = kept(payments, found)
    elif after.state is ObligationState.WAIVED:
        payments = dropped(payments, found)
    conflicts = put_right(order.conflicts, (after,))
    if payments != order.payments or conflicts != order.conflicts:
        event = replace(event, amendment=Amendment(payments=payments, conflicts=conflicts))
    return finished(Accepted(order=evolve(order, event), events=(event,), obligations=(after,)), around)


def closed(found: Obligation, command: Close, now: datetime) -> Obligation:
    """The obligation after one closing."""
    match command.how:
        case Closing.SETTLE | Closing.WAIVE:
            state = ObligationState.SETTLED if command.how is Closing.SETTLE else ObligationState.WAIVED
            return replace(
                found,
                state=state,
                closed_at=now,
                closed_by=command.by,
                closed_because=command.because,
                next_try_at=None,
            )
        case Closing.FAIL:
            attempts = found.attempts + 1
            again = command.retry_at or next_try(attempts, now)
            state = ObligationState.OPEN if again else ObligationState.PARKED
            return replace(found, attempts=attempts, last_error=command.because, next_try_at=again, state=state)
        case Closing.PARK:
            return replace(found, state=ObligationState.PARKED, last_error=command.because, next_try_at=None)
        case Closing.RETRY:
            return replace(found, state=ObligationState.OPEN, next_try_at=now)
        case _:
            assert_never(command.how)


_PUT_RIGHT: Final = {
    ObligationState.SETTLED: ConflictState.RESOLVED,
    ObligationState.WAIVED: ConflictState.WAIVED,
}


def put_right(conflicts: tuple[Conflict, ...], obligations: Sequence[Obligation]) -> tuple[Conflict, ...]:
    """The conflicts after their remedies became these: ended, or another kind, as a void that was captured becomes a refund."""
    remedies = {one.data["conflict_id"]: one for one in obligations if "conflict_id" in one.data}
    if not remedies:
        return conflicts
    return tuple(
        replace(known, remedy=now.kind, state=_PUT_RIGHT.get(now.state, ConflictState.OPEN), closed_at=now.closed_at)
        if (now := remedies.get(known.conflict_id))
        else known
        for known in conflicts
    )


_WORD: Final = {
    Closing.SETTLE: "settled",
    Closing.FAIL: "failed",
    Closing.PARK: "parked",
    Closing.RETRY: "retried",
    Closing.WAIVE: "waived",
}


def event_of(order: Order, obligation: Obligation, command: Close, now: datetime) -> Event:
    told = {
        "obligation_id": obligation.obligation_id,
        "kind": obligation.kind,
        "conflict_id": obligation.data.get("conflict_id", ""),
        "by": command.by,
        "because": command.because,
        "executed_by": command.executed_by,
        "amount": str(obligation.amount_minor) if obligation.amount_minor else "",
    }
    return Event(
        type=f"obligation.{_WORD[command.how]}",
        at=now,
        status=order.status,
        currency=obligation.currency,
        cancellation_id=obligation.cancellation_id,
        data={name: text for name, text in told.items() if text},
        sequence=order.sequence + 1,
    )


def finished(accepted: Accepted, around: Around) -> Accepted:
    """With the cancellations whose last obligation this ended, each completed by an event."""
    changed = {one.obligation_id: one for one in accepted.obligations}
    now_owed = [changed.get(one.obligation_id, one) for one in around.obligations]
    order, events, cancellations = accepted.order, list(accepted.events), list(accepted.cancellations)
    for known in around.cancellations:
        state = state_of(known, now_owed)
        if state is known.state or known in cancellations:
            continue
        cancellations.append(replace(known, state=state))
        if state is CancellationState.COMPLETED:
            event = Event(
                type="cancellation.completed",
                at=order.updated_at,
                status=order.status,
                currency=order.currency,
                cancellation_id=known.cancellation_id,
                sequence=order.sequence + 1,
            )
            order = evolve(order, event)
            events.append(event)
    return replace(accepted, order=order, events=tuple(events), cancellations=tuple(cancellations))
