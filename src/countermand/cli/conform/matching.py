"""Where does a value differ from what was expected?

Rule 1: everything here is a function of its arguments; no request, no file, no clock.
Rule 2: an absent member fits nothing, not even `$any`.
Rule 3: inside `$contains` and `where` objects may have more members than named, even below an exact `json`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from countermand.cli.conform.jsonvalues import ABSENT, Found, Json, Missing, equal, lookup, show, type_name
from countermand.cli.conform.patterns import (
    Anything,
    Contains,
    Count,
    Elements,
    Length,
    Matcher,
    Members,
    OfType,
    OneOf,
    Pattern,
    Plain,
    Regex,
    Rule,
    Same,
    Timestamp,
)

#: A value that is quoted beside its own length or type says the rest there.
HINT_CHARS_MAX: Final = 120

_RFC3339: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the answer is not what was expected, in words for a person."""

    path: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The step at which a case ended and its first difference, with the number of further ones."""

    step: str
    difference: Difference
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in which body a value stands, and whether objects there have no member more than named."""

    body: Json
    path: str
    is_exact: bool

    def member(self, name: str | int) -> Place:
        return Place(body=self.body, path=f"{self.path}.{name}", is_exact=self.is_exact)

    def tolerant(self) -> Place:
        return Place(body=self.body, path=self.path, is_exact=False)


Complaint: TypeAlias = "tuple[str, str] | None"


def differences(pattern: Pattern, actual: Found, *, at: Place) -> Iterator[Difference]:
    """Yield every difference, outermost first, in the order of the pattern."""
    if isinstance(actual, Missing):
        yield Difference(at.path, show(pattern.source), show(ABSENT))
        return
    match pattern:
        case Plain(source):
            if not equal(source, actual):
                yield Difference(at.path, show(source), show(actual))
        case Members():
            yield from _in_object(pattern, actual, at=at)
        case Elements():
            yield from _in_array(pattern, actual, at=at)
        case Matcher(rules=rules):
            for rule in rules:
                if complaint := _complaint(rule, actual, at=at):
                    yield Difference(at.path, *complaint)


def _in_object(pattern: Members, actual: Json, *, at: Place) -> Iterator[Difference]:
    if not isinstance(actual, dict):
        yield Difference(at.path, "an object", show(actual))
        return
    for name, member in pattern.members.items():
        yield from differences(member, actual.get(name, ABSENT), at=at.member(name))
    if at.is_exact:
        for name, value in actual.items():
            if name not in pattern.members:
                yield Difference(at.member(name).path, show(ABSENT), show(value))


def _in_array(pattern: Elements, actual: Json, *, at: Place) -> Iterator[Difference]:
    if not isinstance(actual, list):
        yield Difference(at.path, "an array", show(actual))
    elif len(actual) != len(pattern.elements):
        yield Difference(at.path, f"an array of {len(pattern.elements)}", f"{len(actual)}: {show(actual)}")
    else:
        for index, (element, value) in enumerate(zip(pattern.elements, actual, strict=True)):
            yield from differences(element, value, at=at.member(index))


def fits(pattern: Pattern, actual: Json, *, at: Place) -> bool:
    """Tell whether there is no difference."""
    return next(differences(pattern, actual, at=at), None) is None


def _complaint(rule: Rule, actual: Json, *, at: Place) -> Complaint:
    match rule:
        case Anything():
            return None
        case OfType(names):
            return _of_type(names, actual)
        case Regex(expression):
            found = isinstance(actual, str) and expression.search(actual)
            return None if found else (f"a string matching {show(expression.pattern)}", show(actual))
        case Timestamp():
            return None if is_timestamp(actual) else ("an RFC 3339 time with an offset", show(actual))
        case Length(length):
            return _length(length, actual)
        case Contains(wanted):
            return _contains(wanted, actual, at=at.tolerant())
        case Count():
            return _count(rule, actual, at=at.tolerant())
        case Same(path):
            other = lookup(at.body, path)
            same = not isinstance(other, Missing) and equal(other, actual)
            return None if same else (f"what is at {path or 'the top'}, {show(other)}", show(actual))
        case OneOf(source, options):
            one = any(fits(option, actual, at=at) for option in options)
            return None if one else (f"one of {show(source)}", show(actual))


def _of_type(names: tuple[str, ...], actual: Json) -> Complaint:
    found = type_name(actual)
    if found in names or (found == "integer" and "number" in names):
        return None
    return f"type {'|'.join(names)}", f"{found} {show(actual, HINT_CHARS_MAX)}"


def _length(length: int, actual: Json) -> Complaint:
    if not isinstance(actual, str | list | dict):
        return f"a length of {length}", show(actual)
    if len(actual) != length:
        return f"a length of {length}", f"{len(actual)}: {show(actual, HINT_CHARS_MAX)}"
    return None


def _contains(wanted: tuple[Pattern, ...], actual: Json, *, at: Place) -> Complaint:
    if not isinstance(actual, list):
        return "an array", show(actual)
    choices = [[index for index, value in enumerate(actual) if fits(one, value, at=at)] for one in wanted]
    left_over = unplaceable(choices)
    if left_over is None:
        return None
    return f"an array with an element of its own like {show(wanted[left_over].source)}", show(actual)


def _count(rule: Count, actual: Json, *, at: Place) -> Complaint:
    if not isinstance(actual, list):
        return "an array", show(actual)
    found = sum(fits(rule.where, value, at=at) for value in actual)
    return (
        None if found == rule.count else (f"{rule.count} like {show(rule.where.source)}", f"{found} in {show(actual)}")
    )


def unplaceable(choices: Sequence[Sequence[int]]) -> int | None:
    """Give each taker one of its choices, none given twice; answer the first taker that must go without, or None.

    Takers move over for each other as long as that helps (augmenting paths), so the order of the choices never matters.
    """
    holder: dict[int, int] = {}

    def place(taker: int, tried: set[int]) -> bool:
        for choice in choices[taker]:
            if choice in tried:
                continue
            tried.add(choice)
            if choice not in holder or place(holder[choice], tried):
                holder[choice] = taker
                return True
        return False

    return next((taker for taker in range(len(choices)) if not place(taker, set())), None)


def is_timestamp(value: Json) -> bool:
    """Tell whether it is an RFC 3339 time of a day that exists. Leap seconds don't count as one."""
    found = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    try:
        dt.date.fromisoformat(found[1])
    except ValueError:
        return False
    return True
