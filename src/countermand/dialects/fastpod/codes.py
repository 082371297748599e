"""Every way of saying no: refusals and faults as status and message, in the one error envelope.

No error body of the vendor could be read. Cancel Order (api-4681584) lists 422 "Parameter Error" and 500 "Server
Error"; the envelope mirrors the success wrapper, `errors` is Laravel's, and the wording is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from countermand.dialects.contract import Fault, FaultKind, FieldFault, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.outcome import Refusal, Refused

from .switches import SWITCHES, Switches

#: The 422 of the Cancel page, for every no that depends on the order or on a parameter.
PARAMETER_ERROR: Final = 422

#: What the order would not do is put in by the operation: "Order cannot be cancelled.", "Order cannot be updated."
REFUSALS: Final[Mapping[Refusal, str]] = MappingProxyType(
    {
        Refusal.KEY_REUSED: "This key belongs to another request.",
        Refusal.UNKNOWN_ORDER: "Order not found.",
        Refusal.ALREADY_EXISTS: "Order already exists.",
        Refusal.VERSION_MISMATCH: "Order has been changed in the meantime.",
        Refusal.VENDOR_RULE: "Order cannot be {done}.",
        Refusal.ALREADY_CANCELLED: "Order cannot be {done}.",
        Refusal.STATUS_FORBIDS: "Order cannot be {done}.",
        Refusal.UNITS_ALREADY_SHIPPED: "Order cannot be {done}.",
        Refusal.UNKNOWN_LINE: "Line item not found.",
        Refusal.LINE_CLOSED: "Line item cannot be {done}.",
        Refusal.AMBIGUOUS_LINE: "Line item is not unique.",
        Refusal.QUANTITY_TOO_LARGE: "Quantity is more than the line item has.",
        Refusal.NOTHING_OPEN: "Order cannot be {done}.",
        Refusal.AMOUNT_IMPOSSIBLE: "Amount is not possible.",
    }
)


#: Rules that only this vendor has, by `Refused.vendor_code`: the field at fault and what is wrong with it.
VENDOR_RULES: Final[Mapping[str, FieldFault]] = MappingProxyType(
    {
        "REFERENCE_TAKEN": FieldFault(path="reference_id", message="The reference_id has already been taken."),
        "STATUS_CHANGE": FieldFault(path="order_status", message="The order_status cannot be changed to this value."),
        "NOT_SUBSCRIBED": FieldFault(path="event", message="There is no webhook for this event."),
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    message: str


FAULTS: Final[Mapping[FaultKind, Answer]] = MappingProxyType(
    {
        FaultKind.NO_CREDENTIAL: Answer(401, "Unauthenticated."),
        FaultKind.BAD_CREDENTIAL: Answer(401, "Unauthenticated."),
        FaultKind.WRONG_TENANT: Answer(401, "Unauthenticated."),
        FaultKind.FORBIDDEN: Answer(403, "This token is not allowed to do that."),
        FaultKind.RATE_LIMITED: Answer(429, "Too many requests."),
        FaultKind.NO_ROUTE: Answer(404, "There is nothing at this path."),
        FaultKind.WRONG_METHOD: Answer(405, "This method is not supported at this path."),
        FaultKind.BODY_TOO_LARGE: Answer(413, "The body is too large."),
        FaultKind.MALFORMED: Answer(PARAMETER_ERROR, "The body must be a JSON object."),
        FaultKind.INVALID: Answer(PARAMETER_ERROR, "The given data was invalid."),
        FaultKind.UNAVAILABLE: Answer(503, "Service unavailable."),
        FaultKind.INTERNAL: Answer(500, "Server Error"),
    }
)


def refused(no: Refused, done: str, *, switches: Switches = SWITCHES) -> WireAnswer:
    """The answer to an operation whose order would have been `done` ("cancelled", "updated")."""
    rule = VENDOR_RULES.get(no.vendor_code)
    if no.refusal is Refusal.VENDOR_RULE and rule is not None:
        return _failure(PARAMETER_ERROR, rule.message, fields=(rule,))
    unknown = no.refusal is Refusal.UNKNOWN_ORDER
    return _failure(
        switches.unknown_order_status if unknown else PARAMETER_ERROR, REFUSALS[no.refusal].format(done=done)
    )


def not_found(switches: Switches = SWITCHES) -> WireAnswer:
    """A read of an order that is not there says what a write of it says."""
    return refused(Refused(refusal=Refusal.UNKNOWN_ORDER), "read", switches=switches)


def encode_fault(fault: Fault, _wire: WireRequest) -> WireAnswer:
    answer = FAULTS[fault.kind]
    message = fault.fields[0].message if fault.fields else answer.message
    if len(fault.fields) > 1:
        message += f" (and {len(fault.fields) - 1} more)"
    return _failure(answer.status, message, fields=fault.fields, headers=_headers(fault, answer.status))


def _headers(fault: Fault, status: int) -> tuple[tuple[str, str], ...]:
    """What HTTP itself demands beside the status (RFC 9110, sections 10.2.1, 10.2.3 and 11.6.1)."""
    found: list[tuple[str, str]] = []
    if status == FAULTS[FaultKind.NO_CREDENTIAL].status:
        found.append(("www-authenticate", "Bearer"))
    if fault.allow:
        found.append(("allow", ", ".join(fault.allow)))
    if fault.retry_after_s is not None:
        found.append(("retry-after", str(fault.retry_after_s)))
    return tuple(found)


def _failure(
    status: int, message: str, *, fields: tuple[FieldFault, ...] = (), headers: tuple[tuple[str, str], ...] = ()
) -> WireAnswer:
    document: dict[str, object] = {"status": False, "message": message}
    if fields:
        errors: dict[str, list[str]] = {}
        for field in fields:
            errors.setdefault(field.path, []).append(field.message)
        document["errors"] = errors
    return json_answer(status, document, headers)
