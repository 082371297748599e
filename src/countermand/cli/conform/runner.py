"""Run a case: put its world, make its calls in order, stop at the first answer that is not as expected.

Rule 1: a case depends on nothing that another left behind; its own world is put first.
Rule 2: a server that does not answer fails the case. Nothing a server does ends the run.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from countermand.cli.conform.casefile import SANDBOX, Case, CaseFile, Concurrent, Expectation, Request, Step, encode
from countermand.cli.conform.jsonvalues import ABSENT, Missing, decode, lookup, show
from countermand.cli.conform.matching import Difference, Failure, Place, differences
from countermand.cli.conform.wire import BROKEN, Answer, Call, Target, connect, exchange

#: How long connected requests wait for those still connecting. A server's backlog may be shorter than `times`.
GATHER_TIMEOUT_S: Final = 2.0
#: Enough of an answer with the wrong status to see what it says.
BODY_BYTES_SHOWN_MAX: Final = 200

_WORLD_IS_PUT: Final = Expectation(
    statuses=(204,), headers={}, body=None, body_is_exact=False, keys={}, absent=(), reads_body=False
)


def run_case(case: Case, *, file: CaseFile, target: Target) -> Failure | None:
    """Run one case. None means that it passed."""
    for label, part in _parts(case, world_of=file.vendor if target.has_sandbox else None):
        call = prepare(part.request, file=file, target=target)
        found = (
            _run_step(part, call, target=target) if isinstance(part, Step) else _run_at_once(part, call, target=target)
        )
        if found:
            return Failure(f"{label} {part.request.method} {part.request.path}", found[0], len(found) - 1)
    return None


def _parts(case: Case, *, world_of: str | None) -> Iterator[tuple[str, Step | Concurrent]]:
    if world_of is not None:
        body = encode(dict(case.world))
        put = Request(method="PUT", path=f"{SANDBOX}/{world_of}/world", headers={}, body=body)
        yield "world", Step(put, _WORLD_IS_PUT)
    for number, step in enumerate(case.steps, 1):
        yield f"step {number}", step
    if case.concurrent:
        yield "concurrent", case.concurrent
    for number, step in enumerate(case.after, 1):
        yield f"after {number}", step


def prepare(request: Request, *, file: CaseFile, target: Target) -> Call:
    """Say what goes over the wire: the file's headers, over them the user's, over them the request's own."""
    if request.is_for_sandbox:
        path, headers = f"/sandbox{request.path.removeprefix(SANDBOX)}", {}
    else:
        path = f"/{file.vendor}{request.path}" if target.has_sandbox else request.path
        headers = merge_headers(file.headers, target.headers)
    names = {name.lower() for name in (*headers, *request.headers)}
    if request.body is not None and "content-type" not in names:
        headers["Content-Type"] = "application/json"
    return Call(request.method, target.prefix + path, merge_headers(headers, request.headers), request.body)


def merge_headers(under: Mapping[str, str], over: Mapping[str, str | None]) -> dict[str, str]:
    """Lay headers over others. Case doesn't tell names apart, the later spelling stays, None removes."""
    replaced = {name.lower() for name in over}
    merged = {name: value for name, value in under.items() if name.lower() not in replaced}
    return merged | {name: value for name, value in over.items() if value is not None}


def _run_step(step: Step, call: Call, *, target: Target) -> list[Difference]:
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
            place = Place(body=None, path=f"header {name}", is_exact=True)
            yield from differences(wanted, found, at=place)
        elif value is not None:
            yield Difference(f"header {name}", show(ABSENT), show(value))


def _unmet_body(expect: Expectation, answer: Answer) -> Iterator[Difference]:
    try:
        body = decode(answer.body)
    except ValueError:
        yield Difference("body", "JSON", repr(answer.body[:BODY_BYTES_SHOWN_MAX]))
        return
    if expect.body is not None:
        yield from differences(expect.body, body, at=Place(body=body, path="$", is_exact=expect.body_is_exact))
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


def _run_at_once(spec: Concurrent, call: Call, *, target: Target) -> list[Difference]:
    got = dict(Counter(_outcomes(call, spec.times, target=target)))
    if any(got == alternative for alternative in spec.alternatives):
        return []
    wanted = " or ".join(show(dict(alternative)) for alternative in spec.alternatives)
    return [Difference("statuses", wanted, show(dict(got)))]


def _outcomes(call: Call, times: int, *, target: Target) -> list[str]:
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
