"""The shapes of answers, for the OpenAPI document. What is really sent is built in `showing`; a test holds the two together."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from countermand.model.command import Refund
from countermand.model.obligation import ObligationState
from countermand.model.order import ConflictKind, ConflictState
from countermand.model.outcome import CancellationState

Number = int | float


class Shape(BaseModel):
    """Answers may grow: a client must ignore what it does not know."""

    model_config = ConfigDict(extra="allow", defer_build=True)


class Tax(Shape):
    """Tax at one rate, in percent."""

    rate: Number
    amount: int


class OrderLine(Shape):
    """One row: for every line, ordered = open + shipped + cancelled."""

    id: str
    sku: str
    charge: str | None
    ordered: Number
    open: Number
    shipped: Number
    returned: Number
    cancelled: Number
    reserved: Number
    price: int
    tax: int
    price_live: int


class PaymentShown(Shape):
    """Money of one tender; `to_void` and `to_refund` are promised by open obligations."""

    id: str
    method: str | None
    authorised: int
    captured: int
    refunded: int
    released: int
    to_void: int
    to_refund: int
    voided: bool


class ShipmentShown(Shape):
    """How units left."""

    id: str
    carrier: str | None
    tracking: str | None
    shipped_on: str | None
    delivered_on: str | None


class HoldShown(Shape):
    """Why nothing may leave."""

    id: str
    reason: str
    placed_by: str
    placed_at: datetime


class FulfilmentClaim(Shape):
    """The stop-ship lease."""

    id: str
    holder: str
    line_ids: list[str]
    taken_at: datetime
    expires_at: datetime


class ConflictShown(Shape):
    """Something that was learnt too late; `remedy` is the kind of the obligation that puts it right, `state` how far it is."""

    id: str
    kind: ConflictKind
    state: ConflictState
    detected_at: datetime
    closed_at: datetime | None
    remedy: str | None
    amount: int
    line_ids: list[str]
    payment_id: str | None


class OrderShown(Shape):
    """An order as it stands. Amounts are integers in minor units."""

    id: str
    dialect: str
    reference: str | None
    status: str
    version: int
    currency: str
    total: int
    taxes: list[Tax]
    placed_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    pending_cancellation: str | None
    lines: list[OrderLine]
    payments: list[PaymentShown]
    shipments: list[ShipmentShown]
    holds: list[HoldShown]
    fulfilment_claims: list[FulfilmentClaim]
    conflicts: list[ConflictShown]


class TakingShown(Shape):
    """Units of a line with the price and tax that go with them."""

    line_id: str
    sku: str
    quantity: Number
    amount: int
    tax: int
    released: Number


class EventShown(Shape):
    """One thing that happened to an order. `payments` are all tenders as they were afterwards, where it changed one."""

    type: str
    sequence: int
    at: datetime
    status: str
    data: dict[str, str]
    amount: int
    currency: str
    taxes: list[Tax]
    lines: list[TakingShown]
    cancellation_id: str = ""
    shipment: ShipmentShown | None = None
    payments: list[PaymentShown] = []


class ObligationShown(Shape):
    """Something still owed outside because of a decision."""

    id: str
    order_id: str
    cancellation_id: str | None
    kind: str
    type: str
    state: ObligationState
    amount: int
    currency: str
    data: dict[str, str]
    owner: str
    attempts: int
    next_try_at: datetime | None
    last_error: str | None
    created_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    closed_because: str | None
    traceparent: str | None


class CancellationShown(Shape):
    """A cancellation: what was asked, by whom and why, and what it did or will do."""

    id: str | None
    order_id: str
    state: CancellationState
    whole: bool
    reason: str
    note: str
    message: str
    requested_by: str
    executed_by: str
    attributed_to: str
    operation_id: str | None
    amount: int
    fee: int
    currency: str
    taxes: list[Tax]
    refund: Refund
    restock: bool
    notify: bool
    created_at: datetime
    due_at: datetime | None
    undo_until: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    decided_because: str | None
    lines: list[TakingShown]


class CancellationWhole(CancellationShown):
    """With what it owes, and where the order stands now."""

    order_status: str
    obligations: list[ObligationShown]


class RestoredShown(CancellationWhole):
    """With the obligations that stay done although the cancellation was undone."""

    not_restored: list[str] = []


class PreviewShown(CancellationWhole):
    """What would happen, or what there is already. `preview_token` with the same members has exactly this done."""

    order_version: int = 0
    preview_token: str = ""
    preview_expires_at: datetime | None = None


class LineWrong(Shape):
    """What is wrong with one line, counted from 1."""

    line: int
    code: str
    detail: str
    pointer: str


class ImportShown(Shape):
    """What became of the lines of an import. `whole` false: the body broke off."""

    lines: int
    placed: int
    known: int
    refused: int
    whole: bool
    dry_run: bool
    mode: str
    errors: list[LineWrong]


class OrderPage(Shape):
    """Some orders; `next_page_token` is absent at the end."""

    items: list[OrderShown]
    next_page_token: str = ""


class CancellationPage(Shape):
    """Some cancellations."""

    items: list[CancellationShown]
    next_page_token: str = ""


class ObligationPage(Shape):
    """Some obligations."""

    items: list[ObligationShown]
    next_page_token: str = ""


class EventPage(Shape):
    """Some events, oldest first; ask again after the last sequence number while there are more."""

    items: list[EventShown]
    more: bool


class ReportShown(Shape):
    """What was noted, what it contradicts, and what is owed because of it."""

    order: OrderShown
    events: list[EventShown]
    conflicts: list[ConflictShown]
    obligations: list[ObligationShown]


class FeeShown(Shape):
    """What a cancel costs from so many seconds after placement on."""

    after_seconds: int
    percent: Number
    fixed: int


class ApprovalShown(Shape):
    """Which cancels somebody must agree to."""

    above: int
    timeout_seconds: int
    on_timeout: Literal["approved", "rejected"]
    four_eyes: bool


class Rules(Shape):
    """A policy's rules; null and zero mean no rule."""

    cancellable: list[str] | None
    window_seconds: int | None
    cooling_off_seconds: int
    fees: list[FeeShown]
    approval: ApprovalShown | None
    undo_window_seconds: int
    unpaid_expiry_seconds: int | None
    if_match_required: bool
    ask_fulfilment: bool


class PolicyShown(Rules):
    """What a tenant allows for orders of one dialect."""

    dialect: str
    version: int


class PolicyEvent(Shape):
    """Who changed a policy, when, from what to what."""

    type: str
    sequence: int
    at: datetime
    author: str
    key: str
    before: Rules
    after: Rules


class PolicyEventPage(Shape):
    """Some changes of a policy, newest first."""

    items: list[PolicyEvent]
    next_page_token: str = ""


class ProblemPart(Shape):
    """One thing that is wrong with one member of the body (`pointer`, RFC 6901), or with a query parameter or header."""

    pointer: str = ""
    parameter: str = ""
    detail: str
    code: str


class Problem(Shape):
    """An error by RFC 9457. Read `code`; `detail` is for people. On conflicts the members below say what stands in the way."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemPart] = []
    state: str = ""
    version: int = 0
    blocked_by: list[str] = []
    allowed_actions: list[str] = []
    retryable: bool = False
