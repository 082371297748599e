"""JSON values as the conformance format compares them.

Rule 1: numbers are equal by value and `true` is not 1, so Python's `==` is never used on two JSON values.
Rule 2: absent is not null. ABSENT is what a lookup finds when nothing is there.
"""

from __future__ import annotations

import enum
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Final, NoReturn, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class Missing(enum.Enum):
    """The type of ABSENT."""

    ABSENT = "(absent)"


ABSENT: Final = Missing.ABSENT
Found: TypeAlias = "Json | Missing"

#: A failing case is one line; a longer value makes the line unreadable without making it clearer.
SHOWN_CHARS_MAX: Final = 300

_INDEX: Final = re.compile(r"[0-9]+")


def decode(body: bytes) -> Json:
    """Read an answer's body. Raises ValueError for what is not JSON in UTF-8."""
    return _decode(body.decode("utf-8"), dict)


def decode_strictly(text: str) -> Json:
    """Read a case file, in which a member given twice is a mistake. Raises ValueError."""
    return _decode(text, _unique)


def _decode(text: str, make_object: Callable[[list[tuple[str, Json]]], dict[str, Json]]) -> Json:
    try:
        value: Json = json.loads(text, object_pairs_hook=make_object, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    twice = sorted(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
    if twice:
        raise ValueError(f"given twice in one object: {', '.join(twice)}")
    return dict(pairs)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def equal(left: Json, right: Json) -> bool:
    """Tell whether two values are the same JSON: 24 equals 24.0, true equals only true."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[name], right[name]) for name in left)
    return type(left) is type(right) and left == right


def type_name(value: Json) -> str:
    """Name the JSON type; a number written with a fraction or an exponent is `number`, else `integer`."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"


def lookup(root: Json, path: str) -> Found:
    """Find the value at a dotted path; the empty path, also written `$`, is the root itself."""
    if path in ("", "$"):
        return root
    value = root
    for part in path.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and _INDEX.fullmatch(part) and int(part) < len(value):
            value = value[int(part)]
        else:
            return ABSENT
    return value


def show(value: Found, chars_max: int = SHOWN_CHARS_MAX) -> str:
    """Write a value for a person: compact JSON, cut when long."""
    if isinstance(value, Missing):
        return value.value
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return "(nested too deeply to show)"
    return text if len(text) <= chars_max else f"{text[:chars_max]}... ({len(text)} characters)"
