"""What a tenant allows, by dialect: read, change, and who changed what when."""

from typing import Final

import msgspec
from msgspec.structs import replace

from countermand.dialects import catalog
from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.native.problems import encode_refusal
from countermand.dialects.native.requesting import body_of, claim_if_given, leafed, listing_of, versions_of, wrong
from countermand.dialects.native.types import NewPolicy
from countermand.dialects.wire import json_answer, milli_of, to_facts, unmilli
from countermand.model.keys import RecordKey
from countermand.model.outcome import Refusal, Refused, Verdict
from countermand.model.policy import Approval, Fee, OnTimeout, Policy
from countermand.model.query import Found, GetRecord, ListRecords, Page, Query
from countermand.model.record import Record

#: The record that holds a policy, and those that say who changed it.
KIND: Final = "policy"
EVENT: Final = "policy_event"

_decode: Final = msgspec.json.Decoder(Policy).decode


def key_of(caller: Caller, dialect: str) -> RecordKey:
    return RecordKey(caller.tenant, "native", KIND, dialect)


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetRecord(key=key_of(caller, _dialect(wire))),)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    """A dialect for which nothing was set has the policy without rules, at version 0."""
    (record,) = found
    dialect = wire.params["dialect"]
    if not isinstance(record, Record):
        return json_answer(200, show(dialect, Policy(), 0), (("ETag", '"0"'),))
    return json_answer(200, show(dialect, _decode(record.body), record.version), (("ETag", f'"{record.version}"'),))


def decode_put(wire: WireRequest, caller: Caller) -> Ask:
    given, dialect = body_of(wire, NewPolicy), _dialect(wire)
    policy = policy_of(given, dialect)
    key, versions = key_of(caller, dialect), versions_of(wire)

    def plan(held: Held) -> Plan | Refused:
        before = held.records.get(key)
        there = before.version if before else 0
        if versions is not None and there not in versions:
            note = {"allowed_actions": ["getPolicy"], "version": there}
            return Refused(refusal=Refusal.VERSION_MISMATCH, detail="the policy has changed", note=note)
        known = _decode(before.body) if before else Policy()
        after = Record(
            tenant=key.tenant,
            dialect=key.dialect,
            kind=KIND,
            record_id=dialect,
            created_at=before.created_at if before else held.now,
            updated_at=held.now,
            body=msgspec.json.encode(policy),
        )
        change = {"type": "policy.changed", "sequence": there + 1, "at": held.now, "author": given.author}
        change |= {"key": caller.key_id, "before": rules(known), "after": rules(policy)}
        event = Record(
            tenant=key.tenant,
            dialect=key.dialect,
            kind=EVENT,
            record_id=held.new_id(),
            created_at=held.now,
            updated_at=held.now,
            facets={"dialect": dialect},
            body=to_facts(change),
        )
        return Plan(records=(after, event))

    return Ask(records=(key,), plan=plan, claim=claim_if_given(wire, caller))


def encode_put(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return encode_refusal(verdict, wire)
    record = verdict.records[0]
    tag = (("ETag", f'"{record.version}"'),)
    return json_answer(200, show(wire.params["dialect"], _decode(record.body), record.version), tag)


def decode_events(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    listing = replace(listing_of(wire, sort="created_at"), facets={"dialect": _dialect(wire)})
    return (ListRecords(tenant=caller.tenant, dialect="native", kind=EVENT, listing=listing),)


def encode_events(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    (page,) = found
    assert isinstance(page, Page)
    shown = [(item.record_id, msgspec.Raw(item.body)) for item in page.items if isinstance(item, Record)]
    document, headers = leafed(wire, shown, more=page.more)
    return json_answer(200, document, headers)


def _dialect(wire: WireRequest) -> str:
    name = wire.params["dialect"]
    if name not in catalog.load():
        raise wrong("dialect", f"must be one of: {', '.join(catalog.load())}")
    return name


# ---------------------------------------------------------------------------------------------------------- both ways


def policy_of(given: NewPolicy, dialect: str) -> Policy:
    """The policy that these members describe.

    Raises CallerFault for rules that contradict each other, and for a status that no lifecycle of the dialect has: a misspelt
    one would forbid every cancel.
    """
    known = frozenset[str]().union(*(one.statuses for one in catalog.load()[dialect].lifecycles.values()))
    for at, status in enumerate(given.cancellable or ()):
        if status not in known:
            raise wrong(f"/cancellable/{at}", f"{status!r} is none of: {', '.join(sorted(known))}")
    starts = [fee.after_seconds for fee in given.fees]
    if len(set(starts)) != len(starts):
        raise wrong("/fees", "two of them begin at the same time")
    if given.window_seconds is not None and given.cooling_off_seconds > given.window_seconds:
        raise wrong("/cooling_off_seconds", "is longer than the window in which may be cancelled at all")
    approval = given.approval
    return Policy(
        cancellable=None if given.cancellable is None else frozenset(given.cancellable),
        window_s=given.window_seconds,
        cooling_off_s=given.cooling_off_seconds,
        fees=tuple(
            Fee(after_s=fee.after_seconds, percent_milli=milli_of(fee.percent) or 0, fixed_minor=fee.fixed)
            for fee in given.fees
        ),
        approval=None
        if approval is None
        else Approval(
            above_minor=approval.above,
            timeout_s=approval.timeout_seconds,
            on_timeout=OnTimeout(approval.on_timeout),
            four_eyes=approval.four_eyes,
        ),
        undo_window_s=given.undo_window_seconds,
        unpaid_expiry_s=given.unpaid_expiry_seconds,
        if_match_required=given.if_match_required,
        ask_fulfilment=given.ask_fulfilment,
    )


def show(dialect: str, policy: Policy, version: int) -> dict[str, object]:
    return {"dialect": dialect, "version": version, **rules(policy)}


def rules(policy: Policy) -> dict[str, object]:
    approval = policy.approval
    return {
        "cancellable": None if policy.cancellable is None else sorted(policy.cancellable),
        "window_seconds": policy.window_s,
        "cooling_off_seconds": policy.cooling_off_s,
        "fees": [
            {"after_seconds": fee.after_s, "percent": unmilli(fee.percent_milli), "fixed": fee.fixed_minor}
            for fee in policy.fees
        ],
        "approval": None
        if approval is None
        else {
            "above": approval.above_minor,
            "timeout_seconds": approval.timeout_s,
            "on_timeout": approval.on_timeout,
            "four_eyes": approval.four_eyes,
        },
        "undo_window_seconds": policy.undo_window_s,
        "unpaid_expiry_seconds": policy.unpaid_expiry_s,
        "if_match_required": policy.if_match_required,
        "ask_fulfilment": policy.ask_fulfilment,
    }
