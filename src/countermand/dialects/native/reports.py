"""Truth from outside: holds, fulfilment claims, shipments, deliveries, returns, payments; and moves of the lifecycle.

What has happened is accepted even when it contradicts what we decided; the answer then names the conflict and its remedy.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.native import remedies
from countermand.dialects.native.addressing import address
from countermand.dialects.native.problems import encode_refusal
from countermand.dialects.native.requesting import body_of, claim_if_given, claim_of, selectors_of, stale, versions_of
from countermand.dialects.native.showing import (
    etag,
    show_conflict,
    show_event,
    show_hold,
    show_lease,
    show_obligation,
    show_order,
)
from countermand.dialects.native.types import (
    NewDelivery,
    NewFulfilmentClaim,
    NewHold,
    NewPaymentReport,
    NewReturn,
    NewShipment,
    NewTransition,
)
from countermand.dialects.wire import json_answer
from countermand.model.command import (
    Command,
    Deliver,
    DropLease,
    LiftHold,
    Move,
    PaymentStep,
    PutHold,
    ReportPayment,
    Selector,
    Ship,
    TakeLease,
)
from countermand.model.order import Hold, Lease, Order, PortionState, Shipment
from countermand.model.outcome import Cause, Done, Refusal, Refused, Verdict

Planner = Callable[[Held], tuple[Command, ...] | Refused]


def _ask(wire: WireRequest, caller: Caller, planner: Planner, *, history: bool = False) -> Ask:
    """A change of stock or money: it needs an idempotency key, or the second of two reports would count twice."""
    key, versions = address(caller, wire.params["order"]), versions_of(wire)

    def plan(held: Held) -> Plan | Refused:
        if (refused := stale(held, versions)) is not None:
            return refused
        planned = planner(held)
        return planned if isinstance(planned, Refused) else Plan(commands=planned)

    return Ask(order=key, plan=plan, history=history, claim=claim_of(wire, caller))


# --------------------------------------------------------------------------------------------------- holds and leases


def decode_hold(wire: WireRequest, caller: Caller) -> Ask:
    given = body_of(wire, NewHold)

    def planner(held: Held) -> tuple[Command, ...]:
        hold = Hold(
            hold_id=held.new_id(), reason=given.reason, placed_by=given.placed_by or caller.key_id, placed_at=held.now
        )
        return (PutHold(hold=hold),)

    return _ask(wire, caller, planner)


def encode_hold(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    assert verdict.order is not None
    return json_answer(201, show_hold(verdict.order.holds[-1]), (("ETag", etag(verdict.order)),))


def decode_release_hold(wire: WireRequest, caller: Caller) -> Ask:
    return _release(wire, caller, LiftHold(hold_id=wire.params["hold"], lifted_by=caller.key_id))


def _release(wire: WireRequest, caller: Caller, command: Command) -> Ask:
    """A change that is safe to repeat, so it needs no idempotency key."""
    key, versions = address(caller, wire.params["order"]), versions_of(wire)

    def plan(held: Held) -> Plan | Refused:
        return stale(held, versions) or Plan(commands=(command,))

    return Ask(order=key, plan=plan, claim=claim_if_given(wire, caller))


def decode_claim(wire: WireRequest, caller: Caller) -> Ask:
    given = body_of(wire, NewFulfilmentClaim)

    def planner(held: Held) -> tuple[Command, ...] | Refused:
        lease = Lease(
            lease_id=held.new_id(),
            holder=given.holder,
            taken_at=held.now,
            expires_at=held.now + timedelta(seconds=given.seconds),
            line_ids=tuple(sorted(set(given.line_ids))),
        )
        if (pointer := _nowhere(held.order, given.line_ids)) and held.order is not None:
            return Refused(refusal=Refusal.UNKNOWN_LINE, order=held.order, pointer=pointer)
        return (TakeLease(lease=lease, executed_by=caller.key_id),)

    return _ask(wire, caller, planner)


def _nowhere(order: Order | None, line_ids: list[str]) -> str:
    """Where the first line is named that the order does not have."""
    known = {line.line_id for line in order.lines} if order else set(line_ids)
    return next((f"/line_ids/{at}" for at, line_id in enumerate(line_ids) if line_id not in known), "")


def encode_claim(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    assert verdict.order is not None
    return json_answer(201, show_lease(verdict.order.leases[-1]), (("ETag", etag(verdict.order)),))


def decode_release_claim(wire: WireRequest, caller: Caller) -> Ask:
    return _release(wire, caller, DropLease(lease_id=wire.params["claim"], executed_by=caller.key_id))


def encode_order(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    assert verdict.order is not None
    return json_answer(200, show_order(verdict.order), (("ETag", etag(verdict.order)),))


# --------------------------------------------------------------------------------------------------------------- goods


def decode_shipment(wire: WireRequest, caller: Caller) -> Ask:
    given = body_of(wire, NewShipment)
    selectors = selectors_of(given.lines)

    def planner(held: Held) -> tuple[Command, ...]:
        shipment = Shipment(
            shipment_id=given.id or held.new_id(),
            carrier=given.carrier,
            tracking=given.tracking,
            shipped_on=given.shipped_on,
        )
        ship = Ship(shipment=shipment, selectors=selectors, happened=True, executed_by=caller.key_id)
        if not given.fulfilment_claim:
            return (ship,)
        return (ship, DropLease(lease_id=given.fulfilment_claim, executed_by=caller.key_id))

    return _ask(wire, caller, planner)


def decode_delivery(wire: WireRequest, caller: Caller) -> Ask:
    given = body_of(wire, NewDelivery)
    selectors = selectors_of(given.lines)

    def planner(held: Held) -> tuple[Command, ...] | Refused:
        shipment, meant = None, selectors
        if given.shipment_id is not None and held.order is not None:
            found = next((one for one in held.order.shipments if one.shipment_id == given.shipment_id), None)
            if found is None:
                return _no_shipment(held.order, "/shipment_id")
            shipment = replace(found, delivered_on=given.delivered_on)
            meant = _carried(held.order, found) if selectors is None else selectors
        return (Deliver(shipment=shipment, selectors=meant, unshipped=False, executed_by=caller.key_id),)

    return _ask(wire, caller, planner)


def _no_shipment(order: Order, pointer: str = "") -> Refused:
    return Refused(refusal=Refusal.UNKNOWN_ORDER, order=order, cause=Cause.UNKNOWN_SHIPMENT, pointer=pointer)


def _carried(order: Order, shipment: Shipment) -> tuple[Selector, ...]:
    """The units on their way with this shipment, as selectors: none, when there are none of it any more."""
    carried: dict[str, int] = {}
    for line in order.lines:
        for part in line.portions:
            if part.shipment_id == shipment.shipment_id and part.state is PortionState.SHIPPED:
                carried[line.line_id] = carried.get(line.line_id, 0) + part.quantity_milli
    return tuple(Selector(names={"line_id": name}, quantity_milli=milli) for name, milli in carried.items())


def decode_return(wire: WireRequest, caller: Caller) -> Ask:
    given = body_of(wire, NewReturn)
    selectors = selectors_of(given.lines)
    return _ask(wire, caller, lambda held: remedies.returned(held, selectors, caller), history=True)


def decode_cancel_shipment(wire: WireRequest, caller: Caller) -> Ask:
    """Units of a shipment that was called off never left. Again: nothing changes."""
    key, versions, wanted = address(caller, wire.params["order"]), versions_of(wire), wire.params["shipment"]

    def plan(held: Held) -> Plan | Refused:
        order = held.order
        if order is None:
            return Refused(refusal=Refusal.UNKNOWN_ORDER)
        if all(one.shipment_id != wanted for one in order.shipments):
            return _no_shipment(order)
        if (refused := stale(held, versions)) is not None:
            return refused
        carries = any(
            part.shipment_id == wanted and part.state in _GONE for line in order.lines for part in line.portions
        )
        return Plan(commands=remedies.called_off(held, wanted, caller) if carries else ())

    return Ask(order=key, plan=plan, history=True, claim=claim_if_given(wire, caller))


_GONE: Final = (PortionState.SHIPPED, PortionState.DELIVERED)


# --------------------------------------------------------------------------------------------------------------- money


def decode_payment(wire: WireRequest, caller: Caller) -> Ask:
    given = body_of(wire, NewPaymentReport)
    command = ReportPayment(
        payment_id=wire.params["payment"],
        step=PaymentStep(given.step),
        amount_minor=given.amount,
        method=given.method,
        obligation_id=given.obligation_id,
        executed_by=caller.key_id,
    )
    return _ask(wire, caller, lambda _: (command,), history=True)


# ---------------------------------------------------------------------------------------------------------- lifecycle


def decode_transition(wire: WireRequest, caller: Caller) -> Ask:
    """A legal move of the order's own lifecycle, whatever dialect it is of. Into a cancelled status it is a cancellation."""
    given = body_of(wire, NewTransition)
    return _ask(
        wire,
        caller,
        lambda held: (Move(action=given.action, reason=given.reason, cancellation_id=held.new_id(), by=caller.key_id),),
    )


def encode_report(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    """What was noted, and what it contradicts."""
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    assert verdict.order is not None
    order = verdict.order
    document = {
        "order": show_order(order),
        "events": [show_event(event) for event in verdict.events],
        "conflicts": [show_conflict(one) for one in order.conflicts if one.conflict_id in _conflicts(verdict)],
        "obligations": [
            show_obligation(one) for one in (*verdict.changed, *verdict.obligations) if one.kind != "notice"
        ],
    }
    return json_answer(201, document, (("ETag", etag(order)),))


def _conflicts(verdict: Done) -> set[str]:
    kind = "cancellation.conflict_detected"
    return {event.data["conflict_id"] for event in verdict.events if event.type == kind}
