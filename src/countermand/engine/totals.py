"""What leaves the totals of an order together with some of its units.

Usually what the units cost. But a total need not be the sum of the lines: shipping may be in no line, and a caller may state
another amount than the units cost, or give money back without units. Then two rules hold, for the price and each tax rate:

Rule 1: the last units take with them whatever is left, so that an order of which nothing is left costs nothing. What stays are
charges that were kept, and the fees of cancels.
Rule 2: nobody takes more than is left, so that no total falls below zero.
"""

from collections.abc import Sequence
from typing import Final

from countermand.model.command import Amount
from countermand.model.event import Taking
from countermand.model.lifecycle import Standing
from countermand.model.order import Line, Order, Portion, PortionState, TaxTotal

_OVER: Final = (Standing.CANCELLED, Standing.RETURNED)
_GONE: Final = (PortionState.CANCELLED, PortionState.RETURNED)


def possible(order: Order, amount: Amount) -> bool:
    """An amount stated by the caller must be positive, in the order's currency and within what the order still costs."""
    owed = {tax.rate_milli: tax.amount_minor for tax in order.taxes}
    taxes = amount.taxes or ()
    return (
        amount.currency == order.currency
        and 0 < amount.price_minor <= order.total_minor - order.kept_minor
        and all(0 <= tax.amount_minor <= owed.get(tax.rate_milli, 0) for tax in taxes)
    )


def leaving(
    order: Order, takings: Sequence[Taking], standing: Standing, amount: Amount | None = None
) -> tuple[int, tuple[TaxTotal, ...]]:
    """The price and the taxes that leave with these takings, after which the order stands so; or what was stated."""
    live = [(line, part) for line in order.lines for part in line.portions if part.state not in _GONE]
    if amount is not None:
        taxes = _taxes(order, takings, live, over=False) if amount.taxes is None else amount.taxes
        return amount.price_minor, taxes
    over = standing in _OVER
    worth, left = sum([taking.price_minor for taking in takings]), order.total_minor - order.kept_minor
    price = _bearable(worth, left, live=sum([part.price_minor for _, part in live]), over=over)
    return price, _taxes(order, takings, live, over=over)


def _taxes(
    order: Order, takings: Sequence[Taking], live: Sequence[tuple[Line, Portion]], *, over: bool
) -> tuple[TaxTotal, ...]:
    """A rate that the order lists no total of leaves as it is."""
    leaving = {tax.rate_milli: tax.amount_minor for tax in taxes_of(order.lines, takings)}
    for total in order.taxes:
        rate, worth = total.rate_milli, leaving.get(total.rate_milli, 0)
        there = sum([part.tax_minor for line, part in live if line.tax_rate_milli == rate])
        tax = _bearable(worth, total.amount_minor, live=there, over=over)
        if tax or rate in leaving:
            leaving[rate] = tax
    return tuple([TaxTotal(rate_milli=rate, amount_minor=tax) for rate, tax in leaving.items()])


def _bearable(worth: int, left: int, *, live: int, over: bool) -> int:
    """What leaves with units of this worth, when so much is left of a total and all that is live is worth so much."""
    if left == live:
        return worth
    return max(0, worth + left - live) if over else min(worth, max(0, left))


def taxes_of(lines: Sequence[Line], takings: Sequence[Taking]) -> tuple[TaxTotal, ...]:
    """The tax of some takings, by rate. Lines without a rate carry no tax of their own."""
    rates = {line.line_id: line.tax_rate_milli for line in lines if line.tax_rate_milli is not None}
    if not rates:
        return ()
    by_rate: dict[int, int] = {}
    for taking in takings:
        rate = rates.get(taking.line_id)
        if rate is not None:
            by_rate[rate] = by_rate.get(rate, 0) + taking.tax_minor
    return tuple(TaxTotal(rate_milli=rate, amount_minor=amount) for rate, amount in by_rate.items())
