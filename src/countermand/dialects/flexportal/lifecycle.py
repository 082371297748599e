"""An order's lifecycle as tables.

Statuses and moves: https://docs.flexportal.io/api-reference/orders/get.md; "Confirm Order" is a dashboard action
(https://docs.flexportal.io/operations/orders.md); only pending and confirmed orders can be cancelled
(https://docs.flexportal.io/api-reference/overview.md). Checked 2026-11-21.

A rental is a unit that left: its shipment is named by the rental's id. Rentals that ended (bought, returned, run out) stay
with the order, and so does its status; a cancelled rental gives its unit back.
"""

from enum import StrEnum
from typing import Final

from countermand.model.lifecycle import Lifecycle, Repeat, Standing

from .switches import PENDING_MAY_BE_RENTED


class Status(StrEnum):
    """What an order can be."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    PARTIAL = "partial"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


#: Where a rental may be made of an order: "partial" too, or an order of several units could never be fulfilled.
RENTABLE: Final = frozenset({Status.CONFIRMED, Status.PARTIAL} | ({Status.PENDING} if PENDING_MAY_BE_RENTED else set()))

ORDER: Final = Lifecycle(
    initial=Status.PENDING,
    cancelled=frozenset({Status.CANCELLED}),
    allowed={
        "cancel": frozenset({Status.PENDING, Status.CONFIRMED}),
        "ship": RENTABLE,
        "reopen": frozenset(Status) - {Status.CANCELLED},
    },
    moves={(Status.PENDING, "confirm"): Status.CONFIRMED},
    standings={
        Standing.OPEN: Status.CONFIRMED,
        Standing.PART_SHIPPED: Status.PARTIAL,
        Standing.SHIPPED: Status.FULFILLED,
        Standing.CANCELLED: Status.CANCELLED,
    },
    pinned={Status.PENDING: frozenset({Standing.OPEN})},
    repeat=Repeat.REFUSED,
    whole_only=True,
)
