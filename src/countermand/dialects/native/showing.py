"""What is shown of orders, cancellations, obligations and events. `shapes` describes the same for the OpenAPI document."""

from collections.abc import Mapping
from datetime import datetime

from countermand.dialects.native.addressing import name_of, spelled
from countermand.dialects.wire import unmilli
from countermand.model.event import Event, Taking
from countermand.model.obligation import Obligation
from countermand.model.order import Conflict, Hold, Lease, Line, Order, Payment, PortionState, Shipment
from countermand.model.outcome import Cancellation


def etag(order: Order) -> str:
    return f'"{order.version}"'


def show_order(order: Order) -> dict[str, object]:
    return {
        "id": name_of(order),
        "dialect": order.dialect,
        "reference": order.aliases.get("reference"),
        "status": order.status,
        "version": order.version,
        "currency": order.currency,
        "total": order.total_minor,
        "taxes": [{"rate": unmilli(tax.rate_milli), "amount": tax.amount_minor} for tax in order.taxes],
        "placed_at": order.placed_at,
        "updated_at": order.updated_at,
        "cancelled_at": order.cancelled_at,
        "pending_cancellation": order.pending or None,
        "lines": [_show_line(line) for line in order.lines],
        "payments": [show_payment(payment) for payment in order.payments],
        "shipments": [show_shipment(shipment) for shipment in order.shipments],
        "holds": [show_hold(hold) for hold in order.holds],
        "fulfilment_claims": [show_lease(lease) for lease in order.leases],
        "conflicts": [show_conflict(conflict) for conflict in order.conflicts],
    }


def _show_line(line: Line) -> dict[str, object]:
    live = [portion for portion in line.portions if portion.state is not PortionState.CANCELLED]
    return {
        "id": line.line_id,
        "sku": line.sku,
        "charge": line.charge or None,
        "ordered": unmilli(line.quantity_milli()),
        "open": unmilli(line.quantity_milli(PortionState.OPEN)),
        "shipped": unmilli(line.quantity_milli(PortionState.SHIPPED, PortionState.DELIVERED, PortionState.RETURNED)),
        "returned": unmilli(line.quantity_milli(PortionState.RETURNED)),
        "cancelled": unmilli(line.quantity_milli(PortionState.CANCELLED)),
        "reserved": unmilli(line.reserved_milli),
        "price": sum(portion.price_minor for portion in line.portions),
        "tax": sum(portion.tax_minor for portion in line.portions),
        "price_live": sum(portion.price_minor for portion in live),
    }


def show_payment(payment: Payment) -> dict[str, object]:
    return {
        "id": payment.payment_id,
        "method": payment.method or None,
        "authorised": payment.authorised_minor,
        "captured": payment.captured_minor,
        "refunded": payment.refunded_minor,
        "released": payment.released_minor,
        "to_void": payment.voiding_minor,
        "to_refund": payment.refunding_minor,
        "voided": payment.voided,
    }


def show_shipment(shipment: Shipment) -> dict[str, object]:
    return {
        "id": shipment.shipment_id,
        "carrier": shipment.carrier,
        "tracking": shipment.tracking,
        "shipped_on": shipment.shipped_on,
        "delivered_on": shipment.delivered_on,
    }


def show_hold(hold: Hold) -> dict[str, object]:
    return {"id": hold.hold_id, "reason": hold.reason, "placed_by": hold.placed_by, "placed_at": hold.placed_at}


def show_lease(lease: Lease) -> dict[str, object]:
    return {
        "id": lease.lease_id,
        "holder": lease.holder,
        "line_ids": list(lease.line_ids),
        "taken_at": lease.taken_at,
        "expires_at": lease.expires_at,
    }


def show_conflict(conflict: Conflict) -> dict[str, object]:
    return {
        "id": conflict.conflict_id,
        "kind": conflict.kind,
        "state": conflict.state,
        "detected_at": conflict.detected_at,
        "closed_at": conflict.closed_at,
        "remedy": conflict.remedy or None,
        "amount": conflict.amount_minor,
        "line_ids": list(conflict.line_ids),
        "payment_id": conflict.payment_id or None,
    }


def show_event(event: Event) -> dict[str, object]:
    shown: dict[str, object] = {
        "type": event.type,
        "sequence": event.sequence,
        "at": event.at,
        "status": event.status,
        "data": event.data,
        "amount": event.amount_minor,
        "currency": event.currency,
        "taxes": [{"rate": unmilli(tax.rate_milli), "amount": tax.amount_minor} for tax in event.taxes],
        "lines": [show_taking(taking) for taking in event.takings],
    }
    if event.cancellation_id:
        shown["cancellation_id"] = event.cancellation_id
    if event.shipment:
        shown["shipment"] = show_shipment(event.shipment)
    if event.amendment is not None and event.amendment.payments is not None:
        shown["payments"] = [show_payment(payment) for payment in event.amendment.payments]
    return shown


def show_taking(taking: Taking) -> Mapping[str, object]:
    return {
        "line_id": taking.line_id,
        "sku": taking.sku,
        "quantity": unmilli(taking.quantity_milli),
        "amount": taking.price_minor,
        "tax": taking.tax_minor,
        "released": unmilli(taking.released_milli),
    }


def show_cancellation(done: Cancellation) -> dict[str, object]:
    return {
        "id": done.cancellation_id,
        "order_id": spelled(done.dialect, done.order_id),
        "state": done.state,
        "whole": done.whole,
        "reason": done.reason,
        "note": done.note,
        "message": done.message,
        "requested_by": done.requested_by,
        "executed_by": done.executed_by,
        "attributed_to": done.attributed_to,
        "operation_id": done.operation_id,
        "amount": done.amount_minor,
        "fee": done.fee_minor,
        "currency": done.currency,
        "taxes": [{"rate": unmilli(tax.rate_milli), "amount": tax.amount_minor} for tax in done.taxes],
        "refund": done.refund,
        "restock": done.restock,
        "notify": done.notify,
        "created_at": done.created_at,
        "due_at": done.due_at if done.state.pending else None,
        "undo_until": done.undo_until,
        "decided_at": done.decided_at,
        "decided_by": done.decided_by or None,
        "decided_because": done.decided_because or None,
        "lines": [show_taking(taking) for taking in done.takings],
    }


def show_obligation(owed: Obligation) -> dict[str, object]:
    return {
        "id": owed.obligation_id,
        "order_id": spelled(owed.dialect, owed.order_id),
        "cancellation_id": owed.cancellation_id,
        "kind": owed.kind,
        "type": owed.type,
        "state": owed.state,
        "amount": owed.amount_minor,
        "currency": owed.currency,
        "data": owed.data,
        "owner": owed.owner,
        "attempts": owed.attempts,
        "next_try_at": None if owed.state.over else owed.next_try_at,
        "last_error": owed.last_error or None,
        "created_at": owed.created_at,
        "closed_at": owed.closed_at,
        "closed_by": owed.closed_by or None,
        "closed_because": owed.closed_because or None,
        "traceparent": owed.trace or None,
    }


def iso(at: datetime) -> str:
    """As every other instant of an answer is spelled."""
    return at.isoformat().replace("+00:00", "Z")
