"""Units that move and come back."""

from msgspec.structs import replace

from countermand.engine import decide
from countermand.model.command import Reopen
from countermand.model.order import PortionState
from countermand.model.outcome import Accepted
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
