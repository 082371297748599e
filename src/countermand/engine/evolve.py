"""The order after an event. Applied to the placed order, the events of an order in sequence give its row."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from countermand.engine.units import apply_all
from countermand.model.event import Amendment, Event
from countermand.model.order import Line, Order, Shipment, TaxTotal


def evolve(order: Order, event: Event) -> Order:
    """One event later. The event's own sequence number is the order's next."""
    start = order if event.amendment is None else _amend(order, event.amendment)
    shipment_id = event.shipment.shipment_id if event.shipment else None
    return advanced(start, event, apply_all(start.lines, event.takings, shipment_id))


def by_key(key_id: str) -> dict[str, str]:
    """What an event's data says of the key that carried it out; nothing when none is known."""
    return {"executed_by": key_id} if key_id else {}


def advanced(order: Order, event: Event, lines: tuple[Line, ...]) -> Order:
    """The order after an event whose takings have already been applied: `lines`."""
    return replace(
        order,
        status=event.status,
        updated_at=event.at,
        lines=lines,
        total_minor=order.total_minor - event.amount_minor,
        taxes=subtract(order.taxes, event.taxes) if event.taxes else order.taxes,
        shipments=_ship(order.shipments, event.shipment) if event.shipment else order.shipments,
        cancelled_at=_cancelled_at(order, event),
        version=order.version + 1,
        sequence=order.sequence + 1,
        kept_minor=_kept(order, event),
    )


def _kept(order: Order, event: Event) -> int:
    """A cancel may leave a fee in the total; restoring takes it out again."""
    fee = event.data.get("fee") if event.type.startswith("order.") else None
    return order.kept_minor + int(fee) if fee else order.kept_minor


def _cancelled_at(order: Order, event: Event) -> datetime | None:
    if event.type == "order.cancelled":
        return event.at
    return None if event.type == "order.restored" else order.cancelled_at


def subtract(taxes: tuple[TaxTotal, ...], part: Sequence[TaxTotal]) -> tuple[TaxTotal, ...]:
    """Each rate less its part; a rate stays listed at zero."""
    by_rate = {tax.rate_milli: tax.amount_minor for tax in part}
    return tuple(
        TaxTotal(rate_milli=tax.rate_milli, amount_minor=tax.amount_minor - by_rate.get(tax.rate_milli, 0))
        for tax in taxes
    )


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
        holds=order.holds if amendment.holds is None else amendment.holds,
        leases=order.leases if amendment.leases is None else amendment.leases,
        conflicts=order.conflicts if amendment.conflicts is None else amendment.conflicts,
        pending=order.pending if amendment.pending is None else amendment.pending,
    )
