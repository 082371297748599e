"""docs/reference/coverage.md: every declared answer with a test that shows it. A run of the tests writes it, each test reads it.

For every operation as few tests are named as show all of it, so that a test is named for a reason.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from tests.coverage.declared import Document, Item

ROOT: Final = Path(__file__).parents[2]
PATH: Final = ROOT / "docs" / "reference" / "coverage.md"

Thing = tuple[str, Item]

#: Where a fault or refusal is given to the encoder as it is, without anything that led to it.
IN_WORDS: Final = "tests/coverage/test_faults.py"

HEAD: Final = """\
# What is tested of what is declared

Every answer that an OpenAPI document declares, and every value that its schemas list, with a test that shows it: the server,
or the dialect's own code in memory, really gave that answer while the test ran. Written by `make coverage`; each test fails
when it no longer shows what it is named for here, and one test fails when something declared is missing here.

A member with one value that is always there shows nothing that its answer doesn't, and is left out.
"""
_UNTESTED: Final = "**untested**"


def write(documents: Mapping[str, Document], shown: Mapping[str, set[Thing]]) -> None:
    parts = [HEAD]
    for name, document in documents.items():
        parts.append(f"## {document.dialect.title}\n")
        chosen = _chosen(name, document, shown)
        for place, items in _grouped(document).items():
            parts += [f"### {name}: {place}\n", "| Answer | Test |", "|---|---|"]
            parts += [f"| {answers} | {test} |" for test, answers in _rows(items, chosen)]
            parts.append("")
    PATH.write_text("\n".join(parts), encoding="utf-8")


def _grouped(document: Document) -> Mapping[str, list[Item]]:
    """Declared things by operation, then by named schema."""
    found: dict[str, list[Item]] = {operation: [] for operation in document.operations}
    for item in document.items:
        found.setdefault(_heading(item), []).append(item)
    return found


def _heading(item: Item) -> str:
    return item.place.partition(" ")[0]


def _chosen(name: str, document: Document, shown: Mapping[str, set[Thing]]) -> Mapping[Item, str]:
    """For each declared thing a test: always the one that shows most of what is left of the operation or schema.

    Tests that only put something into words stand behind those in which it happened.
    """
    happened = {test: things for test, things in shown.items() if not test.startswith(IN_WORDS)}
    chosen: dict[Item, str] = {}
    for items in _grouped(document).values():
        for tests in (happened, shown):
            chosen |= _fewest(name, {item for item in items if item not in chosen}, tests)
    return chosen


def _fewest(name: str, left: set[Item], shown: Mapping[str, set[Thing]]) -> dict[Item, str]:
    chosen: dict[Item, str] = {}
    while left:
        gains = ((test, {item for item in left if (name, item) in things}) for test, things in sorted(shown.items()))
        test, gain = max(gains, key=lambda pair: len(pair[1]), default=("", set()))
        if not gain:
            break
        chosen |= dict.fromkeys(gain, test)
        left = left - gain
    return chosen


def _rows(items: list[Item], chosen: Mapping[Item, str]) -> list[tuple[str, str]]:
    """One row for each test and member, values side by side."""
    rows: dict[tuple[str, str], list[str]] = {}
    for item in items:
        test = f"`{chosen[item]}`" if item in chosen else _UNTESTED
        status = item.place.partition(" ")[2]
        words = [word for word in (status, item.member) if word]
        key = (" ".join(words) if item.member else "", test)
        rows.setdefault(key, []).append(item.value if item.member else status)
    found = []
    for (label, test), values in rows.items():
        told = ", ".join(f"`{_cell(value)}`" for value in values)
        found.append((test, f"{label}: {told}" if label else told))
    return found


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


@cache
def promises() -> Mapping[str, set[Thing]]:
    """What the page says that each test shows."""
    found: dict[str, set[Thing]] = {}
    for thing, test in entries():
        if test != _UNTESTED:
            found.setdefault(test.strip("`"), set()).add(thing)
    return found


def entries() -> list[tuple[Thing, str]]:
    """Every declared thing on the page, with what stands in its column of tests."""
    if not PATH.exists():
        return []
    found: list[tuple[Thing, str]] = []
    dialect = heading = ""
    for line in PATH.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            dialect, _, heading = line.removeprefix("### ").partition(": ")
        elif line.startswith("| ") and not line.startswith("| Answer"):
            told, test = line.removeprefix("| ").removesuffix(" |").rsplit(" | ", 1)
            found += [((dialect, item), test) for item in _items(heading, told)]
    return found


def _items(heading: str, told: str) -> list[Item]:
    """The things in one cell, as `_rows` wrote them."""
    label, _, values = told.rpartition(": `") if not told.startswith("`") else ("", "", told.removeprefix("`"))
    listed = values.removesuffix("`").replace("\\|", "|").split("`, `")
    if not label:
        return [Item(f"{heading} {status}") for status in listed]
    status, _, member = label.rpartition(" ")
    place = f"{heading} {status}" if status else heading
    return [Item(place, member, value) for value in listed]
