"""Statuses and legal moves of orders, and of their three sibling resources, which are orders of another kind.

Statuses of an order: Get All Order Status. `Purring` (reminder) and `Inkasso` (debt collection): Get Invoice Number By
UUID; all are emitted in upper case, as in recorded answers. Moves are read off the status names and the callback page;
an operator makes them, where no call does.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from countermand.model.lifecycle import Lifecycle, Standing

ORDER: Final = "order"
RESERVATION: Final = "reservation"
TERMINAL: Final = "terminal"
SUBSCRIPTION: Final = "subscription"

SENT: Final = "SENT"
PAID: Final = "PAID"
CANCELLED: Final = "CANCELLED"
EXPIRED: Final = "EXPIRED"
INVOICED: Final = "INVOICED"
REFUNDED: Final = "REFUNDED"
PARTIAL_REFUNDED: Final = "PARTIAL REFUNDED"
PURRING: Final = "PURRING"
INKASSO: Final = "INKASSO"

RESERVED: Final = "RESERVED"
RESERVED_NOT_PAID: Final = "RESERVED NOT PAID"
CAPTURED: Final = "CAPTURED"
CHARGED: Final = "CHARGED"
COMPLETED: Final = "COMPLETED"
ONGOING: Final = "ONGOING"

#: What the `type` filter of Get All Order Status offers.
LISTED: Final = (SENT, PAID, CANCELLED, EXPIRED, INVOICED, REFUNDED, PARTIAL_REFUNDED)

#: An invoice is out and unpaid.
BILLED: Final = frozenset({INVOICED, PURRING, INKASSO})

_CANCELLED_BY_UNITS: Final = {Standing.CANCELLED: CANCELLED}
_GONE: Final = frozenset({CANCELLED})

_ORDER: Final = Lifecycle(
    initial=SENT,
    cancelled=_GONE,
    # SENT is the only live status without money or an invoice: every other is named by a refusal (`codes.CANCEL`).
    allowed={"cancel": frozenset({SENT}), "return": frozenset({PAID, PARTIAL_REFUNDED, *BILLED})},
    moves={
        (SENT, "pay"): PAID,
        (SENT, "charge"): PAID,
        (SENT, "invoice"): INVOICED,
        (SENT, "expire"): EXPIRED,
        (INVOICED, "remind"): PURRING,
        (INVOICED, "collect"): INKASSO,
        (PURRING, "collect"): INKASSO,
        **{(status, "pay"): PAID for status in sorted(BILLED)},
        **{(status, "refund"): REFUNDED for status in (PAID, PARTIAL_REFUNDED, *sorted(BILLED))},
        **{(status, "refund_part"): PARTIAL_REFUNDED for status in (PAID, PARTIAL_REFUNDED, *sorted(BILLED))},
    },
    standings=_CANCELLED_BY_UNITS,
)

#: Cancel Reservation: from SENT and RESERVED NOT PAID, and "only while the amount is still reserved" (revision 1688).
_RESERVATION: Final = Lifecycle(
    initial=SENT,
    cancelled=_GONE,
    allowed={"cancel": frozenset({SENT, RESERVED, RESERVED_NOT_PAID})},
    moves={
        (SENT, "reserve"): RESERVED,
        (SENT, "expire"): EXPIRED,
        (RESERVED, "expire"): EXPIRED,
        (RESERVED_NOT_PAID, "reserve"): RESERVED,
        (RESERVED_NOT_PAID, "expire"): EXPIRED,
        **{(status, "capture"): CAPTURED for status in (RESERVED, CAPTURED, CHARGED)},
        **{(status, "charge"): CHARGED for status in (RESERVED, CAPTURED, CHARGED)},
        **{(status, "complete"): COMPLETED for status in (CAPTURED, CHARGED)},
    },
    standings=_CANCELLED_BY_UNITS,
)

_TERMINAL: Final = Lifecycle(
    initial=SENT,
    cancelled=_GONE,
    allowed={"cancel": frozenset({SENT})},
    moves={
        (SENT, "pay"): PAID,
        (SENT, "expire"): EXPIRED,
        **{(status, "refund"): REFUNDED for status in (PAID, PARTIAL_REFUNDED)},
        **{(status, "refund_part"): PARTIAL_REFUNDED for status in (PAID, PARTIAL_REFUNDED)},
    },
    standings=_CANCELLED_BY_UNITS,
)

#: Cancel Subscription: "Only SEND and ONGOING subscription can be cancelled"; Get Subscription List spells it SENT.
_SUBSCRIPTION: Final = Lifecycle(
    initial=SENT,
    cancelled=_GONE,
    allowed={"cancel": frozenset({SENT, ONGOING})},
    moves={(SENT, "start"): ONGOING, (SENT, "expire"): EXPIRED, (ONGOING, "complete"): COMPLETED},
    standings=_CANCELLED_BY_UNITS,
)

LIFECYCLES: Final[Mapping[str, Lifecycle]] = MappingProxyType(
    {ORDER: _ORDER, RESERVATION: _RESERVATION, TERMINAL: _TERMINAL, SUBSCRIPTION: _SUBSCRIPTION}
)
