"""A cancel that does not take effect now: it is written down, with all that is needed to decide it when its time comes."""

from typing import Final

from msgspec.structs import replace

from countermand.engine.allowance import Wait
from countermand.engine.evolve import by_key, evolve
from countermand.engine.standing import stage_of
from countermand.model.command import Cancel
from countermand.model.event import Amendment, Event
from countermand.model.order import Order
from countermand.model.outcome import Accepted, Cancellation, CancellationState, Stage
from countermand.model.policy import OnTimeout

_OPEN: Final = Stage.OPEN

_WORD: Final = {CancellationState.REQUESTED: "requested", CancellationState.SCHEDULED: "scheduled"}


def postponed(order: Order, command: Cancel, event: Event, waits: Wait) -> Accepted:
    """Noted on the order, without any effect but that no other cancel can come between."""
    state = CancellationState.SCHEDULED if waits.approval is None else CancellationState.REQUESTED
    record = replace(
        record_of(order, command, event),
        state=state,
        command=replace(command, expected_version=None, agreed_by="", agreed_key="", due=False),
        due_at=waits.due_at,
        on_timeout=waits.approval.on_timeout if waits.approval else OnTimeout.APPROVED,
    )
    waiting = Event(
        type=f"cancellation.{_WORD[state]}",
        at=event.at,
        status=order.status,
        currency=order.currency,
        cancellation_id=command.cancellation_id,
        amendment=Amendment(pending=command.cancellation_id),
        data={**event.data, "due_at": waits.due_at.isoformat(), **_asked(waits)},
        sequence=order.sequence + 1,
    )
    return Accepted(order=evolve(order, waiting), events=(waiting,), cancellation=record)


def _asked(waits: Wait) -> dict[str, str]:
    """Whom fulfilment has to answer, when it is fulfilment that is asked."""
    lease = waits.lease
    return {} if lease is None else {"fulfilment_claim": lease.lease_id, "holder": lease.holder}


def agreed(order: Order, command: Cancel, event: Event) -> tuple[Event, Order]:
    """Somebody agreed: an event of its own, and the order after it. The cancel itself follows."""
    approval = Event(
        type="cancellation.approved",
        at=event.at,
        status=order.status,
        currency=order.currency,
        cancellation_id=command.cancellation_id,
        amendment=Amendment(pending=""),
        data={"by": command.agreed_by, **by_key(command.agreed_key)},
        sequence=order.sequence + 1,
    )
    return approval, evolve(order, approval)


def record_of(order: Order, command: Cancel, event: Event) -> Cancellation:
    """The record of a cancel that does what the event says."""
    fee, whole = event.data.get("fee"), event.type == "order.cancelled"
    return Cancellation(
        tenant=order.tenant,
        dialect=order.dialect,
        order_id=order.order_id,
        cancellation_id=command.cancellation_id,
        created_at=event.at,
        whole=whole,
        reason=command.reason,
        note=command.note,
        message=command.message,
        requested_by=command.actors.requested_by,
        executed_by=command.actors.executed_by,
        attributed_to=command.actors.attributed_to,
        operation_id=command.operation_id,
        amount_minor=event.amount_minor,
        currency=order.currency,
        takings=event.takings,
        taxes=event.taxes,
        fee_minor=int(fee) if fee else 0,
        refund=command.refund,
        restock=command.restock,
        notify=command.notify,
        decided_at=event.at if command.agreed_by else None,
        decided_by=command.agreed_by,
        # A cancel after which nothing is left found nothing that had left.
        stage=_OPEN if whole and not order.leases else stage_of(order, event.at),
        from_status=order.status,
    )
