"""Change application order: developers.skippay.cz/docs/api/changeapplicationorder.

A partial put: members that are absent stay. An array replaces the stored one; items without totals bring totals of their own.
Items are frozen as soon as any was sent or delivered.
"""

import msgspec

from countermand.dialects.contract import Ask, Caller, Plan, WireRequest
from countermand.model.command import Amend
from countermand.model.order import Line, Order, PortionState, TaxTotal
from countermand.model.outcome import Refused

from .amounts import by_rate
from .codes import NOT_SUPPORTED, UNPROCESSABLE, refuse
from .create import NUMBER, shown_of
from .documents import document_shown
from .facts import Facts, facts_in, facts_out
from .items import impossible_amounts, lines_of, taxes_of, total_of
from .lifecycle import CLOSED
from .reading import Question, about, read
from .requests import ApplicationOrderChangeRequest, OrderChange

_LEFT = (PortionState.SHIPPED, PortionState.DELIVERED, PortionState.RETURNED)


def decode_change(wire: WireRequest, caller: Caller) -> Ask:
    request = read(wire.body, ApplicationOrderChangeRequest)
    return about(caller.order(wire.params["applicationId"]), request, plan=plan_change)


def plan_change(question: Question[ApplicationOrderChangeRequest]) -> Plan | Refused:
    order, asked = question.order, question.request.order
    if order.status in CLOSED:
        return refuse(NOT_SUPPORTED, "a cancelled or rejected application can not be changed", order=order)
    if asked.items is not None and order.quantity_milli(*_LEFT):
        detail = "items can not be changed once any was sent or delivered"
        return refuse(NOT_SUPPORTED, detail, order=order, attribute="order.items")
    refused = impossible_amounts(asked, order)
    if refused is not None:
        return refused
    facts = facts_in(order.facts)
    amend = _amended(order, asked, facts)
    if amend.total_minor is not None and amend.total_minor < 0:
        return refuse(UNPROCESSABLE, "the total must not be negative", order=order, attribute="order.items")
    return Plan() if amend == Amend(what=amend.what) else Plan(commands=(amend,))


def _amended(order: Order, asked: OrderChange, facts: Facts) -> Amend:
    lines: tuple[Line, ...] | None = None
    total_minor = None if asked.total_price is None else asked.total_price.amount
    taxes: tuple[TaxTotal, ...] | None = None if asked.total_vat is None else by_rate(asked.total_vat)
    after = _facts(facts, asked)
    if asked.items is not None:
        lines, items = lines_of(asked.items, first_id=1 + max((int(line.line_id) for line in order.lines), default=0))
        after = msgspec.structs.replace(after, items=items)
        total_minor = total_of(lines) if total_minor is None else total_minor
        taxes = taxes_of(lines) if taxes is None else taxes
    return Amend(
        facts=None if after == facts else facts_out(after),
        lines=lines,
        total_minor=total_minor,
        taxes=taxes,
        aliases=None if asked.number in {None, facts.number} else {**order.aliases, NUMBER: after.number},
        what="order_changed",
    )


def _facts(facts: Facts, asked: OrderChange) -> Facts:
    documents = asked.documents
    return msgspec.structs.replace(
        facts,
        number=facts.number if asked.number is None else asked.number,
        symbols=facts.symbols if asked.variable_symbols is None else asked.variable_symbols,
        shown={**facts.shown, **shown_of(asked)},
        documents=facts.documents if documents is None else [document_shown(document) for document in documents],
    )
