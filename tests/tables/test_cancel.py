"""May it be cancelled? One row per case; the first thing that stands in the way is the answer."""

from typing import Any

import pytest

from countermand.engine import Around, decide
from countermand.model.lifecycle import Repeat
from countermand.model.outcome import Accepted, CancellationState, Cause, Refusal, Refused
from tests.tables.orders import COMMANDS, LEASE, NOW, OPEN, ORDERS, POLICIES, lifecycle

TABLE = """
    # order      command       lifecycle    refusal
    none         old_version   strict       UNKNOWN_ORDER
    cancelled    old_version   strict       VERSION_MISMATCH
    cancelled    line_z        strict       ALREADY_CANCELLED
    closed       line_z        strict       STATUS_FORBIDS
    part         line_z        whole_only   UNITS_ALREADY_SHIPPED
    open         line_z        strict       UNKNOWN_LINE
    part         line_b        strict       LINE_CLOSED
    twins        one_of_s      strict       AMBIGUOUS_LINE
    open         nine_of_a     strict       QUANTITY_TOO_LARGE
    shipped      too_dear      strict       NOTHING_OPEN
    open         too_dear      strict       AMOUNT_IMPOSSIBLE
    open         whole         strict       granted
    open         whole         whole_only   granted
    open         this_version  strict       granted
    open         line_a        strict       granted
    part         whole         strict       granted
    cancelled    whole         lenient      unchanged
    held         whole         strict       granted
"""

#: What no order and no cancel can be refused for by `decide`: the desk's, `Place`'s and the vendors' own.
ELSEWHERE = {Refusal.KEY_REUSED, Refusal.ALREADY_EXISTS, Refusal.VENDOR_RULE}

CAUSES = """
    # order          command       policy          cause
    pending_leased   whole         none_at_all     CANCELLATION_PENDING
    leased           waiting       if_match        IF_MATCH_REQUIRED
    leased           whole         none_at_all     POLICY_FORBIDS
    leased           whole         59_minutes      WINDOW_CLOSED
    leased           whole         approval        FULFILMENT_CLAIMED
    open             whole         approval        APPROVAL_REQUIRED
    open             later         -               scheduled
    open             whole         an_hour         granted
    open             waiting       approval        requested
    open             waiting       approval_dear   granted
    open             waiting       cooling         granted
    open             agreed        approval        granted
    open             agreed        59_minutes      granted
    pending          same_pending  -               granted
    leased_b         line_a        -               granted
    leased_b         line_b        -               FULFILMENT_CLAIMED
    lease_over       whole         -               granted
    open             this_version  if_match        granted
"""

LIFECYCLES = {
    "strict": lifecycle(),
    "whole_only": lifecycle(whole_only=True),
    "lenient": lifecycle(repeat=Repeat.SAME_ANSWER),
}


def rows(table: str) -> list[tuple[str, ...]]:
    return [tuple(row.split()) for row in table.strip().splitlines() if not row.strip().startswith("#")]


def outcome(decided: Accepted | Refused) -> str:
    if isinstance(decided, Refused):
        return (decided.cause or decided.refusal).value
    if decided.cancellation is not None and decided.cancellation.state.pending:
        return decided.cancellation.state.value
    return "granted" if decided.events else "unchanged"


@pytest.mark.parametrize(("order", "command", "kind", "expected"), rows(TABLE))
def test_the_first_thing_that_stands_in_the_way_is_the_answer(order, command, kind, expected):
    decided = decide(ORDERS[order], COMMANDS[command], LIFECYCLES[kind], NOW)
    assert outcome(decided) == expected


def test_the_table_covers_every_refusal_in_its_declared_order():
    seen = [row[3] for row in rows(TABLE) if row[3] not in {"granted", "unchanged"}]
    assert seen == [refusal.value for refusal in Refusal if refusal not in ELSEWHERE]


@pytest.mark.parametrize(("order", "command", "policy", "expected"), rows(CAUSES))
def test_what_restrains_a_cancel_has_a_name(order, command, policy, expected):
    decided = decide(
        ORDERS[order], COMMANDS[command], LIFECYCLES["strict"], NOW, around=Around(policy=POLICIES[policy])
    )
    assert outcome(decided) == expected
    if isinstance(decided, Refused):
        assert decided.refusal is Refusal.STATUS_FORBIDS


def test_a_lease_says_when_it_ends():
    decided: Any = decide(ORDERS["leased"], COMMANDS["whole"], LIFECYCLES["strict"], NOW)
    assert decided.retry_at == LEASE.expires_at
    assert decided.blocked_by == ("l1", "a", "b")


def test_the_restraints_stand_in_their_declared_order():
    """Those that can stand in the way of one cancel; the others belong to calls of their own."""
    seen = list(dict.fromkeys(row[3] for row in rows(CAUSES)[:6]))
    declared = [cause.value for cause in Cause]
    restraints = [
        *("CANCELLATION_PENDING", "POLICY_FORBIDS", "WINDOW_CLOSED", "FULFILMENT_CLAIMED", "APPROVAL_REQUIRED")
    ]
    assert [cause for cause in declared if cause in restraints] == restraints
    assert set(seen) == {*restraints, "IF_MATCH_REQUIRED"}


def test_a_pending_cancel_changes_nothing_but_that_it_is_pending():
    decided: Any = decide(
        ORDERS["open"], COMMANDS["waiting"], LIFECYCLES["strict"], NOW, around=Around(policy=POLICIES["approval"])
    )
    assert decided.order.lines == OPEN.lines
    assert decided.order.pending == decided.cancellation.cancellation_id
    assert decided.cancellation.state is CancellationState.REQUESTED
    assert decided.owed == ()
