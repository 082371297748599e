"""Readers that turn JSON of a case file into typed values, or say where the file is wrong.

Rule: every complaint starts with the place, so that a person finds it without a debugger.
"""

from __future__ import annotations

from collections.abc import Collection

from countermand.cli.conform.jsonvalues import Json, show

#: Enough of a wrong value to recognise it.
QUOTED_CHARS_MAX = 60


class FormatError(Exception):
    """A case file, or a word of the command line that belongs to it, is wrong; the message says where."""


def require(condition: object, complaint: str) -> None:
    """Raise FormatError unless the condition holds."""
    if not condition:
        raise FormatError(complaint)


def read_object(value: Json, where: str) -> dict[str, Json]:
    """Any object."""
    if not isinstance(value, dict):
        raise FormatError(f"{where}: must be an object, not {_quoted(value)}")
    return value


def read_members(
    value: Json, where: str, *, allowed: Collection[str], required: Collection[str] = ()
) -> dict[str, Json]:
    """An object that has all of the required members and none but the allowed ones."""
    members = read_object(value, where)
    unknown = sorted(members.keys() - set(allowed))
    require(not unknown, f"{where}: unknown member: {', '.join(unknown)}")
    missing = sorted(set(required) - members.keys())
    require(not missing, f"{where}: missing member: {', '.join(missing)}")
    return members


def read_array(value: Json, where: str) -> list[Json]:
    """Any array."""
    if not isinstance(value, list):
        raise FormatError(f"{where}: must be an array, not {_quoted(value)}")
    return value


def read_text(value: Json, where: str) -> str:
    """Any string."""
    if not isinstance(value, str):
        raise FormatError(f"{where}: must be a string, not {_quoted(value)}")
    return value


def read_count(value: Json, where: str) -> int:
    """A whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FormatError(f"{where}: must be a whole number, not {_quoted(value)}")
    return value


def _quoted(value: Json) -> str:
    return show(value, QUOTED_CHARS_MAX)
