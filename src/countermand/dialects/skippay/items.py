"""Order items as lines, and what every order with amounts must keep: one currency, and signs that make sense.

Item: developers.skippay.cz/docs/api/createapplication. The item's totals are the price basis; a price per piece that the
partner leaves out is derived from them, because the answer must have it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from countermand.model.order import Line, Order, Portion, PortionState, TaxTotal
from countermand.model.outcome import Refused

from .codes import UNPROCESSABLE, refuse
from .documents import file_shown
from .facts import ItemFacts
from .requests import OrderChange, OrderItemRequest, OrderRequest
from .switches import CREDIT_TYPES, CURRENCIES
from .values import Amount

#: Members of an item that are only shown.
SHOWN: Final = ("variant", "description", "producer", "categories", "product_url")


def lines_of(items: Sequence[OrderItemRequest], first_id: int = 1) -> tuple[tuple[Line, ...], dict[str, ItemFacts]]:
    """Lines numbered from `first_id`, and what is to be remembered of each."""
    lines, facts = [], {}
    for line_id, item in enumerate(items, start=first_id):
        lines.append(_line(str(line_id), item))
        facts[str(line_id)] = _facts(item)
    return tuple(lines), facts


def _line(line_id: str, item: OrderItemRequest) -> Line:
    given = {"code": item.code, "ean": item.ean, "name": item.name, "type": item.type}
    portion = Portion(
        state=PortionState.OPEN,
        quantity_milli=item.quantity or 1000,
        price_minor=item.total_price.amount,
        tax_minor=item.total_vat.amount,
    )
    return Line(
        line_id=line_id,
        sku=item.code,
        portions=(portion,),
        names={name: value for name, value in given.items() if value is not None},
        tax_rate_milli=item.total_vat.vat_rate,
    )


def _facts(item: OrderItemRequest) -> ItemFacts:
    quantity_milli = item.quantity or 1000
    shown = item.model_dump(include=set(SHOWN), by_alias=True, exclude_none=True)
    if item.image is not None:
        shown["image"] = file_shown(item.image, "image")
    unit_price, unit_vat = item.unit_price, item.unit_vat
    return ItemFacts(
        unit_price=per_piece(item.total_price.amount, quantity_milli) if unit_price is None else unit_price.amount,
        unit_vat=per_piece(item.total_vat.amount, quantity_milli) if unit_vat is None else unit_vat.amount,
        shown=shown,
    )


def per_piece(total_minor: int, quantity_milli: int) -> int:
    """The price of one piece, rounded half up."""
    magnitude = (2 * abs(total_minor) * 1000 + quantity_milli) // (2 * quantity_milli)
    return magnitude if total_minor >= 0 else -magnitude


# ------------------------------------------------------------------------------------------------- rules about amounts


def impossible_amounts(asked: OrderRequest | OrderChange, order: Order | None = None) -> Refused | None:
    """The first amount that can't be: another currency, a negative price of something that is no credit, a total below zero.

    `order` is the one that is changed, whose currency holds, or None for a new one.
    """
    found = list(_amounts(asked))
    currency = order.currency if order else found[0][1].currency if found else ""
    for path, amount in found:
        if amount.currency != currency or (order is None and currency not in CURRENCIES):
            return refuse(UNPROCESSABLE, "an application has one currency, CZK or EUR", order=order, attribute=path)
    for index, item in enumerate(asked.items or ()):
        if item.type not in CREDIT_TYPES and (item.total_price.amount < 0 or item.total_vat.amount < 0):
            detail = "only discounts and credits may be negative"
            return refuse(UNPROCESSABLE, detail, order=order, attribute=f"order.items[{index}].totalPrice")
    if asked.total_price is not None and asked.total_price.amount < 0:
        return refuse(UNPROCESSABLE, "the total must not be negative", order=order, attribute="order.totalPrice")
    return None


def _amounts(asked: OrderRequest | OrderChange) -> Iterator[tuple[str, Amount]]:
    if asked.total_price is not None:
        yield "order.totalPrice", asked.total_price
    yield from ((f"order.totalVat[{index}]", tax) for index, tax in enumerate(asked.total_vat or ()))
    for index, item in enumerate(asked.items or ()):
        named = {
            "totalPrice": item.total_price,
            "totalVat": item.total_vat,
            "unitPrice": item.unit_price,
            "unitVat": item.unit_vat,
        }
        yield from ((f"order.items[{index}].{name}", amount) for name, amount in named.items() if amount is not None)


def taxes_of(lines: Sequence[Line]) -> tuple[TaxTotal, ...]:
    """The tax of everything that is neither cancelled nor returned, by rate; a rate of which nothing is left stays at 0."""
    by_rate: dict[int, int] = {}
    for line in lines:
        if line.tax_rate_milli is not None:
            live = (portion.tax_minor for portion in line.portions if is_live(portion))
            by_rate[line.tax_rate_milli] = by_rate.get(line.tax_rate_milli, 0) + sum(live)
    return tuple(TaxTotal(rate_milli=rate, amount_minor=amount) for rate, amount in by_rate.items())


def total_of(lines: Sequence[Line]) -> int:
    return sum(portion.price_minor for line in lines for portion in line.portions if is_live(portion))


def is_live(portion: Portion) -> bool:
    return portion.state not in {PortionState.CANCELLED, PortionState.RETURNED}
