"""One HTTP request and its answer as codecs see them, and what can be wrong with a request before anything is decided.

Rule: these are values. Nothing here knows a vendor, a framework or a socket.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field


class WireRequest(Struct, frozen=True, kw_only=True):
    """One HTTP request, as a codec needs it.

    `path` begins below the mount and is percent-decoded per segment in `params` only. Header names are lower case, with
    hyphens and underscores as sent. `query` keeps order and repeats. `base_url` is what the caller would have to put in
    front of a path of this vendor. `received_at` is the dialect's clock.
    """

    method: str
    path: str
    received_at: datetime
    params: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base_url: str = ""
    request_id: str = ""

    def query_value(self, name: str) -> str | None:
        """The last value given for a query parameter, or None when it is absent."""
        found = None
        for key, value in self.query:
            if key == name:
                found = value
        return found


class WireAnswer(Struct, frozen=True, kw_only=True):
    """One HTTP answer. `content-type` is added as JSON unless it is among the headers."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class FaultKind(StrEnum):
    """Why a request never reached a decision. Each dialect has an answer for each."""

    NO_CREDENTIAL = "no_credential"
    BAD_CREDENTIAL = "bad_credential"  # unknown, revoked or expired
    WRONG_TENANT = "wrong_tenant"  # a claim that the key carries was not presented, or differs
    FORBIDDEN = "forbidden"  # the key lacks the scope
    RATE_LIMITED = "rate_limited"
    NO_ROUTE = "no_route"
    WRONG_METHOD = "wrong_method"
    BODY_TOO_LARGE = "body_too_large"
    MALFORMED = "malformed"  # the body is not the JSON that it should be
    INVALID = "invalid"  # it is JSON, but `fields` are not as they should be
    UNAVAILABLE = "unavailable"  # the store can't be reached in time; nothing was changed, as far as we can know
    INTERNAL = "internal"  # a bug


class FieldFault(Struct, frozen=True, kw_only=True):
    """One thing wrong with one member. `path` and `code` are in the dialect's own spelling."""

    path: str
    message: str
    code: str = ""


class Fault(Struct, frozen=True, kw_only=True):
    """A broken message. `retry_after_s` is set when waiting helps, `allow` with WRONG_METHOD."""

    kind: FaultKind
    detail: str = ""
    fields: tuple[FieldFault, ...] = ()
    retry_after_s: int | None = None
    allow: tuple[str, ...] = ()


class CallerFault(Exception):  # noqa: N818 - h11's naming: whose fault it is says more than "error"
    """Raised by decoders, and the only thing they raise."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind, fault.detail)
        self.fault = fault
