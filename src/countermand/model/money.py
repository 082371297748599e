"""Shares of an amount that always add up.

Rule: a part is computed from what is still there and the rest is what remains after subtraction, so any sequence of
parts ends at exactly the whole, whatever the rounding did on the way.
"""


def share_minor(amount_minor: int, part: int, whole: int) -> int:
    """The share of `amount_minor` that `part` of `whole` makes, rounded half up, away from zero for credits.

    `part` and `whole` are any two figures of one unit, 0 <= part <= whole and whole > 0. The sign of the amount decides
    the direction of rounding, so that a discount mirrors a price.
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"{part} is not a part of {whole}")
    if part == whole or amount_minor == 0:
        return amount_minor
    magnitude = (2 * abs(amount_minor) * part + whole) // (2 * whole)
    return magnitude if amount_minor >= 0 else -magnitude
