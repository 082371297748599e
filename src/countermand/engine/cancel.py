"""May these units be cancelled, and what follows?

The guards stand in the order of `Refusal`, each a single condition with a single named result.
"""

from collections.abc import Sequence
from datetime import datetime

from countermand.engine.evolve import advanced
from countermand.engine.standing import standing_of, status_after
from countermand.engine.units import OPEN, apply_all, choose, take
from countermand.model.command import Amount, Cancel
from countermand.model.event import Event, Taking
from countermand.model.lifecycle import Lifecycle, Repeat, Standing
from countermand.model.order import Line, Order, PortionState, TaxTotal
from countermand.model.outcome import Accepted, Cancellation, Refusal, Refused

_LEFT = (PortionState.SHIPPED, PortionState.DELIVERED, PortionState.RETURNED)


def cancel(order: Order, command: Cancel, lifecycle: Lifecycle, now: datetime) -> Accepted | Refused:
    if command.expected_version is not None and command.expected_version != order.version:
        return Refused(refusal=Refusal.VERSION_MISMATCH, order=order)
    if order.status in lifecycle.cancelled:
        if lifecycle.repeat is Repeat.SAME_ANSWER:
            return Accepted(order=order)
        return Refused(refusal=Refusal.ALREADY_CANCELLED, order=order)
    if order.status not in lifecycle.allowed.get(command.action, ()):
        return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
    if lifecycle.whole_only and order.quantity_milli(*_LEFT):
        blocked = tuple(line.line_id for line in order.lines if line.quantity_milli(*_LEFT))
        return Refused(refusal=Refusal.UNITS_ALREADY_SHIPPED, order=order, blocked_by=blocked)
    chosen = choose(order, command.selectors, OPEN)
    if isinstance(chosen, Refused):
        return chosen
    if order.lines and not chosen:
        return Refused(refusal=Refusal.NOTHING_OPEN, order=order)
    takings = take(chosen, OPEN, into=PortionState.CANCELLED)
    if command.amount is not None and not possible(order, command.amount):
        return Refused(refusal=Refusal.AMOUNT_IMPOSSIBLE, order=order)
    return _accept(order, command, lifecycle, takings, now)


def _accept(
    order: Order, command: Cancel, lifecycle: Lifecycle, takings: tuple[Taking, ...], now: datetime
) -> Accepted:
    lines = apply_all(order.lines, takings)
    standing = standing_of(lines) if lines else Standing.CANCELLED
    amount = command.amount
    event = Event(
        type="order.cancelled" if standing is Standing.CANCELLED else "order.lines_cancelled",
        at=now,
        status=status_after(order.status, standing, lifecycle),
        takings=takings,
        amount_minor=amount.price_minor if amount else sum([taking.price_minor for taking in takings]),
        taxes=taxes_of(order.lines, takings) if amount is None or amount.taxes is None else amount.taxes,
        currency=order.currency,
        cancellation_id=command.cancellation_id,
        data=_told(command),
        sequence=order.sequence + 1,
    )
    return Accepted(order=advanced(order, event, lines), events=(event,), cancellation=_record(order, command, event))


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
    }
    return {name: text for name, text in told.items() if text}


def _record(order: Order, command: Cancel, event: Event) -> Cancellation:
    return Cancellation(
        tenant=order.tenant,
        dialect=order.dialect,
        order_id=order.order_id,
        cancellation_id=command.cancellation_id,
        created_at=event.at,
        whole=event.type == "order.cancelled",
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
    )


def possible(order: Order, amount: Amount) -> bool:
    """An amount stated by the caller must be positive, in the order's currency and within what the order still costs."""
    owed = {tax.rate_milli: tax.amount_minor for tax in order.taxes}
    taxes = amount.taxes or ()
    return (
        amount.currency == order.currency
        and 0 < amount.price_minor <= order.total_minor
        and all(0 <= tax.amount_minor <= owed.get(tax.rate_milli, 0) for tax in taxes)
    )


def taxes_of(lines: Sequence[Line], takings: Sequence[Taking]) -> tuple[TaxTotal, ...]:
    """The tax of some takings, by rate. Lines without a rate carry no tax of their own."""
    rates = {line.line_id: line.tax_rate_milli for line in lines if line.tax_rate_milli is not None}
    if not rates:
        return ()
    by_rate: dict[int, int] = {}
    for taking in takings:
        rate = rates.get(taking.line_id)
        if rate is not None:
            by_rate[rate] = by_rate.get(rate, 0) + taking.tax_minor
    return tuple(TaxTotal(rate_milli=rate, amount_minor=amount) for rate, amount in by_rate.items())
