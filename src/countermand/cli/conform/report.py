"""What a run says: a line for every failing case, a report for machines, the sum at the end.

Rule 1: a failing case is one line, whatever the server answered; what can't be printed is written as an escape.
Rule 2: colour and progress are for terminals. Elsewhere the same words come plain, each as soon as it is known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from countermand.cli.conform.casefile import Case, CaseFile
from countermand.cli.conform.matching import Failure

_MILLISECOND_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Result:
    """One case that was run."""

    file: CaseFile
    case: Case
    failure: Failure | None
    took_s: float


class Screen:
    """The terminal, or the plain stream, that a run writes to while it goes on."""

    def __init__(self, cases: int, *, is_verbose: bool) -> None:
        self._console = Console(markup=False, highlight=False, emoji=False, soft_wrap=True)
        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
        )
        is_plain = not self._console.is_terminal
        self._progress = Progress(*columns, console=self._console, transient=True, disable=is_plain)
        self._task = self._progress.add_task("", total=cases)
        self._is_verbose = is_verbose

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def starts(self, case: Case) -> None:
        """Show which case is being run."""
        self._progress.update(self._task, description=case.id)

    def ends(self, result: Result) -> None:
        """Show how a case ended."""
        self._progress.advance(self._task)
        if result.failure or self._is_verbose:
            self._console.print(line(result))

    def sums_up(self, results: Sequence[Result], left_out: int) -> None:
        """Say the last words."""
        failed = sum(result.failure is not None for result in results)
        if left_out:
            words = "case needs" if left_out == 1 else "cases need"
            self._console.print(Text(f"{left_out} {words} a sandbox and did not run", "yellow"))
        text = f"{len(results) - failed} passed, {failed} failed"
        self._console.print(Text(text, "bold red" if failed else "bold green"))


def line(result: Result) -> Text:
    """Say in one line how a case ended."""
    case, failure = result.case, result.failure
    name = (one_line(case.id), "bold")
    if failure is None:
        return Text.assemble(("ok  ", "green"), " ", name, one_line(f" ({case.title})"))
    more = f" (and {failure.more} more)" if failure.more else ""
    return Text.assemble(
        ("FAIL", "bold red"),
        " ",
        name,
        one_line(f" ({case.title}): {failure.step}: "),
        (one_line(failure.difference.path), "cyan"),
        ": expected ",
        (one_line(failure.difference.expected), "green"),
        ", got ",
        (one_line(failure.difference.got), "red"),
        (more, "dim"),
    )


def one_line(text: str) -> str:
    """Write as escapes what would break the line, move the cursor or fail to be encoded."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def as_json(results: Sequence[Result], *, left_out: Sequence[Case], url: str) -> str:
    """Write the report for machines."""
    failed = sum(result.failure is not None for result in results)
    report = {
        "url": url,
        "passed": len(results) - failed,
        "failed": failed,
        "left_out": [case.id for case in left_out],
        "cases": [_entry(result) for result in results],
    }
    return json.dumps(report, indent=2) + "\n"


def _entry(result: Result) -> dict[str, object]:
    case, failure = result.case, result.failure
    entry: dict[str, object] = {
        "id": case.id,
        "title": case.title,
        "vendor": result.file.vendor,
        "file": result.file.name,
        "basis": case.basis,
        "source": case.source,
        "outcome": "failed" if failure else "passed",
        "took_s": round(result.took_s, _MILLISECOND_DIGITS),
    }
    if failure:
        entry["failure"] = {
            "step": failure.step,
            "path": failure.difference.path,
            "expected": failure.difference.expected,
            "got": failure.difference.got,
            "more": failure.more,
        }
    return entry
