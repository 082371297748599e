"""Orders: place, get, list, events."""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from countermand.dialects import catalog
from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.native.addressing import address, place_of
from countermand.dialects.native.placing import placed
from countermand.dialects.native.problems import encode_refusal
from countermand.dialects.native.requesting import (
    body_of,
    claim_if_given,
    claim_of,
    leafed,
    link,
    listing_of,
    page_size,
    wrong,
)
from countermand.dialects.native.showing import etag, show_event, show_order
from countermand.dialects.native.types import NewOrder
from countermand.dialects.wire import instant_of, json_answer
from countermand.model.command import Place
from countermand.model.event import Event
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused, Verdict
from countermand.model.query import Found, GetOrder, ListEvents, ListOrders, Page, Query

#: Digits of a sequence number: the stores' integers have 63 bits.
SEQUENCE_DIGITS_MAX: Final = 18

# ------------------------------------------------------------------------------------------------------------- place


def decode_place(wire: WireRequest, caller: Caller) -> Ask:
    """An id of the caller's own makes the call safe to repeat; without one it takes an Idempotency-Key."""
    given = body_of(wire, NewOrder)
    key = caller.order(given.id) if given.id else None
    claim = claim_if_given(wire, caller) if given.id else claim_of(wire, caller)
    order = placed(given, caller)

    def plan(held: Held) -> Plan | Refused:
        if held.order is not None:
            return Refused(refusal=Refusal.ALREADY_EXISTS, order=held.order)
        fresh = replace(
            order,
            order_id=order.order_id or held.new_id(),
            placed_at=given.placed_at or held.now,
            updated_at=held.now,
        )
        return Plan(commands=(Place(order=fresh, executed_by=caller.key_id),))

    return Ask(order=key, plan=plan, claim=claim)


def encode_place(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    order = verdict.order
    assert order is not None
    headers = (("Location", f"{wire.base_url}/orders/{place_of(order)}"), ("ETag", etag(order)))
    return json_answer(201, show_order(order), headers)


# -------------------------------------------------------------------------------------------------------------- read


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetOrder(key=address(caller, wire.params["order"])),)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    (order,) = found
    if not isinstance(order, Order):
        return encode_refusal(Refused(refusal=Refusal.UNKNOWN_ORDER), wire)
    return json_answer(200, show_order(order), (("ETag", etag(order)),))


def decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    """By `dialect`, `kind`, `status` (repeated for several), `reference` and time of placement; newest first."""
    dialect = wire.query_value("dialect") or caller.dialect
    if dialect not in catalog.load():
        raise wrong("dialect", f"must be one of: {', '.join(catalog.load())}")
    listing = replace(
        listing_of(wire),
        statuses=tuple(value for name, value in wire.query if name == "status"),
        facets={"reference": text} if (text := wire.query_value("reference")) else {},
        from_at=_instant(wire, "placed_from"),
        until_at=_instant(wire, "placed_until"),
    )
    return (
        ListOrders(tenant=caller.tenant, dialect=dialect, kind=wire.query_value("kind") or "order", listing=listing),
    )


def _instant(wire: WireRequest, name: str) -> datetime | None:
    text = wire.query_value(name)
    if text is None:
        return None
    at = instant_of(text)
    if at is None:
        raise wrong(name, "must be an RFC 3339 time")
    return at


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    (page,) = found
    assert isinstance(page, Page)
    shown = [(item.order_id, show_order(item)) for item in page.items if isinstance(item, Order)]
    document, headers = leafed(wire, shown, more=page.more)
    return json_answer(200, document, headers)


def decode_events(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    after = wire.query_value("after") or "0"
    if not after.isascii() or not after.isdecimal() or len(after) > SEQUENCE_DIGITS_MAX:
        raise wrong("after", "must be a sequence number")
    key = address(caller, wire.params["order"])
    return (GetOrder(key=key), ListEvents(key=key, after=int(after), limit=page_size(wire)))


def encode_events(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    order, page = found
    if not isinstance(order, Order) or not isinstance(page, Page):
        return encode_refusal(Refused(refusal=Refusal.UNKNOWN_ORDER), wire)
    events = [item for item in page.items if isinstance(item, Event)]
    document = {"items": [show_event(event) for event in events], "more": page.more}
    further = (("Link", link(wire, "next", after=str(events[-1].sequence))),) if page.more and events else ()
    return json_answer(200, document, further)
