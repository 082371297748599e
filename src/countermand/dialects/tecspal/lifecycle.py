"""The statuses of an order and the moves between them.

PENDING, QUOTED, CANCELLED: Cancel Order page; ACCEPTED: Confirm Order page; DELIVERED: Get Order By Id page. There may be more
between the last two, so any other word may stand in a world: it is kept, shown, and forbids what it isn't listed for.
"""

from typing import Final

from countermand.model.lifecycle import Lifecycle, Repeat, Standing

PENDING: Final = "PENDING"
QUOTED: Final = "QUOTED"
ACCEPTED: Final = "ACCEPTED"
DELIVERED: Final = "DELIVERED"
CANCELLED: Final = "CANCELLED"

#: Where hardware is (Get All Hardwares page).
WITH_EMPLOYEE: Final = "EMPLOYEE"
IN_STORAGE: Final = "STORAGE"

#: The example status of both movement pages, and the only one that a new movement request can have here.
PROCESSING: Final = "PROCESSING"

#: "The order must be in PENDING or QUOTED status" (Cancel Order); the pages of remove and select say the same.
EDITABLE: Final = frozenset({PENDING, QUOTED})

LIFECYCLE: Final = Lifecycle(
    initial=PENDING,
    cancelled=frozenset({CANCELLED}),
    allowed={"cancel": EDITABLE, "remove": EDITABLE, "deliver": frozenset({ACCEPTED})},
    moves={
        (PENDING, "quote"): QUOTED,
        (QUOTED, "confirm"): ACCEPTED,
        (ACCEPTED, "deliver"): DELIVERED,
    },
    standings={Standing.CANCELLED: CANCELLED, Standing.DELIVERED: DELIVERED},
    # "The endpoint will return the same id and status without making changes" (Cancel Order).
    repeat=Repeat.SAME_ANSWER,
)
