"""What happens on the vendor's side of the counter has no call; an operator does it, through the same table."""

from datetime import timedelta

import pytest

from countermand.dialects.fastpod.lifecycle import MOVES, STATUSES, lifecycle
from countermand.dialects.fastpod.order import whole_order
from countermand.engine import decide
from countermand.model.command import Cancel, Command, Move, Ship
from countermand.model.order import Shipment
from countermand.model.outcome import Accepted
from tests.vendors.fastpod.ledger import NOW, SAMPLE, Ledger

ID = str(SAMPLE["id"])
LATER = NOW + timedelta(hours=1)
ACTIONS = sorted({action for _, action in MOVES})


def after(status: str, command: Command) -> dict[str, object] | None:
    """The order as it is shown after the command, or None when it is refused."""
    outcome = decide(Ledger({**SAMPLE, "order_status": status}).order(ID), command, lifecycle(), LATER)
    return whole_order(outcome.order) if isinstance(outcome, Accepted) else None


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_move_that_is_not_in_the_table_is_illegal(status, action):
    shown = after(status, Move(action=action))
    assert (shown["order_status"] if shown else None) == MOVES.get((status, action))


@pytest.mark.parametrize("status", ["new_order", "on_hold", "in_production"])
def test_a_rejected_order_says_when_and_is_not_cancelled(status):
    shown = after(status, Move(action="reject"))
    assert shown is not None
    assert shown["rejected_at"] == shown["updated_at"] == "2023-12-07T10:00:00.000000Z"
    assert (shown["cancelled_at"], shown["rejected_status"]) == (None, None)


def test_what_left_is_shipped_and_shows_its_tracking_number():
    shown = after("in_production", Ship(shipment=Shipment(shipment_id="s1", tracking="1Z")))
    assert shown is not None
    assert (shown["order_status"], shown["shipments"]) == ("shipped", ["1Z"])


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "in_production"])
def test_nothing_leaves_that_is_not_in_production(status):
    assert after(status, Ship(shipment=Shipment(shipment_id="s1"))) is None


def test_once_in_production_it_is_too_late_to_cancel():
    order = Ledger(SAMPLE).order(ID)
    moved = decide(order, Move(action="produce"), lifecycle(), LATER)
    assert isinstance(moved, Accepted)
    assert not isinstance(decide(moved.order, Cancel(cancellation_id="c"), lifecycle(), LATER), Accepted)
