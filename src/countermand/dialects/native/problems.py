"""Every "no" of the native API as a problem of RFC 9457 with a stable code."""

import math
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace
from pydantic import ValidationError

from countermand.dialects import catalog
from countermand.dialects.contract import CallerFault, Fault, FaultKind, FieldFault, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.order import Order, PortionState
from countermand.model.outcome import CancellationState, Cause, Refusal, Refused

_PROBLEM: Final = (("Content-Type", "application/problem+json"),)

#: What every 401 has to say of how to be somebody (RFC 9110, section 11.6.1).
_CHALLENGE: Final = ("WWW-Authenticate", "Bearer")
_NOBODY: Final = 401

#: Status and title of each refusal. Precedence is the enumeration's own order.
REFUSALS: Final[Mapping[Refusal, tuple[int, str]]] = {
    Refusal.KEY_REUSED: (422, "This idempotency key was used for another request"),
    Refusal.UNKNOWN_ORDER: (404, "No such order"),
    Refusal.ALREADY_EXISTS: (409, "There is an order with this id"),
    Refusal.VERSION_MISMATCH: (412, "The order has changed"),
    Refusal.VENDOR_RULE: (409, "A rule of the vendor forbids it"),
    Refusal.ALREADY_CANCELLED: (409, "The order is cancelled"),
    Refusal.STATUS_FORBIDS: (409, "The order's status forbids it"),
    Refusal.UNITS_ALREADY_SHIPPED: (409, "Units have been shipped"),
    Refusal.UNKNOWN_LINE: (422, "No such line"),
    Refusal.LINE_CLOSED: (409, "Nothing of the line is open"),
    Refusal.AMBIGUOUS_LINE: (422, "More than one line matches"),
    Refusal.QUANTITY_TOO_LARGE: (422, "More than is open"),
    Refusal.NOTHING_OPEN: (409, "Nothing is open"),
    Refusal.AMOUNT_IMPOSSIBLE: (422, "The amount can't be taken off this order"),
}

#: Status and title of what stands behind a refusal; its code is told instead of the refusal's.
CAUSES: Final[Mapping[Cause, tuple[int, str]]] = {
    Cause.KEY_IN_USE: (409, "A request with this idempotency key is still running"),
    Cause.UNKNOWN_CANCELLATION: (404, "The order has no such cancellation"),
    Cause.UNKNOWN_OBLIGATION: (404, "The order has no such obligation"),
    Cause.UNKNOWN_SHIPMENT: (404, "The order has no such shipment"),
    Cause.IF_MATCH_REQUIRED: (428, "The tenant's policy demands If-Match"),
    Cause.PREVIEW_EXPIRED: (409, "The preview has expired"),
    Cause.CANCELLATION_PENDING: (409, "Another cancellation of the order is pending"),
    Cause.POLICY_FORBIDS: (409, "The tenant's policy forbids it in this status"),
    Cause.WINDOW_CLOSED: (409, "The time for cancelling is over"),
    Cause.FULFILMENT_CLAIMED: (409, "Fulfilment is picking these units"),
    Cause.APPROVAL_REQUIRED: (409, "Somebody has to agree first"),
    Cause.SAME_PERSON: (409, "Whoever asked for it can't approve it"),
    Cause.ON_HOLD: (409, "The order is on hold"),
    Cause.NOT_PENDING: (409, "The cancellation waits for nobody's decision"),
    Cause.DECISION_TOO_LATE: (409, "The request has timed out"),
    Cause.NOT_CANCELLED: (409, "The cancellation is not in effect"),
    Cause.RESTORABLE_IN_PART: (409, "Some of what it did outside can't be undone"),
    Cause.NOT_RESTORABLE: (409, "The units are no longer as they were cancelled"),
    Cause.OBLIGATION_CLOSED: (409, "The obligation is over"),
    Cause.PREVIEW_DIFFERS: (409, "It would do something else than was previewed"),
}

#: Status and title of what only a bulk refuses, by the code that its plan gives.
OF_BULKS: Final[Mapping[str, tuple[int, str]]] = {
    "BULK_NOT_FOUND": (404, "No such bulk cancellation"),
    "BULK_STATE_FORBIDS": (409, "The bulk cancellation's state forbids it"),
}

#: What the caller may do about it, by code. The names are operations of the API. What a status forbids leads on to what the
#: order's lifecycle allows (`_by_lifecycle`), and what a bulk's state forbids to what that allows.
REMEDIES: Final[Mapping[str, tuple[str, ...]]] = {
    Refusal.ALREADY_EXISTS: ("getOrder",),
    Refusal.ALREADY_CANCELLED: ("listCancellations", "restoreCancellation"),
    Refusal.VENDOR_RULE: ("getOrder",),
    Cause.POLICY_FORBIDS: ("getPolicy", "putPolicy"),
    Cause.WINDOW_CLOSED: ("getPolicy", "putPolicy"),
    Cause.NOT_PENDING: ("getCancellation",),
    Cause.DECISION_TOO_LATE: ("createCancellation",),
    Cause.NOT_CANCELLED: ("getCancellation",),
    Cause.NOT_RESTORABLE: ("createOrder",),
    Cause.OBLIGATION_CLOSED: ("listObligations",),
    Cause.KEY_IN_USE: ("getOrder",),
    Cause.CANCELLATION_PENDING: ("approveCancellation", "rejectCancellation", "withdrawCancellation"),
    Cause.APPROVAL_REQUIRED: ("createCancellation",),
    Cause.FULFILMENT_CLAIMED: ("releaseFulfilmentClaim", "createCancellation"),
    Cause.SAME_PERSON: ("rejectCancellation", "withdrawCancellation"),
    Cause.ON_HOLD: ("releaseHold",),
    Cause.PREVIEW_DIFFERS: ("previewCancellation",),
    Cause.PREVIEW_EXPIRED: ("previewCancellation",),
    Cause.RESTORABLE_IN_PART: ("restoreCancellation",),
    Refusal.VERSION_MISMATCH: ("getOrder",),
    Cause.IF_MATCH_REQUIRED: ("getOrder",),
    Refusal.UNITS_ALREADY_SHIPPED: ("createReturn",),
    Refusal.NOTHING_OPEN: ("createReturn", "restoreCancellation"),
    Refusal.LINE_CLOSED: ("createReturn", "restoreCancellation"),
}

#: What can be done about a pending cancellation that only waits for its time: there is nobody who has to agree.
_OF_SCHEDULED: Final = ("rejectCancellation", "withdrawCancellation")
_OF_PENDING: Final = frozenset({Cause.CANCELLATION_PENDING, Cause.NOT_PENDING})

#: Refusals that may end by themselves or by asking again with what is true now.
RETRYABLE: Final = frozenset(
    {
        Refusal.VERSION_MISMATCH,
        Cause.KEY_IN_USE,
        Cause.CANCELLATION_PENDING,
        Cause.FULFILMENT_CLAIMED,
        Cause.PREVIEW_DIFFERS,
    }
)

#: Status, code and title of each fault.
FAULTS: Final[Mapping[FaultKind, tuple[int, str, str]]] = {
    FaultKind.NO_CREDENTIAL: (401, "UNAUTHENTICATED", "Send `Authorization: Bearer <key>`"),
    FaultKind.BAD_CREDENTIAL: (401, "UNAUTHENTICATED", "This key is unknown, revoked or expired"),
    FaultKind.WRONG_TENANT: (403, "WRONG_TENANT", "This key belongs to another tenant"),
    FaultKind.FORBIDDEN: (403, "FORBIDDEN", "This key lacks a scope"),
    FaultKind.RATE_LIMITED: (429, "RATE_LIMITED", "Too many requests"),
    FaultKind.NO_ROUTE: (404, "NO_ROUTE", "No such resource"),
    FaultKind.WRONG_METHOD: (405, "WRONG_METHOD", "This method is not for this resource"),
    FaultKind.BODY_TOO_LARGE: (413, "BODY_TOO_LARGE", "The body is too large"),
    FaultKind.MALFORMED: (400, "MALFORMED", "The request can't be read"),
    FaultKind.INVALID: (422, "INVALID", "Members of the request are not as they should be"),
    FaultKind.UNAVAILABLE: (503, "UNAVAILABLE", "The database can't be reached; nothing is known to have changed"),
    FaultKind.INTERNAL: (500, "INTERNAL", "A bug of ours"),
}


#: Which operation takes an action of the lifecycle's tables.
_ACTIONS: Final = {"cancel": "createCancellation", "ship": "createShipment", "deliver": "createDelivery"}

_LEFT: Final = (PortionState.SHIPPED, PortionState.DELIVERED)


def encode_fault(fault: Fault, wire: WireRequest) -> WireAnswer:
    status, code, title = FAULTS[fault.kind]
    members: dict[str, object] = {"code": code}
    if fault.fields:
        members["errors"] = [
            {_place(field.path): field.path, "detail": field.message, "code": field.code} for field in fault.fields
        ]
    answer = _problem(wire, (status, title), fault.detail, members)
    return replace(answer, headers=(*answer.headers, _CHALLENGE)) if status == _NOBODY else answer


def _place(path: str) -> str:
    """A pointer (RFC 6901) is into the body; what is in the query or a header has a name."""
    return "pointer" if not path or path.startswith("/") else "parameter"


def encode_refusal(refused: Refused, wire: WireRequest) -> WireAnswer:
    cause, refusal = refused.cause, refused.refusal
    code = refused.vendor_code or (cause or refusal).value
    status, title = OF_BULKS.get(code) or (REFUSALS[refusal] if cause is None else CAUSES[cause])
    members: dict[str, object] = {"code": code}
    if status in _CONFLICTS:
        members["retryable"] = (cause or refusal) in RETRYABLE
        members["blocked_by"] = list(refused.blocked_by)
        members["allowed_actions"] = list(REMEDIES.get(code, ()))
        if refusal is Refusal.STATUS_FORBIDS and cause is None and refused.order is not None:
            members |= _by_lifecycle(refused.order)
        if cause in _OF_PENDING and refused.detail == CancellationState.SCHEDULED:
            members["allowed_actions"] = list(_OF_SCHEDULED)
        if refused.order is not None:
            members["state"] = refused.order.status
            members["version"] = refused.order.version
    if refused.pointer:
        members["errors"] = [{"pointer": refused.pointer, "detail": title, "code": code}]
    if isinstance(refused.note, Mapping):
        members |= refused.note
    answer = _problem(wire, (status, title), refused.detail, members)
    if refused.retry_at is None:
        return answer
    wait_s = max(1, math.ceil((refused.retry_at - wire.received_at).total_seconds()))
    return WireAnswer(status=status, body=answer.body, headers=(*answer.headers, ("Retry-After", str(wait_s))))


def _by_lifecycle(order: Order) -> dict[str, object]:
    """What stands in the way of an order in this status, and what its lifecycle allows instead."""
    dialect = catalog.load().get(order.dialect)
    lifecycle = dialect.lifecycles.get(order.kind) if dialect else None
    gone = [line.line_id for line in order.lines if line.quantity_milli(*_LEFT)]
    if lifecycle is None:
        return {"blocked_by": gone}
    allowed = {action for action, statuses in lifecycle.allowed.items() if order.status in statuses}
    moves = sorted(action for status, action in lifecycle.moves if status == order.status)
    actions = [operation for action, operation in _ACTIONS.items() if action in allowed]
    actions += ["createReturn"] if gone and "return" in allowed else []
    actions += ["cancelShipment"] if gone and "reopen" in allowed else []
    actions += ["transitionOrder"] if moves else []
    actions += ["restoreCancellation"] if order.status in lifecycle.cancelled else []
    return {"blocked_by": gone, "allowed_actions": actions or ["getOrder"], "moves": moves}


#: Statuses that say that the order is not as it would have to be, or that nobody said how it should be.
_CONFLICTS: Final = frozenset({409, 412, 428})


def _problem(wire: WireRequest, said: tuple[int, str], detail: str, members: Mapping[str, object]) -> WireAnswer:
    status, title = said
    document = {
        "type": f"{wire.base_url}/problems/{str(members['code']).lower()}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "instance": f"{wire.base_url}{wire.path}",
        "request_id": wire.request_id,
        **members,
    }
    return json_answer(status, document, _PROBLEM)


def invalid(error: ValidationError) -> CallerFault:
    """What pydantic found wrong, each with a JSON Pointer (RFC 6901)."""
    fields = tuple(
        FieldFault(
            path="".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in found["loc"]),
            message=found["msg"],
            code=found["type"].upper(),
        )
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    )
    malformed = any(field.code == "JSON_INVALID" for field in fields)
    kind = FaultKind.MALFORMED if malformed else FaultKind.INVALID
    return CallerFault(Fault(kind=kind, detail=fields[0].message, fields=() if malformed else fields))
