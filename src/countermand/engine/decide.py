"""The one entry: an order and a command in, what happens or why not out. Every door of the house comes through here."""

from datetime import datetime
from typing import assert_never

from countermand.engine import late, movements, restraints, settlement, undoing
from countermand.engine.around import NOTHING, Around
from countermand.engine.cancel import cancel
from countermand.model.command import (
    Amend,
    Cancel,
    Close,
    Command,
    Deliver,
    Dismiss,
    DropLease,
    LiftHold,
    Move,
    Place,
    PutHold,
    Reopen,
    ReportPayment,
    Restore,
    Return,
    Ship,
    TakeLease,
)
from countermand.model.lifecycle import Lifecycle
from countermand.model.order import Order
from countermand.model.outcome import Accepted, Refusal, Refused


def decide(
    order: Order | None, command: Command, lifecycle: Lifecycle, now: datetime, *, around: Around = NOTHING
) -> Accepted | Refused:
    """Decide one command on one order as it stands at `now`. Total: every command on every order has an answer."""
    if isinstance(command, Place):
        return movements.place(command, now) if order is None else Refused(refusal=Refusal.ALREADY_EXISTS, order=order)
    if order is None:
        return Refused(refusal=Refusal.UNKNOWN_ORDER)
    match command:
        case Cancel():
            return cancel(order, command, lifecycle, now, around=around)
        case Ship() | Deliver() | Return() | Reopen() | Move() | Amend():
            return _move(order, command, lifecycle, now)
        case PutHold() | LiftHold() | TakeLease() | DropLease():
            return _restrain(order, command, lifecycle, now)
        case ReportPayment():
            return late.report(order, command, lifecycle, now, around=around)
        case Close():
            return settlement.close(order, command, around, now)
        case Dismiss():
            return undoing.dismiss(order, command, around, now)
        case Restore():
            return undoing.restore(order, command, lifecycle, now, around=around)
        case _:
            assert_never(command)


def _move(
    order: Order, command: Ship | Deliver | Return | Reopen | Move | Amend, lifecycle: Lifecycle, now: datetime
) -> Accepted | Refused:
    match command:
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


def _restrain(
    order: Order, command: PutHold | LiftHold | TakeLease | DropLease, lifecycle: Lifecycle, now: datetime
) -> Accepted | Refused:
    match command:
        case PutHold():
            return restraints.put_hold(order, command, now)
        case LiftHold():
            return restraints.lift_hold(order, command, now)
        case TakeLease():
            return restraints.take_lease(order, command, lifecycle, now)
        case DropLease():
            return restraints.drop_lease(order, command, now)
        case _:
            assert_never(command)
