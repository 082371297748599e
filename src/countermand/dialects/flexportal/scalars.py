"""The scalar types of the vendor's messages, as its schemas state them.

JSON has one kind of number: 2.0 is an integer here, `true` is not.
"""

import re
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError

from .instants import moment
from .reading import INVALID_STRING
from .switches import CUSTOM_FIELDS_DEPTH_MAX, NAME_CHARS_MAX

#: Deliberately loose: a server that refuses a good address does more harm than one that takes a strange one.
_EMAIL: Final = re.compile(r"[^\s@\0]{1,64}@[^\s@.\0]+(\.[^\s@.\0]+)+")

#: Nothing was rented before.
_YEAR_MIN: Final = 1900

#: Digits beyond which a number is no amount or count of anything, and some readers of JSON lose it.
_NUMBER_MAX: Final = 2**53


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= _NUMBER_MAX else value


def _findable(value: str) -> str:
    """No store can hold NUL in a name."""
    if "\0" in value:
        raise PydanticCustomError(INVALID_STRING, "Invalid characters")
    return value


def _plain(value: float) -> float:
    """Without a fraction where there is none, as every reader and writer of the vendor's in JavaScript has it."""
    return int(value) if value.is_integer() else value


def _email(value: str) -> str:
    if len(value) > NAME_CHARS_MAX or not _EMAIL.fullmatch(value):
        raise PydanticCustomError(INVALID_STRING, "Invalid email format")
    return value


def _moment(value: str) -> str:
    at = moment(value)
    if at is None or at.year < _YEAR_MIN:
        raise PydanticCustomError(INVALID_STRING, "Invalid datetime")
    return value


def _shallow(value: dict[str, object] | None) -> dict[str, object] | None:
    if value is not None and _depth(value) > CUSTOM_FIELDS_DEPTH_MAX:
        raise PydanticCustomError("custom", "Nested too deeply")
    return value


def _depth(value: object) -> int:
    """How deep a JSON value nests, as far as it matters."""
    level, depth = [value], 0
    while level and depth <= CUSTOM_FIELDS_DEPTH_MAX:
        level = [inner for outer in level for inner in _inside(outer)]
        depth += 1
    return depth


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


class _MayBeLeftOut:
    """None stands for a member that was left out, and for nothing that can be sent."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        return schema["schema"] if schema["type"] == "nullable" else schema


_Value = TypeVar("_Value")
Maybe = Annotated[_Value | None, _MayBeLeftOut()]

Text = Annotated[str, Field(min_length=1)]

#: What something is found by: an id, a serial number, a SKU.
Id = Annotated[str, Field(min_length=1, max_length=NAME_CHARS_MAX), AfterValidator(_findable)]
#: Makes a whole number of one; stands after the bounds, so that they stay in the schema.
WHOLE: Final = BeforeValidator(_whole)
Number = Annotated[float, Field(ge=-_NUMBER_MAX, le=_NUMBER_MAX), AfterValidator(_plain)]
Amount = Annotated[float, Field(ge=0, le=10**12), AfterValidator(_plain)]

#: An amount that is judged later, in words of its own; the schema says what it says of every amount.
Charge = Annotated[Number, WithJsonSchema({"type": "number", "minimum": 0})]
Email = Annotated[str, AfterValidator(_email), WithJsonSchema({"type": "string", "format": "email"})]

#: RFC 3339, or a bare date as in the vendor's own example.
Moment = Annotated[str, AfterValidator(_moment), WithJsonSchema({"type": "string"})]
FreeForm = Annotated[dict[str, object] | None, AfterValidator(_shallow)]
