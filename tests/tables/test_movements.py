"""Units that move and come back."""

import pytest
from msgspec.structs import replace

from countermand.engine import decide
from countermand.model.command import Move, Reopen
from countermand.model.order import Payment, PortionState
from countermand.model.outcome import Accepted, CancellationState
from tests.tables.orders import NOW, lifecycle, line, order, portion


def test_every_portion_of_a_shipment_that_is_called_off_is_opened_again_and_reserved_once():
    parts = [replace(portion(PortionState.SHIPPED, 1, price), shipment_id="s1") for price in (10, 10, 20)]
    placed = order(line("a", *parts), status="shipped")
    decided = decide(placed, Reopen(shipment_id="s1"), lifecycle(), NOW)
    assert isinstance(decided, Accepted)
    (after,) = decided.order.lines
    assert after.portions == (portion(PortionState.OPEN, 3, 40),)
    assert (after.reserved_milli, decided.order.status) == (3000, "open")
    again = decide(decided.order, Reopen(shipment_id="s1"), lifecycle(), NOW)
    assert not isinstance(again, Accepted)


@pytest.mark.parametrize(
    ("said", "reason", "note"), [("fraud", "fraud", "fraud"), ("we closed", "other", "we closed"), ("", "other", "")]
)
def test_a_move_into_a_cancelled_status_owes_what_any_cancel_owes(said, reason, note):
    paid = Payment(payment_id="p", authorised_minor=30, captured_minor=30)
    placed = order(line("a", portion(PortionState.OPEN, 3, 30)), payments=(paid,))
    decided = decide(placed, Move(action="void", reason=said, cancellation_id="c1", by="k"), lifecycle(), NOW)
    assert isinstance(decided, Accepted)
    assert decided.cancellation is not None
    assert (decided.cancellation.state, decided.cancellation.reason) == (CancellationState.ACCEPTED, reason)
    assert (decided.cancellation.note, decided.cancellation.executed_by) == (note, "k")
    assert [(owed.kind, owed.amount_minor) for owed in decided.owed] == [("refund", 30)]
    assert decided.order.payments[0].refunding_minor == 30


def test_a_vendors_own_move_leaves_no_cancellation_of_ours():
    placed = order(line("a", portion(PortionState.OPEN, 3, 30)))
    decided = decide(placed, Move(action="void"), lifecycle(), NOW)
    assert isinstance(decided, Accepted)
    assert (decided.order.status, decided.cancellation, decided.owed) == ("cancelled", None, ())
