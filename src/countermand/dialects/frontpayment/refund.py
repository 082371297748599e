"""Refunds, and the request for one that the rules refuse.

A refund names products by the id that the order's details show, and the sum that goes back; the sum decides. An account may
have a weekly limit, above which a person at Front Payment approves (Request Refund Approval).
"""

from typing import Final

import msgspec
from msgspec.structs import replace

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireRequest, Write
from countermand.dialects.wire import major_of, minor_of
from countermand.model.command import Amend, Amount, Move, Return
from countermand.model.keys import RecordKey
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused
from countermand.model.record import Record

from . import codes, rules
from .asking import answering, checked, found
from .documents import is_invoiced
from .facts import Facts, facts_of
from .lifecycle import BILLED, ORDER, PAID, PARTIAL_REFUNDED
from .payload import Payload
from .reading import minor, text

WEEK: Final = "refund_week"
APPROVAL: Final = "refund_approval"

#: Attribute of an account: what it may refund in a week, in major units. Without it there is no limit.
WEEKLY_REFUND_LIMIT: Final = "weeklyRefundLimit"


class Week(msgspec.Struct, frozen=True):
    """What an account has refunded in one ISO week."""

    refunded_minor: int = 0


def _decode_refund(wire: WireRequest, caller: Caller) -> Ask:
    payload = checked(wire, rules.REFUND)
    week = _week_of(wire, caller)

    def plan(held: Held) -> Plan | Refused:
        order = found(held, ORDER)
        if isinstance(order, Refused):
            return order
        amount = minor(payload, "grandTotal")
        no = _refused(order, payload) or _too_much(order, amount)
        if no is not None:
            return no
        spent = _spent(held, week) + amount
        limit = minor_of(caller.attributes.get(WEEKLY_REFUND_LIMIT))
        if limit is not None and spent > limit:
            return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=codes.WEEKLY_LIMIT, order=order)
        back = Return(selectors=(), amount=Amount(price_minor=amount, currency=order.currency))
        whole = amount == order.total_minor
        move = Move(action="refund" if whole else "refund_part")
        records = () if limit is None else (_weekly(held, week, refunded_minor=spent),)
        return Plan(commands=(back, move), records=records)

    return Ask(plan=plan, order=caller.order(wire.params["uuid"]), records=(week,))


def _decode_approval(wire: WireRequest, caller: Caller) -> Ask:
    payload = checked(wire, rules.REFUND_APPROVAL)

    def plan(held: Held) -> Plan | Refused:
        order = found(held, ORDER)
        if isinstance(order, Refused):
            return order
        no = _refused(order, payload)
        if no is not None:
            return no
        request = {
            "type": text(payload, "type"),
            "grandTotal": major_of(minor(payload, "grandTotal")),
            "message": text(payload, "message"),
        }
        key = caller.record(APPROVAL, held.new_id())
        asked = _record(key, held, body=msgspec.json.encode(request))
        return Plan(
            commands=(Amend(what="refund_approval_requested"),), records=(replace(asked, order_id=order.order_id),)
        )

    return Ask(plan=plan, order=caller.order(wire.params["uuid"]))


# ---------------------------------------------------------------------------------------------------------- may it be?


def _refused(order: Order, payload: Payload) -> Refused | None:
    """Why this order can't be refunded in this way."""
    facts, how = facts_of(order), payload.get("type")
    if order.status in BILLED and how == "invoiced":
        return _unknown_product(facts, payload, order=order)
    if order.status in codes.REFUND:
        return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=codes.STATUS, order=order)
    paid = order.status in {PAID, PARTIAL_REFUNDED}
    if not paid or how == "reservation" or (how == "invoiced" and not is_invoiced(facts)):
        return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=codes.NO_TRANSACTION, order=order)
    return _unknown_product(facts, payload, order=order)


def _unknown_product(facts: Facts, payload: Payload, *, order: Order) -> Refused | None:
    if facts.products_assumed:
        return None
    known = {product.id * 100 for product in facts.products}
    for key in payload.keys("products"):
        if minor(payload, "products", key, "id") not in known:
            return _mismatch(order, f"The selected products.{key}.id is invalid.")
    return None


def _too_much(order: Order, amount_minor: int) -> Refused | None:
    if amount_minor <= 0:
        return _mismatch(order, "The grand total must be greater than 0.")
    if amount_minor > order.total_minor:
        return _mismatch(order, f"The grand total must not be greater than {major_of(order.total_minor)}.")
    return None


def _mismatch(order: Order, sentence: str) -> Refused:
    return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=codes.PAYLOAD_MISMATCH, order=order, detail=sentence)


# ------------------------------------------------------------------------------------------------------- the week's limit


def _week_of(wire: WireRequest, caller: Caller) -> RecordKey:
    year, week, _ = wire.received_at.isocalendar()
    return caller.record(WEEK, f"{caller.key_id} {year}-W{week:02}")


def _spent(held: Held, week: RecordKey) -> int:
    record = held.records.get(week)
    return msgspec.json.decode(record.body, type=Week).refunded_minor if record else 0


def _weekly(held: Held, week: RecordKey, *, refunded_minor: int) -> Record:
    record = held.records.get(week) or _record(week, held, body=b"")
    return replace(record, body=msgspec.json.encode(Week(refunded_minor)), updated_at=held.now)


def _record(key: RecordKey, held: Held, *, body: bytes) -> Record:
    return Record(
        tenant=key.tenant,
        dialect=key.dialect,
        kind=key.kind,
        record_id=key.record_id,
        created_at=held.now,
        updated_at=held.now,
        body=body,
    )


REFUND: Final = Write(
    decode=_decode_refund,
    encode=answering(202, "orderRefundedSuccessfully", is_data=True, messages=codes.REFUND),
)

REFUND_APPROVAL: Final = Write(
    decode=_decode_approval,
    encode=answering(201, "requestedOrderRefundSuccessfully", is_data=False, messages=codes.REFUND),
)
