"""Orders: place, get, list, events."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from countermand.dialects.contract import (
    Ask,
    Caller,
    CallerFault,
    Fault,
    FaultKind,
    Held,
    Plan,
    WireAnswer,
    WireRequest,
)
from countermand.dialects.native.lifecycle import PLACED
from countermand.dialects.native.problems import encode_refusal, invalid
from countermand.dialects.native.types import NewLine, NewOrder
from countermand.dialects.wire import json_answer, milli_of, unmilli
from countermand.model.command import Place
from countermand.model.event import Event
from countermand.model.order import Line, Order, Portion, PortionState, TaxTotal
from countermand.model.outcome import Refusal, Refused, Verdict
from countermand.model.query import Found, GetOrder, ListEvents, Listing, ListOrders, Page, Query

#: Items of a page: what is given when nothing is asked, and what a larger wish is cut down to.
PAGE_SIZE_DEFAULT: Final = 50
PAGE_SIZE_MAX: Final = 200


# ------------------------------------------------------------------------------------------------------------- place


def decode_place(wire: WireRequest, caller: Caller) -> Ask:
    try:
        given = NewOrder.model_validate_json(wire.body)
    except ValidationError as error:
        raise invalid(error) from error
    key = caller.order(given.id) if given.id else None

    def plan(held: Held) -> Plan | Refused:
        if held.order is not None:
            return Refused(refusal=Refusal.ALREADY_EXISTS, order=held.order)
        return Plan(commands=(Place(order=_placed(given, caller, held)),))

    return Ask(order=key, plan=plan)


def _placed(given: NewOrder, caller: Caller, held: Held) -> Order:
    lines = tuple(_line(line, index) for index, line in enumerate(given.lines))
    rates: dict[int, int] = {}
    for line in lines:
        if line.tax_rate_milli is not None:
            rates[line.tax_rate_milli] = rates.get(line.tax_rate_milli, 0) + line.portions[0].tax_minor
    return Order(
        tenant=caller.tenant,
        dialect=caller.dialect,
        order_id=given.id or held.new_id(),
        status=PLACED,
        placed_at=given.placed_at or held.now,
        updated_at=held.now,
        currency=given.currency,
        lines=lines,
        total_minor=sum(line.portions[0].price_minor for line in lines),
        taxes=tuple(TaxTotal(rate_milli=rate, amount_minor=amount) for rate, amount in rates.items()),
        aliases={"reference": given.reference} if given.reference else {},
    )


def _line(given: NewLine, index: int) -> Line:
    quantity_milli = milli_of(given.quantity) or 0
    line_id = given.id or str(index + 1)
    portion = Portion(
        state=PortionState.OPEN, quantity_milli=quantity_milli, price_minor=given.price, tax_minor=given.tax
    )
    return Line(
        line_id=line_id,
        sku=given.sku,
        portions=(portion,),
        names={"line_id": line_id, "sku": given.sku},
        tax_rate_milli=milli_of(given.tax_rate),
        reserved_milli=quantity_milli if given.reserve else 0,
    )


def encode_place(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    order = verdict.order
    assert order is not None
    headers = (("Location", f"{wire.base_url}/orders/{order.order_id}"), ("ETag", etag(order)))
    return json_answer(201, show_order(order), headers)


# -------------------------------------------------------------------------------------------------------------- read


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetOrder(key=caller.order(wire.params["order"])),)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    (order,) = found
    if not isinstance(order, Order):
        return encode_refusal(Refused(refusal=Refusal.UNKNOWN_ORDER), wire)
    return json_answer(200, show_order(order), (("ETag", etag(order)),))


def decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    status = wire.query_value("status")
    listing = Listing(
        statuses=(status,) if status else (),
        after=wire.query_value("page_token") or None,
        limit=page_size(wire),
    )
    return (ListOrders(tenant=caller.tenant, dialect=caller.dialect, listing=listing),)


def page_size(wire: WireRequest) -> int:
    text = wire.query_value("page_size")
    if text is None:
        return PAGE_SIZE_DEFAULT
    if not text.isascii() or not text.isdecimal() or int(text) == 0:
        raise CallerFault(Fault(kind=FaultKind.INVALID, detail=f"page_size must be from 1 to {PAGE_SIZE_MAX}"))
    return min(int(text), PAGE_SIZE_MAX)


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    (page,) = found
    assert isinstance(page, Page)
    orders = [item for item in page.items if isinstance(item, Order)]
    document: dict[str, object] = {"items": [show_order(order) for order in orders]}
    if page.more:
        document["next_page_token"] = orders[-1].order_id
    return json_answer(200, document)


def decode_events(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    after = wire.query_value("after") or "0"
    if not after.isascii() or not after.isdecimal():
        raise CallerFault(Fault(kind=FaultKind.INVALID, detail="after must be a sequence number"))
    key = caller.order(wire.params["order"])
    return (GetOrder(key=key), ListEvents(key=key, after=min(int(after), 2**62), limit=page_size(wire)))


def encode_events(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    order, page = found
    if not isinstance(order, Order) or not isinstance(page, Page):
        return encode_refusal(Refused(refusal=Refusal.UNKNOWN_ORDER), wire)
    events = [item for item in page.items if isinstance(item, Event)]
    return json_answer(200, {"items": [show_event(event) for event in events], "more": page.more})


# -------------------------------------------------------------------------------------------------------------- shown


def etag(order: Order) -> str:
    return f'"{order.version}"'


def show_order(order: Order) -> dict[str, object]:
    return {
        "id": order.order_id,
        "reference": order.aliases.get("reference"),
        "status": order.status,
        "version": order.version,
        "currency": order.currency,
        "total": order.total_minor,
        "placed_at": order.placed_at,
        "updated_at": order.updated_at,
        "cancelled_at": order.cancelled_at,
        "lines": [_show_line(line) for line in order.lines],
    }


def _show_line(line: Line) -> dict[str, object]:
    return {
        "id": line.line_id,
        "sku": line.sku,
        "ordered": unmilli(line.quantity_milli()),
        "open": unmilli(line.quantity_milli(PortionState.OPEN)),
        "shipped": unmilli(line.quantity_milli(PortionState.SHIPPED, PortionState.DELIVERED, PortionState.RETURNED)),
        "returned": unmilli(line.quantity_milli(PortionState.RETURNED)),
        "cancelled": unmilli(line.quantity_milli(PortionState.CANCELLED)),
        "reserved": unmilli(line.reserved_milli),
    }


def show_event(event: Event) -> dict[str, object]:
    shown: dict[str, object] = {
        "type": event.type,
        "sequence": event.sequence,
        "at": event.at,
        "status": event.status,
        "data": event.data,
    }
    if event.takings:
        shown["amount"] = event.amount_minor
        shown["lines"] = [show_taking(taking.line_id, taking.sku, taking.quantity_milli) for taking in event.takings]
    if event.cancellation_id:
        shown["cancellation_id"] = event.cancellation_id
    return shown


def show_taking(line_id: str, sku: str, quantity_milli: int) -> Mapping[str, object]:
    return {"line_id": line_id, "sku": sku, "quantity": unmilli(quantity_milli)}
