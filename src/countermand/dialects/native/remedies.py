"""What a report ends besides what it says: the `return` that is owed for goods that left after they were cancelled.

They come back, or they never really left because their shipment was called off: either way nobody has to wait for them.
"""

from collections.abc import Iterator
from typing import Final

from countermand.dialects.contract import Caller, Held
from countermand.model.command import Cancel, Close, Closing, Command, Reopen, Return, Selector
from countermand.model.obligation import Obligation
from countermand.model.order import PortionState

_LINE: Final = "line:"
_OUT: Final = (PortionState.SHIPPED, PortionState.DELIVERED)


def returned(held: Held, selectors: tuple[Selector, ...] | None, caller: Caller) -> tuple[Command, ...]:
    """The return of these units, and the end of every `return` that is owed for no more than them."""
    known = Return(selectors=selectors, executed_by=caller.key_id)
    over = [owed for owed in _owed(held) if selectors is None or _covered(held, owed, selectors)]
    return (known, *(_settled(owed, caller, "the goods came back") for owed in over))


def called_off(held: Held, shipment_id: str, caller: Caller) -> tuple[Command, ...]:
    """Its units are open again; those that had been cancelled before they left are cancelled again."""
    commands: list[Command] = [Reopen(shipment_id=shipment_id, executed_by=caller.key_id)]
    for owed in _owed(held):
        if owed.data.get("shipment_id") == shipment_id:
            again = tuple(Selector(names={"line_id": name}, quantity_milli=milli) for name, milli in _units(owed))
            commands.append(Cancel(cancellation_id=held.new_id(), selectors=again, note="its shipment was called off"))
            commands.append(_settled(owed, caller, "the shipment was called off"))
    return tuple(commands)


def _owed(held: Held) -> Iterator[Obligation]:
    return (one for one in held.obligations if one.kind == "return" and not one.state.over)


def _settled(owed: Obligation, caller: Caller, because: str) -> Close:
    return Close(
        obligation_id=owed.obligation_id,
        how=Closing.SETTLE,
        by="fulfilment",
        because=because,
        executed_by=caller.key_id,
    )


def _units(owed: Obligation) -> Iterator[tuple[str, int]]:
    """Lines and quantities that it is about."""
    return ((name.removeprefix(_LINE), int(milli)) for name, milli in owed.data.items() if name.startswith(_LINE))


def _covered(held: Held, owed: Obligation, selectors: tuple[Selector, ...]) -> bool:
    """Whether all of its units come back with these, or nothing of their lines is out any more, however often they came."""
    lines = held.order.lines if held.order else ()
    out = {line.line_id: line.quantity_milli(*_OUT) for line in lines}
    back: dict[str, int] = {}
    for line in lines:
        for selector in selectors:
            if selector.matches(line):
                milli = line.quantity_milli() if selector.quantity_milli is None else selector.quantity_milli
                back[line.line_id] = back.get(line.line_id, 0) + milli
    return all(back.get(line_id, 0) >= min(milli, out.get(line_id, milli)) for line_id, milli in _units(owed))
