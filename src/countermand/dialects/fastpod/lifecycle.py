"""Statuses of an order and the legal moves between them.

`order_status` values: List Orders (api-4681580); Update Status (api-4681586) lists all but `on_hold`. Moves into
`new_order`: Update Status. What happens on the vendor's side of the counter (`produce`, `hold`, `reject`, `ship`) has
no call; the moves are read off field and status names, and an operator makes them.
"""

from typing import Final

from countermand.model.lifecycle import Lifecycle, Standing

from .switches import SWITCHES, Switches

DRAFT: Final = "draft"
NEW: Final = "new_order"
ON_HOLD: Final = "on_hold"
IN_PRODUCTION: Final = "in_production"
SHIPPED: Final = "shipped"
CANCELLED: Final = "cancelled"
REJECTED: Final = "rejected"

STATUSES: Final = (DRAFT, NEW, ON_HOLD, IN_PRODUCTION, SHIPPED, CANCELLED, REJECTED)

#: Where Update Order is allowed (api-4681585).
EDITABLE: Final = frozenset({DRAFT, NEW, ON_HOLD})

#: The move that Update Status makes.
RELEASE: Final = "release"

MOVES: Final = {
    (DRAFT, RELEASE): NEW,
    (ON_HOLD, RELEASE): NEW,
    (NEW, "produce"): IN_PRODUCTION,
    (NEW, "hold"): ON_HOLD,
    (NEW, "reject"): REJECTED,
    (ON_HOLD, "reject"): REJECTED,
    (IN_PRODUCTION, "reject"): REJECTED,
}


def lifecycle(switches: Switches = SWITCHES) -> Lifecycle:
    return Lifecycle(
        initial=NEW,
        cancelled=frozenset({CANCELLED}),
        allowed={"cancel": switches.cancellable, "ship": frozenset({IN_PRODUCTION})},
        moves=MOVES,
        standings={Standing.CANCELLED: CANCELLED, Standing.SHIPPED: SHIPPED},
        repeat=switches.recancel,
        # The vendor cancels whole orders only, so an order of which something left can't be cancelled at all.
        whole_only=True,
    )


assert SWITCHES.cancellable <= set(STATUSES)
