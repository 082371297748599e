"""A new order with its price basis: charges are lines, discounts are shared out over prices and taxes once and for all.

Every later part of an amount is computed from what is stored here, so no partial cancel ever asks a promotion again.
"""

from datetime import UTC, datetime
from typing import Final

from countermand.dialects.contract import Caller
from countermand.dialects.native.lifecycle import PLACED
from countermand.dialects.native.requesting import wrong
from countermand.dialects.native.types import NewCharge, NewDiscount, NewLine, NewOrder, NewPayment
from countermand.dialects.wire import milli_of, to_facts
from countermand.model.money import share_minor, spread_minor
from countermand.model.order import Line, Order, Payment, Portion, PortionState, TaxTotal, Tie

#: Stands for the instant until the plan knows it.
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)


def placed(given: NewOrder, caller: Caller) -> Order:
    """The order that these members describe, without its instants and, if none was given, its id."""
    _unique([line.id for line in given.lines] + [charge.id for charge in given.charges], "/lines")
    _unique([payment.id for payment in given.payments], "/payments")
    prices, shares = _prices(given)
    lines = (
        *(_line(line, index, price) for (index, line), price in zip(enumerate(given.lines), prices, strict=True)),
        *(_charge(charge) for charge in given.charges),
    )
    _unique([line.line_id for line in lines], "/lines")
    facts: dict[str, object] = {"discounts": shares} if shares else {}
    return Order(
        tenant=caller.tenant,
        dialect=caller.dialect,
        order_id=given.id or "",
        status=PLACED,
        placed_at=_NEVER,
        updated_at=_NEVER,
        currency=given.currency,
        lines=lines,
        total_minor=sum(line.portions[0].price_minor for line in lines),
        taxes=_taxes(lines),
        payments=tuple(_payment(payment) for payment in given.payments),
        ties=_ties(given),
        aliases={"reference": given.reference} if given.reference else {},
        facts=to_facts(facts),
    )


def _unique(names: list[str | None] | list[str], pointer: str) -> None:
    known = [name for name in names if name is not None]
    if len(set(known)) != len(known):
        raise wrong(pointer, "two of them have the same id")


def _prices(given: NewOrder) -> tuple[list[tuple[int, int]], list[dict[str, object]]]:
    """Price and tax of each line after the discounts, and how each discount was shared out."""
    prices = [(line.price, line.tax) for line in given.lines]
    shares: list[dict[str, object]] = []
    for at, discount in enumerate(given.discounts):
        meant = _meant(given, discount, f"/discounts/{at}/line_ids")
        weights = tuple(max(0, prices[index][0]) if index in meant else 0 for index in range(len(prices)))
        if discount.amount > sum(weights):
            raise wrong(f"/discounts/{at}/amount", "is more than the lines cost")
        parts = spread_minor(discount.amount, weights)
        shares.append({"id": discount.id, "amount": discount.amount, "parts": list(parts)})
        prices = [_less(price, tax, part) for (price, tax), part in zip(prices, parts, strict=True)]
    return prices, shares


def _meant(given: NewOrder, discount: NewDiscount, pointer: str) -> frozenset[int]:
    if discount.line_ids is None:
        return frozenset(range(len(given.lines)))
    places = {line.id or str(index + 1): index for index, line in enumerate(given.lines)}
    for at, line_id in enumerate(discount.line_ids):
        if line_id not in places:
            raise wrong(f"{pointer}/{at}", "no line has this id")
    return frozenset(places[line_id] for line_id in discount.line_ids)


def _less(price: int, tax: int, part: int) -> tuple[int, int]:
    """Price and tax less a part of the price; the tax falls in the same proportion."""
    return (price - part, tax - share_minor(tax, part, price)) if part else (price, tax)


def _line(given: NewLine, index: int, price: tuple[int, int]) -> Line:
    quantity_milli = milli_of(given.quantity) or 0
    line_id = given.id or str(index + 1)
    portion = Portion(state=PortionState.OPEN, quantity_milli=quantity_milli, price_minor=price[0], tax_minor=price[1])
    return Line(
        line_id=line_id,
        sku=given.sku,
        portions=(portion,),
        names={"line_id": line_id, "sku": given.sku},
        tax_rate_milli=milli_of(given.tax_rate),
        reserved_milli=quantity_milli if given.reserve else 0,
    )


def _charge(given: NewCharge) -> Line:
    portion = Portion(state=PortionState.OPEN, quantity_milli=1000, price_minor=given.price, tax_minor=given.tax)
    return Line(
        line_id=given.id,
        sku=given.name,
        portions=(portion,),
        names={"line_id": given.id, "sku": given.name},
        tax_rate_milli=milli_of(given.tax_rate),
        charge=given.name,
    )


def _taxes(lines: tuple[Line, ...]) -> tuple[TaxTotal, ...]:
    rates: dict[int, int] = {}
    for line in lines:
        if line.tax_rate_milli is not None:
            rates[line.tax_rate_milli] = rates.get(line.tax_rate_milli, 0) + line.portions[0].tax_minor
    return tuple(TaxTotal(rate_milli=rate, amount_minor=amount) for rate, amount in rates.items())


def _payment(given: NewPayment) -> Payment:
    authorised = max(given.authorised, given.captured)
    return Payment(payment_id=given.id, method=given.method, authorised_minor=authorised, captured_minor=given.captured)


def _ties(given: NewOrder) -> tuple[Tie, ...]:
    """What has to be undone or told outside when the order is cancelled."""
    coupons = tuple(Tie(kind="coupon", reference=code, whole_only=True) for code in given.coupons)
    invoice = (Tie(kind="credit_note", reference=given.invoice),) if given.invoice else ()
    contact = (Tie(kind="message", reference=given.contact),) if given.contact else ()
    elsewhere = tuple(
        Tie(
            kind="vendor_cancellation",
            reference=order.order_id,
            whole_only=True,
            data={"vendor": order.vendor, **({"account": order.account} if order.account else {})},
        )
        for order in given.vendor_orders
    )
    return (*elsewhere, *coupons, *invoice, *contact)
