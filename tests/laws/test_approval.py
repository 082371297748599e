"""However a cancel is cut up: without anybody's agreement less of an order is cancelled than the policy says."""

from typing import Any

from hypothesis import given, settings, strategies as st

from countermand.engine import Around, decide
from countermand.model.command import Cancel, Charges, Restore, Selector
from countermand.model.order import Order, PortionState
from countermand.model.outcome import Accepted, Cancellation, CancellationState
from countermand.model.policy import Approval, Policy
from tests.tables.orders import NOW, lifecycle, line, order, portion

FLOW = lifecycle()
ABOVE = 1_000
POLICY = Policy(approval=Approval(above_minor=ABOVE))


def gone(row: Order) -> int:
    parts = [part for one in row.lines for part in one.portions if part.state is PortionState.CANCELLED]
    return sum(part.price_minor for part in parts)


@st.composite
def cuts(draw: Any) -> tuple[Order, list[tuple[str, int]]]:
    """An order, and pieces of its lines in any order and number; 0 is everything that is open of the line."""
    lines = [line(f"l{at}", portion(PortionState.OPEN, 4, draw(st.integers(0, 1_500)))) for at in range(3)]
    names = st.sampled_from([one.line_id for one in lines])
    return order(*lines), draw(st.lists(st.tuples(names, st.sampled_from([0, 500, 1_000, 2_000])), max_size=12))


@settings(max_examples=200, deadline=None)
@given(cut=cuts(), restored=st.booleans())
def test_small_cancels_together_stay_below_what_needs_approval(
    cut: tuple[Order, list[tuple[str, int]]], *, restored: bool
):
    row, pieces = cut
    past: list[Cancellation] = []
    for number, (name, milli) in enumerate(pieces):
        before = row
        some = Selector(names={"line_id": name}, quantity_milli=milli or None)
        command = Cancel(cancellation_id=f"c{number}", selectors=(some,), charges=Charges.KEEP, waits=True)
        decided = decide(row, command, FLOW, NOW, around=Around(policy=POLICY, cancellations=tuple(past)))
        if not isinstance(decided, Accepted) or decided.cancellation is None:
            continue
        if decided.cancellation.state is CancellationState.REQUESTED:
            assert gone(before) + decided.cancellation.amount_minor >= ABOVE
            continue
        row = decided.order
        past.append(decided.cancellation)
        assert gone(row) < ABOVE
        if restored:
            undone = decide(
                row, Restore(cancellation_id=f"c{number}", by="me"), FLOW, NOW, around=Around(cancellations=tuple(past))
            )
            assert isinstance(undone, Accepted)
            row = undone.order
            assert gone(row) == gone(before)
