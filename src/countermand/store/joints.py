"""Facets joined: a list that is filtered by one and sorted by another is one stretch of the facet table.

A dialect that has such lists gives its orders or records the facet `JOINED`: one line that says which filters are joined with
which sorts, the same for all rows of a kind, and repeated in each `Listing`.

    status customerId customField_* | updatedAt id status

For each of these filters that a row has (`*`: every facet that begins so) and each sort there is one more row of facets. Its
name is both names; its value is what is filtered by and goes on with what is sorted by. So it also finds what is filtered by
both. Dialects without that facet have no such rows and pay nothing.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from countermand.model.query import JOINED

#: Ends the value that is filtered by, the character after it, and what takes its place inside of a value: so no joined value
#: begins as another does.
_END: Final = "\x1f"
_AFTER_END: Final = "\x20"
_INSIDE: Final = "\x1e"

#: Of longer names and values the hash is joined: a row of an index has a size.
_CHARS_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class Joint:
    """A stretch of the values of one name: those with these filters. With one filter they go on with the sort."""

    filters: tuple[str, ...]
    name: str
    begin: str

    @property
    def end(self) -> str:
        """The first value after the stretch."""
        return self.begin[:-1] + _AFTER_END


def joined(
    facets: Mapping[str, str], identity: str, changed: frozenset[str] | None = None
) -> Iterator[tuple[str, str]]:
    """The names and values of all rows of facets of an order or record: its own, and those that join them.

    `changed`: only of the rows that tell one of these.
    """
    for name in facets if changed is None else changed:
        if name != JOINED:
            yield name, facets[name]
    line = facets.get(JOINED)
    if line is not None:
        for filtered, sort, name in _pairs_of(line, tuple(facets), changed):
            yield name, f"{_short(facets[filtered])}{_END}{identity if sort == 'id' else facets[sort]}"


def joint_of(line: str, facets: Mapping[str, str], sort: str) -> Joint | None:
    """What a list is read from that is filtered by facets and sorted by another, or by id. None: it isn't joined."""
    pairs = _pairs(line, (*facets, sort))
    return next(
        (
            Joint((one,), name, f"{_short(facets[one])}{_END}")
            for one, by, name in pairs
            if by == sort and one in facets
        ),
        None,
    )


def both_of(line: str, facets: Mapping[str, str]) -> Joint | None:
    """What a list is read from that is filtered by two facets, in the order of time."""
    pairs = (pair for pair in _pairs(line, tuple(facets)) if pair[1] in facets)
    return next((Joint((one, by), name, f"{_short(facets[one])}{_END}{facets[by]}") for one, by, name in pairs), None)


@lru_cache(maxsize=1024)
def _pairs(line: str, names: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """Filters and sorts that are there and joined, each with the name of its rows."""
    filters, _, sorts = line.partition("|")
    there = [name for one in filters.split() for name in names if _is_named(one, name)]
    return tuple(
        (name, sort, f"{JOINED}{_short(name)}|{sort}")
        for name in there
        for sort in sorts.split()
        if sort != name and (sort == "id" or sort in names)
    )


@lru_cache(maxsize=1024)
def _pairs_of(line: str, names: tuple[str, ...], changed: frozenset[str] | None) -> tuple[tuple[str, str, str], ...]:
    pairs = _pairs(line, names)
    return pairs if changed is None else tuple(pair for pair in pairs if pair[0] in changed or pair[1] in changed)


def _is_named(declared: str, name: str) -> bool:
    return name.startswith(declared[:-1]) if declared.endswith("*") else name == declared


def _short(text: str) -> str:
    if len(text) > _CHARS_MAX:
        return f"{_INSIDE}#{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return text if text.isprintable() else text.replace(_INSIDE, f"{_INSIDE}0").replace(_END, f"{_INSIDE}1")
