"""May these units be cancelled, and what follows?

The guards stand in the order of `Refusal`, each a single condition with a single named result. What restrains a cancel
besides the lifecycle is in `allowance`, what it owes outside in `dues`, what makes it wait in `postponing`.
"""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from countermand.engine.allowance import fee_minor, restraint, wait
from countermand.engine.around import NOTHING, Around
from countermand.engine.dues import OWED, dues_of
from countermand.engine.evolve import advanced
from countermand.engine.postponing import agreed, postponed, record_of
from countermand.engine.standing import standing_of, status_after
from countermand.engine.totals import leaving, possible
from countermand.engine.units import OPEN, Choice, apply_all, choose, take
from countermand.model.command import Cancel, Charges
from countermand.model.event import Amendment, Event, Taking
from countermand.model.lifecycle import Lifecycle, Repeat, Standing
from countermand.model.order import Line, Order, PortionState
from countermand.model.outcome import Accepted, CancellationState, Cause, Refusal, Refused

_LEFT: Final = (PortionState.SHIPPED, PortionState.DELIVERED, PortionState.RETURNED)
_CANCELLED: Final = PortionState.CANCELLED
_NOTHING_LEFT: Final = Standing.CANCELLED
_KEEP: Final = Charges.KEEP


def cancel(
    order: Order, command: Cancel, lifecycle: Lifecycle, now: datetime, *, around: Around = NOTHING
) -> Accepted | Refused:
    if command.expected_version is not None and command.expected_version != order.version:
        return Refused(refusal=Refusal.VERSION_MISMATCH, order=order)
    if order.status in lifecycle.cancelled:
        if lifecycle.repeat is Repeat.SAME_ANSWER:
            return Accepted(order=order)
        return Refused(refusal=Refusal.ALREADY_CANCELLED, order=order)
    if order.status not in lifecycle.allowed.get(command.action, ()):
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
    if order.pending or order.leases or around.policy is not None:
        restrained = restraint(order, command, around, now)
        if restrained is not None:
            return restrained
    if lifecycle.whole_only and order.quantity_milli(*_LEFT):
        blocked = tuple(line.line_id for line in order.lines if line.quantity_milli(*_LEFT))
        return Refused(refusal=Refusal.UNITS_ALREADY_SHIPPED, order=order, blocked_by=blocked)
    chosen = _units(order, command)
    if isinstance(chosen, Refused):
        return chosen
    event, lines = _event(order, command, lifecycle, take(chosen, OPEN, into=_CANCELLED), now=now)
    return _conclude(order, command, event, lines, around=around)


def _units(order: Order, command: Cancel) -> tuple[Choice, ...] | Refused:
    chosen = choose(order, command.selectors, OPEN)
    if isinstance(chosen, Refused):
        return chosen
    chosen = _with_charges(order, command, chosen)
    if order.lines and not chosen:
        return Refused(refusal=Refusal.NOTHING_OPEN, order=order)
    if command.amount is not None and not possible(order, command.amount):
        return Refused(refusal=Refusal.AMOUNT_IMPOSSIBLE, order=order)
    return chosen


def _conclude(
    order: Order, command: Cancel, event: Event, lines: tuple[Line, ...], *, around: Around
) -> Accepted | Refused:
    """Now, later, or not without somebody's agreement."""
    fee, waits = 0, None
    if around.policy is not None or command.effective_at is not None:
        fee = fee_minor(order, around.policy, event.amount_minor, _asked_at(command, around, event.at))
        waits = wait(order, command, around.policy, amount_minor=event.amount_minor, now=event.at)
        if waits is not None and not command.waits:
            return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=Cause.APPROVAL_REQUIRED)
        if fee:
            event = replace(event, amount_minor=event.amount_minor - fee, data={**event.data, "fee": str(fee)})
    if command.agreed_by:
        approval, order = agreed(order, command, event)
        event = replace(event, sequence=order.sequence + 1)
        after = (
            postponed(order, command, event, waits) if waits else _accept(order, command, event, lines, around=around)
        )
        return replace(after, events=(approval, *after.events))
    return postponed(order, command, event, waits) if waits else _accept(order, command, event, lines, around=around)


def _asked_at(command: Cancel, around: Around, now: datetime) -> datetime:
    """When the fee is reckoned: whoever waits for somebody's agreement does not pay for the waiting."""
    asked = around.cancellation(command.cancellation_id) if command.agreed_by else None
    return asked.created_at if asked is not None and command.effective_at is None else now


def _with_charges(order: Order, command: Cancel, chosen: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The charges that go along: asked for, or because nothing is left that they were for."""
    if not any(line.charge for line in order.lines):
        return chosen
    named = {choice.line.line_id for choice in chosen}
    charges = tuple(
        Choice(line, line.open.quantity_milli)
        for line in order.lines
        if line.charge and line.open and line.line_id not in named
    )
    if command.charges is _KEEP:
        return chosen
    if command.charges is Charges.CANCEL:
        return (*chosen, *charges)
    taken = {choice.line.line_id: choice.quantity_milli for choice in chosen}
    goods = [line for line in order.lines if not line.charge]
    gone = all(line.quantity_milli() == line.quantity_milli(_CANCELLED) + taken.get(line.line_id, 0) for line in goods)
    return (*chosen, *charges) if gone and goods and chosen else chosen


def _event(
    order: Order, command: Cancel, lifecycle: Lifecycle, takings: tuple[Taking, ...], *, now: datetime
) -> tuple[Event, tuple[Line, ...]]:
    """What happens, and the lines as they are afterwards."""
    lines = apply_all(order.lines, takings)
    standing = standing_of(lines) if lines else _NOTHING_LEFT
    amount_minor, taxes = leaving(order, takings, standing, command.amount)
    event = Event(
        type="order.cancelled" if standing is _NOTHING_LEFT else "order.lines_cancelled",
        at=now,
        status=status_after(order.status, standing, lifecycle),
        takings=takings,
        amount_minor=amount_minor,
        taxes=taxes,
        currency=order.currency,
        cancellation_id=command.cancellation_id,
        data=_told(command),
        sequence=order.sequence + 1,
    )
    return event, lines


def _told(command: Cancel) -> dict[str, str]:
    actors = command.actors
    told = {
        "reason": command.reason,
        "note": command.note,
        "message": command.message,
        "requested_by": actors.requested_by,
        "executed_by": actors.executed_by,
        "attributed_to": actors.attributed_to,
        "operation_id": command.operation_id or "",
        "restock": "" if command.restock else "no",
    }
    return {name: text for name, text in told.items() if text}


def _accept(order: Order, command: Cancel, event: Event, lines: tuple[Line, ...], *, around: Around) -> Accepted:
    owed, payments = dues_of(order, command, event, around.policy)
    start = order
    if owed:
        event = replace(event, data={**event.data, OWED: str(len(owed))})
    if order.pending or payments is not order.payments:
        event = replace(event, amendment=Amendment(payments=payments, pending=""))
        start = replace(order, payments=payments, pending="")
    record = record_of(order, command, event)
    if owed:
        record = replace(record, state=CancellationState.ACCEPTED, undo_until=owed[0].not_before)
    return Accepted(order=advanced(start, event, lines), events=(event,), cancellation=record, owed=owed)
