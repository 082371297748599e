"""Runs scenes against a server of its own: a free port, a fresh SQLite file in a temporary folder."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from countermand.cli.conform.casefile import SANDBOX, Case, CaseFile, Request, encode
from countermand.cli.conform.jsonvalues import Json, decode
from countermand.cli.conform.matching import Difference
from countermand.cli.conform.runner import prepare, unmet
from countermand.cli.conform.wire import Answer, Call, Target, aim, connect, exchange

_READY: Final = "listening on "

#: Seconds a call may take. Nothing here takes more than milliseconds.
_CALL_TIMEOUT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One scene as it played: what was sent, what came back, what differs from the document, what changed inside."""

    case: Case
    call: Call
    answer: Answer
    differences: tuple[Difference, ...]
    changes: tuple[str, ...]


@contextmanager
def server() -> Iterator[str]:
    """A sandbox server's base URL. The server ends, and its file goes, when the block does."""
    with tempfile.TemporaryDirectory(prefix="countermand-demo-") as folder:
        database = f"sqlite:///{Path(folder) / 'demo.db'}"
        words = [sys.executable, "-m", "countermand", "serve", "--sandbox", "--port", "0", "--database", database]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own program
            try:
                assert process.stdout is not None
                line = process.stdout.readline()
                if _READY not in line:
                    raise OSError("the server did not start; its words are above")
                yield line.partition(_READY)[2].strip()
            finally:
                process.terminate()


def target_of(url: str) -> Target:
    return aim(url, has_sandbox=True, headers={}, timeout_s=_CALL_TIMEOUT_S)


def play(file: CaseFile, target: Target) -> Iterator[Shown]:
    """Put the vendor's world, then play its scenes."""
    put_world(file, target)
    for case in file.cases:
        before = _effects(file, target)
        for step in case.steps:
            call = prepare(step.request, file=file, target=target)
            answer = exchange(connect(target), call)
            after = _effects(file, target)
            yield Shown(case, call, answer, tuple(unmet(step.expect, answer)), tuple(_changes(before, after)))
            before = after


def put_world(file: CaseFile, target: Target) -> None:
    world = dict(file.cases[0].world)
    _send(Request(method="PUT", path=f"{SANDBOX}/{file.vendor}/world", headers={}, body=encode(world)), file, target)


def first_call(file: CaseFile, target: Target) -> Call:
    return prepare(file.cases[0].steps[0].request, file=file, target=target)


def _send(request: Request, file: CaseFile, target: Target) -> Answer:
    return exchange(connect(target), prepare(request, file=file, target=target))


def _effects(file: CaseFile, target: Target) -> dict[str, list[Json]]:
    request = Request(method="GET", path=f"{SANDBOX}/{file.vendor}/effects", headers={}, body=None)
    found = decode(_send(request, file, target).body)
    assert isinstance(found, dict)
    return {name: rows for name, rows in found.items() if isinstance(rows, list)}


def _changes(before: dict[str, list[Json]], after: dict[str, list[Json]]) -> Iterator[str]:
    """What the ledger holds now that it did not before, in words."""
    for event in _new("events", before, after):
        yield f"event {event['sequence']} of {event['order']}: {event['type']}, status now {event['status']}"
    for told in _new("notifications", before, after):
        yield f"notice about {told['order']}: {told['type']}"
    held = {(row["order"], row["sku"]): row["quantity"] for row in _rows(after["reservations"])}
    for row in _rows(before["reservations"]):
        left = held.get((row["order"], row["sku"]), 0)
        if left != row["quantity"]:
            yield f"stock: {row['sku']} reserved for {row['order']}: {row['quantity']} before, {left} now"


def _new(name: str, before: dict[str, list[Json]], after: dict[str, list[Json]]) -> list[dict[str, Json]]:
    return [row for row in _rows(after[name]) if row not in before[name]]


def _rows(rows: list[Json]) -> list[dict[str, Json]]:
    return [row for row in rows if isinstance(row, dict)]
