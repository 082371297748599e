"""Every "no" of this vendor: refusals and faults as HTTP status and message.

Origins: Cancel Order and Confirm Order pages for the texts marked D; all others are ours, because no page has them, in the
same style. 404, 413, 429, 500 and 503 have the shape that the framework behind the API (NestJS) gives its built-in exceptions.
"""

from dataclasses import dataclass
from typing import Final

from countermand.dialects.contract import Fault, FaultKind, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.outcome import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Said:
    """A status and its text. An empty text: the fault brings its own."""

    status: int
    message: str = ""


NOT_FOUND: Final = "Order request not found"  # D
CANNOT_CANCEL: Final = (  # D
    "The Order cannot be cancelled. Only orders with status PENDING or QUOTED can be cancelled"
)
CANNOT_CONFIRM: Final = "The Order cannot be confirmed"  # D
CANNOT_CHANGE: Final = "The Order cannot be changed. Only orders with status PENDING or QUOTED can be changed"

#: The reason phrases of the `error` member. 500 has none: the framework's default body has no such member.
REASONS: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Payload Too Large",
    429: "Too Many Requests",
    503: "Service Unavailable",
}

#: STATUS_FORBIDS is said differently by each operation; what stands here is said where none has its own.
REFUSALS: Final = {
    Refusal.KEY_REUSED: Said(400, "The request was already used for something else"),
    Refusal.UNKNOWN_ORDER: Said(400, NOT_FOUND),
    Refusal.ALREADY_EXISTS: Said(400, "The Order already exists"),
    Refusal.VERSION_MISMATCH: Said(400, "The Order was changed in the meantime"),
    Refusal.VENDOR_RULE: Said(400),
    Refusal.ALREADY_CANCELLED: Said(400, CANNOT_CANCEL),
    Refusal.STATUS_FORBIDS: Said(400, CANNOT_CHANGE),
    Refusal.UNITS_ALREADY_SHIPPED: Said(400, CANNOT_CANCEL),
    Refusal.UNKNOWN_LINE: Said(400, "Hardware request not found"),
    Refusal.LINE_CLOSED: Said(400, "Hardware request not found"),
    Refusal.AMBIGUOUS_LINE: Said(400, "Hardware request not found"),
    Refusal.QUANTITY_TOO_LARGE: Said(400, "amount is greater than the amount of the hardware request"),
    Refusal.NOTHING_OPEN: Said(400, CANNOT_CANCEL),
    Refusal.AMOUNT_IMPOSSIBLE: Said(400, "The amount is not possible"),
}

#: What only this vendor demands, by the word in `Refused.vendor_code`. An empty text: `Refused.detail` says it.
RULES: Final = {
    "COMPANY_EXISTS": "companyCode already exists",
    "COMPANY_UNKNOWN": "Company not found",
    "COMPANY_INCOMPLETE": "",
    "EMPLOYEE_EXISTS": "email already exists",
    "EMPLOYEE_UNKNOWN": "Employee not found",
    "GROUP_UNKNOWN": "Alternative group not found",
    "HARDWARE_EXISTS": "serialNumber already exists",
    "HARDWARE_LAST": "At least one hardware request must remain in the order",
    "HARDWARE_UNKNOWN": "Hardware not found",
    "MODEL_UNKNOWN": "Hardware not found in the catalog",
    "MOVEMENT_UNKNOWN": "Movement request not found",
    "REQUEST_UNKNOWN": "Hardware request not found",
}

FAULTS: Final = {
    FaultKind.NO_CREDENTIAL: Said(401, "Unauthorized access"),  # D
    FaultKind.BAD_CREDENTIAL: Said(401, "Unauthorized access"),  # D
    FaultKind.WRONG_TENANT: Said(401, "Unauthorized access"),
    FaultKind.FORBIDDEN: Said(403, "Forbidden resource"),
    FaultKind.RATE_LIMITED: Said(429, "Too many requests"),
    FaultKind.NO_ROUTE: Said(404),
    # The framework doesn't tell an unknown path from a known one under another method.
    FaultKind.WRONG_METHOD: Said(404),
    FaultKind.BODY_TOO_LARGE: Said(413, "request entity too large"),
    FaultKind.MALFORMED: Said(400, "The body must be a JSON object"),
    FaultKind.INVALID: Said(400),
    FaultKind.UNAVAILABLE: Said(503, "Service unavailable"),
    FaultKind.INTERNAL: Said(500, "Internal server error"),
}


def answer_no(status: int, message: str) -> WireAnswer:
    """The error shape: `error`, `message`, `statusCode`, and never `envelop`."""
    document: dict[str, object] = {"error": REASONS[status]} if status in REASONS else {}
    return json_answer(status, {**document, "message": message, "statusCode": status})


def answer_refused(refused: Refused, forbids: str = CANNOT_CHANGE) -> WireAnswer:
    """A refusal; `forbids` is what the operation says when the status of the order forbids it."""
    said = REFUSALS[refused.refusal]
    if refused.refusal is Refusal.VENDOR_RULE:
        return answer_no(said.status, RULES[refused.vendor_code] or refused.detail)
    if refused.refusal is Refusal.STATUS_FORBIDS:
        return answer_no(said.status, forbids)
    return answer_no(said.status, said.message)


def encode_fault(fault: Fault, wire: WireRequest) -> WireAnswer:
    said = FAULTS[fault.kind]
    if fault.kind in {FaultKind.NO_ROUTE, FaultKind.WRONG_METHOD}:
        return answer_no(said.status, f"Cannot {wire.method} {wire.path}")
    own = fault.fields[0].message if fault.fields else fault.detail
    return answer_no(said.status, said.message or own or REASONS[said.status])


def rule(code: str, detail: str = "") -> Refused:
    """A refusal in this vendor's own words."""
    assert code in RULES, code
    return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=code, detail=detail)
