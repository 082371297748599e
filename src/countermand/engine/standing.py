"""What the portions of an order say taken together, the status that follows, and the stage at which a cancel finds it."""

from datetime import datetime
from typing import Final

from countermand.model.lifecycle import Lifecycle, Standing
from countermand.model.order import Line, Order, PortionState
from countermand.model.outcome import Stage

#: Named once: looking a member up in its enumeration costs more than all else that is done with it on this path.
_ALL_CANCELLED: Final = Standing.CANCELLED
_ALL_OPEN: Final = Standing.OPEN
_OPEN: Final = PortionState.OPEN
_CANCELLED: Final = PortionState.CANCELLED


def standing_of(lines: tuple[Line, ...]) -> Standing:
    """The standing of an order with these lines; cancelled portions and charges are ignored. No lines: nothing has left."""
    states = [portion.state for line in lines if not line.charge for portion in line.portions]
    live = [state for state in states if state is not _CANCELLED]
    if not live:
        return _ALL_CANCELLED if states else _ALL_OPEN
    if _OPEN in live:
        return _ALL_OPEN if all(state is _OPEN for state in live) else Standing.PART_SHIPPED
    if PortionState.SHIPPED in live:
        return Standing.SHIPPED
    return Standing.DELIVERED if PortionState.DELIVERED in live else Standing.RETURNED


def status_after(status: str, standing: Standing, lifecycle: Lifecycle) -> str:
    """The status that the lifecycle gives to a standing; the present one where it is pinned or the table is silent."""
    if standing in lifecycle.pinned.get(status, ()):
        return status
    return lifecycle.standings.get(standing, status)


_STAGES: Final = {
    Standing.OPEN: Stage.OPEN,
    Standing.PART_SHIPPED: Stage.PART_SHIPPED,
    Standing.SHIPPED: Stage.SHIPPED,
    Standing.DELIVERED: Stage.SHIPPED,
    Standing.RETURNED: Stage.SHIPPED,
    Standing.CANCELLED: Stage.OPEN,
}


def stage_of(order: Order, now: datetime) -> Stage:
    """How far an order is. Before anything leaves, somebody may be about to pick it."""
    standing = standing_of(order.lines)
    if standing is _ALL_OPEN and order.leases and any(now < lease.expires_at for lease in order.leases):
        return Stage.CLAIMED
    return _STAGES[standing]
