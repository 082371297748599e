"""Any sequence of partial cancels adds up to exactly one whole: money, tax, units, stock. And events rebuild the row."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from countermand.engine import Around, decide, evolve
from countermand.engine.tenders import refundable_minor, voidable_minor
from countermand.model.command import (
    Amend,
    Answer,
    Cancel,
    Charges,
    Close,
    Closing,
    Command,
    Deliver,
    Dismiss,
    DropLease,
    LiftHold,
    Move,
    PaymentStep,
    PutHold,
    Refund,
    Reopen,
    ReportPayment,
    Restore,
    Return,
    Selector,
    Ship,
    TakeLease,
)
from countermand.model.money import share_minor, spread_minor
from countermand.model.order import Line, Order, Payment, Portion, PortionState, Shipment
from countermand.model.outcome import Accepted, Refused
from countermand.model.policy import Approval, Fee, Policy
from tests.tables.orders import HOLD, LEASE, NOW, lifecycle, order

FLOW = lifecycle()
amounts = st.integers(-5_000, 1_000_000)
quantities = st.integers(1, 9_000)


@st.composite
def lines(draw: Any, line_id: str, charge: str = "") -> Line:
    milli = 1000 if charge else draw(quantities)
    price = draw(amounts)
    tax = draw(st.integers(min(0, price), max(0, price)))
    part = Portion(state=PortionState.OPEN, quantity_milli=milli, price_minor=price, tax_minor=tax)
    names = {"line_id": line_id, "sku": f"S{draw(st.integers(0, 2))}"}
    return Line(
        line_id=line_id,
        sku=names["sku"],
        portions=(part,),
        names=names,
        tax_rate_milli=draw(st.sampled_from([None, 9_000, 21_000])),
        reserved_milli=0 if charge else draw(st.integers(0, milli)),
        charge=charge,
    )


@st.composite
def orders(draw: Any) -> Order:
    goods = [draw(lines(f"l{index}")) for index in range(draw(st.integers(1, 4)))]
    if draw(st.booleans()):
        goods.append(draw(lines("shipping", "shipping")))
    placed = order(*goods)
    by_rate: dict[int, int] = {}
    for line in goods:
        if line.tax_rate_milli is not None:
            by_rate[line.tax_rate_milli] = by_rate.get(line.tax_rate_milli, 0) + line.portions[0].tax_minor
    taxes = tuple(replace(placed.taxes[0], rate_milli=rate, amount_minor=amount) for rate, amount in by_rate.items())
    return replace(placed, taxes=taxes, payments=draw(payments), sequence=0, version=1)


payments = st.lists(
    st.builds(
        lambda number, method, authorised, share: Payment(
            payment_id=f"p{number}", method=method, authorised_minor=authorised, captured_minor=authorised * share // 4
        ),
        st.integers(0, 2),
        st.sampled_from(["card", "points", "cash"]),
        st.integers(0, 1_000_000),
        st.integers(0, 4),
    ),
    max_size=3,
    unique_by=lambda payment: payment.payment_id,
).map(tuple)


def some(draw: Any, of: Order) -> tuple[Selector, ...] | None:
    """Part of what is open, or all of it."""
    opened = [line for line in of.lines if line.open]
    if not opened or draw(st.integers(0, 5)) == 0:
        return None
    line = draw(st.sampled_from(opened))
    milli = draw(st.integers(1, line.open.quantity_milli))
    return (Selector(names={"line_id": line.line_id}, quantity_milli=milli),)


class Sums:
    """What a sequence of cancels took off, added up."""

    def __init__(self) -> None:
        self.amount = 0
        self.taxes: dict[int, int] = {}
        self.released = 0

    def add(self, decided: Accepted) -> None:
        event = decided.events[-1]
        self.amount += event.amount_minor
        for tax in event.taxes:
            self.taxes[tax.rate_milli] = self.taxes.get(tax.rate_milli, 0) + tax.amount_minor
        self.released += sum(taking.released_milli for taking in event.takings)


def of_rates(of: Order) -> dict[int, int]:
    return {tax.rate_milli: tax.amount_minor for tax in of.taxes}


def same_basis(before: Order, after: Order) -> bool:
    """Whether each line still adds up to what was bought."""
    return all(
        (
            now.quantity_milli(),
            sum(part.price_minor for part in now.portions),
            sum(part.tax_minor for part in now.portions),
        )
        == (was.quantity_milli(), was.portions[0].price_minor, was.portions[0].tax_minor)
        for now, was in zip(after.lines, before.lines, strict=True)
    )


@settings(max_examples=150, deadline=None)
@given(placed=orders(), data=st.data())
def test_partial_cancels_in_any_order_and_size_add_up_to_the_whole(placed, data):
    """Complaints 8, 9, 10 and 20: prices, discounts, taxes and charges are shares of what was stored at placement."""
    after, sums, pieces = placed, Sums(), 0
    while after.status != "cancelled":
        pieces += 1
        selectors = some(data.draw, after) if pieces < 40 else None
        decided = decide(after, Cancel(cancellation_id="c", selectors=selectors), FLOW, NOW)
        assert isinstance(decided, Accepted), decided
        sums.add(decided)
        after = decided.order
        assert same_basis(placed, after)
    assert (sums.amount, after.total_minor) == (placed.total_minor, 0)
    assert {rate: sums.taxes.get(rate, 0) for rate in of_rates(placed)} == of_rates(placed)
    assert set(of_rates(after).values()) <= {0}
    assert sums.released == sum(line.reserved_milli for line in placed.lines)
    assert all(line.reserved_milli == 0 for line in after.lines)


@given(amount=st.integers(-(10**9), 10**9), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_shares_add_up_to_the_amount(amount, weights):
    shares = spread_minor(amount, tuple(weights))
    assert sum(shares) == amount
    if sum(weights):
        assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)
        assert all((share <= 0) if amount < 0 else (share >= 0) for share in shares)


@given(amount=st.integers(-(10**9), 10**9), part=st.integers(0, 10**6), rest=st.integers(0, 10**6))
def test_a_share_mirrors_its_credit(amount, part, rest):
    whole = part + rest or 1
    part = min(part, whole)
    assert share_minor(-amount, part, whole) == -share_minor(amount, part, whole)


# --------------------------------------------------------------------------------------------------- anything at all

SHIPMENT = Shipment(shipment_id="s1", carrier="post")


def anything(draw: Any, of: Order) -> Command:
    """Any command, sensible or not."""
    selectors = some(draw, of)
    silly = (Selector(names={"sku": "S1"}, quantity_milli=draw(st.one_of(st.none(), st.integers(1, 20_000)))),)
    chosen = draw(st.sampled_from([selectors, selectors, silly, None]))
    amount = draw(st.integers(1, 50_000))
    found: Command = draw(
        st.sampled_from(
            [
                Cancel(cancellation_id=f"c{of.sequence}", selectors=chosen, refund=draw(st.sampled_from(Refund))),
                Cancel(cancellation_id=f"c{of.sequence}", charges=draw(st.sampled_from(Charges)), restock=False),
                Cancel(cancellation_id=f"c{of.sequence}", waits=True, effective_at=NOW + timedelta(hours=1)),
                Cancel(cancellation_id=of.pending or "x", agreed_by="boss", waits=True),
                Ship(shipment=SHIPMENT, selectors=chosen),
                Ship(shipment=SHIPMENT, selectors=chosen, happened=True),
                Deliver(selectors=chosen),
                Return(selectors=chosen),
                Reopen(shipment_id="s1"),
                Move(action=draw(st.sampled_from(["close", "void", "fly"])), cancellation_id="m"),
                Amend(facts=b'{"x":1}'),
                PutHold(hold=HOLD),
                LiftHold(hold_id="h1"),
                TakeLease(lease=LEASE),
                DropLease(lease_id="l1"),
                ReportPayment(
                    payment_id=f"p{draw(st.integers(0, 2))}",
                    step=draw(st.sampled_from(PaymentStep)),
                    amount_minor=amount,
                ),
                Close(obligation_id="o0", how=draw(st.sampled_from(Closing)), by="me"),
                Dismiss(cancellation_id=of.pending or "x", how=draw(st.sampled_from(Answer)), by="me"),
                Restore(cancellation_id=draw(st.sampled_from(["c0", "c1", "c2", "x"])), by="me", in_part=True),
            ]
        )
    )
    return found


POLICY = st.sampled_from(
    [None, Policy(approval=Approval(above_minor=100)), Policy(fees=(Fee(percent_milli=10_000, fixed_minor=5),))]
)


@settings(max_examples=200, deadline=None)
@given(placed=orders(), data=st.data(), policy=POLICY)
def test_every_command_has_an_answer_and_its_events_rebuild_the_row(placed, data, policy):
    row = rebuilt = placed
    cancellations: tuple[Any, ...] = ()
    for _ in range(12):
        command = anything(data.draw, row)
        decided = decide(row, command, FLOW, NOW, around=Around(policy=policy, cancellations=cancellations))
        if isinstance(decided, Refused):
            assert decided.order is row
            continue
        for number, event in enumerate(decided.events, start=row.sequence + 1):
            assert event.sequence == number
            rebuilt = evolve(rebuilt, event)
        row = decided.order
        assert rebuilt == row
        if decided.cancellation:
            cancellations = (*cancellations, decided.cancellation)
        known = {one.cancellation_id: one for one in cancellations}
        known |= {one.cancellation_id: one for one in decided.cancellations}
        cancellations = tuple(known.values())
        for line, before in zip(row.lines, placed.lines, strict=True):
            assert line.quantity_milli() == before.quantity_milli()
            assert 0 <= line.reserved_milli <= before.quantity_milli()
            assert sum(part.price_minor for part in line.portions) == before.portions[0].price_minor
        assert sum(event.type in {"order.cancelled", "order.lines_cancelled"} for event in decided.events) <= 1


@settings(max_examples=150, deadline=None)
@given(placed=orders(), data=st.data())
def test_nothing_is_promised_twice(placed, data):
    """Complaints 1, 2 and 3 in the pure part: what all cancels together promise is never more than was paid."""
    row, promised = placed, 0
    there = sum(voidable_minor(payment) + refundable_minor(payment) for payment in placed.payments)
    for _ in range(10):
        decided = decide(row, Cancel(cancellation_id="c", selectors=some(data.draw, row)), FLOW, NOW)
        if isinstance(decided, Refused):
            break
        row = decided.order
        promised += sum(owed.amount_minor for owed in decided.owed)
        left = sum(voidable_minor(payment) + refundable_minor(payment) for payment in row.payments)
        assert promised + left == there
        assert left >= 0
