"""The order after an event. Applied to the placed order, the events of an order in sequence give its row."""

from collections.abc import Sequence
from dataclasses import replace

from countermand.engine.units import apply
from countermand.model.event import Amendment, Event, Taking
from countermand.model.order import Line, Order, Shipment, TaxTotal


def evolve(order: Order, event: Event) -> Order:
    """One event later. The event's own sequence number is the order's next."""
    amended = order if event.amendment is None else _amend(order, event.amendment)
    cancelled = event.type == "order.cancelled"
    return replace(
        amended,
        status=event.status,
        lines=_take(amended.lines, event) if event.takings else amended.lines,
        total_minor=amended.total_minor - event.amount_minor,
        taxes=subtract(amended.taxes, event.taxes) if event.taxes else amended.taxes,
        shipments=_ship(amended.shipments, event.shipment) if event.shipment else amended.shipments,
        cancelled_at=event.at if cancelled else amended.cancelled_at,
        updated_at=event.at,
        sequence=order.sequence + 1,
    )


def subtract(taxes: tuple[TaxTotal, ...], part: Sequence[TaxTotal]) -> tuple[TaxTotal, ...]:
    """Each rate less its part; a rate stays listed at zero."""
    by_rate = {tax.rate_milli: tax.amount_minor for tax in part}
    return tuple(
        TaxTotal(rate_milli=tax.rate_milli, amount_minor=tax.amount_minor - by_rate.get(tax.rate_milli, 0)) for tax in taxes
    )


def _take(lines: tuple[Line, ...], event: Event) -> tuple[Line, ...]:
    by_line: dict[str, list[Taking]] = {}
    for taking in event.takings:
        by_line.setdefault(taking.line_id, []).append(taking)
    shipment_id = event.shipment.shipment_id if event.shipment else None
    changed = list(lines)
    for index, line in enumerate(lines):
        after = line
        for taking in by_line.get(line.line_id, ()):
            after = apply(after, taking, shipment_id)
        changed[index] = after
    return tuple(changed)


def _ship(shipments: tuple[Shipment, ...], shipment: Shipment) -> tuple[Shipment, ...]:
    others = tuple(known for known in shipments if known.shipment_id != shipment.shipment_id)
    return (*others, shipment)


def _amend(order: Order, amendment: Amendment) -> Order:
    return replace(
        order,
        facts=order.facts if amendment.facts is None else amendment.facts,
        lines=order.lines if amendment.lines is None else amendment.lines,
        total_minor=order.total_minor if amendment.total_minor is None else amendment.total_minor,
        taxes=order.taxes if amendment.taxes is None else amendment.taxes,
        currency=order.currency if amendment.currency is None else amendment.currency,
        payments=order.payments if amendment.payments is None else amendment.payments,
        aliases=order.aliases if amendment.aliases is None else amendment.aliases,
    )
