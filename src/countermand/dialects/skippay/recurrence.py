"""Recurrences: further applications without the customer. Deferred payment only.

The vendor's OpenAPI file: Createapplicationfromrecurrence, Getrecurrence, Updaterecurrence. A recurrence belongs to the
application that was created with `isRecurring`; its state follows that application's until it is ended.
"""

import msgspec
from msgspec.structs import replace

from countermand.dialects.contract import Ask, Caller, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.command import Amend, Place
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused, Verdict
from countermand.model.query import Found, GetOrder, Query

from .application import changed, recurrence_document
from .codes import JSON, NOT_SUPPORTED, UNPROCESSABLE, encode_refused, refuse
from .create import RECURRENCE, new_order
from .facts import facts_in, facts_out
from .items import impossible_amounts
from .reading import Question, about, read
from .requests import ApplicationWithoutCustomerRequest, RecurrenceUpdateRequest
from .switches import RECURRENT_BEGINS


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetOrder(key=caller.record(RECURRENCE, wire.params["recurrenceId"])),)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    order = found[0]
    if not isinstance(order, Order):
        return encode_refused(Refused(refusal=Refusal.UNKNOWN_ORDER))
    return json_answer(200, recurrence_document(order.status, facts_in(order.facts)), JSON)


def decode_update(wire: WireRequest, caller: Caller) -> Ask:
    request = read(wire.body, RecurrenceUpdateRequest)
    return about(caller.record(RECURRENCE, wire.params["recurrenceId"]), request, plan=plan_update)


def plan_update(question: Question[RecurrenceUpdateRequest]) -> Plan | Refused:
    order, facts = question.order, facts_in(question.order.facts)
    if facts.recurrence is None or state_of(order) in {"CANCELLED", "EXPIRED"}:
        return refuse(UNPROCESSABLE, "the recurrence is not in use any more", order=order, attribute="state")
    ended = msgspec.structs.replace(facts.recurrence, ended=question.request.state)
    after = msgspec.structs.replace(facts, recurrence=ended)
    return Plan(commands=(Amend(facts=facts_out(after), what="recurrence_ended"),))


def encode_update(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refused(verdict)
    return encode_get((changed(verdict),), wire)


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    request = read(wire.body, ApplicationWithoutCustomerRequest)

    def plan(question: Question[ApplicationWithoutCustomerRequest]) -> Plan | Refused:
        return plan_create(question, caller)

    return about(caller.record(RECURRENCE, wire.params["recurrenceId"]), request, plan=plan)


def plan_create(question: Question[ApplicationWithoutCustomerRequest], caller: Caller) -> Plan | Refused:
    parent, request, held = question.order, question.request, question.held
    if request.type != "DEFERRED_PAYMENT":
        return refuse(NOT_SUPPORTED, "recurrences are for deferred payment only", order=parent, attribute="type")
    if state_of(parent) != "READY":
        return refuse(UNPROCESSABLE, "the recurrence is not ready to be used", order=parent)
    refused = impossible_amounts(request.order)
    if refused is not None:
        return refused
    order = new_order(request, caller, held=held, customer=facts_in(parent.facts).customer)
    return Plan(commands=(Place(order=replace(order, status=RECURRENT_BEGINS)),))


def state_of(order: Order) -> str:
    document = recurrence_document(order.status, facts_in(order.facts))
    return str(document["state"]) if document else ""
