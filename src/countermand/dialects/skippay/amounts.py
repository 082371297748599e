"""What the items that a request names are worth, and what therefore leaves the order's totals.

The order's total is not always the sum of its items: a partner may state another amount, and may give money back without
items. So the last items that go take with them whatever is left, and no total falls below zero (README, "Totals").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countermand.model.command import Amend, Amount, Selector
from countermand.model.money import share_minor
from countermand.model.order import Line, Order, PortionState, TaxTotal

from .requests import OrderItemsChangeRequest
from .values import VatAmount

States = frozenset[PortionState]

OPEN: States = frozenset({PortionState.OPEN})
NOT_YET_THERE: States = frozenset({PortionState.OPEN, PortionState.SHIPPED})
GONE: States = frozenset({PortionState.SHIPPED, PortionState.DELIVERED})
LIVE: States = OPEN | GONE


@dataclass(frozen=True, slots=True)
class Worth:
    """Price and tax by rate of some units; `gone_minor` is the part of the price that had left before."""

    price_minor: int
    taxes: Mapping[int, int]
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
        if not any(fits(line, selector) for line in order.lines):
            return selector
    return None


def fits(line: Line, selector: Selector) -> bool:
    return all(line.names.get(name) == value for name, value in selector.names.items())


def chosen(order: Order, selectors: tuple[Selector, ...] | None, states: States) -> dict[str, int]:
    """Thousandths per line id. A choice that is ambiguous or too large is cut down here and refused by the engine."""
    left = {line.line_id: quantity for line in order.lines if (quantity := line.quantity_milli(*states))}
    if selectors is None:
        return left
    wanted: dict[str, int] = {}
    for selector in selectors:
        for line in order.lines:
            available = left.get(line.line_id, 0) - wanted.get(line.line_id, 0)
            if available and fits(line, selector):
                taken = available if selector.quantity_milli is None else min(available, selector.quantity_milli)
                wanted[line.line_id] = wanted.get(line.line_id, 0) + taken
    return wanted


def worth(order: Order, wanted: Mapping[str, int], states: States) -> Worth:
    """What these units cost, split off the portions as the engine splits them: earliest portion first."""
    price, gone, taxes = 0, 0, dict[int, int]()
    for line in order.lines:
        left = wanted.get(line.line_id, 0)
        for portion in line.portions:
            if not left or portion.state not in states:
                continue
            taken = min(left, portion.quantity_milli)
            share = share_minor(portion.price_minor, taken, portion.quantity_milli)
            price, left = price + share, left - taken
            gone += share if portion.state in GONE else 0
            if line.tax_rate_milli is not None:
                tax = share_minor(portion.tax_minor, taken, portion.quantity_milli)
                taxes[line.tax_rate_milli] = taxes.get(line.tax_rate_milli, 0) + tax
    return Worth(price, taxes, gone)


def leaves_nothing(order: Order, wanted: Mapping[str, int]) -> bool:
    """Whether every unit that is neither cancelled nor returned is among these."""
    return all(line.quantity_milli(*LIVE) <= wanted.get(line.line_id, 0) for line in order.lines)


def taxes_fit(order: Order, cost: Worth) -> bool:
    """Whether each rate's total can bear it. What a partner states as tax need not agree with its items."""
    owed = {tax.rate_milli: tax.amount_minor for tax in order.taxes}
    return all(tax <= max(owed.get(rate, 0), 0) for rate, tax in cost.taxes.items())


def at_most(order: Order, cost: Worth) -> Amount | None:
    """As much of it as the totals can bear."""
    taxes = tuple(
        TaxTotal(
            rate_milli=tax.rate_milli, amount_minor=max(0, min(tax.amount_minor, cost.taxes.get(tax.rate_milli, 0)))
        )
        for tax in order.taxes
    )
    return _amount(order, min(order.total_minor, cost.price_minor), taxes)


def remainder(order: Order, cost: Worth) -> Amount | None:
    """All that is left, for the last items; None when these cost exactly that much."""
    owed = {tax.rate_milli: tax.amount_minor for tax in order.taxes if tax.amount_minor}
    taxes = {rate: tax for rate, tax in cost.taxes.items() if tax}
    if cost.price_minor == order.total_minor and taxes == owed:
        return None
    return _amount(order, order.total_minor, tuple(tax for tax in order.taxes if tax.amount_minor > 0))


def _amount(order: Order, price_minor: int, taxes: tuple[TaxTotal, ...]) -> Amount | None:
    if price_minor <= 0:
        return None
    return Amount(price_minor=price_minor, currency=order.currency, taxes=taxes)


def made_bearable(order: Order, cost: Worth) -> tuple[Amend, ...]:
    """Where nothing is left of the total but items still go: a correction first, so that what they cost can leave it."""
    if order.total_minor > 0 or not cost.price_minor:
        return ()
    owed = {tax.rate_milli: tax.amount_minor for tax in order.taxes}
    rates = dict.fromkeys((*owed, *cost.taxes))
    taxes = tuple(
        TaxTotal(rate_milli=rate, amount_minor=max(owed.get(rate, 0), cost.taxes.get(rate, 0))) for rate in rates
    )
    return (Amend(total_minor=cost.price_minor, taxes=taxes, what="totals_corrected"),)
