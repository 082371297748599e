"""Products and what they cost: a small catalogue of our own around the figures that the examples give.

Any SKU can be ordered: one that is not listed is the plain product, so that a client's own SKUs can be tried out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

AREAS: Final = ("front", "back", "pocket", "neck_label", "right_sleeve", "left_sleeve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    number: int
    sku: str
    name: str
    style: str
    color: str
    size: str
    unit_price_minor: int
    print_areas: tuple[str, ...] = AREAS


#: The first is the line of the Cancel example (api-4681584); the others are its neighbours, made up.
_LISTED: Final = (
    ("UABSTAQUBXL3", "AQUA", "3XL", 1400),
    ("UABSTAQUB00S", "AQUA", "S", 1200),
    ("UABSTAQUB00M", "AQUA", "M", 1200),
    ("UABSTAQUB00L", "AQUA", "L", 1200),
    ("UABSTBLKB00S", "BLACK", "S", 1200),
    ("UABSTBLKB00M", "BLACK", "M", 1200),
    ("UABSTBLKB00L", "BLACK", "L", 1200),
    ("UABSTBLKBXL3", "BLACK", "3XL", 1400),
)

PRODUCTS: Final[Mapping[str, Product]] = MappingProxyType(
    {
        sku: Product(
            number=number, sku=sku, name="Unisex T-shirt", style="3001", color=color, size=size, unit_price_minor=minor
        )
        for number, (sku, color, size, minor) in enumerate(_LISTED, start=1)
    }
)

#: What an unlisted SKU costs: the unit price of the estimate's sample (api-4681583).
PLAIN_UNIT_PRICE_MINOR: Final = 1480


def product_of(sku: str) -> Product:
    plain = Product(number=0, sku=sku, name="", style="", color="", size="", unit_price_minor=PLAIN_UNIT_PRICE_MINOR)
    return PRODUCTS.get(sku, plain)
