"""Of an order paid in part, a cancel takes what nobody has paid yet first; all together they give back what was paid."""

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from countermand.engine import Around, decide
from countermand.engine.tenders import MONEY
from countermand.model.command import Cancel, Selector
from countermand.model.obligation import Owed
from countermand.model.order import Order, Payment, PortionState
from countermand.model.outcome import Accepted
from countermand.model.policy import Fee, Policy
from tests.tables.orders import NOW, lifecycle, line, order, portion

FLOW = lifecycle()


def placed(*payments: Payment) -> Order:
    """Ten units of 10.00 each."""
    ten = order(line("a", portion(PortionState.OPEN, 10, 10_000)), payments=payments)
    return replace(ten, total_minor=10_000, taxes=())


def cancelled(before: Order, units: int, policy: Policy | None = None) -> tuple[Order, tuple[Owed, ...]]:
    some = (Selector(names={"line_id": "a"}, quantity_milli=units * 1000),)
    command = Cancel(cancellation_id=f"c{before.sequence}", selectors=some)
    decided = decide(before, command, FLOW, NOW, around=Around(policy=policy))
    assert isinstance(decided, Accepted)
    return decided.order, tuple(one for one in decided.owed if one.kind in MONEY)


EXAMPLES = """
    # captured authorised refunded  cancelled units, one cancel after the other: what each gives back
    10000      10000      0         5: 5000   5: 5000
    4000       4000       0         5: 0      1: 0     4: 4000
    6000       6000       0         5: 1000   5: 5000
    0          4000       0         5: 0      5: 4000
    2000       6000       0         5: 1000   5: 5000
    0          0          0         5: 0      5: 0
    12000      12000      0         5: 5000   5: 5000
    10000      10000      1000      5: 5000   5: 4000
"""


@pytest.mark.parametrize("row", [row for row in EXAMPLES.strip().splitlines() if "#" not in row])
def test_what_nobody_has_paid_yet_goes_first(row: str):
    captured, authorised, refunded, *steps = row.replace(": ", ":").split()
    paid = Payment(
        payment_id="p", captured_minor=int(captured), authorised_minor=int(authorised), refunded_minor=int(refunded)
    )
    now = placed(paid)
    for step in steps:
        units, expected = map(int, step.split(":"))
        now, owed = cancelled(now, units)
        assert sum(one.amount_minor for one in owed) == expected, step


def test_a_fee_is_kept_of_a_deposit():
    deposit = Payment(payment_id="p", captured_minor=4_000, authorised_minor=4_000)
    _, owed = cancelled(placed(deposit), 10, Policy(fees=(Fee(fixed_minor=700),)))
    assert [one.amount_minor for one in owed] == [3_300]


@given(
    tenders=st.lists(st.tuples(st.integers(0, 8_000), st.integers(0, 8_000)), max_size=3),
    steps=st.lists(st.integers(1, 9), min_size=1, max_size=9),
)
def test_all_cancels_together_give_back_what_was_paid_and_never_what_the_rest_still_costs(tenders, steps):
    payments = tuple(
        Payment(payment_id=f"p{at}", captured_minor=min(pair), authorised_minor=max(pair))
        for at, pair in enumerate(tenders)
    )
    paid = sum(one.authorised_minor for one in payments)
    now, back, left = placed(*payments), 0, 10
    for units in [*steps, 10]:
        taken = min(units, left)
        if taken:
            now, owed = cancelled(now, taken)
            back, left = back + sum(one.amount_minor for one in owed), left - taken
            assert paid - back >= min(paid, now.total_minor), "money of what is still to be paid went back"
    assert back == min(paid, 10_000)
