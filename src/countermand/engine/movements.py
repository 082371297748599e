"""Everything that happens to an order besides being cancelled: placed, shipped, delivered, returned, reopened, moved, amended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from countermand.engine.dues import OWED, dues_of
from countermand.engine.evolve import by_key, evolve
from countermand.engine.late import shipped_all_the_same
from countermand.engine.standing import stage_of, standing_of, status_after
from countermand.engine.totals import leaving, possible
from countermand.engine.units import (
    GONE,
    NOT_YET_THERE,
    ON_THE_WAY,
    OPEN,
    Choice,
    States,
    apply,
    apply_all,
    choose,
    take,
)
from countermand.model.command import Amend, Cancel, Deliver, Move, Place, Reopen, Return, Ship
from countermand.model.event import Amendment, Event, Taking
from countermand.model.lifecycle import Lifecycle, Standing
from countermand.model.order import Line, Order, PortionState
from countermand.model.outcome import Accepted, Cancellation, CancellationState, Cause, Refusal, Refused
from countermand.model.reason import Reason

_REASONS: Final = frozenset(Reason)


def place(command: Place, now: datetime) -> Accepted:
    """A new order begins its sequence."""
    order, told = command.order, by_key(command.executed_by)
    event = Event(type="lifecycle.placed", at=now, status=order.status, currency=order.currency, data=told, sequence=1)
    return Accepted(order=replace(order, sequence=1), events=(event,))


def ship(order: Order, command: Ship, lifecycle: Lifecycle, now: datetime) -> Accepted | Refused:
    if command.happened:
        return shipped_all_the_same(order, command, lifecycle, now)
    if order.status not in lifecycle.allowed.get(command.action, ()):
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
    if order.holds:
        blocked = tuple(hold.hold_id for hold in order.holds)
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=Cause.ON_HOLD, blocked_by=blocked)
    chosen = choose(order, command.selectors, OPEN)
    if isinstance(chosen, Refused):
        return chosen
    return _travel(order, lifecycle, chosen, _leg(command, "units.shipped", PortionState.SHIPPED, OPEN, now=now))


def deliver(order: Order, command: Deliver, lifecycle: Lifecycle, now: datetime) -> Accepted | Refused:
    if order.status not in lifecycle.allowed.get(command.action, ()):
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
    states = NOT_YET_THERE if command.unshipped else ON_THE_WAY
    chosen = choose(order, command.selectors, states)
    if isinstance(chosen, Refused):
        return chosen
    leg = _leg(command, "units.delivered", PortionState.DELIVERED, states, now=now)
    return _travel(order, lifecycle, chosen, leg)


def reopen(order: Order, command: Reopen, lifecycle: Lifecycle, now: datetime) -> Accepted | Refused:
    """The units of a shipment that was called off become open again."""
    if order.status not in lifecycle.allowed.get(command.action, ()):
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
    event = Event(type="units.reopened", at=now, status=order.status, sequence=order.sequence + 1)
    takings = tuple(taking for line in order.lines for taking in take_back(line, command.shipment_id))
    if not takings:
        return Refused(refusal=Refusal.UNKNOWN_LINE, order=order, detail=command.shipment_id)
    event = replace(event, takings=takings, data={"shipment_id": command.shipment_id, **by_key(command.executed_by)})
    return _accepted(order, lifecycle, event)


def take_back(line: Line, shipment_id: str) -> tuple[Taking, ...]:
    """Takings that open every unit of the line that this shipment carries, and reserve it again.

    Opened units join the open portion at the front of the line, so each taking sees the line as the one before it left it.
    """
    takings, after = list[Taking](), line
    while (index := _carried(after, shipment_id)) is not None:
        portion = after.portions[index]
        taking = Taking(
            line_id=line.line_id,
            sku=line.sku,
            portion=index,
            state=PortionState.OPEN,
            quantity_milli=portion.quantity_milli,
            price_minor=portion.price_minor,
            tax_minor=portion.tax_minor,
            released_milli=-portion.quantity_milli,
        )
        takings.append(taking)
        after = apply(after, taking, None)
    return tuple(takings)


def _carried(line: Line, shipment_id: str) -> int | None:
    for index, portion in enumerate(line.portions):
        if portion.shipment_id == shipment_id and portion.state in GONE:
            return index
    return None


def returned(order: Order, command: Return, lifecycle: Lifecycle, now: datetime) -> Accepted | Refused:
    """Units come back, or only money does (`selectors` empty and an amount)."""
    if order.status not in lifecycle.allowed.get(command.action, ()):
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
    money_only = command.selectors == () and command.amount is not None
    chosen: tuple[Choice, ...] | Refused = () if money_only else choose(order, command.selectors, GONE)
    if isinstance(chosen, Refused):
        return chosen
    if not chosen and not money_only:
        return Refused(refusal=Refusal.NOTHING_OPEN, order=order)
    if command.amount is not None and not possible(order, command.amount):
        return Refused(refusal=Refusal.AMOUNT_IMPOSSIBLE, order=order)
    takings = take(chosen, GONE, into=PortionState.RETURNED)
    amount_minor, taxes = leaving(order, takings, _standing_after(order, takings), command.amount)
    event = Event(
        type="units.returned",
        at=now,
        status=order.status,
        takings=takings,
        amount_minor=amount_minor,
        taxes=taxes,
        currency=order.currency,
        data=by_key(command.executed_by),
        sequence=order.sequence + 1,
    )
    return _accepted(order, lifecycle, event)


def move(order: Order, command: Move, lifecycle: Lifecycle, now: datetime) -> Accepted | Refused:
    """A legal move of the table. Into a cancelled status it is a cancellation: what is open is cancelled with it."""
    status = lifecycle.moves.get((order.status, command.action))
    if status is None:
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
    told = {"action": command.action, "from": order.status, "reason": command.reason, "by": command.by}
    event = Event(
        type="lifecycle.moved",
        at=now,
        status=status,
        currency=order.currency,
        amendment=Amendment(facts=command.facts, payments=command.payments),
        data={name: text for name, text in told.items() if text},
        sequence=order.sequence + 1,
    )
    if status not in lifecycle.cancelled:
        return Accepted(order=evolve(order, event), events=(event,))
    takings = take(_all_open(order), OPEN, into=PortionState.CANCELLED)
    amount_minor, taxes = leaving(order, takings, _standing_after(order, takings))
    event = replace(event, takings=takings, amount_minor=amount_minor, taxes=taxes)
    event = replace(event, type="order.cancelled", cancellation_id=command.cancellation_id)
    if command.cancellation_id is None:
        return Accepted(order=evolve(order, event), events=(event,))
    return _cancelled(order, command, event, command.cancellation_id)


def _cancelled(order: Order, command: Move, event: Event, cancellation_id: str) -> Accepted:
    """The cancellation that a move into a cancelled status is, with everything that any cancel owes."""
    record = _record(order, command, event, cancellation_id)
    owed, payments = dues_of(order, Cancel(cancellation_id=cancellation_id, reason=record.reason), event, None)
    if owed:
        record = replace(record, state=CancellationState.ACCEPTED)
        event = replace(event, data={**event.data, OWED: str(len(owed))})
    if payments is not order.payments:
        event = replace(event, amendment=Amendment(facts=command.facts, payments=payments))
    return Accepted(order=evolve(order, event), events=(event,), cancellation=record, owed=owed)


def _record(order: Order, command: Move, event: Event, cancellation_id: str) -> Cancellation:
    return Cancellation(
        tenant=order.tenant,
        dialect=order.dialect,
        order_id=order.order_id,
        cancellation_id=cancellation_id,
        created_at=event.at,
        whole=True,
        reason=command.reason if command.reason in _REASONS else Reason.OTHER,
        note=command.reason,
        message="",
        requested_by="",
        executed_by=command.by,
        attributed_to="",
        operation_id=None,
        amount_minor=event.amount_minor,
        currency=order.currency,
        takings=event.takings,
        taxes=event.taxes,
        stage=stage_of(order, event.at),
        from_status=order.status,
    )


def amend(order: Order, command: Amend, now: datetime) -> Accepted:
    amendment = Amendment(
        facts=command.facts,
        lines=command.lines,
        total_minor=command.total_minor,
        taxes=command.taxes,
        currency=command.currency,
        payments=command.payments,
        aliases=command.aliases,
    )
    event = Event(
        type=f"facts.{command.what}", at=now, status=order.status, amendment=amendment, sequence=order.sequence + 1
    )
    return Accepted(order=evolve(order, event), events=(event,))


# ----------------------------------------------------------------------------------------------- what these have in common


def _standing_after(order: Order, takings: tuple[Taking, ...]) -> Standing:
    """How the order stands after these takings; of one without lines nothing is left."""
    lines = apply_all(order.lines, takings)
    return standing_of(lines) if lines else Standing.CANCELLED


@dataclass(frozen=True, slots=True)
class _Leg:
    event: Event
    into: PortionState
    states: States


def _leg(command: Ship | Deliver, kind: str, into: PortionState, states: States, *, now: datetime) -> _Leg:
    told = by_key(command.executed_by)
    return _Leg(Event(type=kind, at=now, status="", shipment=command.shipment, data=told), into, states)


def _travel(order: Order, lifecycle: Lifecycle, chosen: tuple[Choice, ...], leg: _Leg) -> Accepted | Refused:
    if not chosen:
        return Refused(refusal=Refusal.NOTHING_OPEN, order=order)
    takings = take(chosen, leg.states, into=leg.into)
    return _accepted(order, lifecycle, replace(leg.event, takings=takings, sequence=order.sequence + 1))


def _accepted(order: Order, lifecycle: Lifecycle, event: Event) -> Accepted:
    after = evolve(order, event)
    status = status_after(order.status, standing_of(after.lines), lifecycle)
    event = replace(event, status=status)
    return Accepted(order=replace(after, status=status), events=(event,))


def _all_open(order: Order) -> tuple[Choice, ...]:
    return tuple(Choice(line, line.open.quantity_milli) for line in order.lines if line.open)
