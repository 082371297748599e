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


def spread_minor(amount_minor: int, weights: tuple[int, ...]) -> tuple[int, ...]:
    """The amount in shares proportional to the weights (none negative), adding up to exactly the amount.

    Each share is taken of what is left, so the remainder of the rounding moves along and ends with the last weight. No
    weight at all: the first takes everything.
    """
    left_minor, left_weight, shares = amount_minor, sum(weights), list[int]()
    if not left_weight:
        return tuple(amount_minor if index == 0 else 0 for index, _ in enumerate(weights))
    for weight in weights:
        share = share_minor(left_minor, weight, left_weight) if left_weight else 0
        shares.append(share)
        left_minor, left_weight = left_minor - share, left_weight - weight
    return tuple(shares)
