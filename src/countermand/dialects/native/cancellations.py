"""Cancellations: create, preview, read. What may be done to one afterwards is in `decisions`."""

import math
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.native import previews
from countermand.dialects.native.addressing import address, name_of, place_of
from countermand.dialects.native.problems import encode_refusal
from countermand.dialects.native.requesting import (
    body_of,
    claim_of,
    expected,
    leafed,
    operation_of,
    page_size,
    page_start,
    selectors_of,
    versions_of,
    wrong,
)
from countermand.dialects.native.showing import etag, show_cancellation, show_obligation
from countermand.dialects.native.types import NewCancellation
from countermand.dialects.wire import json_answer, wait_of
from countermand.model.command import Actors, Cancel, Charges
from countermand.model.keys import OrderKey
from countermand.model.obligation import Obligation
from countermand.model.order import Order
from countermand.model.outcome import Cancellation, CancellationState, Cause, Done, Refusal, Refused, Verdict
from countermand.model.query import (
    Found,
    GetCancellation,
    GetOrder,
    ListCancellations,
    ListObligations,
    Page,
    Query,
    Whole,
)

#: When to look again for what is still owed.
RETRY_AFTER_S: Final = 2

_COMPLETED: Final = CancellationState.COMPLETED
_SCHEDULED: Final = CancellationState.SCHEDULED

#: What the encoder is told by a plan that found the order cancelled already.
Existing = Whole


class Foreseen:
    """What the encoder is told by a plan that only looks: what was asked, and when."""

    def __init__(self, given: NewCancellation, now: datetime, *, token: bool) -> None:
        self.given = given
        self.now = now
        self.token = token


# -------------------------------------------------------------------------------------------------------------- create


def decode(wire: WireRequest, caller: Caller) -> Ask:
    given = body_of(wire, NewCancellation)
    if given.validate_only:
        return _look(wire, caller, given, token=False)
    key = address(caller, wire.params["order"])
    command, versions = command_of(given, caller), versions_of(wire)
    token = previews.read(given.preview_token, wire.params["order"], given) if given.preview_token else None

    def plan(held: Held) -> Plan | Refused:
        known = _existing(held)
        if known is not None:
            return _charges_kept(held, command) or Plan(note=known)
        cancel = replace(command, cancellation_id=held.new_id(), expected_version=expected(held, versions))
        if token is None:
            return Plan(commands=(cancel,))
        if held.now >= token.expires_at:
            return Refused(refusal=Refusal.STATUS_FORBIDS, order=held.order, cause=Cause.PREVIEW_EXPIRED)
        return Plan(commands=(cancel,), veto=lambda foreseen: previews.compare(token, foreseen, held.order))

    return Ask(
        order=key,
        plan=plan,
        claim=claim_of(wire, caller),
        operation=operation_of(wire, caller, key, given.operation_id),
        history_if_unchanged=True,
    )


def command_of(given: NewCancellation, caller: Caller) -> Cancel:
    """The command that the members of a request mean; it has no id yet, and no version that it expects."""
    return Cancel(
        cancellation_id="",
        selectors=selectors_of(given.lines),
        reason=given.reason,
        note=given.note,
        message=given.message,
        actors=Actors(requested_by=given.requested_by, executed_by=caller.key_id, attributed_to=given.attributed_to),
        operation_id=given.operation_id,
        refund=given.refund,
        charges=given.charges,
        restock=given.restock,
        notify=given.notify,
        effective_at=given.effective_at,
        waits=True,
    )


def _existing(held: Held) -> Existing | None:
    """The cancellation that made the order what it is, when nothing of it is left to cancel."""
    for record in reversed(held.cancellations or ()):
        if record.state.effective:
            mine = [one for one in held.obligations if one.cancellation_id == record.cancellation_id]
            return Existing(cancellation=record, obligations=tuple(mine)) if record.whole else None
    return None


def _charges_kept(held: Held, command: Cancel) -> Refused | None:
    """That the order is cancelled is no answer to who wants a charge off it that was kept when it was."""
    kept = [line for line in held.order.lines if line.charge and line.open] if held.order else []
    meant = [
        line.line_id
        for line in kept
        if command.charges is Charges.CANCEL or any(selector.matches(line) for selector in command.selectors or ())
    ]
    return Refused(refusal=Refusal.ALREADY_CANCELLED, order=held.order, blocked_by=tuple(meant)) if meant else None


def encode(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    if isinstance(verdict.note, Foreseen):
        return _encode_foreseen(verdict, verdict.note)
    order, done = verdict.order, verdict.cancellation
    assert order is not None
    tag = ("ETag", etag(order))
    if isinstance(verdict.note, Existing):
        known = verdict.note
        return json_answer(200, _document(known.cancellation, known.obligations, order.status), (tag,))
    if done is None:
        # Cancelled before we kept cancellations of it: there is nothing to show but that it is so.
        return json_answer(200, _nothing_known(verdict), (tag,))
    location = ("Location", f"{wire.base_url}/orders/{place_of(order)}/cancellations/{done.cancellation_id}")
    document = _document(done, verdict.obligations, order.status)
    if done.state is _COMPLETED:
        return json_answer(201, document, (location, tag))
    return json_answer(202, document, (location, tag, ("Retry-After", str(_look_again_s(done, wire)))))


def _look_again_s(done: Cancellation, wire: WireRequest) -> int:
    """What is scheduled stands still until its time."""
    if done.state is not _SCHEDULED or done.due_at is None:
        return RETRY_AFTER_S
    return max(RETRY_AFTER_S, math.ceil((done.due_at - wire.received_at).total_seconds()))


def _document(done: Cancellation, obligations: tuple[Obligation, ...], order_status: str) -> dict[str, object]:
    document = show_cancellation(done)
    document["order_status"] = order_status
    document["obligations"] = [show_obligation(owed) for owed in obligations if owed.kind != "notice"]
    return document


def _nothing_known(verdict: Done) -> dict[str, object]:
    order = verdict.order
    assert order is not None
    blank = Cancellation(
        tenant=order.tenant,
        dialect=order.dialect,
        order_id=order.order_id,
        cancellation_id="",
        created_at=order.cancelled_at or order.updated_at,
        whole=True,
        reason="other",
        note="",
        message="",
        requested_by="",
        executed_by="",
        attributed_to="",
        operation_id=None,
        amount_minor=0,
        currency=order.currency,
        takings=(),
    )
    return {**_document(blank, (), order.status), "id": None}


# ------------------------------------------------------------------------------------------------------------- preview


def decode_preview(wire: WireRequest, caller: Caller) -> Ask:
    return _look(wire, caller, body_of(wire, NewCancellation), token=True)


def _look(wire: WireRequest, caller: Caller, given: NewCancellation, *, token: bool) -> Ask:
    """All checks of the real call and none of its effects. It takes no idempotency key, because it changes nothing."""
    if given.preview_token is not None:
        raise wrong("/preview_token", "belongs to the call that executes it")
    key = address(caller, wire.params["order"])
    command, versions = command_of(given, caller), versions_of(wire)

    def plan(held: Held) -> Plan | Refused:
        known = _existing(held)
        if known is not None:
            return _charges_kept(held, command) or Plan(note=known)
        cancel = replace(command, cancellation_id=held.new_id(), expected_version=expected(held, versions))
        return Plan(commands=(cancel,), dry=True, note=Foreseen(given, held.now, token=token))

    return Ask(order=key, plan=plan, history_if_unchanged=True)


def _encode_foreseen(verdict: Done, foreseen: Foreseen) -> WireAnswer:
    order, done = verdict.order, verdict.cancellation
    assert order is not None
    if done is None:
        return json_answer(200, {**_nothing_known(verdict), "order_version": order.version}, (("ETag", etag(order)),))
    version = order.version - len(verdict.events)
    document = {**_document(done, verdict.obligations, order.status), "id": None, "order_version": version}
    if foreseen.token:
        text, expires_at = previews.write(verdict, foreseen.given, name_of(order), foreseen.now)
        document |= {"preview_token": text, "preview_expires_at": expires_at}
    return json_answer(200, document, (("ETag", f'"{version}"'),))


# ---------------------------------------------------------------------------------------------------------------- read


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    key = address(caller, wire.params["order"])
    return (GetOrder(key=key), GetCancellation(key=key, cancellation_id=wire.params["cancellation"]))


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    order, whole = found
    if order is None:
        return encode_refusal(Refused(refusal=Refusal.UNKNOWN_ORDER), wire)
    if not isinstance(whole, Whole):
        return encode_refusal(Refused(refusal=Refusal.UNKNOWN_ORDER, cause=Cause.UNKNOWN_CANCELLATION), wire)
    assert isinstance(order, Order)
    applied = (("Preference-Applied", f"wait={wait_s}"),) if (wait_s := wait_of(wire)) else ()
    return json_answer(200, _document(whole.cancellation, whole.obligations, order.status), applied)


def is_over(found: tuple[Found, ...]) -> bool:
    """Whether a cancellation has come to its end, so that nobody need wait for it."""
    _, whole = found
    state = whole.cancellation.state if isinstance(whole, Whole) else None
    return state is None or not (state.pending or state is CancellationState.ACCEPTED)


def decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    key = address(caller, wire.params["order"])
    return (GetOrder(key=key), _listing(wire, caller, key))


def decode_list_all(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    """Of all orders of the tenant: what waits for approval, what is still owed."""
    return (_listing(wire, caller, None),)


def _listing(wire: WireRequest, caller: Caller, key: OrderKey | None) -> ListCancellations:
    after, back = page_start(wire)
    return ListCancellations(
        tenant=caller.tenant,
        key=key,
        states=_states(wire),
        descending=not back,
        after=after,
        limit=page_size(wire),
    )


def _states(wire: WireRequest) -> tuple[CancellationState, ...]:
    try:
        return tuple(CancellationState(value) for name, value in wire.query if name == "state")
    except ValueError as error:
        raise wrong("state", str(error)) from error


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    *orders, page = found
    if orders and orders[0] is None:
        return encode_refusal(Refused(refusal=Refusal.UNKNOWN_ORDER), wire)
    assert isinstance(page, Page)
    shown = [(item.cancellation_id, show_cancellation(item)) for item in page.items if isinstance(item, Cancellation)]
    document, headers = leafed(wire, shown, more=page.more)
    return json_answer(200, document, headers)


def decode_obligations(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    key = address(caller, wire.params["order"])
    after, back = page_start(wire)
    return (GetOrder(key=key), ListObligations(key=key, descending=back, after=after, limit=page_size(wire)))


def encode_obligations(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    order, page = found
    if order is None or not isinstance(page, Page):
        return encode_refusal(Refused(refusal=Refusal.UNKNOWN_ORDER), wire)
    shown = [(item.obligation_id, show_obligation(item)) for item in page.items if isinstance(item, Obligation)]
    document, headers = leafed(wire, shown, more=page.more)
    return json_answer(200, document, headers)
