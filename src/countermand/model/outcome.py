"""What was decided: a yes with everything that follows from it, or a no with its reason.

A refusal is a value. Its enumeration is in order of precedence: when several apply, the first is the answer.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from countermand.model.event import Event, Taking
from countermand.model.obligation import Obligation
from countermand.model.order import Order
from countermand.model.record import Record


class Refusal(StrEnum):
    """Why not. The order of the members is the precedence; docs/reference/refusals.md lists them in the same order."""

    KEY_REUSED = "KEY_REUSED"
    UNKNOWN_ORDER = "UNKNOWN_ORDER"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    VERSION_MISMATCH = "VERSION_MISMATCH"
    VENDOR_RULE = "VENDOR_RULE"
    ALREADY_CANCELLED = "ALREADY_CANCELLED"
    STATUS_FORBIDS = "STATUS_FORBIDS"
    UNITS_ALREADY_SHIPPED = "UNITS_ALREADY_SHIPPED"
    UNKNOWN_LINE = "UNKNOWN_LINE"
    LINE_CLOSED = "LINE_CLOSED"
    AMBIGUOUS_LINE = "AMBIGUOUS_LINE"
    QUANTITY_TOO_LARGE = "QUANTITY_TOO_LARGE"
    NOTHING_OPEN = "NOTHING_OPEN"
    AMOUNT_IMPOSSIBLE = "AMOUNT_IMPOSSIBLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No. `order` is what the decision was made on (None: there is none), so that the answer can name its status.

    `vendor_code` is set with VENDOR_RULE only: a word that the same dialect's encoder understands.
    `pointer` is the part of the request that is to blame, `blocked_by` what stands in the way (line ids, shipments).
    """

    refusal: Refusal
    order: Order | None = None
    vendor_code: str = ""
    pointer: str = ""
    blocked_by: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """The record of one effective cancel: what was asked, by whom and why, and what it did."""

    tenant: str
    dialect: str
    order_id: str
    cancellation_id: str
    created_at: datetime
    whole: bool
    reason: str
    note: str
    message: str
    requested_by: str
    executed_by: str
    attributed_to: str
    operation_id: str | None
    amount_minor: int
    currency: str
    takings: tuple[Taking, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Yes: the order as it now stands and what happened. No events: it was so already and nothing changed."""

    order: Order
    events: tuple[Event, ...] = ()
    cancellation: Cancellation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a committed request came to, for its encoder. `note` is whatever the dialect's plan handed through."""

    order: Order | None
    events: tuple[Event, ...] = ()
    cancellation: Cancellation | None = None
    records: tuple[Record, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    note: object = field(default=None)


Verdict = Done | Refused
