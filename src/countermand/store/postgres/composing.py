"""Puts statements together from the named parts of `queries.sql`.

A batch sends one statement that holds only the parts it needs. There are few combinations, each is built once, and the
driver keeps it prepared.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from countermand.store.sql import statements

#: `:name`, but not the second half of a cast.
_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z_]\w*)")
_COMMENT: Final = re.compile(r"^\s*--.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Composed:
    """SQL text with numbered parameters, and the name that each number stands for."""

    text: str
    names: tuple[str, ...]

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        return [values[name] for name in self.names]


PARTS: Final = {name: _COMMENT.sub("", text).strip() for name, text in statements(__package__).items()}


def numbered(text: str) -> Composed:
    """The text with `$1`, `$2`, ... in the order in which the names first appear."""
    names: dict[str, int] = {}

    def place(match: re.Match[str]) -> str:
        return f"${names.setdefault(match[1], len(names) + 1)}"

    text = _PARAMETER.sub(place, text)
    return Composed(text, tuple(names))


@cache
def named(name: str) -> Composed:
    """One statement that stands alone."""
    return numbered(PARTS[name])


#: How the statement that loads records ends when they are not locked.
_UNLOCKED: Final = "LIMIT 1) AS r"


@cache
def records(*, locked: bool) -> Composed:
    text = PARTS["records"]
    return numbered(f"{text.removesuffix(_UNLOCKED)}{PARTS['records_locking']}" if locked else text)


@cache
def loading(*, locked: bool, sources: tuple[str, ...], claims: bool) -> Composed:
    """What a batch loads in one statement. `sources` are the parts that find orders by other names."""
    tables = [("named", " UNION ALL ".join(PARTS[source] for source in sources))] if sources else []
    tables.append(("wanted", PARTS["wanted_keys_and_named" if sources else "wanted_keys"]))
    tables.append(("held", PARTS["orders_locked" if locked else "orders"]))
    rows = [PARTS["found"]]
    if claims:
        rows.append(PARTS["claims"])
    if sources:
        rows.append(PARTS["names"])
    return numbered(f"WITH {_tables(tables)} {' UNION ALL '.join(rows)}")


#: Parts whose rows nobody counts, run after all others.
UNCOUNTED: Final = frozenset({"erase_events", "erase_cancellations", "erase_obligations", "add_tallies", "add_stock"})

#: Parts that may find nothing to do: what they delete somebody else may have taken away meanwhile.
LENIENT: Final = frozenset({"drop_aliases", "delete_facets", "delete_timers"})


@cache
def writing(*parts: str) -> Composed:
    """What a batch writes in one statement, in the order of `parts`. It fails unless each touched the rows it should.

    A count is compared with the parameter `n_<part>`; the division by zero is how plain SQL says no. PostgreSQL runs the
    parts that the last SELECT counts in its order, and then those that nobody counts.
    """
    complete = " AND ".join(_complete(part) for part in parts if part not in UNCOUNTED)
    tables = _tables([(part, PARTS[part]) for part in parts])
    return numbered(f"WITH {tables} SELECT 1 / CASE WHEN {complete} THEN 1 ELSE 0 END")


def _complete(part: str) -> str:
    comparison = "<=" if part in LENIENT else "="
    return f"(SELECT count(*) FROM {part}) {comparison} :n_{part}::bigint"  # noqa: S608 - parts are ours


def _tables(tables: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} AS ({text})" for name, text in tables)
