"""Every "no" of the native API as a problem of RFC 9457 with a stable code."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from countermand.dialects.contract import CallerFault, Fault, FaultKind, FieldFault, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.outcome import Refusal, Refused

_PROBLEM: Final = (("Content-Type", "application/problem+json"),)

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
    FaultKind.MALFORMED: (400, "MALFORMED", "The body is not the JSON it should be"),
    FaultKind.INVALID: (422, "INVALID", "Members of the request are not as they should be"),
    FaultKind.UNAVAILABLE: (503, "UNAVAILABLE", "The database can't be reached; nothing is known to have changed"),
    FaultKind.INTERNAL: (500, "INTERNAL", "A bug of ours"),
}


def encode_fault(fault: Fault, wire: WireRequest) -> WireAnswer:
    status, code, title = FAULTS[fault.kind]
    members: dict[str, object] = {"code": code}
    if fault.fields:
        members["errors"] = [
            {"pointer": field.path, "detail": field.message, "code": field.code} for field in fault.fields
        ]
    return _problem(wire, status, title, fault.detail, members)


def encode_refusal(refused: Refused, wire: WireRequest) -> WireAnswer:
    status, title = REFUSALS[refused.refusal]
    members: dict[str, object] = {"code": refused.vendor_code or refused.refusal.value}
    if refused.order is not None:
        members["state"] = refused.order.status
    if refused.blocked_by:
        members["blocked_by"] = list(refused.blocked_by)
    if refused.pointer:
        members["errors"] = [{"pointer": refused.pointer, "detail": title, "code": refused.refusal.value}]
    return _problem(wire, status, title, refused.detail, members)


def _problem(wire: WireRequest, status: int, title: str, detail: str, members: Mapping[str, object]) -> WireAnswer:
    document = {
        "type": f"https://countermand.dev/problems/{members['code']}".lower(),
        "title": title,
        "status": status,
        "detail": detail or title,
        "instance": wire.path,
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
