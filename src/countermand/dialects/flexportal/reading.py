"""Request bodies into wire types, and what is wrong with them into the vendor's `details`.

`details` is `{path, message, code}` with a dotted path; the one documented code, `invalid_string`, is an issue name of Zod 3, so
the others are too (https://docs.flexportal.io/api-reference/overview.md, checked 2026-11-21). Every problem is listed at once.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from countermand.dialects.contract import CallerFault, Fault, FaultKind, FieldFault
from countermand.dialects.wire import read_json

from .switches import DETAILS_MAX

INVALID_TYPE: Final = "invalid_type"
INVALID_STRING: Final = "invalid_string"

#: What was expected, by pydantic's name of the type problem.
_EXPECTED: Final[Mapping[str, str]] = {
    "string_type": "string",
    "int_type": "integer",
    "int_from_float": "integer",
    "float_type": "number",
    "finite_number": "number",
    "bool_type": "boolean",
    "list_type": "array",
    "dict_type": "object",
    "model_type": "object",
}

#: What Zod 3 calls the other problems. Anything else is its catch-all, `custom`.
_ISSUES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("string_too_long", "too_long", "less_than_equal", "less_than"), "too_big"),
    **dict.fromkeys(("string_too_short", "too_short", "greater_than_equal", "greater_than"), "too_small"),
    "literal_error": "invalid_enum_value",
    INVALID_STRING: INVALID_STRING,
}


class Wire(BaseModel):
    """A message of the vendor, its members in camel case. Unknown ones are ignored: the schemas don't forbid them."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, alias_generator=to_camel, defer_build=True)

    def sent(self) -> dict[str, object]:
        """What was sent, in the wire's spelling, and nothing that was left out."""
        return self.model_dump(by_alias=True, exclude_unset=True)


Message = TypeVar("Message", bound=BaseModel)


def read(body: bytes, message: type[Message]) -> Message:
    """The message in a body. Raises CallerFault: MALFORMED for bytes that are no JSON, INVALID for JSON of another shape."""
    return check(read_json(body), message)


def read_optional(body: bytes, message: type[Message]) -> Message:
    """The same, for operations whose body may be left out."""
    return read(body, message) if body else check({}, message)


def check(value: object, message: type[Message], *, at: tuple[str | int, ...] = ()) -> Message:
    """A JSON value as a message. `at` is where the value stands in a larger document."""
    try:
        return message.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)[:DETAILS_MAX]
        raise invalid(*(_issue(one, at) for one in found)) from error


def invalid(*fields: FieldFault) -> CallerFault:
    return CallerFault(Fault(kind=FaultKind.INVALID, fields=fields))


def _issue(error: ErrorDetails, at: tuple[str | int, ...]) -> FieldFault:
    kind, given = error["type"], error["input"]
    path = ".".join(str(step) for step in (*at, *error["loc"]))
    if kind == "missing":
        return FieldFault(path=path, message="Required", code=INVALID_TYPE)
    expected = "string" if kind == "literal_error" and not isinstance(given, str) else _EXPECTED.get(kind)
    if expected is not None:
        return FieldFault(path=path, message=f"Expected {expected}, received {json_type(given)}", code=INVALID_TYPE)
    return FieldFault(path=path, message=error["msg"], code=_ISSUES.get(kind, "custom"))


def json_type(value: object) -> str:
    """What JSON calls the type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
