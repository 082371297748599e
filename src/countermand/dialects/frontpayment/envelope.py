"""The two envelopes in which everything is said, and the headers that every recorded answer has.

They are told apart by their last two keys: `is_data` and `data`, or `is_error` and `errors`. Which of them an answer uses
can't be deduced from its status, nor one flag from the value beside it: `is_error` is false on a 400 and true on a 417,
`is_data` is false with null on a cancel and true with null on a resend (Cancel Order, Resend Payment Link).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from countermand.dialects.contract import WireAnswer
from countermand.dialects.wire import json_answer

Headers = tuple[tuple[str, str], ...]

#: `status_message` by status. Those of 401, 403, 405, 413 and 429 are the standard phrases; the vendor shows none of them.
STATUS_MESSAGES: Final[Mapping[int, str]] = MappingProxyType(
    {
        200: "OK",
        201: "OK",
        202: "OK",
        400: "Conflict of Business Logic",
        401: "Unauthorized",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        413: "Payload Too Large",
        417: "Client Error",
        429: "Too Many Requests",
        510: "Execution Exception Occurred",
    }
)

#: On every recorded answer.
HEADERS: Final[Headers] = (("cache-control", "no-cache, private"), ("access-control-allow-origin", "*"))


def tell(status: int, message: str, *, is_data: bool, data: object = None) -> WireAnswer:
    """The envelope with data."""
    return json_answer(status, {**_head(status, message), "is_data": is_data, "data": data}, HEADERS)


def refuse(
    status: int, message: str, *, is_error: bool, errors: Sequence[str] | None = None, headers: Headers = ()
) -> WireAnswer:
    """The envelope with errors: a list of sentences, or null."""
    listed = None if errors is None else list(errors)
    return json_answer(status, {**_head(status, message), "is_error": is_error, "errors": listed}, (*HEADERS, *headers))


def _head(status: int, message: str) -> dict[str, object]:
    return {"status_code": status, "status_message": STATUS_MESSAGES[status], "message": message}
