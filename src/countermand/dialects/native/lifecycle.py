"""The lifecycle of an order that was placed with us directly."""

from typing import Final

from countermand.model.lifecycle import Lifecycle, Repeat, Standing

PLACED: Final = "placed"
PART_SHIPPED: Final = "part_shipped"
SHIPPED: Final = "shipped"
DELIVERED: Final = "delivered"
RETURNED: Final = "returned"
CANCELLED: Final = "cancelled"

ORDER: Final = Lifecycle(
    initial=PLACED,
    cancelled=frozenset({CANCELLED}),
    allowed={
        "cancel": frozenset({PLACED, PART_SHIPPED}),
        "ship": frozenset({PLACED, PART_SHIPPED}),
        "deliver": frozenset({PLACED, PART_SHIPPED, SHIPPED}),
        "return": frozenset({PART_SHIPPED, SHIPPED, DELIVERED}),
        "reopen": frozenset({PART_SHIPPED, SHIPPED}),
    },
    standings={
        Standing.OPEN: PLACED,
        Standing.PART_SHIPPED: PART_SHIPPED,
        Standing.SHIPPED: SHIPPED,
        Standing.DELIVERED: DELIVERED,
        Standing.RETURNED: RETURNED,
        Standing.CANCELLED: CANCELLED,
    },
    # A second cancel is safe: it answers with the cancellation there is (docs/reference/native.md).
    repeat=Repeat.SAME_ANSWER,
)
