"""What every codec needs and no vendor owns: JSON in and out, amounts, quantities and instants in wire form.

Rule: reading raises CallerFault and nothing else, whatever the bytes are.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

import msgspec

from countermand.dialects.contract import CallerFault, Fault, FaultKind, Presented, WireAnswer, WireRequest

#: Minor units in any amount that we accept. Far beyond any order, and far from the 64-bit integers of the stores.
AMOUNT_MINOR_MAX: Final = 10**15

#: Thousandths in any quantity that we accept, for the same reason.
QUANTITY_MILLI_MAX: Final = 10**12

#: Levels of nesting in any JSON that we read. The vendors' documents have seven; whatever walks a value recursively is safe.
NESTING_MAX: Final = 64

_BEARER: Final = re.compile(r"^bearer +(\S+) *$", re.IGNORECASE)


#: W3C Trace Context, section 3.2: version, trace, parent, flags; ids of zeros are none, and version ff is forbidden.
_TRACE: Final = re.compile(r"^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.{0,400})?$")


def trace_of(wire: WireRequest) -> str:
    """The `traceparent` of a request; empty when there is none, or it is malformed and so begins no trace of ours."""
    text = wire.headers.get("traceparent", "")
    return text if text and _TRACE.match(text) else ""


#: RFC 7240, section 4.3.
_WAIT: Final = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})\b", re.IGNORECASE)


def wait_of(wire: WireRequest) -> int:
    """For how many seconds the caller prefers to wait (`Prefer: wait=n`); 0 when it doesn't say."""
    found = _WAIT.search(wire.headers.get("prefer", ""))
    return int(found[1]) if found else 0


def bearer(wire: WireRequest) -> str | None:
    """The token of an `Authorization: Bearer` header (RFC 6750), or None when there is none."""
    match = _BEARER.match(wire.headers.get("authorization", ""))
    return match.group(1) if match else None


def credential(wire: WireRequest) -> Presented:
    """A bearer token and nothing else. Raises CallerFault with NO_CREDENTIAL when there is none."""
    token = bearer(wire)
    if token is None:
        raise CallerFault(Fault(kind=FaultKind.NO_CREDENTIAL))
    return Presented(secret=token)


def as_sent(wire: WireRequest) -> WireRequest:
    """The `rewrite` of a vendor with one transport."""
    return wire


def json_answer(status: int, document: object, headers: tuple[tuple[str, str], ...] = ()) -> WireAnswer:
    return WireAnswer(status=status, body=msgspec.json.encode(document), headers=headers)


def read_json(body: bytes) -> object:
    """Any JSON value. Raises CallerFault MALFORMED for bytes that are not JSON (RFC 8259), NaN and Infinity included."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CallerFault(Fault(kind=FaultKind.MALFORMED, detail=str(error))) from error
    if body.count(b"[") + body.count(b"{") > NESTING_MAX and _nests_deeper(value, NESTING_MAX):
        raise CallerFault(Fault(kind=FaultKind.MALFORMED, detail=f"nested deeper than {NESTING_MAX} levels"))
    return value


def _nests_deeper(value: object, levels: int) -> bool:
    level = [value]
    for _ in range(levels + 1):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def read_object(body: bytes) -> dict[str, object]:
    """A JSON object. Raises CallerFault MALFORMED for anything else."""
    value = read_json(body)
    if not isinstance(value, dict):
        raise CallerFault(Fault(kind=FaultKind.MALFORMED, detail="the body must be a JSON object"))
    return value


def facts_of(body: bytes) -> dict[str, object]:
    """The JSON object that a dialect stored earlier in `Order.facts` or `Record.body`."""
    return msgspec.json.decode(body, type=dict[str, object])


def to_facts(document: Mapping[str, object]) -> bytes:
    return msgspec.json.encode(document)


# ------------------------------------------------------------------------------------------------- numbers


def decimal_of(value: object) -> Decimal | None:
    """A JSON number, or a string that spells one, as a finite decimal; None for anything else (booleans too)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value).strip() if isinstance(value, str) else str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def minor_of(value: object, exponent: int = 2) -> int | None:
    """An amount in major units (59.0, "51.00") as minor units, rounded half up; None when it is no amount or too large."""
    number = decimal_of(value)
    if number is None or abs(number) > AMOUNT_MINOR_MAX:
        return None
    return int((number * 10**exponent).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def major_of(amount_minor: int, exponent: int = 2) -> int | float:
    """Minor units as a JSON number in major units, without a fraction where there is none: 2400 is 24, 1440 is 14.4."""
    whole, rest = divmod(abs(amount_minor), 10**exponent)
    magnitude = whole if rest == 0 else float(Decimal(abs(amount_minor)).scaleb(-exponent))
    return magnitude if amount_minor >= 0 else -magnitude


def milli_of(value: object) -> int | None:
    """A quantity, rate or the like with at most three decimals in thousandths; None when it is none, or too large."""
    number = decimal_of(value)
    if number is None or abs(number) > QUANTITY_MILLI_MAX:
        return None
    scaled = number * 1000
    return int(scaled) if scaled == scaled.to_integral_value() else None


def unmilli(value_milli: int) -> int | float:
    """Thousandths as a JSON number: 3000 is 3, 1500 is 1.5."""
    return major_of(value_milli, 3) if value_milli % 1000 else value_milli // 1000


# ------------------------------------------------------------------------------------------------- instants

_RFC3339: Final = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?$")


def instant_of(value: object) -> datetime | None:
    """An RFC 3339 text as an aware datetime in UTC (no offset given: UTC is assumed); None when it is none."""
    if not isinstance(value, str) or not _RFC3339.match(value):
        return None
    try:
        parsed = datetime.fromisoformat(value.upper().replace(" ", "T"))
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def iso_seconds(at: datetime) -> str:
    """2025-01-15T10:30:00Z"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_millis(at: datetime) -> str:
    """2025-04-09T14:35:57.199Z"""
    moment = at.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def iso_micros(at: datetime) -> str:
    """2023-12-07T08:29:50.000000Z"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
