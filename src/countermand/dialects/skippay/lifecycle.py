"""The application's lifecycle as tables. A status is the vendor's `stateReason`; its `state` follows from it.

States: developers.skippay.cz/docs/api-reference/applications-states. The diagram there is an image; the transitions follow
the words of the pages, each checked 2026-11-21. Who may cancel when: /docs/api/markorderitemsascancelled and
/docs/api/cancelapplication.
"""

from collections.abc import Mapping
from typing import Final

from countermand.model.lifecycle import Lifecycle, Standing
from countermand.model.order import PortionState

REDIRECT_NEEDED: Final = "PROCESSING_REDIRECT_NEEDED"
PREAPPROVED: Final = "PROCESSING_PREAPPROVED"
VALIDATION: Final = "PROCESSING_VALIDATION_IN_PROGRESS"
TO_SHIP: Final = "READY_TO_SHIP"
SHIPPED: Final = "READY_SHIPPED"
DELIVERED: Final = "READY_DELIVERED"
PAID: Final = "READY_PAID"
REJECTED: Final = "REJECTED"
NOT_PAID: Final = "CANCELLED_NOT_PAID"
RETURNED: Final = "CANCELLED_RETURNED"

#: `state` of each `stateReason`.
STATE_OF: Final[Mapping[str, str]] = {
    REDIRECT_NEEDED: "PROCESSING",
    PREAPPROVED: "PROCESSING",
    VALIDATION: "PROCESSING",
    TO_SHIP: "READY",
    SHIPPED: "READY",
    DELIVERED: "READY",
    PAID: "READY",
    REJECTED: "REJECTED",
    NOT_PAID: "CANCELLED",
    RETURNED: "CANCELLED",
}

#: The word for units in a portion's state, on an item and on the order.
ITEM_STATE: Final[Mapping[PortionState, str]] = {
    PortionState.OPEN: "PROCESSING",
    PortionState.SHIPPED: "SENT",
    PortionState.DELIVERED: "DELIVERED",
    PortionState.RETURNED: "RETURNED",
    PortionState.CANCELLED: "CANCELLED",
}

#: Least advanced first: an order is as far as its least advanced item that isn't cancelled.
ADVANCE: Final = (PortionState.OPEN, PortionState.SHIPPED, PortionState.DELIVERED, PortionState.RETURNED)

#: What our two doors to cancelling are called in `Lifecycle.allowed`.
CANCEL_ITEMS: Final = "cancel"
CANCEL_APPLICATION: Final = "cancel_application"

READY: Final = frozenset(status for status, state in STATE_OF.items() if state == "READY")
PROCESSING: Final = frozenset(status for status, state in STATE_OF.items() if state == "PROCESSING")
CLOSED: Final = frozenset(status for status, state in STATE_OF.items() if state in {"REJECTED", "CANCELLED"})

#: An application that was paid out stays so, whatever its remaining items do, until everything is back or cancelled.
_ALIVE: Final = frozenset({Standing.OPEN, Standing.PART_SHIPPED, Standing.SHIPPED, Standing.DELIVERED})

LIFECYCLE: Final = Lifecycle(
    initial=REDIRECT_NEEDED,
    cancelled=frozenset({NOT_PAID, RETURNED}),
    allowed={
        CANCEL_ITEMS: READY,
        CANCEL_APPLICATION: frozenset({REDIRECT_NEEDED, PREAPPROVED, TO_SHIP}),
        "ship": READY,
        "deliver": READY,
        "return": READY,
    },
    moves={
        (REDIRECT_NEEDED, "preapprove"): PREAPPROVED,
        (REDIRECT_NEEDED, "validate"): VALIDATION,
        (PREAPPROVED, "validate"): VALIDATION,
        (REDIRECT_NEEDED, "approve"): TO_SHIP,
        (PREAPPROVED, "approve"): TO_SHIP,
        (VALIDATION, "approve"): TO_SHIP,
        (REDIRECT_NEEDED, "reject"): REJECTED,
        (PREAPPROVED, "reject"): REJECTED,
        (VALIDATION, "reject"): REJECTED,
        (REDIRECT_NEEDED, "expire"): NOT_PAID,
        (PREAPPROVED, "expire"): NOT_PAID,
        (SHIPPED, "pay"): PAID,
        (DELIVERED, "pay"): PAID,
    },
    standings={
        Standing.OPEN: TO_SHIP,
        Standing.PART_SHIPPED: TO_SHIP,
        Standing.SHIPPED: SHIPPED,
        Standing.DELIVERED: DELIVERED,
        Standing.RETURNED: RETURNED,
        Standing.CANCELLED: NOT_PAID,
    },
    pinned={PAID: _ALIVE},
)

#: The changes of which the partner is told (developers.skippay.cz, application-notification); the others are silent.
NOTIFIED: Final = frozenset({REJECTED, NOT_PAID, TO_SHIP, SHIPPED, DELIVERED, PAID})
