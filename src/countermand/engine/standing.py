"""What the portions of an order say taken together, and the status that follows."""

from countermand.model.lifecycle import Lifecycle, Standing
from countermand.model.order import Line, PortionState


def standing_of(lines: tuple[Line, ...]) -> Standing:
    """The standing of an order with these lines; cancelled portions and charges are ignored. No lines: nothing has left."""
    states = [portion.state for line in lines if not line.charge for portion in line.portions]
    live = [state for state in states if state is not PortionState.CANCELLED]
    if not live:
        return Standing.CANCELLED if states else Standing.OPEN
    if PortionState.OPEN in live:
        return Standing.OPEN if all(state is PortionState.OPEN for state in live) else Standing.PART_SHIPPED
    if PortionState.SHIPPED in live:
        return Standing.SHIPPED
    return Standing.DELIVERED if PortionState.DELIVERED in live else Standing.RETURNED


def status_after(status: str, standing: Standing, lifecycle: Lifecycle) -> str:
    """The status that the lifecycle gives to a standing; the present one where it is pinned or the table is silent."""
    if standing in lifecycle.pinned.get(status, ()):
        return status
    return lifecycle.standings.get(standing, status)
