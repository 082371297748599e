"""How many rows of each group there are in each stretch of time: what makes a page far down a numbered list as fast as the first.

A dialect whose pages have numbers and totals gives its orders or records the facet `GROUP`: one word for everything that
its lists filter by. Rows are counted by group in stretches of four lengths, each 64 of the next, and the counts change in
the transaction that changes the rows. So a total is a handful of sums, and the stretch with the n-th row is found in four
steps. Dialects without that facet have no counts and pay nothing.
"""

from collections.abc import Iterable
from typing import Final

from countermand.model.query import GROUP
from countermand.store.facets import FacetRow

#: Lengths of stretches in powers of two of a microsecond: 203 days, 76 hours, 72 minutes, 67 seconds.
LEVELS: Final = (44, 38, 32, 26)

#: Tenant, dialect, holder, level, stretch, group.
Place = tuple[str, str, str, int, int, str]


def changes(removed: Iterable[FacetRow], added: Iterable[FacetRow]) -> dict[Place, int]:
    """What a change of facets means for the counts."""
    found: dict[Place, int] = {}
    for rows, sign in ((removed, -1), (added, 1)):
        for tenant, dialect, holder, name, value, at, _ in rows:
            if name != GROUP:
                continue
            for level in LEVELS:
                place = (tenant, dialect, holder, level, at >> level, value)
                found[place] = found.get(place, 0) + sign
    return {place: change for place, change in found.items() if change}
