"""Payments: what a rental schedules, and what ends one.

Shape and statuses: https://docs.flexportal.io/api-reference/payments/get.md, checked 2026-11-21. They belong to rentals: an
order's cancel neither makes nor cancels any.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from countermand.dialects.contract import Notice
from countermand.dialects.wire import facts_of
from countermand.model.record import Record

from .instants import moment, stamp
from .notices import told
from .records import PAYMENT, Owner, changed, new, text


def scheduled(owner: Owner, rental: Record, *, payment_id: str, now: datetime) -> Record:
    """The first payment of a rental, due when it starts (`immediate`, the first of the billing options of the create page)."""
    body = facts_of(rental.body)
    due = moment(body.get("startDate")) or now
    amount = body.get("monthlyAmount", 0)
    shown = {
        "paymentId": payment_id,
        "customerId": text(body, "customerId"),
        "subtotal": amount,
        "taxAmount": 0,
        "total": amount,
        "amount": amount,
        "currency": text(body, "currency"),
        "paymentType": "individual",
        "rentalId": rental.record_id,
        "billingPeriod": f"{due:%Y-%m}",
        "status": "pending",
        "idempotencyKey": f"{rental.record_id}:{due:%Y-%m}",
        "dueDate": stamp(due),
    }
    if group := text(body, "billingGroupId"):
        shown["billingGroupId"] = group
    return new(owner, PAYMENT, shown, at=now, order_id=rental.order_id)


def voided(payments: Iterable[Record], *, rental_id: str, now: datetime) -> tuple[Record, ...]:
    """The payments of a rental that were still to come, cancelled."""
    return tuple(
        changed(payment, {"status": "cancelled"}, now=now)
        for payment in payments
        if payment.facets.get("rentalId") == rental_id and payment.facets.get("status") == "pending"
    )


def about_payment(event: str, payment: Record, *, at: datetime) -> Notice:
    body: Mapping[str, object] = facts_of(payment.body)
    members = ("paymentId", "rentalId", "customerId", "total", "currency", "dueDate", "status")
    return told(event, at=at, data={name: body[name] for name in members if name in body})
