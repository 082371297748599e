"""What may be done to a cancellation or an obligation that there is: approve, reject, withdraw, restore, retry, settle, waive."""

import unicodedata
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.native.addressing import address
from countermand.dialects.native.problems import encode_refusal
from countermand.dialects.native.requesting import body_of, claim_if_given, stale, versions_of
from countermand.dialects.native.showing import etag, show_cancellation, show_obligation
from countermand.dialects.native.types import Decision, NewRestore, Waiver
from countermand.dialects.wire import json_answer
from countermand.model.command import Answer, Close, Closing, Command, Dismiss, Restore
from countermand.model.obligation import Obligation, ObligationState
from countermand.model.outcome import Cancellation, CancellationState, Cause, Done, Refusal, Refused, Verdict

Planner = Callable[[Held, Cancellation], Plan | Refused]

#: What becomes of an obligation by each verb.
VERBS: Final = {"settle": Closing.SETTLE, "retry": Closing.RETRY, "waive": Closing.WAIVE}


def _ask(wire: WireRequest, caller: Caller, planner: Planner) -> Ask:
    """An ask about one cancellation of an order, with the order's history locked beside it."""
    wanted, versions = wire.params["cancellation"], versions_of(wire)

    def plan(held: Held) -> Plan | Refused:
        if held.order is None:
            return Refused(refusal=Refusal.UNKNOWN_ORDER)
        if (refused := stale(held, versions)) is not None:
            return refused
        found = next((one for one in held.cancellations or () if one.cancellation_id == wanted), None)
        if found is None:
            cause = Cause.UNKNOWN_CANCELLATION
            return Refused(refusal=Refusal.UNKNOWN_ORDER, order=held.order, cause=cause)
        return planner(held, found)

    key = address(caller, wire.params["order"])
    return Ask(order=key, plan=plan, history=True, claim=claim_if_given(wire, caller))


def decode_approve(wire: WireRequest, caller: Caller) -> Ask:
    given = body_of(wire, Decision)

    def planner(held: Held, found: Cancellation) -> Plan | Refused:
        if found.state is not CancellationState.REQUESTED or found.command is None:
            if found.state.effective and found.decided_by:
                return Plan(note=found)
            cause = Cause.NOT_PENDING
            return Refused(refusal=Refusal.STATUS_FORBIDS, order=held.order, cause=cause, detail=found.state)
        if found.due_at is not None and held.now >= found.due_at:
            return Refused(refusal=Refusal.STATUS_FORBIDS, order=held.order, cause=Cause.DECISION_TOO_LATE)
        if _four_eyes(held) and (caller.key_id == found.executed_by or _named(given.by) == _named(found.requested_by)):
            return Refused(refusal=Refusal.STATUS_FORBIDS, order=held.order, cause=Cause.SAME_PERSON)
        return Plan(commands=(replace(found.command, agreed_by=given.by, agreed_key=caller.key_id),), note=found)

    return _ask(wire, caller, planner)


def _named(person: str) -> str:
    """A name as a person would compare it: by how it looks, whatever letters of the same look it is written with."""
    shown = [letter for letter in unicodedata.normalize("NFKC", person) if unicodedata.category(letter) != "Cf"]
    return " ".join("".join(shown).casefold().split())


def _four_eyes(held: Held) -> bool:
    """Whether somebody else has to agree: by the rule as it is now, and where there is none any more, as it would be."""
    approval = held.policy.approval if held.policy else None
    return approval is None or approval.four_eyes


def decode_reject(wire: WireRequest, caller: Caller) -> Ask:
    return _dismissal(wire, caller, Answer.REJECT, CancellationState.REJECTED)


def decode_withdraw(wire: WireRequest, caller: Caller) -> Ask:
    return _dismissal(wire, caller, Answer.WITHDRAW, CancellationState.WITHDRAWN)


def _dismissal(wire: WireRequest, caller: Caller, how: Answer, done: CancellationState) -> Ask:
    given = body_of(wire, Decision)

    def planner(held: Held, found: Cancellation) -> Plan:
        del held
        if found.state is done:
            return Plan(note=found)
        command = Dismiss(
            cancellation_id=found.cancellation_id,
            how=how,
            by=given.by,
            because=given.reason,
            executed_by=caller.key_id,
        )
        return Plan(commands=(command,), note=found)

    return _ask(wire, caller, planner)


def decode_restore(wire: WireRequest, caller: Caller) -> Ask:
    given = body_of(wire, NewRestore)

    def planner(held: Held, found: Cancellation) -> Plan:
        del held
        if found.state is CancellationState.RESTORED:
            return Plan(note=found)
        command = Restore(
            cancellation_id=found.cancellation_id,
            by=given.by,
            because=given.reason,
            in_part=given.in_part,
            executed_by=caller.key_id,
        )
        return Plan(commands=(command,), note=found)

    return _ask(wire, caller, planner)


def decode_retry(wire: WireRequest, caller: Caller) -> Ask:
    """Everything that the cancellation still owes is due again at once."""
    given = body_of(wire, Decision)
    close = Close(obligation_id="", how=Closing.RETRY, by=given.by, because=given.reason, executed_by=caller.key_id)

    def planner(held: Held, found: Cancellation) -> Plan:
        commands: list[Command] = [
            replace(close, obligation_id=owed.obligation_id)
            for owed in held.obligations
            if owed.cancellation_id == found.cancellation_id and not owed.state.over
        ]
        return Plan(commands=tuple(commands), note=found)

    return _ask(wire, caller, planner)


def encode_cancellation(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    order, found = verdict.order, verdict.note
    assert order is not None
    assert isinstance(found, Cancellation)
    if verdict.cancellation is not None:
        found = replace(verdict.cancellation, created_at=found.created_at)
    found = next((one for one in verdict.cancellations if one.cancellation_id == found.cancellation_id), found)
    touched = (*verdict.changed, *verdict.obligations)
    owed = [show_obligation(one) for one in touched if one.cancellation_id == found.cancellation_id]
    document = {
        **show_cancellation(found),
        "order_status": order.status,
        "obligations": [one for one in owed if one["kind"] != "notice"],
    }
    if found.state is CancellationState.RESTORED:
        document["not_restored"] = _not_restored(verdict)
    return json_answer(200, document, (("ETag", etag(order)),))


def _not_restored(verdict: Done) -> list[str]:
    told = [event.data.get("not_restored", "") for event in verdict.events]
    return [obligation_id for text in told for obligation_id in text.split()]


# --------------------------------------------------------------------------------------------------------- obligations


def decoder_of(how: Closing) -> Callable[[WireRequest, Caller], Ask]:
    """The decoder of `POST .../obligations/{obligation}:verb`."""

    def decode(wire: WireRequest, caller: Caller) -> Ask:
        given = body_of(wire, Waiver if how is Closing.WAIVE else Decision)
        wanted, versions = wire.params["obligation"], versions_of(wire)
        close = Close(obligation_id=wanted, how=how, by=given.by, because=given.reason, executed_by=caller.key_id)

        def plan(held: Held) -> Plan | Refused:
            if held.order is None:
                return Refused(refusal=Refusal.UNKNOWN_ORDER)
            if (refused := stale(held, versions)) is not None:
                return refused
            found = next((one for one in held.obligations if one.obligation_id == wanted), None)
            if found is not None and _is_so(found, how):
                return Plan(note=found)
            return Plan(commands=(close,), note=found)

        key = address(caller, wire.params["order"])
        return Ask(order=key, plan=plan, history=True, claim=claim_if_given(wire, caller))

    return decode


def _is_so(found: Obligation, how: Closing) -> bool:
    ends = {Closing.SETTLE: ObligationState.SETTLED, Closing.WAIVE: ObligationState.WAIVED}
    return found.state is ends.get(how)


def encode_obligation(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    found = verdict.changed[0] if verdict.changed else verdict.note
    assert isinstance(found, Obligation)
    return json_answer(200, show_obligation(found))
