"""Every way in which this dialect says no: statuses, codes, messages, and the two envelopes.

Codes: the error table of each operation's page. The envelope: `ErrorsResponse` of the vendor's OpenAPI file. 401 has a body
of its own: developers.skippay.cz/docs/api-reference/security. Messages are for people and never parsed.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from countermand.dialects.contract import Fault, FaultKind, FieldFault, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused

from .lifecycle import PAID, REJECTED, VALIDATION

JSON: Final = (("content-type", "application/json; charset=utf-8"),)

INVALID_REQUEST: Final = "INVALID_REQUEST"
OBJECT_NOT_FOUND: Final = "OBJECT_NOT_FOUND"
APPLICATION_NOT_FOUND: Final = "APPLICATION_NOT_FOUND"
NOT_SUPPORTED: Final = "NOT_SUPPORTED"
UNPROCESSABLE: Final = "UNPROCESSABLE"
LIMIT_EXCEEDED: Final = "TOTAL_PRICE_LIMIT_EXCEEDED"
PERSONAL_ID_INVALID: Final = "PERSONAL_ID_INVALID"
ALREADY_CANCELLED: Final = "APPLICATION_ALREADY_CANCELLED"

#: Status of each code. The last five are ours: the vendor publishes the statuses, not their codes.
STATUS_OF: Final[Mapping[str, int]] = {
    INVALID_REQUEST: 400,
    OBJECT_NOT_FOUND: 404,
    APPLICATION_NOT_FOUND: 404,
    NOT_SUPPORTED: 422,
    UNPROCESSABLE: 422,
    LIMIT_EXCEEDED: 422,
    PERSONAL_ID_INVALID: 422,
    "APPLICATION_REJECTED": 422,
    ALREADY_CANCELLED: 422,
    "APPLICATION_VALIDATION_IN_PROGRESS": 422,
    "APPLICATION_PAID": 422,
    "FORBIDDEN": 403,
    "METHOD_NOT_ALLOWED": 405,
    "TOO_MANY_REQUESTS": 429,
    "INTERNAL_ERROR": 500,
    "SERVICE_UNAVAILABLE": 503,
}

#: Code and message of each refusal. VENDOR_RULE has its code in `Refused.vendor_code`.
REFUSALS: Final[Mapping[Refusal, tuple[str, str]]] = {
    Refusal.KEY_REUSED: (UNPROCESSABLE, "the same request id was used for another request"),
    Refusal.UNKNOWN_ORDER: (OBJECT_NOT_FOUND, "the requested resource does not exist"),
    Refusal.ALREADY_EXISTS: (UNPROCESSABLE, "no application id could be assigned, send the request again"),
    Refusal.VERSION_MISMATCH: (UNPROCESSABLE, "the application was changed meanwhile"),
    Refusal.VENDOR_RULE: (UNPROCESSABLE, "the request can not be processed"),
    Refusal.ALREADY_CANCELLED: (NOT_SUPPORTED, "the application is cancelled"),
    Refusal.STATUS_FORBIDS: (NOT_SUPPORTED, "the operation is not available in this state of the application"),
    Refusal.UNITS_ALREADY_SHIPPED: (NOT_SUPPORTED, "some items are already marked as sent or delivered"),
    Refusal.UNKNOWN_LINE: (OBJECT_NOT_FOUND, "no item of the order matches"),
    Refusal.LINE_CLOSED: (NOT_SUPPORTED, "the item is in a state in which this can not be done"),
    Refusal.AMBIGUOUS_LINE: (UNPROCESSABLE, "several items match, so a quantity does not say of which one"),
    Refusal.QUANTITY_TOO_LARGE: (UNPROCESSABLE, "the quantity is more than what is left of the item"),
    Refusal.NOTHING_OPEN: (
        NOT_SUPPORTED,
        "no item is left for this: open items can be sent, delivered or cancelled, sent and delivered ones returned",
    ),
    Refusal.AMOUNT_IMPOSSIBLE: (
        UNPROCESSABLE,
        "the price must be above zero, in the order's currency and within its total",
    ),
}

#: Cancel application has a word for each status in which it is refused (/docs/api/cancelapplication).
APPLICATION_REFUSED_IN: Final[Mapping[str, tuple[str, str]]] = {
    REJECTED: ("APPLICATION_REJECTED", "the application was rejected"),
    VALIDATION: ("APPLICATION_VALIDATION_IN_PROGRESS", "the application is being validated"),
    PAID: ("APPLICATION_PAID", "the application was paid"),
}

FAULTS: Final[Mapping[FaultKind, tuple[str, str]]] = {
    FaultKind.FORBIDDEN: ("FORBIDDEN", "the access token does not allow this operation"),
    FaultKind.RATE_LIMITED: ("TOO_MANY_REQUESTS", "too many requests"),
    FaultKind.NO_ROUTE: (OBJECT_NOT_FOUND, "the requested resource does not exist"),
    FaultKind.WRONG_METHOD: ("METHOD_NOT_ALLOWED", "the method is not allowed for this resource"),
    FaultKind.BODY_TOO_LARGE: (INVALID_REQUEST, "the request is too large"),
    FaultKind.MALFORMED: (INVALID_REQUEST, "the body is not well-formed JSON"),
    FaultKind.INVALID: (INVALID_REQUEST, "the request is not valid"),
    FaultKind.UNAVAILABLE: ("SERVICE_UNAVAILABLE", "the service is not available"),
    FaultKind.INTERNAL: ("INTERNAL_ERROR", "internal error"),
}

#: The vendor's 401 bodies. A claim is never demanded here, so the third kind can't be told from a wrong token.
UNAUTHORIZED: Final[Mapping[FaultKind, Mapping[str, str]]] = {
    FaultKind.NO_CREDENTIAL: {"error_description": "The access token is missing", "error": "invalid_request"},
    FaultKind.BAD_CREDENTIAL: {
        "error_description": "The access token is invalid or has expired",
        "error": "invalid_token",
    },
    FaultKind.WRONG_TENANT: {
        "error_description": "The access token is invalid or has expired",
        "error": "invalid_token",
    },
}

_FIELDS: Final = msgspec.json.Decoder(list[tuple[str, str]])


def error(code: str, message: str, attribute: str = "") -> dict[str, str]:
    """One entry of the envelope. Every error that stops a request is of severity ERROR."""
    entry = {"code": code, "message": message, "severity": "ERROR"}
    if attribute:
        entry["attribute"] = attribute
    return entry


def errors(status: int, entries: list[dict[str, str]], headers: tuple[tuple[str, str], ...] = ()) -> WireAnswer:
    return json_answer(status, {"errors": entries}, (*JSON, *headers))


def encode_fault(fault: Fault, wire: WireRequest) -> WireAnswer:
    del wire
    body = UNAUTHORIZED.get(fault.kind)
    if body is not None:
        return json_answer(401, body, (*JSON, ("www-authenticate", "Bearer")))
    code, message = FAULTS[fault.kind]
    headers: list[tuple[str, str]] = []
    if fault.retry_after_s is not None:
        headers.append(("retry-after", str(fault.retry_after_s)))
    if fault.allow:
        headers.append(("allow", ", ".join(fault.allow)))
    entries = [error(code, field.message, field.path) for field in fault.fields] or [error(code, message)]
    return errors(STATUS_OF[code], entries, tuple(headers))


# ------------------------------------------------------------------------------------------------- refusals


def refuse(code: str, detail: str, *, order: Order | None = None, attribute: str = "") -> Refused:
    """A refusal in the vendor's own words."""
    return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=code, order=order, pointer=attribute, detail=detail)


def refuse_fields(fields: tuple[FieldFault, ...], order: Order | None) -> Refused:
    """A body that breaks the schema, found out before the application was looked for but reported after it was found."""
    pairs = [(field.path, field.message) for field in fields]
    detail = msgspec.json.encode(pairs).decode()
    return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=INVALID_REQUEST, order=order, detail=detail)


def encode_refused(refused: Refused) -> WireAnswer:
    """The answer of every operation that has no words of its own."""
    if refused.refusal is not Refusal.VENDOR_RULE:
        code, message = REFUSALS[refused.refusal]
        return errors(STATUS_OF[code], [error(code, refused.detail or message, refused.pointer)])
    code = refused.vendor_code
    if code == INVALID_REQUEST:
        pairs = _FIELDS.decode(refused.detail)
        return errors(STATUS_OF[code], [error(code, message, path) for path, message in pairs])
    return errors(STATUS_OF[code], [error(code, refused.detail, refused.pointer)])


def encode_refused_application(refused: Refused) -> WireAnswer:
    """The answer of cancel application, whose codes say in which status it was refused."""
    status = refused.order.status if refused.order else ""
    if refused.refusal is Refusal.ALREADY_CANCELLED:
        return errors(422, [error(ALREADY_CANCELLED, "the application is cancelled already")])
    if refused.refusal is Refusal.STATUS_FORBIDS and status in APPLICATION_REFUSED_IN:
        code, message = APPLICATION_REFUSED_IN[status]
        return errors(STATUS_OF[code], [error(code, message)])
    return encode_refused(refused)
