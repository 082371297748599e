"""Whatever amounts were stated before: an order of which nothing is left costs nothing, and no total falls below zero."""

from typing import Any

from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from countermand.engine import Around, decide, evolve
from countermand.model.command import Amount, Cancel, Charges, Command, Restore, Return, Selector, Ship
from countermand.model.order import Order, PortionState, Shipment, TaxTotal
from countermand.model.outcome import Accepted, Cancellation
from countermand.model.policy import Fee, Policy
from tests.tables.orders import NOW, lifecycle, line, order, portion

FLOW = lifecycle()
RATES = (9_000, 21_000)
SENT = Shipment(shipment_id="s")
FEE = Policy(fees=(Fee(fixed_minor=70),))
minor = st.integers(0, 100_000)


@st.composite
def orders(draw: Any) -> Order:
    """Lines of any price, and totals that were stated without looking at them."""
    lines = []
    for index in range(draw(st.integers(1, 3))):
        price = draw(minor)
        made = line(f"l{index}", portion(PortionState.OPEN, 3, price, draw(st.integers(0, price))))
        lines.append(replace(made, tax_rate_milli=draw(st.sampled_from([None, *RATES]))))
    if draw(st.booleans()):
        lines.append(line("shipping", portion(PortionState.OPEN, 1, 500, 80), charge="shipping"))
    rates = draw(st.sampled_from([(), RATES]))
    taxes = tuple(TaxTotal(rate_milli=rate, amount_minor=draw(minor)) for rate in rates)
    return replace(order(*lines), total_minor=draw(minor), taxes=taxes)


def something(draw: Any, of: Order) -> Command:
    """Part of it or all of it goes, at its worth or at a stated amount."""
    names = {"line_id": draw(st.sampled_from(of.lines)).line_id}
    some = (Selector(names=names, quantity_milli=draw(st.sampled_from([None, 500, 1000]))),)
    selectors = draw(st.sampled_from([some, some, None]))
    stated = Amount(price_minor=draw(minor), currency="EUR")
    amount = draw(st.sampled_from([None, stated]))
    asked: list[Command] = [
        Cancel(cancellation_id=f"c{of.sequence}", selectors=selectors, amount=amount),
        Ship(shipment=SENT, selectors=some),
        Return(selectors=selectors, amount=amount),
        Return(selectors=(), amount=stated),
        Restore(cancellation_id=f"c{of.sequence - 1}", by="me", in_part=True),
    ]
    chosen: int = draw(st.integers(0, len(asked) - 1))
    return asked[chosen]


def everything_goes(row: Order) -> list[Command]:
    return [
        Cancel(cancellation_id="last", charges=Charges.CANCEL),
        Return(selectors=None),
        *(Return(selectors=(Selector(names={"line_id": one.line_id}),)) for one in row.lines if one.charge),
    ]


class Row:
    """An order, and the same rebuilt from its events."""

    def __init__(self, placed: Order, policy: Policy | None) -> None:
        self.order = self.rebuilt = placed
        self.policy = policy
        self.past: tuple[Cancellation, ...] = ()

    def live(self) -> bool:
        return bool(self.order.quantity_milli(PortionState.OPEN, PortionState.SHIPPED))

    def decide(self, command: Command) -> None:
        around = Around(policy=self.policy, cancellations=self.past)
        decided = decide(self.order, command, FLOW, NOW, around=around)
        if not isinstance(decided, Accepted):
            return
        for event in decided.events:
            self.rebuilt = evolve(self.rebuilt, event)
        self.order = decided.order
        assert self.rebuilt == self.order
        known = {one.cancellation_id: one for one in (*self.past, *decided.cancellations)}
        if decided.cancellation:
            known[decided.cancellation.cancellation_id] = decided.cancellation
        self.past = tuple(known.values())
        assert self.order.total_minor >= self.order.kept_minor >= 0
        assert min((tax.amount_minor for tax in self.order.taxes), default=0) >= 0


@settings(max_examples=200, deadline=None)
@given(placed=orders(), data=st.data(), policy=st.sampled_from([None, FEE]))
def test_nothing_is_left_of_the_totals_when_nothing_is_left_of_the_order(placed, data, policy):
    row = Row(placed, policy)
    for _ in range(data.draw(st.integers(0, 5))):
        row.decide(something(data.draw, row.order))
    if not row.live():
        return
    for command in everything_goes(row.order):
        row.decide(command)
    if not row.live():
        assert row.order.total_minor == row.order.kept_minor
        assert {tax.amount_minor for tax in row.order.taxes} <= {0}


@given(placed=orders())
def test_a_whole_cancel_ends_at_zero_whatever_the_total_was(placed):
    row = Row(placed, None)
    row.decide(Cancel(cancellation_id="c", charges=Charges.CANCEL))
    assert (row.order.status, row.order.total_minor) == ("cancelled", 0)


def test_a_fee_that_was_kept_is_not_given_back_with_the_last_units():
    placed = order(line("a", portion(PortionState.OPEN, 2, 1000)), line("b", portion(PortionState.OPEN, 1, 500)))
    row = Row(placed, FEE)
    row.decide(Cancel(cancellation_id="c1", selectors=(Selector(names={"line_id": "a"}),)))
    row.decide(Cancel(cancellation_id="c2"))
    assert [one.amount_minor for one in row.past] == [930, 430]
    assert row.order.total_minor == row.order.kept_minor == 140
    row.decide(Restore(cancellation_id="c2", by="me"))
    assert (row.order.total_minor, row.order.kept_minor) == (570, 70)
