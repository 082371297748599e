"""Variants: whether a SKU can be ordered, for how long, and at what price a month.

The price is that of the variant's tier for the contract length (https://docs.flexportal.io/api-reference/orders/create.md and
products/variants.md, checked 2026-11-21). Errors in the order of that page: not found, inactive, no such length.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from countermand.dialects.wire import decimal_of, facts_of
from countermand.model.record import Record

from .codes import Rule
from .records import text
from .switches import CONTRACT_MONTHS_DEFAULT, CONTRACT_MONTHS_MAX

#: Set on a variant that nobody stated, only orders implied: it is sold for any length, at the price of the nearest one known.
ANY_LENGTH: Final = "_anyLength"


#: The currency of a variant's prices, where it is known.
CURRENCY: Final = "_currency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A variant for one contract length."""

    variant: Mapping[str, object]
    months: int
    monthly: int | float


def offer(record: Record | None, months: float | None) -> Offer | Rule:
    """What the catalogue asks for a SKU; None of a length is the variant's default."""
    variant = sold(record)
    if isinstance(variant, Rule):
        return variant
    tiers = _tiers(variant)
    wanted = _default(variant, tiers) if months is None else months
    if wanted != int(wanted) or not 1 <= wanted <= CONTRACT_MONTHS_MAX:
        return Rule.INVALID_CONTRACT_LENGTH
    length = int(wanted)
    if length not in tiers and variant.get(ANY_LENGTH) is not True:
        return Rule.INVALID_CONTRACT_LENGTH
    nearest = min(tiers, key=lambda known: (abs(known - length), known), default=None)
    return Offer(variant=variant, months=length, monthly=0 if nearest is None else tiers[nearest])


def sold(record: Record | None) -> Mapping[str, object] | Rule:
    """The variant behind a SKU, or why there is none to be had."""
    if record is None:
        return Rule.VARIANT_NOT_FOUND
    variant = facts_of(record.body)
    return variant if text(variant, "status") == "active" else Rule.VARIANT_INACTIVE


def _tiers(variant: Mapping[str, object]) -> dict[int, int | float]:
    pricing = variant.get("pricing")
    found: dict[int, int | float] = {}
    for tier in pricing if isinstance(pricing, list) else ():
        length, price = decimal_of(tier.get("contractLength")), decimal_of(tier.get("monthlyPrice"))
        if length is not None and price is not None:
            found.setdefault(int(length), int(price) if price == int(price) else float(price))
    return found


def _default(variant: Mapping[str, object], tiers: Mapping[int, int | float]) -> float:
    """The variant's own default, else the usual length if it is sold for that, else its shortest."""
    stated = decimal_of(variant.get("defaultContractLength"))
    if stated is not None:
        return float(stated)
    return CONTRACT_MONTHS_DEFAULT if CONTRACT_MONTHS_DEFAULT in tiers or not tiers else min(tiers)
