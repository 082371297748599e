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
class Scope:
    """The whole body, for `$same`, and whether objects may have no member more than named."""

    root: Json
    exact: bool


Complaint: TypeAlias = "tuple[str, str] | None"


def differences(pattern: Pattern, actual: Found, path: str, scope: Scope) -> Iterator[Difference]:
    """Yield every difference, outermost first, in the order of the pattern."""
    if isinstance(actual, Missing):
        yield Difference(path, show(pattern.source), show(ABSENT))
        return
    match pattern:
        case Plain(source):
            if not equal(source, actual):
                yield Difference(path, show(source), show(actual))
        case Members():
            yield from _in_object(pattern, actual, path, scope)
        case Elements():
            yield from _in_array(pattern, actual, path, scope)
        case Matcher(rules=rules):
            for rule in rules:
                if complaint := _complaint(rule, actual, scope):
                    yield Difference(path, *complaint)


def _in_object(pattern: Members, actual: Json, path: str, scope: Scope) -> Iterator[Difference]:
    if not isinstance(actual, dict):
        yield Difference(path, "an object", show(actual))
        return
    for name, member in pattern.members.items():
        yield from differences(member, actual.get(name, ABSENT), f"{path}.{name}", scope)
    if scope.exact:
        for name, value in actual.items():
            if name not in pattern.members:
                yield Difference(f"{path}.{name}", show(ABSENT), show(value))


def _in_array(pattern: Elements, actual: Json, path: str, scope: Scope) -> Iterator[Difference]:
    if not isinstance(actual, list):
        yield Difference(path, "an array", show(actual))
    elif len(actual) != len(pattern.elements):
        yield Difference(path, f"an array of {len(pattern.elements)}", f"{len(actual)}: {show(actual)}")
    else:
        for index, (element, value) in enumerate(zip(pattern.elements, actual, strict=True)):
            yield from differences(element, value, f"{path}.{index}", scope)


def fits(pattern: Pattern, actual: Json, scope: Scope) -> bool:
    """Tell whether there is no difference."""
    return next(differences(pattern, actual, "", scope), None) is None


def _complaint(rule: Rule, actual: Json, scope: Scope) -> Complaint:
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
            return _contains(wanted, actual, scope)
        case Count(count, where):
            return _count(count, where, actual, scope)
        case Same(path):
            other = lookup(scope.root, path)
            same = not isinstance(other, Missing) and equal(other, actual)
            return None if same else (f"what is at {path or 'the top'}, {show(other)}", show(actual))
        case OneOf(source, options):
            one = any(fits(option, actual, scope) for option in options)
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


def _contains(wanted: tuple[Pattern, ...], actual: Json, scope: Scope) -> Complaint:
    if not isinstance(actual, list):
        return "an array", show(actual)
    open_scope = Scope(scope.root, exact=False)
    choices = [[i for i, value in enumerate(actual) if fits(one, value, open_scope)] for one in wanted]
    left_over = unplaceable(choices)
    if left_over is None:
        return None
    return f"an array with an element of its own like {show(wanted[left_over].source)}", show(actual)


def _count(count: int, where: Pattern, actual: Json, scope: Scope) -> Complaint:
    if not isinstance(actual, list):
        return "an array", show(actual)
    open_scope = Scope(scope.root, exact=False)
    found = sum(fits(where, value, open_scope) for value in actual)
    return None if found == count else (f"{count} like {show(where.source)}", f"{found} in {show(actual)}")


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
