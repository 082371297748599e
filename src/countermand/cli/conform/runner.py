"""Run a case: put its world, make its calls in order, stop at the first answer that is not as expected.

Rule 1: a case depends on nothing that another left behind; its own world is put first.
Rule 2: a server that does not answer fails the case. Nothing a server does ends the run.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from countermand.cli.conform.casefile import Case, CaseFile, Concurrent, Expectation, Request, Step, encode
from countermand.cli.conform.jsonvalues import ABSENT, Missing, decode, lookup, show
from countermand.cli.conform.matching import Difference, Scope, differences
from countermand.cli.conform.wire import BROKEN, Answer, Call, Target, connect, exchange, prepare

#: How long connected requests wait for those still connecting. A server's backlog may be shorter than `times`.
GATHER_TIMEOUT_S: Final = 2.0
#: Enough of an answer with the wrong status to see what it says.
BODY_BYTES_SHOWN_MAX: Final = 200

_WORLD_IS_PUT: Final = Expectation(
    statuses=(204,), headers={}, body=None, body_is_exact=False, keys={}, absent=(), reads_body=False
)


@dataclass(frozen=True, slots=True)
class Failure:
    """The step at which a case ended and its first difference, with the number of further ones."""

    step: str
    difference: Difference
    more: int = 0


def run_case(target: Target, file: CaseFile, case: Case) -> Failure | None:
    """Run one case. None means that it passed."""
    for label, part in _parts(target, file, case):
        name = f"{label} {part.request.method} {part.request.path}"
        call = prepare(target, file, part.request)
        found = _run_step(target, call, part) if isinstance(part, Step) else _run_at_once(target, call, part)
        if found:
            return Failure(name, found[0], len(found) - 1)
    return None


def _parts(target: Target, file: CaseFile, case: Case) -> Iterator[tuple[str, Step | Concurrent]]:
    if target.has_sandbox:
        path = f"sandbox:/{file.vendor}/world"
        put = Request(method="PUT", path=path, headers={}, body=encode(dict(case.world)))
        yield "world", Step(put, _WORLD_IS_PUT)
    for number, step in enumerate(case.steps, 1):
        yield f"step {number}", step
    if case.concurrent:
        yield "concurrent", case.concurrent
    for number, step in enumerate(case.after, 1):
        yield f"after {number}", step


def _run_step(target: Target, call: Call, step: Step) -> list[Difference]:
    try:
        return list(unmet(step.expect, exchange(connect(target), call)))
    except BROKEN as error:
        return [Difference("response", "an answer", _words(error))]
    except RecursionError:
        return [Difference("body", "a body that can be compared", "one nested too deeply")]


def unmet(expect: Expectation, answer: Answer) -> Iterator[Difference]:
    """Yield every expectation that the answer does not meet."""
    if expect.statuses is not None and answer.status not in expect.statuses:
        body = answer.body[:BODY_BYTES_SHOWN_MAX].decode("utf-8", "replace")
        yield Difference("status", " or ".join(map(str, expect.statuses)), f"{answer.status} {body}".rstrip())
    yield from _unmet_headers(expect, answer)
    if expect.reads_body:
        yield from _unmet_body(expect, answer)


def _unmet_headers(expect: Expectation, answer: Answer) -> Iterator[Difference]:
    for name, wanted in expect.headers.items():
        value = answer.header(name)
        if wanted is not None:
            found = ABSENT if value is None else value
            yield from differences(wanted, found, f"header {name}", Scope(root=None, exact=True))
        elif value is not None:
            yield Difference(f"header {name}", show(ABSENT), show(value))


def _unmet_body(expect: Expectation, answer: Answer) -> Iterator[Difference]:
    try:
        body = decode(answer.body)
    except ValueError:
        yield Difference("body", "JSON", repr(answer.body[:BODY_BYTES_SHOWN_MAX]))
        return
    if expect.body is not None:
        yield from differences(expect.body, body, "$", Scope(body, expect.body_is_exact))
    for path, names in expect.keys.items():
        value = lookup(body, path)
        if not isinstance(value, dict):
            yield Difference(_from_top(path), "an object", show(value))
        elif value.keys() != names:
            yield Difference(_from_top(path), f"keys {', '.join(sorted(names))}", f"keys {', '.join(sorted(value))}")
    for path in expect.absent:
        value = lookup(body, path)
        if not isinstance(value, Missing):
            yield Difference(_from_top(path), show(ABSENT), show(value))


def _from_top(path: str) -> str:
    return f"$.{path}" if path not in ("", "$") else "$"


def _run_at_once(target: Target, call: Call, spec: Concurrent) -> list[Difference]:
    got = dict(Counter(_outcomes(target, call, spec.times)))
    if any(got == alternative for alternative in spec.alternatives):
        return []
    wanted = " or ".join(show(dict(alternative)) for alternative in spec.alternatives)
    return [Difference("statuses", wanted, show(dict(got)))]


def _outcomes(target: Target, call: Call, times: int) -> list[str]:
    """Send the call `times` times at once: connect them all, then let them go together."""
    gate = threading.Barrier(times)
    outcomes = ["no answer in time"] * times

    def send(index: int) -> None:
        try:
            connection = connect(target)
            # Broken when one could not connect in time; the others still race each other.
            with contextlib.suppress(threading.BrokenBarrierError):
                gate.wait(GATHER_TIMEOUT_S)
            outcomes[index] = str(exchange(connection, call).status)
        except BROKEN as error:
            gate.abort()
            outcomes[index] = _words(error)

    # Daemons, so that a server which never answers can't keep the command from ending.
    threads = [threading.Thread(target=send, args=(index,), daemon=True) for index in range(times)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + GATHER_TIMEOUT_S + 3 * target.timeout_s
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return list(outcomes)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
