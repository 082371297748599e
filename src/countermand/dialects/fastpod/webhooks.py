"""Webhooks: list, subscribe, unsubscribe, and what was sent.

FastPOD's menu names the first three and no page of them could be read. Paths, bodies, events and the one message are
read off a sibling's pages and are no evidence about FastPOD; the list of deliveries is ours. `Switches.webhooks` takes
all of it away.
"""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import (
    READ,
    WRITE,
    Ask,
    Caller,
    Held,
    Plan,
    Read,
    Route,
    WireAnswer,
    WireRequest,
    Write,
)
from countermand.dialects.wire import facts_of, json_answer, to_facts
from countermand.model.outcome import Refusal, Refused, Verdict
from countermand.model.query import Found, Listing, ListRecords, Page, Query
from countermand.model.record import Record

from .codes import refused
from .members import stamp
from .name import NAME
from .notices import DELIVERY, WEBHOOK
from .paginator import Numbered, page, page_asked
from .reading import check, read
from .requests import Subscribe, Unsubscribe

SUBSCRIBED: Final = "Updated webhook url successfully!"
UNSUBSCRIBED: Final = "Deleted webhook url successfully!"


#: What a subscription shows of itself, beside its times.
SHOWN: Final = ("event", "url", "name")


# -------------------------------------------------------------------------------------------------------- subscriptions


def decode_subscribe(wire: WireRequest, caller: Caller) -> Ask:
    body = read(Subscribe, wire.body)
    key = caller.record(WEBHOOK, body.event)

    def plan(held: Held) -> Plan:
        before = held.records.get(key)
        return Plan(records=(webhook(body, tenant=caller.tenant, at=held.now, before=before),))

    return Ask(records=(key,), plan=plan)


def webhook(body: Subscribe, *, tenant: str, at: datetime, before: Record | None = None) -> Record:
    """The one webhook of an event; a second subscription replaces what the first said."""
    return Record(
        tenant=tenant,
        dialect=NAME,
        kind=WEBHOOK,
        record_id=body.event,
        created_at=at if before is None else before.created_at,
        updated_at=at,
        body=to_facts({"event": body.event, "url": body.url, "name": body.name}),
        version=1 if before is None else before.version + 1,
    )


def encode_subscribe(verdict: Verdict, _wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict, "subscribed")
    return json_answer(200, {"status": True, "message": SUBSCRIBED})


def decode_unsubscribe(wire: WireRequest, caller: Caller) -> Ask:
    """The event to hear no more of, as a query parameter or in a body: nobody knows which of the two FastPOD reads."""
    event = wire.query_value("event")
    body = read(Unsubscribe, wire.body) if event is None else check(Unsubscribe, {"event": event})
    key = caller.record(WEBHOOK, body.event)

    def plan(held: Held) -> Plan | Refused:
        found = held.records.get(key)
        if found is None:
            return Refused(refusal=Refusal.VENDOR_RULE, vendor_code="NOT_SUBSCRIBED")
        return Plan(records=(replace(found, deleted=True, updated_at=held.now),))

    return Ask(records=(key,), plan=plan)


def encode_unsubscribe(verdict: Verdict, _wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict, "unsubscribed")
    return json_answer(200, {"status": True, "message": UNSUBSCRIBED})


def decode_list(_wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    """There is at most one webhook per event, so there are no pages."""
    listing = Listing(sort="id", descending=False)
    return (ListRecords(tenant=caller.tenant, dialect=caller.dialect, kind=WEBHOOK, listing=listing),)


def encode_list(found: tuple[Found, ...], _wire: WireRequest) -> WireAnswer:
    records, _ = _of_page(found[0])
    return json_answer(200, {"data": [_shown(record) for record in records]})


def _shown(record: Record) -> dict[str, object]:
    body = facts_of(record.body)
    times = {"created_at": stamp(record.created_at), "updated_at": stamp(record.updated_at)}
    return {name: body[name] for name in SHOWN} | times


# ----------------------------------------------------------------------------------------------------------- deliveries


def decode_deliveries(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    asked = page_asked(wire)
    listing = Listing(sort="created_at", groups=(), offset=asked.offset, limit=asked.per_page, count=True)
    return (ListRecords(tenant=caller.tenant, dialect=caller.dialect, kind=DELIVERY, listing=listing),)


def encode_deliveries(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    records, total = _of_page(found[0])
    rows = [facts_of(record.body) for record in records]
    return json_answer(200, page(Numbered(rows=rows, total=total), page_asked(wire), wire=wire))


def _of_page(found: Found) -> tuple[list[Record], int]:
    assert isinstance(found, Page), "a list query gives a page"
    records = [record for record in found.items if isinstance(record, Record)]
    return records, len(records) if found.total is None else found.total


# --------------------------------------------------------------------------------------------------------------- routes

ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/webhooks",
        operation="listWebhooks",
        scope=READ,
        handler=Read(decode=decode_list, encode=encode_list),
    ),
    Route(
        method="POST",
        path="/v1/webhooks/subscribe",
        operation="subscribeWebhook",
        scope=WRITE,
        handler=Write(decode=decode_subscribe, encode=encode_subscribe),
    ),
    Route(
        method="DELETE",
        path="/v1/webhooks/unsubscribe",
        operation="unsubscribeWebhook",
        scope=WRITE,
        handler=Write(decode=decode_unsubscribe, encode=encode_unsubscribe),
    ),
    Route(
        method="GET",
        path="/v1/webhooks/deliveries",
        operation="listWebhookDeliveries",
        scope=READ,
        handler=Read(decode=decode_deliveries, encode=encode_deliveries),
    ),
)
