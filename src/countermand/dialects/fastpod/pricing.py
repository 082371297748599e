"""What an order costs. The vendor gives figures and no rule, so each figure here says which example it is from.

Samples: 14.8 + 4.99 = 19.79 and `point_used` 1979 (api-4681583); 16.8 + 4.99 = 21.79 and 2179 (api-4681582); shipping
method 3 for 24 (api-4681584). `point_used` is the price in points, a hundred to the dollar, whatever the order is paid
with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from countermand.model.money import share_minor

from .products import product_of

#: By `shipping_method`. 1 and 3 are from the samples; 2 and 4 are made up, between and beyond them.
SHIPPING_MINOR: Final[Mapping[str, int]] = MappingProxyType({"1": 499, "2": 1299, "3": 2400, "4": 2999})

#: `order_type` of an order that comes with the merchant's own label: nothing is shipped at the vendor's cost.
LABEL_ORDER: Final = "2"

#: Zero in the only example that shows it (api-4681582).
RUSH_MINOR: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One line to be priced."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    unit_price_minor: int
    price_minor: int
    shipping_minor: int

    @property
    def point_earned(self) -> int:
        """A line of 14.4 shows 1440 while its order shows 0: what it would earn in the points programme."""
        return self.price_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    lines: tuple[PricedLine, ...]
    item_minor: int
    shipping_minor: int

    @property
    def order_minor(self) -> int:
        return self.item_minor + self.shipping_minor + RUSH_MINOR

    @property
    def point_used(self) -> int:
        return self.order_minor


def price(wanted: Sequence[Wanted], *, shipping_method: str, order_type: str) -> Priced:
    shipping_minor = 0 if order_type == LABEL_ORDER else SHIPPING_MINOR[shipping_method]
    lines: list[PricedLine] = []
    left_minor, left_quantity = shipping_minor, sum(line.quantity for line in wanted)
    for line in wanted:
        part = share_minor(left_minor, line.quantity, left_quantity)
        left_minor, left_quantity = left_minor - part, left_quantity - line.quantity
        unit_minor = product_of(line.sku).unit_price_minor
        lines.append(
            PricedLine(unit_price_minor=unit_minor, price_minor=unit_minor * line.quantity, shipping_minor=part)
        )
    items = sum(line.price_minor for line in lines)
    return Priced(lines=tuple(lines), item_minor=items, shipping_minor=shipping_minor)
