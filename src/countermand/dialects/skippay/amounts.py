"""Which items a request names, what they are worth, and what the partner states instead.

So the order's total is not always the sum of its items; what then leaves it with the last items is the engine's to say (README,
"Totals").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countermand.model.command import Amount, Selector
from countermand.model.money import share_minor
from countermand.model.order import Order, PortionState, TaxTotal

from .requests import OrderItemsChangeRequest
from .values import VatAmount

States = frozenset[PortionState]

OPEN: States = frozenset({PortionState.OPEN})
NOT_YET_THERE: States = frozenset({PortionState.OPEN, PortionState.SHIPPED})
GONE: States = frozenset({PortionState.SHIPPED, PortionState.DELIVERED})
LIVE: States = OPEN | GONE


@dataclass(frozen=True, slots=True)
class Worth:
    """The price of some units; `gone_minor` is the part of it that had left before."""

    price_minor: int
    gone_minor: int = 0


def selectors_of(request: OrderItemsChangeRequest) -> tuple[Selector, ...] | None:
    """The items of a request as the engine selects them; None for everything, which is also what an empty list says."""
    if not request.items:
        return None
    return tuple(
        Selector(names=item.names, quantity_milli=item.quantity, pointer=f"items[{index}]")
        for index, item in enumerate(request.items)
    )


def stated(request: OrderItemsChangeRequest) -> Amount | None:
    """The amount that the partner states instead of the items' sum."""
    if request.total_price is None:
        return None
    taxes = None if request.total_vat is None else by_rate(request.total_vat)
    return Amount(price_minor=request.total_price.amount, currency=request.total_price.currency, taxes=taxes)


def by_rate(entries: Sequence[VatAmount]) -> tuple[TaxTotal, ...]:
    """One total per rate, in the order in which the rates first appear."""
    amounts: dict[int, int] = {}
    for entry in entries:
        amounts[entry.vat_rate] = amounts.get(entry.vat_rate, 0) + entry.amount
    return tuple(TaxTotal(rate_milli=rate, amount_minor=amount) for rate, amount in amounts.items())


def unknown_item(order: Order, selectors: tuple[Selector, ...] | None) -> Selector | None:
    """The first selector that fits no line in any state. It is reported before anything about an item's state."""
    for selector in selectors or ():
        if not any(selector.matches(line) for line in order.lines):
            return selector
    return None


def chosen(order: Order, selectors: tuple[Selector, ...] | None, states: States) -> dict[str, int]:
    """Thousandths per line id. A choice that is ambiguous or too large is cut down here and refused by the engine."""
    left = {line.line_id: quantity for line in order.lines if (quantity := line.quantity_milli(*states))}
    if selectors is None:
        return left
    wanted: dict[str, int] = {}
    for selector in selectors:
        for line in order.lines:
            available = left.get(line.line_id, 0) - wanted.get(line.line_id, 0)
            if available and selector.matches(line):
                taken = available if selector.quantity_milli is None else min(available, selector.quantity_milli)
                wanted[line.line_id] = wanted.get(line.line_id, 0) + taken
    return wanted


def worth(order: Order, wanted: Mapping[str, int], states: States) -> Worth:
    """What these units cost, split off the portions as the engine splits them: earliest portion first."""
    price, gone = 0, 0
    for line in order.lines:
        left = wanted.get(line.line_id, 0)
        for portion in line.portions:
            if not left or portion.state not in states:
                continue
            taken = min(left, portion.quantity_milli)
            share = share_minor(portion.price_minor, taken, portion.quantity_milli)
            price, left = price + share, left - taken
            gone += share if portion.state in GONE else 0
    return Worth(price, gone)


def leaves_nothing(order: Order, wanted: Mapping[str, int]) -> bool:
    """Whether every unit that is neither cancelled nor returned is among these."""
    return all(line.quantity_milli(*LIVE) <= wanted.get(line.line_id, 0) for line in order.lines)
