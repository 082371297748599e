"""Every "no" in the vendor's words: refusal or fault to HTTP status, `error.code` and message.

Envelope and common codes: https://docs.flexportal.io/api-reference/overview.md; codes of one operation are on its own page.
Checked 2026-11-21. Message texts are documented for two samples only; clients branch on `code`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from countermand.dialects.contract import Fault, FaultKind, FieldFault, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.order import Order, PortionState
from countermand.model.outcome import Refusal, Refused

from .switches import DETAILS_MAX


@dataclass(frozen=True, slots=True)
class Coded:
    """One answer of the error tables."""

    status: int
    code: str
    message: str


class Rule(StrEnum):
    """What only this vendor demands. The value is the `vendor_code` of a refusal."""

    VARIANT_NOT_FOUND = "variant_not_found"
    VARIANT_INACTIVE = "variant_inactive"
    INVALID_CONTRACT_LENGTH = "invalid_contract_length"
    ORDER_NOT_FOUND = "order_not_found"
    ORDER_NOT_CONFIRMED = "order_not_confirmed"
    ITEM_FULLY_FULFILLED = "item_fully_fulfilled"
    ASSET_NOT_FOUND = "asset_not_found"
    ASSET_NOT_AVAILABLE = "asset_not_available"
    SKU_MISMATCH = "sku_mismatch"
    SUBSCRIPTION_UNKNOWN = "subscription_unknown"
    SUBSCRIPTION_ALREADY_CANCELLED = "subscription_already_cancelled"
    SUBSCRIPTION_ALREADY_ENDED = "subscription_already_ended"
    SUBSCRIPTION_NOT_ACTIVE = "subscription_not_active"
    INVALID_BUYOUT_PRICE = "invalid_buyout_price"
    INVALID_FEE = "invalid_fee"
    INVALID_EXTENSION_MONTHS = "invalid_extension_months"
    PAYMENT_UNKNOWN = "payment_unknown"
    PAYMENT_ALREADY_PAID = "payment_already_paid"
    PAYMENT_ALREADY_CANCELLED = "payment_already_cancelled"
    PAYMENT_PROCESSING = "payment_processing"
    PAYMENT_CANCELLED = "payment_cancelled"
    ASSET_UNKNOWN = "asset_unknown"
    ASSET_EXISTS = "asset_exists"
    ASSET_IN_USE = "asset_in_use"
    INVALID_STATUS = "invalid_status"


#: By page, each in the order of its table: orders/create.md and subscriptions/create.md (both declare 400 only),
#: subscriptions/cancel.md (400 and 404), buyout.md, early-return.md and extend.md (400), payments/cancel.md and mark-paid.md
#: (400 and 404), assets/*.md. ASSET_IN_USE is printed without a status: 409, as the two other codes for what is in use or
#: there already.
RULES: Final[Mapping[Rule, Coded]] = {
    Rule.VARIANT_NOT_FOUND: Coded(400, "VARIANT_NOT_FOUND", "SKU not found"),
    Rule.VARIANT_INACTIVE: Coded(400, "VARIANT_INACTIVE", "SKU is not active"),
    Rule.INVALID_CONTRACT_LENGTH: Coded(400, "INVALID_CONTRACT_LENGTH", "Contract length is not offered for this SKU"),
    Rule.ORDER_NOT_FOUND: Coded(400, "ORDER_NOT_FOUND", "Order not found"),
    Rule.ORDER_NOT_CONFIRMED: Coded(400, "ORDER_NOT_CONFIRMED", "Order is not confirmed"),
    Rule.ITEM_FULLY_FULFILLED: Coded(400, "ITEM_FULLY_FULFILLED", "All units of this item already have subscriptions"),
    Rule.ASSET_NOT_FOUND: Coded(400, "ASSET_NOT_FOUND", "Asset not found"),
    Rule.ASSET_NOT_AVAILABLE: Coded(400, "ASSET_NOT_AVAILABLE", "Asset is not available"),
    Rule.SKU_MISMATCH: Coded(400, "SKU_MISMATCH", "The SKU of the asset is not in the order"),
    Rule.SUBSCRIPTION_UNKNOWN: Coded(404, "NOT_FOUND", "Subscription not found"),
    Rule.SUBSCRIPTION_ALREADY_CANCELLED: Coded(400, "ALREADY_CANCELLED", "Subscription is already cancelled"),
    Rule.SUBSCRIPTION_ALREADY_ENDED: Coded(400, "ALREADY_ENDED", "Subscription has already ended"),
    Rule.SUBSCRIPTION_NOT_ACTIVE: Coded(400, "SUBSCRIPTION_NOT_ACTIVE", "Subscription is not active"),
    Rule.INVALID_BUYOUT_PRICE: Coded(400, "INVALID_BUYOUT_PRICE", "Buyout price must be positive"),
    Rule.INVALID_FEE: Coded(400, "INVALID_FEE", "Fee must be zero or positive"),
    Rule.INVALID_EXTENSION_MONTHS: Coded(400, "INVALID_EXTENSION_MONTHS", "Extension months must be positive"),
    Rule.PAYMENT_UNKNOWN: Coded(404, "NOT_FOUND", "Payment not found"),
    Rule.PAYMENT_ALREADY_PAID: Coded(400, "ALREADY_PAID", "Payment is already paid"),
    Rule.PAYMENT_ALREADY_CANCELLED: Coded(400, "ALREADY_CANCELLED", "Payment is already cancelled"),
    Rule.PAYMENT_PROCESSING: Coded(400, "PAYMENT_PROCESSING", "Payment is being processed"),
    Rule.PAYMENT_CANCELLED: Coded(400, "PAYMENT_CANCELLED", "Payment is cancelled and cannot be marked as paid"),
    Rule.ASSET_UNKNOWN: Coded(404, "NOT_FOUND", "Asset not found"),
    Rule.ASSET_EXISTS: Coded(409, "ASSET_EXISTS", "Serial number is already in use"),
    Rule.ASSET_IN_USE: Coded(409, "ASSET_IN_USE", "Asset is in an active subscription"),
    Rule.INVALID_STATUS: Coded(400, "INVALID_STATUS", "Status is not valid"),
}

_NOT_CANCELLABLE: Final = "ORDER_NOT_CANCELLABLE"

#: ALREADY_CANCELLED is 400: the operation declares 200, 400 and 404 and nothing else, though 409 is in the general table.
#: The refusals of lines and quantities belong to rentals, which name no line: a rental that finds no unit finds none open.
REFUSALS: Final[Mapping[Refusal, Coded]] = {
    Refusal.UNKNOWN_ORDER: Coded(404, "NOT_FOUND", "Order not found"),
    Refusal.ALREADY_EXISTS: Coded(409, "CONFLICT", "Order already exists"),
    Refusal.KEY_REUSED: Coded(409, "CONFLICT", "Idempotency key was used for another request"),
    Refusal.VERSION_MISMATCH: Coded(409, "CONFLICT", "Order was changed in the meantime"),
    Refusal.VENDOR_RULE: Coded(400, "BAD_REQUEST", "Request refused"),
    Refusal.ALREADY_CANCELLED: Coded(400, "ALREADY_CANCELLED", "Order is already cancelled"),
    Refusal.STATUS_FORBIDS: Coded(400, _NOT_CANCELLABLE, "Order cannot be cancelled in its current status"),
    Refusal.UNITS_ALREADY_SHIPPED: Coded(
        400, _NOT_CANCELLABLE, "Order cannot be cancelled: it has active subscriptions"
    ),
    Refusal.UNKNOWN_LINE: RULES[Rule.SKU_MISMATCH],
    Refusal.LINE_CLOSED: RULES[Rule.ITEM_FULLY_FULFILLED],
    Refusal.AMBIGUOUS_LINE: RULES[Rule.SKU_MISMATCH],
    Refusal.QUANTITY_TOO_LARGE: RULES[Rule.ITEM_FULLY_FULFILLED],
    Refusal.NOTHING_OPEN: Coded(400, _NOT_CANCELLABLE, "Order cannot be cancelled: nothing of it is open"),
    Refusal.AMOUNT_IMPOSSIBLE: Coded(400, "VALIDATION_ERROR", "Amount does not fit the order"),
}

#: 413, 405 and their codes are in no page. The last two share the one documented status for "contact support".
FAULTS: Final[Mapping[FaultKind, Coded]] = {
    FaultKind.NO_CREDENTIAL: Coded(401, "AUTH_REQUIRED", "Authorization header is required"),
    FaultKind.BAD_CREDENTIAL: Coded(401, "INVALID_TOKEN", "API key is invalid or expired"),
    FaultKind.WRONG_TENANT: Coded(403, "NO_TENANT_ACCESS", "Tenant-ID header is missing or not valid for this API key"),
    FaultKind.FORBIDDEN: Coded(403, "INSUFFICIENT_PERMISSIONS", "API key lacks the required permissions"),
    FaultKind.RATE_LIMITED: Coded(429, "RATE_LIMITED", "Too many requests"),
    FaultKind.NO_ROUTE: Coded(404, "NOT_FOUND", "Resource not found"),
    FaultKind.WRONG_METHOD: Coded(405, "METHOD_NOT_ALLOWED", "Method not allowed"),
    FaultKind.BODY_TOO_LARGE: Coded(413, "PAYLOAD_TOO_LARGE", "Request body is too large"),
    FaultKind.MALFORMED: Coded(400, "VALIDATION_ERROR", "Invalid request body"),
    FaultKind.INVALID: Coded(400, "VALIDATION_ERROR", "Invalid request body"),
    FaultKind.UNAVAILABLE: Coded(500, "INTERNAL_ERROR", "Temporarily unavailable"),
    FaultKind.INTERNAL: Coded(500, "INTERNAL_ERROR", "Internal server error"),
}


def coded(verdict: Refused) -> Coded:
    """The table entry of a refusal."""
    if verdict.refusal is Refusal.VENDOR_RULE:
        return RULES[Rule(verdict.vendor_code)]
    if (
        verdict.refusal is Refusal.STATUS_FORBIDS
        and verdict.order
        and verdict.order.quantity_milli(PortionState.SHIPPED)
    ):
        return REFUSALS[Refusal.UNITS_ALREADY_SHIPPED]
    return REFUSALS[verdict.refusal]


def ruled(rule: Rule, order: Order | None) -> Refused:
    """A refusal in this vendor's own words."""
    return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=rule, order=order)


def refused(verdict: Refused) -> WireAnswer:
    answer = coded(verdict)
    return json_answer(answer.status, _envelope(answer))


def not_found(what: str) -> WireAnswer:
    """404 of a read."""
    return json_answer(404, _envelope(Coded(404, "NOT_FOUND", f"{what} not found")))


def encode_fault(fault: Fault, wire: WireRequest) -> WireAnswer:
    """`details` stands with validation failures only; `Retry-After` is in whole seconds."""
    del wire
    answer = FAULTS[fault.kind]
    return json_answer(answer.status, _envelope(answer, _details(fault)), _headers(fault))


def _details(fault: Fault) -> tuple[FieldFault, ...]:
    if fault.kind is FaultKind.MALFORMED:
        return (FieldFault(path="", message=fault.detail or "Malformed JSON", code="custom"),)
    return fault.fields[:DETAILS_MAX] if fault.kind is FaultKind.INVALID else ()


def _headers(fault: Fault) -> tuple[tuple[str, str], ...]:
    if fault.kind in {FaultKind.NO_CREDENTIAL, FaultKind.BAD_CREDENTIAL}:
        return (("WWW-Authenticate", "Bearer"),)
    if fault.kind is FaultKind.WRONG_METHOD:
        return (("Allow", ", ".join(fault.allow)),)
    if fault.retry_after_s is not None:
        return (("Retry-After", str(max(1, fault.retry_after_s))),)
    return ()


def _envelope(answer: Coded, details: tuple[FieldFault, ...] = ()) -> dict[str, object]:
    error: dict[str, object] = {"code": answer.code, "message": answer.message}
    if details:
        error["details"] = [{"path": one.path, "message": one.message, "code": one.code} for one in details]
    return {"error": error}
