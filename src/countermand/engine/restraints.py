"""Holds and stop-ship leases: what keeps units where they are while somebody makes up their mind.

A hold stops goods from leaving, not from being cancelled. A lease stops a cancel while fulfilment picks; it ends by itself,
so that a picker who goes home never blocks an order for ever.
"""

from datetime import datetime

from msgspec.structs import replace

from countermand.engine.evolve import by_key, evolve
from countermand.model.command import DropLease, LiftHold, PutHold, TakeLease
from countermand.model.event import Amendment, Event
from countermand.model.lifecycle import Lifecycle
from countermand.model.order import Lease, Order
from countermand.model.outcome import Accepted, Cause, Refusal, Refused


def put_hold(order: Order, command: PutHold, now: datetime) -> Accepted:
    hold = command.hold
    holds = (*(known for known in order.holds if known.hold_id != hold.hold_id), hold)
    told = {"hold_id": hold.hold_id, "reason": hold.reason, "by": hold.placed_by}
    return _amended(order, _event(order, "hold.placed", now, told), Amendment(holds=holds))


def lift_hold(order: Order, command: LiftHold, now: datetime) -> Accepted:
    holds = tuple(hold for hold in order.holds if hold.hold_id != command.hold_id)
    if len(holds) == len(order.holds):
        return Accepted(order=order)
    told = {"hold_id": command.hold_id, "by": command.lifted_by}
    return _amended(order, _event(order, "hold.released", now, told), Amendment(holds=holds))


def take_lease(order: Order, command: TakeLease, lifecycle: Lifecycle, now: datetime) -> Accepted | Refused:
    if order.status in lifecycle.cancelled:
        return Refused(refusal=Refusal.ALREADY_CANCELLED, order=order)
    if order.status not in lifecycle.allowed.get("ship", ()):
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
    if order.holds:
        blocked = tuple(hold.hold_id for hold in order.holds)
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=Cause.ON_HOLD, blocked_by=blocked)
    lease = command.lease
    known = {line.line_id for line in order.lines}
    unknown = tuple(line_id for line_id in lease.line_ids if line_id not in known)
    if unknown:
        return Refused(refusal=Refusal.UNKNOWN_LINE, order=order, blocked_by=unknown)
    alive = tuple(one for one in order.leases if now < one.expires_at)
    others = [one for one in alive if one.holder != lease.holder and _overlap(one, lease)]
    if others:
        return Refused(
            refusal=Refusal.STATUS_FORBIDS,
            order=order,
            cause=Cause.FULFILMENT_CLAIMED,
            blocked_by=tuple(one.lease_id for one in others),
            retry_at=min(one.expires_at for one in others),
        )
    again = next((one for one in alive if one.holder == lease.holder and one.line_ids == lease.line_ids), None)
    taken = lease if again is None else replace(again, expires_at=lease.expires_at)
    leases = (*(one for one in alive if one is not again), taken)
    told = {"lease_id": taken.lease_id, "holder": taken.holder, "expires_at": taken.expires_at.isoformat()}
    told |= by_key(command.executed_by)
    return _amended(order, _event(order, "lease.taken", now, told), Amendment(leases=leases))


def drop_lease(order: Order, command: DropLease, now: datetime) -> Accepted:
    leases = tuple(lease for lease in order.leases if lease.lease_id != command.lease_id)
    if len(leases) == len(order.leases):
        return Accepted(order=order)
    event = _event(order, "lease.released", now, {"lease_id": command.lease_id, **by_key(command.executed_by)})
    return _amended(order, event, Amendment(leases=leases))


def _overlap(one: Lease, other: Lease) -> bool:
    return not one.line_ids or not other.line_ids or bool(set(one.line_ids) & set(other.line_ids))


def _event(order: Order, kind: str, now: datetime, told: dict[str, str]) -> Event:
    data = {name: text for name, text in told.items() if text}
    return Event(type=kind, at=now, status=order.status, data=data, sequence=order.sequence + 1)


def _amended(order: Order, event: Event, amendment: Amendment) -> Accepted:
    event = replace(event, amendment=amendment)
    return Accepted(order=evolve(order, event), events=(event,))
