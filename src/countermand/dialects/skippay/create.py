"""A new application: developers.skippay.cz/docs/api/createapplication.

201 for a new one. 200 with the first one when it is recognised as a duplicate: the same partner, the same order number, and
the earlier application is neither cancelled nor rejected.
"""

from typing import Final

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.command import Place
from countermand.model.order import Order
from countermand.model.outcome import Refused, Verdict
from countermand.model.record import Record

from .amounts import by_rate
from .application import application_document, changed
from .codes import JSON, UNPROCESSABLE, encode_refused, refuse
from .documents import document_shown
from .facts import Facts, Recurrence, facts_out
from .items import impossible_amounts, lines_of
from .lifecycle import CLOSED, LIFECYCLE
from .reading import demand
from .requests import ApplicationRequest, ApplicationWithoutCustomerRequest, OrderChange, OrderRequest
from .switches import APPLICATION_ID_DIGITS

#: The alias by which a duplicate is found, and the kind of record that leads from a recurrence to its application.
NUMBER: Final = "number"
RECURRENCE: Final = "recurrence"

#: Optional members of an order that are only shown.
SHOWN: Final = frozenset({"addresses", "delivery_type", "delivery_carrier", "reservation_date"})


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    request = demand(wire.body, ApplicationRequest)

    def plan(held: Held) -> Plan | Refused:
        if held.order is not None and held.order.status not in CLOSED:
            return Plan()
        return plan_create(request, caller, held=held)

    return Ask(order=caller.alias(NUMBER, request.order.number), plan=plan)


def plan_create(request: ApplicationRequest, caller: Caller, *, held: Held) -> Plan | Refused:
    refused = impossible_amounts(request.order)
    if refused is not None:
        return refused
    if request.is_recurring and request.type != "DEFERRED_PAYMENT":
        detail = "recurrences are for deferred payment only"
        return refuse(UNPROCESSABLE, detail, attribute="isRecurring")
    customer = request.customer.model_dump(by_alias=True, exclude_none=True)
    recurrence = Recurrence(id=short_id(held)) if request.is_recurring else None
    order = new_order(request, caller, held=held, customer=customer, recurrence=recurrence)
    records = () if recurrence is None else (recurrence_record(order, recurrence.id),)
    return Plan(commands=(Place(order=order),), records=records)


def encode_create(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refused(verdict)
    document = application_document(changed(verdict), wire.base_url)
    return json_answer(201 if verdict.events else 200, document, JSON)


def short_id(held: Held) -> str:
    """The random end of a fresh id, in the form of the vendor's samples."""
    return held.new_id().replace("-", "")[-APPLICATION_ID_DIGITS:]


def new_order(
    request: ApplicationWithoutCustomerRequest,
    caller: Caller,
    *,
    held: Held,
    customer: dict[str, object],
    recurrence: Recurrence | None = None,
) -> Order:
    """The application as it begins."""
    asked = request.order
    lines, items = lines_of(asked.items)
    facts = Facts(
        number=asked.number,
        type=request.type,
        placed_total=asked.total_price.amount,
        symbols=asked.variable_symbols or [],
        merchant_id=asked.merchant_id,
        shown=shown_of(asked),
        documents=[document_shown(document) for document in asked.documents or ()],
        items=items,
        customer=customer,
        urls=request.merchant_urls.model_dump(by_alias=True, exclude_none=True),
        agreed=bool(request.agreement_terms_and_conditions),
        recurrence=recurrence,
    )
    return Order(
        tenant=caller.tenant,
        dialect=caller.dialect,
        order_id=short_id(held),
        status=LIFECYCLE.initial,
        placed_at=held.now,
        updated_at=held.now,
        currency=asked.total_price.currency,
        lines=lines,
        total_minor=asked.total_price.amount,
        taxes=by_rate(asked.total_vat),
        aliases={NUMBER: asked.number},
        facts=facts_out(facts),
    )


def shown_of(asked: OrderRequest | OrderChange) -> dict[str, object]:
    return asked.model_dump(include=set(SHOWN), by_alias=True, exclude_none=True)


def recurrence_record(order: Order, record_id: str) -> Record:
    return Record(
        tenant=order.tenant,
        dialect=order.dialect,
        kind=RECURRENCE,
        record_id=record_id,
        created_at=order.placed_at,
        updated_at=order.placed_at,
        order_id=order.order_id,
    )
