"""Update Order: PUT /v1/orders/{id} (api-4681585), and Update Status: PUT /v1/orders/{id}/status (api-4681586).

An order is edited while it is `draft`, `new_order` or `on_hold`, and priced again. Its status can change to
`new_order` alone, from `draft` and `on_hold`, by either call; `cancelled` is reached by the cancel call alone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Caller, FieldFault, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.command import Amend, Move
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused, Verdict

from . import references
from .billing import bill, check_rush
from .codes import refused
from .documents import WholeLineItem, WholeOrder
from .lifecycle import EDITABLE, MOVES, RELEASE
from .order import aliases, document_of, facts_from, lines, total_minor, whole_order
from .reading import check, invalid, read
from .requests import LineBody, UpdateOrder, UpdateStatus

MESSAGE: Final = "Order updated successfully."


# --------------------------------------------------------------------------------------------------------- Update Order


def decode_order(wire: WireRequest, caller: Caller) -> Ask:
    body = read(UpdateOrder, wire.body)
    check_rush(body)
    if body.rush is None:
        message = "The rush_production field is required."
        raise invalid(FieldFault(path="rush_production", message=message))

    def plan(held: Held) -> Plan | Refused:
        order = held.order
        if order is None:
            return Refused(refusal=Refusal.UNKNOWN_ORDER)
        if order.status not in EDITABLE:
            return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
        taken = references.taken(held, order)
        if taken is not None:
            return taken
        if body.order_status != order.status and MOVES.get((order.status, RELEASE)) != body.order_status:
            return Refused(refusal=Refusal.VENDOR_RULE, vendor_code="STATUS_CHANGE", order=order)
        return _edited(order, body, held=held)

    records = (references.key(caller, body.reference_id),)
    return Ask(order=caller.order(wire.params["id"]), records=records, plan=plan)


def _edited(order: Order, body: UpdateOrder, *, held: Held) -> Plan:
    document = check(WholeOrder, _document(document_of(order), body, now=held.now))
    amend = Amend(
        facts=facts_from(document),
        lines=lines(document),
        total_minor=total_minor(document),
        aliases=aliases(document),
        what="edited",
    )
    reference = references.record(replace(order, updated_at=held.now), body.reference_id)
    if body.order_status == order.status:
        return Plan(commands=(amend,), records=(reference,))
    return Plan(commands=(amend, Move(action=RELEASE)), records=(reference,))


def _document(before: WholeOrder, body: UpdateOrder, *, now: datetime) -> Mapping[str, object]:
    """The document with what the body states; what it has no member for stays (order type, tax ids, label, coupon)."""
    line_ids = _line_ids(before.line_items, body.line_items)
    return {
        **before.model_dump(mode="json"),
        "reference_id": body.reference_id,
        "updated_at": now,
        **bill(body, order_type=before.order_type, line_ids=line_ids),
    }


def _line_ids(before: Sequence[WholeLineItem], wanted: Sequence[LineBody]) -> list[int]:
    """A line keeps its number as long as the caller calls it by the same `item_id`; others get numbers never used in
    this order.
    """
    known: dict[str, list[int]] = {}
    for line in before:
        known.setdefault(line.item_id, []).append(line.id)
    fresh = max((line.id for line in before), default=0)
    ids: list[int] = []
    for asked in wanted:
        if known.get(asked.item_id):
            ids.append(known[asked.item_id].pop(0))
        else:
            fresh += 1
            ids.append(fresh)
    return ids


# -------------------------------------------------------------------------------------------------------- Update Status


def decode_status(wire: WireRequest, caller: Caller) -> Ask:
    read(UpdateStatus, wire.body)
    return Ask(order=caller.order(wire.params["id"]), plan=_released)


def _released(_held: Held) -> Plan:
    return Plan(commands=(Move(action=RELEASE),))


# --------------------------------------------------------------------------------------------------------------- both


def encode(verdict: Verdict, _wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict, "updated")
    assert verdict.order is not None, "an update that is accepted has an order"
    return json_answer(200, {"status": True, "message": MESSAGE, "data": whole_order(verdict.order)})
