"""Bulk cancellations as a resource: ask, watch, pause, resume, approve, withdraw.

Each order of a bulk is cancelled by the ask that a single `POST /orders/{order}/cancellations` with the same members would
make (`asks_of`), so the two can't come to differ.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace
from pydantic import ValidationError

from countermand.dialects.contract import (
    Ask,
    Caller,
    CallerFault,
    Fault,
    Held,
    Plan,
    WireAnswer,
    WireRequest,
)
from countermand.dialects.native import cancellations
from countermand.dialects.native.addressing import address, spelled
from countermand.dialects.native.bulkrecords import (
    BULK,
    CHUNK_ORDERS_MAX,
    bulk_key,
    bulk_of,
    chunk_key,
    chunk_of,
    chunk_records,
    record_of,
    timer_of,
)
from countermand.dialects.native.bulktypes import NewBulk
from countermand.dialects.native.problems import encode_refusal, invalid
from countermand.dialects.native.requesting import claim_of, leafed, listing_of, page_after, page_size, paged, wrong
from countermand.dialects.wire import json_answer, to_facts
from countermand.model.bulk import DRIVEN, MOVES, Bulk, BulkAction, BulkState, Item, ItemOutcome, Selection, moved
from countermand.model.outcome import Cause, Refusal, Refused, Verdict
from countermand.model.query import Found, GetRecord, ListRecords, Page, Query
from countermand.model.record import Record

#: Orders that one pair of eyes may cancel at once. Above it, somebody with another key must approve.
ALONE_MAX: Final = 1_000

#: Members that mean something for one order only.
SINGLE: Final = frozenset({"operation_id", "preview_token", "validate_only"})


# --------------------------------------------------------------------------------------------------------------- create


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    try:
        given = NewBulk.model_validate_json(wire.body)
    except ValidationError as error:
        raise invalid(error) from error
    if single := SINGLE & given.cancellation.keys():
        raise wrong(f"/cancellation/{min(single)}", "means one cancellation only")
    claim = claim_of(wire, caller)
    # What a single cancellation with these members would be told, the bulk is told before anything begins.
    try:
        cancellations.decode(replace(wire, params={"order": "any"}, body=to_facts(given.cancellation)), caller)
    except CallerFault as error:
        raise _within(error.fault, "/cancellation") from error

    def plan(held: Held) -> Plan:
        bulk = _begun(given, caller, held)
        order_ids = tuple(dict.fromkeys(spelled(given.dialect, one) for one in given.order_ids or ()))
        chunks = chunk_records(order_ids, 0, bulk=record_of(bulk, caller.tenant, held.now))
        if order_ids:
            bulk = selected(replace(bulk, selected=len(order_ids), chunks=len(chunks)), held.now)
        timers = (timer_of(bulk, caller.tenant, held.now),) if bulk.state in DRIVEN else ()
        return Plan(records=(record_of(bulk, caller.tenant, held.now), *chunks), timers=timers, note=bulk)

    return Ask(plan=plan, claim=claim)


def _within(fault: Fault, member: str) -> CallerFault:
    """The fault of a member of the body, with pointers that begin at the body."""
    fields = tuple(replace(field, path=f"{member}{field.path}") for field in fault.fields)
    return CallerFault(replace(fault, fields=fields))


def _begun(given: NewBulk, caller: Caller, held: Held) -> Bulk:
    chosen = given.filter
    return Bulk(
        bulk_id=held.new_id(),
        dialect=given.dialect,
        state=BulkState.SELECTING,
        request=to_facts(given.cancellation),
        created_at=held.now,
        created_by=caller.key_id,
        selection=None
        if chosen is None
        else Selection(
            kind=chosen.kind,
            statuses=tuple(chosen.statuses),
            facets=chosen.facets,
            placed_from=chosen.placed_from,
            # Orders placed while the selection is being written down are none of it.
            placed_until=chosen.placed_until or held.now + timedelta(microseconds=1),
        ),
        dry_run=given.dry_run,
        refused_max_milli=None if given.stop is None else int(given.stop.refused_rate * 1000),
        tried_min=0 if given.stop is None else given.stop.after,
    )


def selected(bulk: Bulk, now: datetime) -> Bulk:
    """The bulk once its selection is complete: running, done, or waiting for a second pair of eyes."""
    if bulk.selected == 0:
        return moved(bulk, BulkState.COMPLETED, now=now)
    alone = bulk.dry_run or bulk.selected <= ALONE_MAX
    return moved(bulk, BulkState.RUNNING if alone else BulkState.REQUESTED, now=now)


# -------------------------------------------------------------------------------------------------------------- actions


def decoder_of(action: BulkAction) -> Callable[[WireRequest, Caller], Ask]:
    def decode(wire: WireRequest, caller: Caller) -> Ask:
        key = bulk_key(caller.tenant, wire.params["bulk"])

        def plan(held: Held) -> Plan | Refused:
            record = held.records.get(key)
            if record is None:
                return Refused(refusal=Refusal.VENDOR_RULE, vendor_code="BULK_NOT_FOUND")
            bulk = bulk_of(record)
            state = MOVES.get((bulk.state, action))
            if state is None:
                return _repeated(bulk, action)
            if action is BulkAction.APPROVE and caller.key_id == bulk.created_by:
                note = {"state": bulk.state, "allowed_actions": ["withdrawBulkCancellation"]}
                return Refused(refusal=Refusal.STATUS_FORBIDS, cause=Cause.SAME_PERSON, note=note)
            after = moved(bulk, state, now=held.now, by=caller.key_id)
            if action is BulkAction.APPROVE:
                after = replace(after, approved_by=caller.key_id)
            timer = timer_of(after, caller.tenant, held.now)
            driven = state in DRIVEN
            return Plan(
                records=(record_of(after, caller.tenant, held.now),),
                timers=(timer,) if driven else (),
                ended=() if driven else (timer.key,),
                note=after,
            )

        return Ask(plan=plan, records=(key,))

    return decode


def _repeated(bulk: Bulk, action: BulkAction) -> Plan | Refused:
    """What is so already is done again without a change; anything else is forbidden."""
    if any(known is action and state is bulk.state for (_, known), state in MOVES.items()):
        return Plan(note=bulk)
    detail = f"it is {bulk.state} and can't be asked to {action}"
    note = {"state": bulk.state, "allowed_actions": [f"{one}BulkCancellation" for one in _allowed(bulk)]}
    return Refused(refusal=Refusal.VENDOR_RULE, vendor_code="BULK_STATE_FORBIDS", detail=detail, note=note)


def _allowed(bulk: Bulk) -> list[BulkAction]:
    return [action for state, action in MOVES if state is bulk.state]


def encode_change(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    assert isinstance(verdict.note, Bulk)
    return json_answer(200, show(verdict.note))


def encode_create(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    assert isinstance(verdict.note, Bulk)
    location = f"{wire.base_url}/bulk-cancellations/{verdict.note.bulk_id}"
    return json_answer(202, show(verdict.note), (("Location", location), ("Retry-After", "1")))


# ----------------------------------------------------------------------------------------------------------------- read


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetRecord(key=bulk_key(caller.tenant, wire.params["bulk"])),)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    (record,) = found
    if not isinstance(record, Record):
        return encode_refusal(Refused(refusal=Refusal.VENDOR_RULE, vendor_code="BULK_NOT_FOUND"), wire)
    return json_answer(200, show(bulk_of(record)))


def decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    listing = listing_of(wire, sort="created_at")
    return (ListRecords(tenant=caller.tenant, dialect=caller.dialect, kind=BULK, listing=listing),)


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    (page,) = found
    assert isinstance(page, Page)
    shown = [(item.record_id, show(bulk_of(item))) for item in page.items if isinstance(item, Record)]
    document, headers = leafed(wire, shown, more=page.more)
    return json_answer(200, document, headers)


def _position(wire: WireRequest) -> int:
    text = page_after(wire) or "0"
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(10**12)):
        raise wrong("page_token", "is none of ours")
    return int(text)


def decode_items(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    page_size(wire)
    bulk_id, number = wire.params["bulk"], _position(wire) // CHUNK_ORDERS_MAX
    return (
        GetRecord(key=bulk_key(caller.tenant, bulk_id)),
        GetRecord(key=chunk_key(caller.tenant, bulk_id, number)),
    )


def encode_items(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    """One page of orders in the order of the selection. A page ends where a chunk ends, so it may be shorter than asked."""
    record, part = found
    if not isinstance(record, Record):
        return encode_refusal(Refused(refusal=Refusal.VENDOR_RULE, vendor_code="BULK_NOT_FOUND"), wire)
    chunk = chunk_of(part) if isinstance(part, Record) else None
    if chunk is None:
        return json_answer(200, {"items": []})
    position, size = _position(wire), page_size(wire)
    start = position % CHUNK_ORDERS_MAX
    rows = chunk.items or chunk.order_ids
    shown = [_show_item(row) for row in rows[start : start + size]]
    wanted = wire.query_value("outcome")
    after = position + len(shown)
    further = str(after) if after < bulk_of(record).selected else None
    document, headers = paged(wire, [row for row in shown if wanted in {None, row["outcome"]}], further)
    return json_answer(200, document, headers)


def _show_item(row: Item | str) -> dict[str, object]:
    if isinstance(row, str):
        return {"order_id": row, "outcome": "waiting"}
    told = {"code": row.code, "order_status": row.status, "cancellation_id": row.cancellation_id}
    return {"order_id": row.order_id, "outcome": row.outcome, **{name: text for name, text in told.items() if text}}


def show(bulk: Bulk) -> dict[str, object]:
    chosen = bulk.selection
    return {
        "id": bulk.bulk_id,
        "state": bulk.state,
        "dialect": bulk.dialect,
        "dry_run": bulk.dry_run,
        "cancellation": msgspec.Raw(bulk.request),
        "filter": chosen,
        "stop": None
        if bulk.refused_max_milli is None
        else {"refused_rate": bulk.refused_max_milli / 1000, "after": bulk.tried_min},
        "counts": {
            "selected": bulk.selected,
            "tried": bulk.tried,
            **{outcome.value: bulk.counts.get(outcome, 0) for outcome in ItemOutcome},
        },
        "allowed_actions": _allowed(bulk),
        "created_at": bulk.created_at,
        "created_by": bulk.created_by,
        "approved_by": bulk.approved_by or None,
        "changed_at": bulk.changed_at,
        "changed_by": bulk.changed_by or None,
        "finished_at": bulk.finished_at,
    }


# ---------------------------------------------------------------------------------------------------------------- items


def asks_of(order_ids: tuple[str, ...], caller: Caller, *, wire: WireRequest) -> tuple[Ask, ...]:
    """What single cancellations of these orders would ask, word for word. `caller` is whoever asked for the bulk.

    Decoded once: without the members of SINGLE, two of these asks differ in their order and in nothing else.
    """
    one = replace(cancellations.decode(replace(wire, params={"order": order_ids[0]}), caller), claim=None)
    return tuple([replace(one, order=address(caller, order_id)) for order_id in order_ids])


def item_of(order_id: str, verdict: Verdict, *, wire: WireRequest, dry_run: bool) -> Item:
    """What became of an order, in the words that a single cancellation would be answered with. A dry run makes none."""
    if isinstance(verdict, Refused):
        told = msgspec.json.decode(encode_refusal(verdict, wire).body, type=dict[str, object])
        status = verdict.order.status if verdict.order else ""
        return Item(order_id=order_id, outcome=ItemOutcome.REFUSED, code=str(told["code"]), status=status)
    status = verdict.order.status if verdict.order else ""
    done = verdict.cancellation
    if done is None:
        return Item(order_id=order_id, outcome=ItemOutcome.UNCHANGED, status=status)
    outcome = ItemOutcome.PENDING if done.state.pending else ItemOutcome.CANCELLED
    made = "" if dry_run else done.cancellation_id
    return Item(order_id=order_id, outcome=outcome, status=status, cancellation_id=made)
