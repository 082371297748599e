"""Amounts: JSON numbers in major units on the wire, integers in minor units inside.

One currency per business unit (https://docs.flexportal.io/platform/business-units.md, checked 2026-11-21).
"""

from collections.abc import Mapping, Sequence
from typing import Final

from countermand.dialects.wire import major_of, minor_of
from countermand.model.money import share_minor

#: Currencies whose minor unit is not a hundredth (ISO 4217).
_EXPONENTS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}

CURRENCY_DEFAULT: Final = "EUR"


def exponent_of(currency: str) -> int:
    return _EXPONENTS.get(currency, 2)


def minor(amount: float, currency: str) -> int:
    """A wire amount in minor units."""
    value = minor_of(amount, exponent_of(currency))
    return 0 if value is None else value


def major(amount_minor: int, currency: str) -> int | float:
    return major_of(amount_minor, exponent_of(currency))


def allotted(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """The amount in parts as the weights are, adding up to it exactly; in equal parts when all weights are zero."""
    weights = weights if sum(weights) else [1] * len(weights)
    parts, left, below = list[int](), amount_minor, sum(weights)
    for weight in weights:
        part = share_minor(left, weight, below) if below else left
        parts.append(part)
        left, below = left - part, below - weight
    return parts
