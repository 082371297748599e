"""What was decided: a yes with everything that follows from it, or a no with its reason.

A refusal is a value. Its enumeration is in order of precedence: when several apply, the first is the answer.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from countermand.model.command import Cancel, Refund
from countermand.model.event import Event, Taking
from countermand.model.obligation import Obligation, Owed
from countermand.model.order import Order, TaxTotal
from countermand.model.policy import OnTimeout
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


class Cause(StrEnum):
    """What exactly stands behind a refusal, in order of precedence. An encoder that knows no causes tells the refusal.

    The first refines KEY_REUSED, the next three UNKNOWN_ORDER: the order is there, a part of it isn't. All others refine
    STATUS_FORBIDS: something that is not the lifecycle forbids what the lifecycle allows.
    """

    KEY_IN_USE = "KEY_IN_USE"
    UNKNOWN_CANCELLATION = "UNKNOWN_CANCELLATION"
    UNKNOWN_OBLIGATION = "UNKNOWN_OBLIGATION"
    UNKNOWN_SHIPMENT = "UNKNOWN_SHIPMENT"
    IF_MATCH_REQUIRED = "IF_MATCH_REQUIRED"
    PREVIEW_EXPIRED = "PREVIEW_EXPIRED"
    CANCELLATION_PENDING = "CANCELLATION_PENDING"
    POLICY_FORBIDS = "POLICY_FORBIDS"
    WINDOW_CLOSED = "WINDOW_CLOSED"
    FULFILMENT_CLAIMED = "FULFILMENT_CLAIMED"
    APPROVAL_REQUIRED = "APPROVAL_REQUIRED"
    SAME_PERSON = "SAME_PERSON"
    ON_HOLD = "ON_HOLD"
    NOT_PENDING = "NOT_PENDING"
    DECISION_TOO_LATE = "DECISION_TOO_LATE"
    NOT_CANCELLED = "NOT_CANCELLED"
    RESTORABLE_IN_PART = "RESTORABLE_IN_PART"
    NOT_RESTORABLE = "NOT_RESTORABLE"
    OBLIGATION_CLOSED = "OBLIGATION_CLOSED"
    PREVIEW_DIFFERS = "PREVIEW_DIFFERS"


class Refused(Struct, frozen=True, kw_only=True):
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
    cause: Cause | None = None
    #: When it may be worth trying again, if it will be by itself.
    retry_at: datetime | None = None
    #: Whatever the dialect's own plan handed through.
    note: object = None


class CancellationState(StrEnum):
    """Where a cancellation stands. The first two have had no effect yet."""

    REQUESTED = "requested"  # somebody must agree
    SCHEDULED = "scheduled"  # its time has not come
    ACCEPTED = "accepted"  # in effect; something is still owed
    COMPLETED = "completed"  # in effect; nothing is owed any more
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"  # nobody decided in time
    FAILED = "failed"  # when its time came, it was refused
    RESTORED = "restored"  # undone

    @property
    def pending(self) -> bool:
        return self in {CancellationState.REQUESTED, CancellationState.SCHEDULED}

    @property
    def effective(self) -> bool:
        return self in {CancellationState.ACCEPTED, CancellationState.COMPLETED}


class Stage(StrEnum):
    """How far an order was when its cancel was asked for, least advanced part first."""

    OPEN = "open"  # nothing had left, and nobody was picking
    CLAIMED = "claimed"  # nothing had left, and fulfilment had claimed units
    PART_SHIPPED = "part_shipped"  # some units had left, some were open
    SHIPPED = "shipped"  # all goods had left, and only charges were open


class Cancellation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record of one cancel: what was asked, by whom and why, and what it did or will do.

    `stage` and `from_status` are where the order was when it was asked for. `command` is kept while it is pending. `due_at` is
    when a pending one takes effect or times out by itself; until `undo_until` an effective one can be undone without a trace
    outside. `decided_by` agreed, refused or took it back.
    """

    tenant: str
    dialect: str
    order_id: str
    cancellation_id: str
    created_at: datetime
    whole: bool
    reason: str
    executed_by: str
    attributed_to: str
    amount_minor: int
    currency: str
    takings: tuple[Taking, ...]
    note: str = ""
    message: str = ""
    requested_by: str = ""
    operation_id: str | None = None
    state: CancellationState = CancellationState.COMPLETED
    taxes: tuple[TaxTotal, ...] = ()
    fee_minor: int = 0
    refund: Refund = Refund.ORIGINAL
    restock: bool = True
    notify: bool = True
    command: Cancel | None = None
    due_at: datetime | None = None
    on_timeout: OnTimeout = OnTimeout.REJECTED
    undo_until: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    decided_because: str = ""
    stage: Stage = Stage.OPEN
    from_status: str = ""


class Accepted(Struct, frozen=True, kw_only=True):
    """Yes: the order as it now stands and what happened. No events: it was so already and nothing changed."""

    order: Order
    events: tuple[Event, ...] = ()
    cancellation: Cancellation | None = None
    #: What is owed now because of it.
    owed: tuple[Owed, ...] = ()
    #: Cancellations and obligations there were already, as they are now.
    cancellations: tuple[Cancellation, ...] = ()
    obligations: tuple[Obligation, ...] = ()


class Done(Struct, frozen=True, kw_only=True):
    """What a committed request came to, for its encoder. `note` is whatever the dialect's plan handed through."""

    order: Order | None
    events: tuple[Event, ...] = ()
    cancellation: Cancellation | None = None
    records: tuple[Record, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    note: object = field(default=None)
    #: Cancellations and obligations that there were before, as they are now.
    cancellations: tuple[Cancellation, ...] = ()
    changed: tuple[Obligation, ...] = ()


Verdict = Done | Refused
