"""What becomes of obligations: how often they are tried, when they are over, and what that does to money and cancellation."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from countermand.engine import Around, decide
from countermand.engine.settlement import WAITS_S, next_try
from countermand.model.command import Cancel, Close, Closing, PaymentStep, ReportPayment
from countermand.model.obligation import Obligation, ObligationState
from countermand.model.order import Payment
from countermand.model.outcome import CancellationState
from countermand.service.judgement import obligation_of
from tests.tables.orders import NOW, OPEN, lifecycle, order

PAID = Payment(payment_id="p", method="card", authorised_minor=1499, captured_minor=1499)
FLOW = lifecycle()

ENDS = """
    # state     settle   fail     park     retry    waive
    open        settled  open     parked   open     waived
    parked      settled  open     parked   open     waived
    settled     no       no       no       no       no
    waived      no       no       no       no       no
    withdrawn   no       no       no       no       no
"""


def rows() -> list[tuple[str, Closing, str]]:
    found = []
    for row in ENDS.strip().splitlines()[1:]:
        state, *after = row.split()
        found += [(state, how, expected) for how, expected in zip(Closing, after, strict=True)]
    return found


def cancelled(*payments: Payment) -> tuple[Any, tuple[Obligation, ...]]:
    """The outcome of a whole cancel of an order with these payments, and what it owes."""
    placed = order(*OPEN.lines, payments=payments)
    decided: Any = decide(placed, Cancel(cancellation_id="c"), FLOW, NOW)
    numbered = enumerate(decided.owed)
    return decided, tuple(
        obligation_of(one, decided.order, decided.cancellation, obligation_id=f"o{at}", now=NOW) for at, one in numbered
    )


@pytest.mark.parametrize(("state", "how", "expected"), rows())
def test_each_end_has_its_state(state, how, expected):
    decided, (owed,) = cancelled(PAID)
    known = Obligation(
        **{name: getattr(owed, name) for name in owed.__struct_fields__ if name != "state"},
        state=ObligationState(state),
    )
    around = Around(cancellations=(decided.cancellation,), obligations=(known,))
    after: Any = decide(decided.order, Close(obligation_id="o0", how=how, by="Kim"), FLOW, NOW, around=around)
    assert ("no" if not hasattr(after, "obligations") else after.obligations[0].state.value) == expected


def test_the_last_end_completes_the_cancellation_and_moves_the_money():
    decided, (owed,) = cancelled(PAID)
    assert decided.cancellation.state is CancellationState.ACCEPTED
    assert decided.order.payments[0].refunding_minor == 1499
    around = Around(cancellations=(decided.cancellation,), obligations=(owed,))
    close = Close(obligation_id="o0", how=Closing.SETTLE, by="gateway")
    after: Any = decide(decided.order, close, FLOW, NOW, around=around)
    assert [event.type for event in after.events] == ["obligation.settled", "cancellation.completed"]
    assert after.cancellations[0].state is CancellationState.COMPLETED
    assert (after.order.payments[0].refunding_minor, after.order.payments[0].refunded_minor) == (0, 1499)


def test_a_waived_refund_leaves_the_money_where_it_is():
    decided, (owed,) = cancelled(PAID)
    around = Around(cancellations=(decided.cancellation,), obligations=(owed,))
    close = Close(obligation_id="o0", how=Closing.WAIVE, by="Kim", because="goodwill elsewhere")
    after: Any = decide(decided.order, close, FLOW, NOW, around=around)
    assert (after.order.payments[0].refunding_minor, after.order.payments[0].refunded_minor) == (0, 0)


def test_tries_are_spread_over_three_days_and_then_a_person_looks():
    assert next_try(1, NOW) == NOW + timedelta(seconds=5)
    assert timedelta(days=2) < timedelta(seconds=sum(WAITS_S)) < timedelta(days=4)
    assert next_try(len(WAITS_S) + 1, NOW) is None
    assert list(WAITS_S) == sorted(WAITS_S)


MONEY = """
    # authorised captured refunded   void refund
    1499         0        0          1499 0
    1499         1499     0          0    1499
    1499         1000     0          499  1000
    1499         1499     499        0    1000
    2000         0        0          1499 0
    500          500      0          0    500
    0            0        0          0    0
"""


@pytest.mark.parametrize("row", [tuple(map(int, row.split())) for row in MONEY.strip().splitlines()[1:]])
def test_void_first_then_refund_and_never_more_than_there_is(row):
    authorised, captured, refunded, void, refund = row
    payment = Payment(payment_id="p", authorised_minor=authorised, captured_minor=captured, refunded_minor=refunded)
    decided, _ = cancelled(payment)
    amounts = {owed.kind: owed.amount_minor for owed in decided.owed}
    assert (amounts.get("void", 0), amounts.get("refund", 0)) == (void, refund)


def owed_for_p(obligation_id: str, kind: str, amount_minor: int, **data: str) -> Obligation:
    """Money of the payment `p` that is promised back."""
    return Obligation(
        obligation_id=obligation_id,
        tenant="t",
        dialect="plain",
        order_id="o",
        kind=kind,
        type=f"payment.{kind}",
        created_at=NOW,
        data={"payment_id": "p", **data},
        amount_minor=amount_minor,
        cancellation_id="c0",
    )


def reported(payment: Payment, step: PaymentStep, amount_minor: int, owed: list[Obligation]) -> Any:
    """What becomes of an order with this payment, for which this is owed, when a step of the payment is reported."""
    report = ReportPayment(payment_id="p", step=step, amount_minor=amount_minor)
    around = Around(obligations=tuple(owed))
    return decide(order(*OPEN.lines, payments=(payment,)), report, FLOW, NOW, around=around)


VOIDED = """
    # authorised captured voiding reported   released refunded voiding conflict
    1499         0        0       1499       1499     0        0       none
    1499         0        500     1499       1499     0        0       none
    1499         0        500     600        600      0        500     none
    1499         1000     0       499        499      0        0       none
    1499         1499     0       1499       0        1499     0       refunded_elsewhere
    1499         1000     499     1499       499      1000     0       refunded_elsewhere
    1499         0        1499    500        500      0        999     none
    1499         0        1000    600        600      0        899     none
"""


@pytest.mark.parametrize("row", [row.split() for row in VOIDED.strip().splitlines()[1:]])
def test_a_void_that_nobody_owed_just_so_releases_what_there_is_and_ends_what_it_leaves_nothing_for(row):
    authorised, captured, voiding, told, *expected = row
    payment = Payment(payment_id="p", authorised_minor=int(authorised), captured_minor=int(captured))
    payment = replace(payment, voiding_minor=int(voiding))
    mine = [owed_for_p("o0", "void", int(voiding))] if int(voiding) else []
    after = reported(payment, PaymentStep.VOIDED, int(told), mine)
    (now,) = after.order.payments
    conflicts = [one.kind.value for one in after.order.conflicts] or ["none"]
    assert [str(now.released_minor), str(now.refunded_minor), str(now.voiding_minor), *conflicts] == expected
    states = (
        []
        if now.voiding_minor == int(voiding)
        else [ObligationState.OPEN if now.voiding_minor else ObligationState.SETTLED]
    )
    assert [one.state for one in after.obligations] == states
    assert [one.amount_minor for one in after.obligations if not one.state.over] == [now.voiding_minor] * bool(
        states and now.voiding_minor
    )


CAPTURED = """
    # voids      captured   voiding refunding left
    1499         1499       0       1499      refund:1499
    1499         500        999     500       void:999,refund:500
    500,999      999        500     999       void:500,refund:999
    500,999      1200       299     1200      void:299,refund:999,refund:201
    499          1000       499     0         void:499
"""


@pytest.mark.parametrize("row", [row.split() for row in CAPTURED.strip().splitlines()[1:]])
def test_so_much_of_a_void_as_was_captured_becomes_a_refund(row):
    voids, captured, voiding, refunding, left = row
    amounts = [int(amount) for amount in voids.split(",")]
    payment = Payment(payment_id="p", authorised_minor=1499, voiding_minor=sum(amounts))
    known = [owed_for_p(f"o{at}", "void", amount, otherwise="refund") for at, amount in enumerate(amounts)]
    after = reported(payment, PaymentStep.CAPTURED, int(captured), known)
    (now,) = after.order.payments
    assert (now.voiding_minor, now.refunding_minor) == (int(voiding), int(refunding))
    changed = {one.obligation_id: one for one in after.obligations}
    last = [*(changed.get(one.obligation_id, one) for one in known), *after.owed]
    assert [f"{one.kind}:{one.amount_minor}" for one in last] == left.split(",")
    assert {one.cancellation_id for one in after.owed} <= {"c0"}


ELSEWHERE = """
    # captured refunds    reported   refunded promised left
    1499       1499       500        500      999      999
    1499       1499       1498       1498     1        1
    1499       1499       2000       2000     0        settled
    1499       1000,499   600        600      899      899,settled
    1499       1000       400        400      1000     1000
    1499       1000       499        499      1000     1000
    1499       500,500    1200       1200     299      299,settled
"""


@pytest.mark.parametrize("row", [row.split() for row in ELSEWHERE.strip().splitlines()[1:]])
def test_what_went_back_elsewhere_is_never_given_back_again(row):
    captured, refunds, told, refunded, promised, left = row
    owed = [int(amount) for amount in refunds.split(",")]
    payment = Payment(payment_id="p", authorised_minor=int(captured), captured_minor=int(captured))
    payment = replace(payment, refunding_minor=sum(owed))
    known = [owed_for_p(f"o{at}", "refund", amount) for at, amount in enumerate(owed)]
    after = reported(payment, PaymentStep.REFUNDED, int(told), known)
    (now,) = after.order.payments
    assert (now.refunded_minor, now.refunding_minor) == (int(refunded), int(promised))
    changed = {one.obligation_id: one for one in after.obligations}
    last = [changed.get(one.obligation_id, one) for one in known]
    assert [str(one.amount_minor) if one.state is ObligationState.OPEN else one.state for one in last] == left.split(
        ","
    )
    assert [one.kind.value for one in after.order.conflicts] == ["refunded_elsewhere"]


def test_a_capture_beyond_what_was_released_is_a_conflict_for_the_difference():
    released = Payment(payment_id="p", authorised_minor=1499, released_minor=1499, voided=True)
    report = ReportPayment(payment_id="p", step=PaymentStep.CAPTURED, amount_minor=600)
    after: Any = decide(order(*OPEN.lines, payments=(released,)), report, FLOW, NOW)
    assert [(one.kind.value, one.amount_minor) for one in after.order.conflicts] == [("captured_after_void", 600)]
    assert after.owed[0].amount_minor == 600
