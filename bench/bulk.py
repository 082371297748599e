"""How fast one bulk cancels: a filter that selects every order, agreed to by a second key, watched until it is completed."""

import http.client
import json
import statistics
import time
from dataclasses import dataclass
from typing import Any, Final

from bench.seeding import OTHER_SECRET, SECRET
from bench.server import Server

#: How often the bulk is looked at. A thousandth of what it takes is not seen, and the looking costs nothing to speak of.
LOOK_EVERY_S: Final = 0.01

_CANCELLATION: Final = {"reason": "out_of_stock"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One bulk: orders written down a second, and orders cancelled a second once somebody had agreed."""

    selected_per_second: float
    cancelled_per_second: float


def run(server: Server, orders: int) -> Sample:
    """Cancel all orders there are. Raises RuntimeError when one of them was not."""
    caller = http.client.HTTPConnection(server.host, server.port, timeout=60)
    try:
        asked = time.perf_counter()
        bulk = _call(caller, "POST", document={"filter": {}, "cancellation": _CANCELLATION})
        path = f"/{bulk['id']}"
        _until(caller, path, "requested")
        selected = time.perf_counter()
        _call(caller, "POST", f"{path}:approve", secret=OTHER_SECRET)
        agreed = time.perf_counter()
        done = _until(caller, path, "completed")
        ended = time.perf_counter()
    finally:
        caller.close()
    if done["counts"]["cancelled"] != orders:
        raise RuntimeError(f"not every order of the bulk was cancelled: {done['counts']}")
    return Sample(orders / (selected - asked), orders / (ended - agreed))


def median(samples: list[Sample]) -> Sample:
    """The median of each figure."""
    return Sample(
        statistics.median(one.selected_per_second for one in samples),
        statistics.median(one.cancelled_per_second for one in samples),
    )


def _until(caller: http.client.HTTPConnection, path: str, state: str) -> dict[str, Any]:
    while (bulk := _call(caller, "GET", path))["state"] != state:
        if bulk["state"] not in {"selecting", "running"}:
            raise RuntimeError(f"the bulk is {bulk['state']} and will never be {state}")
        time.sleep(LOOK_EVERY_S)
    return bulk


def _call(
    caller: http.client.HTTPConnection,
    method: str,
    path: str = "",
    *,
    document: object = None,
    secret: str = SECRET,
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    if method == "POST":
        headers["Idempotency-Key"] = f"bench{path or '-bulk'}"
    body = None if document is None else json.dumps(document)
    caller.request(method, f"/v1/bulk-cancellations{path}", body=body, headers=headers)
    answer = caller.getresponse()
    told = answer.read()
    if answer.status >= http.client.BAD_REQUEST:
        raise RuntimeError(f"{method} {path} was answered {answer.status}: {told[:500]!r}")
    return dict(json.loads(told))
