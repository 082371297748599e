"""What a cancel owes outside. Releasing stock is not among it: that happens in the transaction itself.

Money per tender (`tenders`), whatever is tied to the order (`Tie`: a coupon, an invoice, a message, another company's order),
and, when the units shall not go back on sale, that somebody writes them off.
"""

from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from countermand.engine.tenders import give_back, overpaid_minor
from countermand.model.command import Cancel
from countermand.model.event import Event
from countermand.model.obligation import Owed
from countermand.model.order import Order, Payment
from countermand.model.policy import Policy

#: What the event of a cancel calls the number of its obligations. One without it is completed by that event.
OWED: Final = "owed"


def dues_of(
    order: Order, command: Cancel, event: Event, policy: Policy | None
) -> tuple[tuple[Owed, ...], tuple[Payment, ...]]:
    """What is owed, and the payments with what they have been promised (the very same when nothing is)."""
    if not order.payments and not order.ties and command.restock:
        return (), order.payments
    back = overpaid_minor(order, order.total_minor - event.amount_minor) - overpaid_minor(order, order.total_minor)
    money = give_back(order.payments, back, refund=command.refund, currency=order.currency)
    owed = [*money.owed, *_of_ties(order, command, event)]
    if not command.restock:
        owed.append(_write_off(order, event))
    if policy is not None and policy.undo_window_s:
        not_before = event.at + timedelta(seconds=policy.undo_window_s)
        owed = [replace(one, not_before=not_before) for one in owed]
    return tuple(owed), money.payments if money.owed else order.payments


def _of_ties(order: Order, command: Cancel, event: Event) -> list[Owed]:
    whole = event.type == "order.cancelled"
    return [
        Owed(
            kind=tie.kind,
            type=f"{tie.kind}.{'cancelled' if whole else 'reduced'}",
            amount_minor=event.amount_minor if tie.kind == "credit_note" else 0,
            currency=order.currency,
            data={
                **tie.data,
                "reference": tie.reference,
                **({"message": command.message} if tie.kind == "message" and command.message else {}),
            },
        )
        for tie in order.ties
        if (whole or not tie.whole_only) and (command.notify or tie.kind != "message")
    ]


def _write_off(order: Order, event: Event) -> Owed:
    goods = {line.line_id for line in order.lines if not line.charge}
    units: dict[str, int] = {}
    for taking in event.takings:
        if taking.line_id in goods:
            units[taking.sku] = units.get(taking.sku, 0) + taking.quantity_milli
    data = {f"sku:{sku}": str(milli) for sku, milli in units.items()}
    return Owed(kind="write_off", type="stock.write_off", data=data, owner="staff")
