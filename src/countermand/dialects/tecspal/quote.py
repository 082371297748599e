"""Quote Order and Create Order: an order comes into being.

A quote needs no catalogue; the caller states what is wanted (Quote Order page). `autoQuote` prices it at once and moves it to
QUOTED. Create Order takes models of the catalogue; its page couldn't be read, so its members are our reading (README.md).
Both answer 201 with the order, as the calls do that create a company; neither page's answer could be read.
"""

from dataclasses import dataclass
from decimal import Decimal

import msgspec

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.model.command import Place
from countermand.model.keys import RecordKey
from countermand.model.outcome import Refused, Verdict
from countermand.model.record import Record

from . import parties
from .codes import answer_refused, rule
from .documents import CatalogItem, Facts, Open
from .envelope import answer_yes, open_envelope
from .history import actor_of
from .keeping import CATALOG, COUNTER, ORDER_NUMBER, next_number
from .lifecycle import QUOTED
from .order import Head, new_order, shown
from .parties import Resolved
from .people import profile
from .requests import CreateOrder, OrderBody, QuotedHardware, QuoteOrder, check
from .switches import AUTO_QUOTE, CURRENCY, QUOTED_MINOR, STATUS_AT_CREATE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What is to become an order."""

    body: OrderBody
    status: str
    hardwares: list[Open]


def decode_quote(wire: WireRequest, caller: Caller) -> Ask:
    body = check(QuoteOrder, open_envelope(wire).data)
    quoted = body.auto_quote and AUTO_QUOTE

    def plan(held: Held) -> Plan | Refused:
        hardwares = [_wanted(item, held, priced=quoted) for item in body.hardwares]
        status = QUOTED if quoted else STATUS_AT_CREATE
        return _placed(held, caller, wish=_Wish(body=body, status=status, hardwares=hardwares))

    return Ask(plan=plan, order=None, records=(_numbers(caller), *parties.needed(caller, body)))


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    body = check(CreateOrder, open_envelope(wire).data)
    models = tuple(dict.fromkeys(caller.record(CATALOG, item.common_model_id) for item in body.hardwares))

    def plan(held: Held) -> Plan | Refused:
        hardwares = list[Open]()
        for item in body.hardwares:
            kept = held.records.get(caller.record(CATALOG, item.common_model_id))
            if kept is None or kept.facets.get("countryCode") != body.country_code:
                return rule("MODEL_UNKNOWN")
            hardwares.append(_modelled(kept, held, amount=item.amount))
        return _placed(held, caller, wish=_Wish(body=body, status=STATUS_AT_CREATE, hardwares=hardwares))

    return Ask(plan=plan, records=(_numbers(caller), *parties.needed(caller, body), *models))


def encode(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    if isinstance(verdict, Refused):
        return answer_refused(verdict)
    assert verdict.order is not None
    return answer_yes(shown(verdict.order), status=201)


# -------------------------------------------------------------------------------------------------------------- hardware


def _wanted(item: QuotedHardware, held: Held, *, priced: bool) -> Open:
    """The hardware request of a quote: the specification as given, priced when it is quoted at once."""
    given = item.model_dump(by_alias=True, exclude_none=True)
    price = {"price": str(Decimal(QUOTED_MINOR[item.hardware_type]).scaleb(-2))} if priced else {}
    return {"id": held.new_id(), **given, **price}


def _modelled(kept: Record, held: Held, *, amount: int) -> Open:
    """The hardware request for a model of the catalogue."""
    model = msgspec.json.decode(kept.body, type=CatalogItem)
    return {
        "id": held.new_id(),
        "commonModelId": model.id,
        "hardwareType": model.hardware_type,
        "brand": model.brand,
        "name": model.name,
        "ram": model.ram,
        "diskSpace": model.disk_space,
        "displaySize": model.display_size,
        "processor": model.processor,
        "price": model.price,
        "amount": amount,
    }


# ----------------------------------------------------------------------------------------------------------------- order


def _numbers(caller: Caller) -> RecordKey:
    return caller.record(COUNTER, ORDER_NUMBER)


def _placed(held: Held, caller: Caller, *, wish: _Wish) -> Plan | Refused:
    found = parties.resolve(held, caller, wish.body)
    if isinstance(found, Refused):
        return found
    number, counter = next_number(held, _numbers(caller))
    head = Head(
        tenant=caller.tenant,
        order_id=held.new_id(),
        status=wish.status,
        created_at=held.now,
        updated_at=held.now,
        currency=CURRENCY,
    )
    order = new_order(head, _facts(wish, found, number=number, client=actor_of(caller)))
    return Plan(commands=(Place(order=order),), records=(counter, *found.records))


def _facts(wish: _Wish, found: Resolved, *, number: int, client: str) -> Facts:
    body = wish.body
    comment = " ".join(text for text in (body.abm_id, body.client_name) if text) if body.abm_id else None
    return Facts(
        company_code=found.code,
        company_name=found.company_name,
        webhook_url=found.company.webhook_url if found.company else None,
        order_number=number,
        country_code=body.country_code,
        send_to=body.send_to,
        employee_profile=profile(found.employee) if found.employee else None,
        hardwares=wish.hardwares,
        api_client_requester_name=client,
        po_number=body.po_number,
        client_name=body.client_name,
        comment=comment,
    )
