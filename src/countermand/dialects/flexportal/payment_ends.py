"""Payments: list, get, cancel, mark paid.

Pages: https://docs.flexportal.io/api-reference/payments/{list,get,cancel,mark-paid}.md, checked 2026-11-21.
"""

from typing import Final

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import decimal_of, facts_of, json_answer
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import Found, GetRecord, Query
from countermand.model.record import Record

from .codes import Rule, not_found, refused, ruled
from .instants import moment, stamp
from .money import major, minor
from .payments import about_payment
from .reading import read, read_optional
from .record_lists import Range, RecordList, listed
from .records import PAYMENT, RENTAL, changed, key_of, shown, text
from .requests import CancelPayment, MarkPaymentPaid

#: The envelope of this list has `success`, and no `limit`.
LIST: Final = listed(
    RecordList(
        kind=PAYMENT,
        key="payments",
        sorts={"createdAt": "created_at", **{name: name for name in ("updatedAt", "dueDate", "status")}},
        filters=("status", "customerId", "rentalId", "billingGroupId"),
        ranges=(Range(first="dueDateFrom", last="dueDateTo", member="dueDate"),),
        extra={"success": True},
        lacks=frozenset({"limit"}),
    )
)

#: Why a payment in this status can't be cancelled, and why it can't be marked paid. Absent: it can.
_NOT_CANCELLABLE: Final = {
    "paid": Rule.PAYMENT_ALREADY_PAID,
    "cancelled": Rule.PAYMENT_ALREADY_CANCELLED,
    "processing": Rule.PAYMENT_PROCESSING,
}
_NOT_PAYABLE: Final = {"paid": Rule.PAYMENT_ALREADY_PAID, "cancelled": Rule.PAYMENT_CANCELLED}


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetRecord(key=key_of(caller, PAYMENT, wire.params["paymentId"])),)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    payment = found[0]
    if not isinstance(payment, Record):
        return not_found("Payment")
    return json_answer(200, {"success": True, "payment": shown(payment)})


def decode_cancel(wire: WireRequest, caller: Caller) -> Ask:
    """The reason is kept for the audit trail; the schema has no place to show it."""
    reason = read(wire.body, CancelPayment).reason
    key = key_of(caller, PAYMENT, wire.params["paymentId"])

    def plan(held: Held) -> Plan | Refused:
        payment = _payable(held.records.get(key), _NOT_CANCELLABLE)
        if isinstance(payment, Rule):
            return ruled(payment, held.order)
        after = changed(payment, {"status": "cancelled", "_cancellationReason": reason}, now=held.now)
        return Plan(records=(after,), note=after)

    return Ask(order=key, records=(key,), plan=plan)


def decode_mark_paid(wire: WireRequest, caller: Caller) -> Ask:
    """What was paid counts towards what the rental has collected."""
    asked = read_optional(wire.body, MarkPaymentPaid)
    key = key_of(caller, PAYMENT, wire.params["paymentId"])

    def plan(held: Held) -> Plan | Refused:
        payment = _payable(held.records.get(key), _NOT_PAYABLE)
        if isinstance(payment, Rule):
            return ruled(payment, held.order)
        paid = {
            "status": "paid",
            "paidAt": stamp(moment(asked.paid_at) or held.now),
            "manuallyMarked": True,
            "markedBy": caller.key_id,
            "provider": "manual",
        }
        said = {"paymentReference": asked.payment_reference or asked.reference, "notes": asked.notes}
        after = changed(payment, paid | {name: value for name, value in said.items() if value}, now=held.now)
        told = (about_payment("payment.succeeded", after, at=held.now),) if held.order else ()
        return Plan(records=(after, *_collected(after, held)), notices=told, note=after)

    return Ask(order=key, records=(key,), order_kinds=(RENTAL.name,), plan=plan)


def _payable(payment: Record | None, forbids: dict[str, Rule]) -> Record | Rule:
    if payment is None:
        return Rule.PAYMENT_UNKNOWN
    return forbids.get(payment.facets.get("status", ""), payment)


def _collected(payment: Record, held: Held) -> tuple[Record, ...]:
    body = facts_of(payment.body)
    currency = text(body, "currency")
    return tuple(
        changed(rental, {"totalCollected": _sum(facts_of(rental.body), body, currency=currency)}, now=held.now)
        for rental in held.of_kind(RENTAL.name)
        if rental.record_id == body.get("rentalId")
    )


def _sum(rental: dict[str, object], payment: dict[str, object], *, currency: str) -> int | float:
    amounts = (decimal_of(rental.get("totalCollected")), decimal_of(payment.get("total")))
    return major(sum(minor(float(amount), currency) for amount in amounts if amount is not None), currency)


def _answer(verdict: Verdict, message: str) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict)
    assert isinstance(verdict.note, Record)
    return json_answer(200, {"success": True, "message": message, "payment": shown(verdict.note)})


def encode_cancel(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    return _answer(verdict, "Payment cancelled successfully")


def encode_mark_paid(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    return _answer(verdict, "Payment marked as paid")
