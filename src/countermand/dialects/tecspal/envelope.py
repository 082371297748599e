"""The envelope of every call: `request`, `vendor`, `verb`, and `data` (writes) or `filters` (reads).

Authentication page and the example of every page: the body repeats method and path. Nothing says which one counts, so both
are served: the documented method and path, and a gateway that is told everything in the body (`POST /`). On a documented
path `request`, `vendor` and `verb` may be left out, but not contradict it. Success is `{statusCode, message, envelop}`.

A member that is null is the same as one left out. Members that the pages don't name are ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from msgspec.structs import replace

from countermand.dialects.contract import CallerFault, Fault, FaultKind, FieldFault, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer, read_object

from .switches import VENDOR

#: `verb` is the HTTP method in capitals; these are the methods that any page uses, and the two that it might.
VERBS: Final = ("DELETE", "GET", "PATCH", "POST", "PUT")

#: The message of every success, on every page, 200 and 201 alike.
SUCCESS: Final = "Request successful"

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Envelope:
    """The two members that say something, each empty where it is absent; and the whole body."""

    data: Document
    filters: Document
    whole: Document


def invalid(path: str, message: str) -> CallerFault:
    fault = FieldFault(path=path, message=message)
    return CallerFault(Fault(kind=FaultKind.INVALID, detail=message, fields=(fault,)))


def open_envelope(wire: WireRequest) -> Envelope:
    """What the caller sent. Raises CallerFault: no JSON object, or one that is meant for another call."""
    document = read_object(wire.body) if wire.body else {}
    _agree(document, wire)
    data, filters = document.get("data"), document.get("filters")
    if filters is not None and wire.method in {"GET", "HEAD"} and not isinstance(filters, dict):
        raise invalid("filters", "filters must be an object")
    return Envelope(data=_object(data), filters=_object(filters), whole=document)


def _object(value: object) -> Document:
    """Data of another type is answered as empty data: what it lacks is what is told."""
    return value if isinstance(value, dict) else {}


def _agree(document: Document, wire: WireRequest) -> None:
    vendor, verb, request = (document.get(name) for name in ("vendor", "verb", "request"))
    if vendor is not None and vendor != VENDOR:
        raise invalid("vendor", f"vendor must be {VENDOR}")
    method = "GET" if wire.method == "HEAD" else wire.method
    if verb is not None and verb != method:
        raise invalid("verb", f"verb must be {method}, the method of the request")
    if request is not None and not (isinstance(request, str) and _names(request, wire.path)):
        raise invalid("request", "request must be the path of the request")


def _names(request: str, path: str) -> bool:
    return request.removeprefix("/") in {path.removeprefix("/"), unquote(path).removeprefix("/")}


def rewrite(wire: WireRequest) -> WireRequest:
    """A call through the gateway as the call that it means: `verb` and `request` are method and path, the body stays."""
    if wire.method != "POST" or wire.path not in {"", "/"}:
        return wire
    document = read_object(wire.body)
    verb, request = document.get("verb"), document.get("request")
    if verb not in VERBS:
        raise invalid("verb", f"verb must be one of {', '.join(VERBS)}")
    if not isinstance(request, str) or not request:
        raise invalid("request", "request must be the path of a call, without a leading slash")
    # A path stands as it would in a request line: what is percent-encoded already stays as it is.
    path = quote(request.removeprefix("/"), safe="/%:@!$&'()*+,;=~-._")
    return replace(wire, method=str(verb), path=f"/{path}")


# --------------------------------------------------------------------------------------------------------------- members


def required(document: Document, name: str) -> object:
    """A member that must be there: absent, null and empty are one fault ("id is required", Cancel Order page)."""
    value = document.get(name)
    if value is None or value == "":
        raise invalid(name, f"{name} is required")
    return value


def as_key(value: object) -> str | None:
    """The text by which something may be known; None for a value that can't name anything, such as a number or NUL."""
    return value if isinstance(value, str) and "\x00" not in value else None


def wanted(document: Document, name: str) -> str | None:
    """A filter that may be left out. Raises CallerFault for anything but text."""
    value = document.get(name)
    if value is None or value == "":
        return None
    key = as_key(value)
    if key is None:
        raise invalid(name, f"{name} must be a string")
    return key


def demanded(document: Document, name: str) -> str:
    """A filter that must be there."""
    required(document, name)
    return wanted(document, name) or ""


# --------------------------------------------------------------------------------------------------------------- answers


def answer_yes(*items: object, status: int = 200) -> WireAnswer:
    """Success. The member is `envelop`, without a final e, in every table and example."""
    return json_answer(status, {"statusCode": status, "message": SUCCESS, "envelop": items})
