"""Cancellations: whole orders, lines, quantities."""

import hashlib
from typing import Final

from pydantic import ValidationError

from countermand.dialects.contract import (
    Ask,
    Caller,
    CallerFault,
    Claim,
    Fault,
    FaultKind,
    Held,
    Plan,
    WireAnswer,
    WireRequest,
)
from countermand.dialects.native.orders import etag, show_taking
from countermand.dialects.native.problems import encode_refusal, invalid
from countermand.dialects.native.types import LineChoice, NewCancellation
from countermand.dialects.wire import json_answer, milli_of
from countermand.model.command import Actors, Cancel, Selector
from countermand.model.keys import ClaimKey
from countermand.model.outcome import Refused, Verdict

#: Characters of an idempotency key (Stripe's limit; the IETF draft names none).
KEY_CHARACTERS_MAX: Final = 255


def decode(wire: WireRequest, caller: Caller) -> Ask:
    try:
        given = NewCancellation.model_validate_json(wire.body or b"{}")
    except ValidationError as error:
        raise invalid(error) from error
    selectors = None if given.lines is None else tuple(_selector(line, at) for at, line in enumerate(given.lines))

    def plan(held: Held) -> Plan:
        cancel = Cancel(
            cancellation_id=held.new_id(),
            selectors=selectors,
            reason=given.reason,
            note=given.note,
            message=given.message,
            actors=Actors(
                requested_by=given.requested_by, executed_by=caller.key_id, attributed_to=given.attributed_to
            ),
            operation_id=given.operation_id,
        )
        return Plan(commands=(cancel,))

    return Ask(order=caller.order(wire.params["order"]), plan=plan, claim=claim_of(wire, caller))


def _selector(given: LineChoice, index: int) -> Selector:
    names = {name: value for name, value in (("line_id", given.line_id), ("sku", given.sku)) if value is not None}
    if not names:
        raise CallerFault(Fault(kind=FaultKind.INVALID, detail=f"lines/{index} names neither line_id nor sku"))
    quantity = None if given.quantity is None else milli_of(given.quantity)
    return Selector(names=names, quantity_milli=quantity, pointer=f"/lines/{index}")


def claim_of(wire: WireRequest, caller: Caller) -> Claim:
    """The Idempotency-Key of a request (IETF draft-ietf-httpapi-idempotency-key-header), quoted or bare. Required."""
    key = wire.headers.get("idempotency-key", "").strip().strip('"')
    if not key or len(key) > KEY_CHARACTERS_MAX:
        detail = f"send an Idempotency-Key of 1 to {KEY_CHARACTERS_MAX} characters"
        raise CallerFault(Fault(kind=FaultKind.MALFORMED, detail=detail))
    scope = f"{caller.dialect} {caller.key_id} {wire.method} {wire.path}"
    return Claim(key=ClaimKey(caller.tenant, scope, key), fingerprint=hashlib.sha256(wire.body).digest())


def encode(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    order, done = verdict.order, verdict.cancellation
    assert order is not None
    if done is None:
        return json_answer(200, {"order_id": order.order_id, "state": "completed", "repeated": True})
    document = {
        "id": done.cancellation_id,
        "order_id": done.order_id,
        "state": "completed",
        "whole": done.whole,
        "reason": done.reason,
        "note": done.note,
        "message": done.message,
        "requested_by": done.requested_by,
        "executed_by": done.executed_by,
        "attributed_to": done.attributed_to,
        "operation_id": done.operation_id,
        "amount": done.amount_minor,
        "currency": done.currency,
        "created_at": done.created_at,
        "lines": [show_taking(taking.line_id, taking.sku, taking.quantity_milli) for taking in done.takings],
        "order_status": order.status,
    }
    location = f"{wire.base_url}/orders/{order.order_id}/cancellations/{done.cancellation_id}"
    return json_answer(201, document, (("Location", location), ("ETag", etag(order))))
