"""An expected JSON value, parsed: plain values, objects and arrays, with matchers anywhere among them.

Rule 1: an object with a member whose name starts with `$` is a matcher; every other object is itself.
Rule 2: a pattern that exists is well formed. What is wrong with one is said here, before any request is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from countermand.cli.conform.jsonvalues import Json
from countermand.cli.conform.reading import FormatError, read_array, read_count, read_members, read_text, require

TYPE_NAMES: Final = ("string", "number", "integer", "boolean", "array", "object", "null")


@dataclass(frozen=True, slots=True)
class Plain:
    """A string, number, boolean or null that is compared as it stands."""

    source: Json


@dataclass(frozen=True, slots=True)
class Members:
    """An object, member by member."""

    source: Json
    members: Mapping[str, Pattern]


@dataclass(frozen=True, slots=True)
class Elements:
    """An array, element by element."""

    source: Json
    elements: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Matcher:
    """Rules that must all hold for the value that is there."""

    source: Json
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class OfType:
    """`$type`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regex:
    """`$regex`."""

    expression: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Anything:
    """`$any`."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """`$timestamp`."""


@dataclass(frozen=True, slots=True)
class Length:
    """`$len`."""

    length: int


@dataclass(frozen=True, slots=True)
class Contains:
    """`$contains`."""

    wanted: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """`$count` with its `where`; without one, every element counts."""

    count: int
    where: Pattern


@dataclass(frozen=True, slots=True)
class Same:
    """`$same`."""

    path: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """`$one_of`."""

    source: Json
    options: tuple[Pattern, ...]


Rule: TypeAlias = "OfType | Regex | Anything | Timestamp | Length | Contains | Count | Same | OneOf"
Pattern: TypeAlias = "Plain | Members | Elements | Matcher"

ANYTHING: Final = Matcher({"$any": True}, (Anything(),))


def parse(value: Json, where: str) -> Pattern:
    """Parse an expected value. Raises FormatError."""
    if isinstance(value, list):
        return Elements(value, _parse_all(value, where))
    if not isinstance(value, dict):
        return Plain(value)
    if any(name.startswith("$") for name in value):
        return _parse_matcher(value, where)
    return Members(value, {name: parse(member, f"{where}.{name}") for name, member in value.items()})


def _parse_all(values: list[Json], where: str) -> tuple[Pattern, ...]:
    return tuple(parse(value, f"{where}.{index}") for index, value in enumerate(values))


def _parse_matcher(source: dict[str, Json], where: str) -> Matcher:
    read_members(source, where, allowed=(*_RULES, "where"))
    require("where" not in source or "$count" in source, f"{where}: 'where' goes with $count only")
    return Matcher(source, tuple(make(source, f"{where}.{name}") for name, make in _RULES.items() if name in source))


def _of_type(source: dict[str, Json], where: str) -> OfType:
    names = tuple(read_text(source["$type"], where).split("|"))
    for name in names:
        require(name in TYPE_NAMES, f"{where}: unknown type {name!r}; known are {', '.join(TYPE_NAMES)}")
    return OfType(names)


def _regex(source: dict[str, Json], where: str) -> Regex:
    text = read_text(source["$regex"], where)
    try:
        return Regex(re.compile(text))
    except re.error as error:
        raise FormatError(f"{where}: not a regular expression: {error}") from None


def _anything(source: dict[str, Json], where: str) -> Anything:
    require(source["$any"] is True, f"{where}: must be true")
    return Anything()


def _timestamp(source: dict[str, Json], where: str) -> Timestamp:
    require(source["$timestamp"] is True, f"{where}: must be true")
    return Timestamp()


def _length(source: dict[str, Json], where: str) -> Length:
    return Length(read_count(source["$len"], where))


def _contains(source: dict[str, Json], where: str) -> Contains:
    return Contains(_parse_all(read_array(source["$contains"], where), where))


def _count(source: dict[str, Json], where: str) -> Count:
    condition = parse(source["where"], f"{where}.where") if "where" in source else ANYTHING
    return Count(read_count(source["$count"], where), condition)


def _same(source: dict[str, Json], where: str) -> Same:
    return Same(read_text(source["$same"], where))


def _one_of(source: dict[str, Json], where: str) -> OneOf:
    options = read_array(source["$one_of"], where)
    return OneOf(options, _parse_all(options, where))


#: Every matcher. The order is the order in which their complaints are made: what it is, before what is in it.
_RULES: Final[Mapping[str, Callable[[dict[str, Json], str], Rule]]] = {
    "$type": _of_type,
    "$regex": _regex,
    "$any": _anything,
    "$timestamp": _timestamp,
    "$len": _length,
    "$contains": _contains,
    "$count": _count,
    "$same": _same,
    "$one_of": _one_of,
}
