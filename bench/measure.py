"""One figure at a time: so many cancels over HTTP, all of them durable, all of them checked to have been cancels."""

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bench.load import post, run_load
from bench.seeding import SECRET
from bench.server import Server

#: Statuses that mean "cancelled" to the five vendors.
CANCELLED: Final = frozenset({200, 201, 202})

#: The native API tells a new cancellation from what was cancelled before, which is 200.
CREATED: Final = frozenset({201})

_BODY: Final = b'{"reason":"customer_changed_mind"}'


@dataclass(frozen=True, slots=True)
class Sample:
    """One run at one number of connections."""

    connections: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us_per_cancel: float
    generator_us_per_cancel: float
    rss_mb: float


def native_requests(start: int, count: int) -> Iterator[bytes]:
    """Cancels of the native API with a key and an idempotency key, each of another order."""
    for number in range(start, start + count):
        yield native_cancel(number)


def native_cancel(number: int) -> bytes:
    headers = {"Authorization": f"Bearer {SECRET}", "Idempotency-Key": f"bench-{number}"}
    return post(f"/v1/orders/o{number}/cancellations", body=_BODY, headers=headers)


def sample(
    server: Server,
    requests: Iterable[bytes],
    *,
    connections: int,
    seconds: float,
    cancelled: frozenset[int] = CREATED,
) -> Sample:
    """Run the load. Raises RuntimeError when an answer was no cancellation: then the figure would mean nothing."""
    cpu = server.cpu_s
    prepared = iter(list(requests))
    run = run_load(server.host, server.port, prepared, connections=connections, seconds=seconds)
    spent = server.cpu_s - cpu
    strange = {status: times for status, times in run.statuses.items() if status not in cancelled}
    if strange:
        raise RuntimeError(f"not every answer was a cancellation: {strange}")
    answered = len(run.latencies)
    return Sample(
        connections=connections,
        per_second=run.per_second,
        p50_ms=run.percentile_ms(0.50),
        p99_ms=run.percentile_ms(0.99),
        cpu_us_per_cancel=spent / max(1, answered) * 1e6,
        generator_us_per_cancel=run.cpu_s / max(1, answered) * 1e6,
        rss_mb=server.rss_mb,
    )


def median(samples: list[Sample]) -> Sample:
    """The median of each figure."""

    def middle(name: str) -> float:
        figures: list[float] = [getattr(one, name) for one in samples]
        return statistics.median(figures)

    return Sample(
        connections=samples[0].connections,
        per_second=middle("per_second"),
        p50_ms=middle("p50_ms"),
        p99_ms=middle("p99_ms"),
        cpu_us_per_cancel=middle("cpu_us_per_cancel"),
        generator_us_per_cancel=middle("generator_us_per_cancel"),
        rss_mb=middle("rss_mb"),
    )
