"""Every way of saying no: refusals, statuses that forbid something, and faults, as tables.

404 comes in the envelope with data, 400 in the one with errors, flag false; 417 and 510 with errors, flag true (Cancel
Order, and a recorded 404; older revisions of the pages print 404 and 400 the other way round).
"""

from collections.abc import Mapping
from datetime import UTC
from types import MappingProxyType
from typing import Final

from countermand.dialects.contract import CallerFault, Fault, FaultKind, FieldFault, WireAnswer, WireRequest
from countermand.model.outcome import Refusal, Refused

from .envelope import refuse, tell
from .lifecycle import (
    CANCELLED,
    CAPTURED,
    CHARGED,
    COMPLETED,
    EXPIRED,
    INKASSO,
    INVOICED,
    PAID,
    PARTIAL_REFUNDED,
    PURRING,
    REFUNDED,
)

Messages = Mapping[str, str]

CONFLICT: Final = 400
INVALID: Final = 417
BROKEN: Final = 510

NOT_FOUND: Final = "orderNotFound"
#: What the two status calls say instead: recorded.
STATUS_NOT_FOUND: Final = "Order Not Found"
PAYLOAD: Final = "payloadValidationErrors"
ALREADY_PAID: Final = "orderStatusAlreadyPaid"
ALREADY_CANCELLED: Final = "orderStatusAlreadyCancelled"

#: Cancel Order names PAID only; CANCELLED is Resend Payment Link's. The rest is our reading: money that was collected counts
#: as paid, and the names for INVOICED and EXPIRED follow the pattern (low).
CANCEL: Final[Messages] = MappingProxyType(
    {
        PAID: ALREADY_PAID,
        REFUNDED: ALREADY_PAID,
        PARTIAL_REFUNDED: ALREADY_PAID,
        CANCELLED: ALREADY_CANCELLED,
        INVOICED: "orderStatusAlreadyInvoiced",
        PURRING: "orderStatusAlreadyInvoiced",
        INKASSO: "orderStatusAlreadyInvoiced",
        EXPIRED: "orderStatusAlreadyExpired",
    }
)

#: Resend Payment Link refuses for PAID and CANCELLED; a link may be sent again although it expired or an invoice is out.
RESEND: Final[Messages] = MappingProxyType(
    {status: CANCEL[status] for status in (PAID, REFUNDED, PARTIAL_REFUNDED, CANCELLED)}
)

#: Cancel Reservation: completed or cancelled; expired, or no longer only reserved.
CANCEL_RESERVATION: Final[Messages] = MappingProxyType(
    {
        COMPLETED: "reservationStatusAlreadyCompleted",
        CANCELLED: "reservationStatusAlreadyCompleted",
        EXPIRED: "prerequisiteFailedToCancelReservation",
        CAPTURED: "prerequisiteFailedToCancelReservation",
        CHARGED: "prerequisiteFailedToCancelReservation",
    }
)

#: Cancel Subscription: the message of its 400 could not be read; the name follows the one for reservations (low).
CANCEL_SUBSCRIPTION: Final[Messages] = MappingProxyType(
    dict.fromkeys((COMPLETED, CANCELLED, EXPIRED), "prerequisiteFailedToCancelSubscription")
)

_REFUND: Final = "refundRejectionForRefundedCancelledInvoicedOrderParam"

#: Refund and its approval. `...ParamInvoiced` is cut off in the stored page: an invoice is refunded with type `invoiced`.
REFUND: Final[Messages] = MappingProxyType(
    {
        REFUNDED: f"{_REFUND}Refunded",
        CANCELLED: f"{_REFUND}Cancelled",
        INVOICED: f"{_REFUND}Invoiced",
        PURRING: f"{_REFUND}Invoiced",
        INKASSO: f"{_REFUND}Invoiced",
    }
)

# ------------------------------------------------------------------------------------------------------- rules of this vendor

#: Nothing was collected, or not by the type that the caller names.
NO_TRANSACTION: Final = "NO_TRANSACTION"
WEEKLY_LIMIT: Final = "WEEKLY_LIMIT"
#: The payload names something that the stored order does not bear out; `Refused.detail` is the sentence.
PAYLOAD_MISMATCH: Final = "PAYLOAD_MISMATCH"
#: The order is in a status that forbids it, and no table of the engine knows that.
STATUS: Final = "STATUS"

#: By `Refused.vendor_code`: status and message.
RULES: Final[Mapping[str, tuple[int, str]]] = MappingProxyType(
    {
        NO_TRANSACTION: (404, "refundRejectionForTransactionNotFound"),
        WEEKLY_LIMIT: (CONFLICT, "refundRejectionForWeeklyThresholdExceed"),
        PAYLOAD_MISMATCH: (INVALID, PAYLOAD),
    }
)

#: Refusals that need no look at the order's status. Calls of this vendor take whole orders, so those about lines can't happen.
REFUSALS: Final[Mapping[Refusal, tuple[int, str]]] = MappingProxyType(
    {
        Refusal.KEY_REUSED: (CONFLICT, "orderAlreadyProcessed"),
        Refusal.UNKNOWN_ORDER: (404, NOT_FOUND),
        Refusal.ALREADY_EXISTS: (CONFLICT, "orderAlreadyExists"),
        Refusal.VERSION_MISMATCH: (CONFLICT, "orderAlreadyProcessed"),
        Refusal.VENDOR_RULE: (CONFLICT, "orderAlreadyProcessed"),
        Refusal.ALREADY_CANCELLED: (CONFLICT, ALREADY_CANCELLED),
        Refusal.STATUS_FORBIDS: (CONFLICT, ALREADY_PAID),
        Refusal.UNITS_ALREADY_SHIPPED: (CONFLICT, ALREADY_PAID),
        Refusal.UNKNOWN_LINE: (404, NOT_FOUND),
        Refusal.LINE_CLOSED: (CONFLICT, ALREADY_CANCELLED),
        Refusal.AMBIGUOUS_LINE: (INVALID, PAYLOAD),
        Refusal.QUANTITY_TOO_LARGE: (INVALID, PAYLOAD),
        Refusal.NOTHING_OPEN: (CONFLICT, ALREADY_CANCELLED),
        Refusal.AMOUNT_IMPOSSIBLE: (INVALID, PAYLOAD),
    }
)

_BY_STATUS: Final = frozenset({Refusal.ALREADY_CANCELLED, Refusal.STATUS_FORBIDS})

SOMETHING_WENT_WRONG: Final = "Something went wrong on our side."

#: Status and message of each fault. 401 and 429 are the framework's words in the vendor's envelope (low): no page shows them.
FAULTS: Final[Mapping[FaultKind, tuple[int, str]]] = MappingProxyType(
    {
        FaultKind.NO_CREDENTIAL: (401, "Unauthenticated."),
        FaultKind.BAD_CREDENTIAL: (401, "Unauthenticated."),
        FaultKind.WRONG_TENANT: (401, "Unauthenticated."),
        FaultKind.FORBIDDEN: (403, "This action is unauthorized."),
        FaultKind.RATE_LIMITED: (429, "Too Many Attempts."),
        FaultKind.NO_ROUTE: (404, "The route could not be found."),
        FaultKind.WRONG_METHOD: (405, "The method is not supported for this route."),
        FaultKind.BODY_TOO_LARGE: (413, "The payload is too large."),
        FaultKind.MALFORMED: (INVALID, PAYLOAD),
        FaultKind.INVALID: (INVALID, PAYLOAD),
        FaultKind.UNAVAILABLE: (BROKEN, "Something Went Wrong"),
        FaultKind.INTERNAL: (BROKEN, "Something Went Wrong"),
    }
)

#: Delayed Charge spells its 510 differently.
CHARGE_PATH: Final = "/orders/delayed/charge/"
CHARGE_BROKEN: Final = "somethingWentWrong"


def invalid(sentences: tuple[str, ...]) -> CallerFault:
    """A payload with these things wrong, in rule order."""
    return CallerFault(
        Fault(kind=FaultKind.INVALID, fields=tuple(FieldFault(path="", message=each) for each in sentences))
    )


def refused(no: Refused, messages: Messages = CANCEL) -> WireAnswer:
    """The answer to a refusal; `messages` say what each status of the order means to this operation."""
    status, message = REFUSALS[no.refusal]
    if no.refusal is Refusal.VENDOR_RULE:
        status, message = RULES.get(no.vendor_code, (status, message))
    by_status = no.refusal in _BY_STATUS or no.vendor_code == STATUS
    if by_status and no.order is not None:
        message = messages.get(no.order.status, message)
    match status:
        case 404:
            return tell(404, message, is_data=False)
        case 400:
            return refuse(CONFLICT, message, is_error=False)
        case 417:
            return refuse(INVALID, message, is_error=True, errors=(no.detail or "The payload is not valid.",))
        case _:
            return refuse(BROKEN, message, is_error=True, errors=(SOMETHING_WENT_WRONG,))


def not_found(message: str = NOT_FOUND) -> WireAnswer:
    return tell(404, message, is_data=False)


def encode_fault(fault: Fault, wire: WireRequest) -> WireAnswer:
    status, message = FAULTS[fault.kind]
    errors: tuple[str, ...] | None = None
    if status == INVALID:
        errors = tuple(field.message for field in fault.fields) or (fault.detail or "The payload is not valid.",)
    if status == BROKEN:
        # Never what went wrong inside: the list holds one sentence for everybody.
        errors = (SOMETHING_WENT_WRONG,)
        message = CHARGE_BROKEN if CHARGE_PATH in wire.path else message
    return refuse(status, message, is_error=True, errors=errors, headers=_headers(fault, wire))


def _headers(fault: Fault, wire: WireRequest) -> tuple[tuple[str, str], ...]:
    """What HTTP demands beside the status (RFC 9110), and the framework's own two on a 429."""
    match fault.kind:
        case FaultKind.NO_CREDENTIAL | FaultKind.BAD_CREDENTIAL | FaultKind.WRONG_TENANT:
            return (("www-authenticate", "Bearer"),)
        case FaultKind.RATE_LIMITED:
            wait = fault.retry_after_s or 0
            reset = int(wire.received_at.astimezone(UTC).timestamp()) + wait
            return (("retry-after", str(wait)), ("x-ratelimit-reset", str(reset)))
        case _:
            return ()
