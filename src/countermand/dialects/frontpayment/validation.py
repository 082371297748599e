"""The validator of the vendor's framework: which sentence each broken rule gives, and in which order.

The words and the order are recorded (`github.com/skatkov/frontgo`, cassettes of 2025-07-15 and 2025-07-22): a flat list, one
sentence per broken rule, in the order of the rules, rules for list items after all others; names in lower case, camelCase
split into words, dots kept. The sentences that were not recorded are the framework's own of that generation.

Rule: a field is checked for presence first. If that fails, its other rules are not looked at; a field that is absent or null
and need not be there has no other rules.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from countermand.dialects.wire import decimal_of

from .formats import date_of, is_email, is_number, is_url
from .payload import Payload

ITEM: Final = "*"


class Kind(StrEnum):
    """What a value must be, at least."""

    STRING = "string"
    NUMERIC = "numeric"
    BOOLEAN = "boolean"
    ARRAY = "array"
    EMAIL = "email"
    URL = "url"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class When:
    """A condition on another field: it has this value, it is there (`value` None), or it is not there (`absent`)."""

    other: str
    value: str | None = None
    absent: bool = False

    def holds(self, payload: Payload) -> bool:
        found = payload.get(*self.other.split("."))
        if self.value is not None:
            return found == self.value
        return is_missing(found) if self.absent else not is_missing(found)

    @property
    def words(self) -> str:
        if self.value is not None:
            return f"{shown(self.other)} is {self.value}"
        return f"{shown(self.other)} is {'not ' if self.absent else ''}present"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The rules of one field. `path` is dotted, with `*` for each item of a list."""

    path: str
    kind: Kind = Kind.STRING
    required: bool = False
    required_when: When | None = None
    #: The only values that are good: texts, or numbers however they are spelled.
    among: tuple[str, ...] = ()
    #: Exactly so many characters.
    size: int | None = None
    pattern: str | None = None
    above: int | None = None
    at_most: int | None = None
    #: What it is for, for the OpenAPI document.
    about: str = ""


def check(payload: Payload, fields: Iterable[Field]) -> tuple[str, ...]:
    """What is wrong, in the order in which the vendor lists it."""
    listed = tuple(fields)
    plain = [field for field in listed if ITEM not in field.path]
    items = [field for field in listed if ITEM in field.path]
    found: list[str] = []
    for field in (*plain, *items):
        for path in _places(payload, field):
            found += _wrong(payload, field, path=path)
    return tuple(found)


def _places(payload: Payload, field: Field) -> list[tuple[str, ...]]:
    places: list[tuple[str, ...]] = [()]
    for name in field.path.split("."):
        if name == ITEM:
            places = [(*place, key) for place in places for key in payload.keys(*place)]
        else:
            places = [(*place, name) for place in places]
    return places


def _wrong(payload: Payload, field: Field, *, path: tuple[str, ...]) -> list[str]:
    value, name = payload.get(*path), shown(".".join(path))
    if is_missing(value):
        if field.required:
            return [f"The {name} field is required."]
        if field.required_when is not None and field.required_when.holds(payload):
            return [f"The {name} field is required when {field.required_when.words}."]
    if value is None:
        return []
    kind = _KINDS[field.kind](value, name)
    return [*kind, *_limits(field, value, name=name)]


def is_missing(value: object) -> bool:
    """Null, an empty text, an empty list and an empty object are all not there."""
    return value is None or value in ("", [], {})


def shown(path: str) -> str:
    """`orderSummary.shippingCost` as the vendor spells it in a sentence: `order summary.shipping cost`."""
    return re.sub(r"(.)(?=[A-Z])", r"\1_", path).lower().replace("_", " ")


# ----------------------------------------------------------------------------------------------------------------- kinds


def _string(value: object, name: str) -> list[str]:
    return [] if isinstance(value, str) else [f"The {name} must be a string."]


def _numeric(value: object, name: str) -> list[str]:
    return [] if is_number(value) else [f"The {name} must be a number."]


def _boolean(value: object, name: str) -> list[str]:
    good = isinstance(value, bool) or (isinstance(value, int | str) and value in {0, 1, "0", "1"})
    return [] if good else [f"The {name} field must be true or false."]


def _array(value: object, name: str) -> list[str]:
    return [] if isinstance(value, list | dict) else [f"The {name} must be an array."]


def _email(value: object, name: str) -> list[str]:
    return [] if isinstance(value, str) and is_email(value) else [f"The {name} must be a valid email address."]


def _url(value: object, name: str) -> list[str]:
    return [] if isinstance(value, str) and is_url(value) else [f"The {name} must be a valid URL."]


def _date(value: object, name: str) -> list[str]:
    """Two forms are in use: `02 Aug, 2023` was demanded in July 2025, later pages say a unix time as text."""
    if not isinstance(value, str):
        return [f"The {name} must be a string."]
    return [] if date_of(value) else [f"The {name} does not match the format d M, Y."]


_KINDS: Final[Mapping[Kind, Callable[[object, str], list[str]]]] = MappingProxyType(
    {
        Kind.STRING: _string,
        Kind.NUMERIC: _numeric,
        Kind.BOOLEAN: _boolean,
        Kind.ARRAY: _array,
        Kind.EMAIL: _email,
        Kind.URL: _url,
        Kind.DATE: _date,
    }
)

# ----------------------------------------------------------------------------------------------------------------- limits


def _limits(field: Field, value: object, *, name: str) -> list[str]:
    found: list[str] = []
    if field.among and not _is_among(value, field):
        found.append(f"The selected {name} is invalid.")
    if field.size is not None and isinstance(value, str) and len(value) != field.size:
        found.append(f"The {name} must be {field.size} characters.")
    if field.pattern is not None and isinstance(value, str) and not re.fullmatch(field.pattern, value):
        found.append(f"The {name} format is invalid.")
    number = decimal_of(value) if field.kind is Kind.NUMERIC and is_number(value) else None
    if number is not None and field.above is not None and number <= field.above:
        found.append(f"The {name} must be greater than {field.above}.")
    if number is not None and field.at_most is not None and abs(number) > field.at_most:
        found.append(f"The {name} must not be greater than {field.at_most}.")
    return found


def _is_among(value: object, field: Field) -> bool:
    if field.kind is Kind.NUMERIC:
        return is_number(value) and decimal_of(value) in {decimal_of(good) for good in field.among}
    return isinstance(value, str) and value in field.among
