"""The one entry: an order and a command in, what happens or why not out. Every door of the house comes through here."""

from datetime import datetime
from typing import assert_never

from countermand.engine import movements
from countermand.engine.cancel import cancel
from countermand.model.command import Amend, Cancel, Command, Deliver, Move, Place, Reopen, Return, Ship
from countermand.model.lifecycle import Lifecycle
from countermand.model.order import Order
from countermand.model.outcome import Accepted, Refusal, Refused


def decide(order: Order | None, command: Command, lifecycle: Lifecycle, now: datetime) -> Accepted | Refused:
    """Decide one command on one order as it stands at `now`. Total: every command on every order has an answer."""
    if isinstance(command, Place):
        return (
            movements.place(command.order, now)
            if order is None
            else Refused(refusal=Refusal.ALREADY_EXISTS, order=order)
        )
    if order is None:
        return Refused(refusal=Refusal.UNKNOWN_ORDER)
    match command:
        case Cancel():
            return cancel(order, command, lifecycle, now)
        case Ship():
            return movements.ship(order, command, lifecycle, now)
        case Deliver():
            return movements.deliver(order, command, lifecycle, now)
        case Return():
            return movements.returned(order, command, lifecycle, now)
        case Reopen():
            return movements.reopen(order, command, lifecycle, now)
        case Move():
            return movements.move(order, command, lifecycle, now)
        case Amend():
            return movements.amend(order, command, now)
        case _:
            assert_never(command)
