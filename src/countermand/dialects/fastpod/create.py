"""Create Order: POST /v1/orders (api-4681582).

`order_status` is `draft` or `new_order`. `reference_id` names one order of the merchant: a second one is refused. Ids
are `<merchant>-<MMDDYY>-<serial>`, with a serial of six digits that begins anew each day: so every sample of an id
reads against its order's `created_at`. A record per day counts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from countermand.dialects.contract import Ask, Caller, FieldFault, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import facts_of, json_answer, major_of, to_facts
from countermand.model.command import Place
from countermand.model.outcome import Refusal, Refused, Verdict
from countermand.model.record import Record

from . import references
from .billing import bill, check_rush
from .codes import refused
from .documents import WholeOrder
from .name import NAME
from .order import REFERENCE, order_of, whole_order
from .pricing import LABEL_ORDER, RUSH_MINOR
from .reading import check, invalid, read
from .requests import CreateOrder
from .switches import ORDER_TYPE, PAYMENT_METHOD, PAYMENT_STATUS, STATUS_AT_CREATE

MESSAGE: Final = "Order created successfully."

#: Records that count the orders of a day; `record_id` is the day as ids spell it.
COUNTER: Final = "counter"

#: A line's number is day, serial and place of the line; the last takes three digits.
LINE_DIGITS: Final = 3


def decode(wire: WireRequest, caller: Caller) -> Ask:
    body = read(CreateOrder, wire.body)
    check_rush(body)
    if body.order_type == LABEL_ORDER and not body.label_url:
        raise invalid(FieldFault(path="label_url", message="The label_url field is required for a label order."))
    merchant = str(caller.attributes["merchant"])
    day = wire.received_at
    today = caller.record(COUNTER, day_of(day))

    def plan(held: Held) -> Plan | Refused:
        taken = references.taken(held, None)
        if held.order is not None or taken is not None:
            return Refused(refusal=Refusal.VENDOR_RULE, vendor_code="REFERENCE_TAKEN", order=held.order)
        serial = counted(held.records.get(today)) + 1
        new = New(caller=caller, merchant=merchant, day=day, serial=serial)
        return _placed(new, body, held=held)

    records = (today, references.key(caller, body.reference_id))
    return Ask(order=caller.alias(REFERENCE, body.reference_id), records=records, plan=plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """Whose the new order is, and which of the day."""

    caller: Caller
    merchant: str
    day: datetime
    serial: int

    @property
    def order_id(self) -> str:
        return f"{self.merchant}-{day_of(self.day)}-{self.serial:06}"

    def line_id(self, number: int) -> int:
        return int(f"{self.day:%y%m%d}{self.serial:06}{number:0{LINE_DIGITS}}")


def day_of(at: datetime) -> str:
    """MMDDYY"""
    return f"{at:%m%d%y}"


def counted(record: Record | None) -> int:
    """The last serial that was given out."""
    serial = 0 if record is None else facts_of(record.body)["serial"]
    assert isinstance(serial, int), "we wrote it"
    return serial


def counter(tenant: str, *, day: str, serial: int, at: datetime) -> Record:
    body = to_facts({"serial": serial})
    return Record(tenant=tenant, dialect=NAME, kind=COUNTER, record_id=day, created_at=at, updated_at=at, body=body)


def _placed(new: New, body: CreateOrder, *, held: Held) -> Plan:
    order = order_of(
        check(WholeOrder, _document(new, body, now=held.now)), tenant=new.caller.tenant, merchant=new.merchant
    )
    count = counter(order.tenant, day=day_of(new.day), serial=new.serial, at=held.now)
    return Plan(commands=(Place(order=order),), records=(count, references.record(order, body.reference_id)))


def _document(new: New, body: CreateOrder, *, now: datetime) -> Mapping[str, object]:
    order_type = body.order_type or ORDER_TYPE
    line_ids = [new.line_id(number) for number, _ in enumerate(body.line_items, start=1)]
    return {
        "id": new.order_id,
        "order_type": order_type,
        "reference_id": body.reference_id,
        "order_status": body.order_status or STATUS_AT_CREATE,
        "test_order": bool(body.test_order),
        "payment_method": PAYMENT_METHOD,
        "payment_status": PAYMENT_STATUS,
        "tax_id": body.tax_id,
        "tax_id_type": body.tax_id_type,
        "coupon_code": body.coupon_code or "",
        "label_url": body.label_url or "",
        "created_at": now,
        "updated_at": now,
        **bill(body, order_type=order_type, line_ids=line_ids),
    }


def encode(verdict: Verdict, _wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict, "created")
    assert verdict.order is not None, "a create that is accepted has an order"
    # This page's example is the only one that shows what rush production costs.
    data = whole_order(verdict.order) | {"rush_production_price": major_of(RUSH_MINOR)}
    return json_answer(200, {"status": True, "message": MESSAGE, "data": data})
