"""What Prometheus reads at `/metrics`.

A request is counted in plain dictionaries, because it is on the path of every cancel; the families are made when they are read.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

#: Seconds. A cancel takes about a millisecond alone; a client gives up after tens of seconds.
_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics(Collector):
    """The figures of one process."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, int], int] = {}
        self._durations: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def observe(self, dialect: str, operation: str, status: int, seconds: float) -> None:
        """Count one answer."""
        place = (dialect, operation, status)
        self._requests[place] = self._requests.get(place, 0) + 1
        counts = self._durations.get(dialect)
        if counts is None:
            counts = self._durations[dialect] = [0] * (len(_BUCKETS_S) + 1)
        counts[bisect_left(_BUCKETS_S, seconds)] += 1
        self._seconds[dialect] = self._seconds.get(dialect, 0.0) + seconds

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "countermand_requests", "Requests answered.", labels=("dialect", "operation", "status")
        )
        for (dialect, operation, status), count in self._requests.items():
            requests.add_metric((dialect, operation, str(status)), count)
        yield requests
        durations = HistogramMetricFamily("countermand_request_seconds", "Time to answer.", labels=("dialect",))
        bounds = [*map(str, _BUCKETS_S), "+Inf"]
        for dialect, counts in self._durations.items():
            buckets = list(zip(bounds, map(float, accumulate(counts)), strict=True))
            durations.add_metric((dialect,), buckets, self._seconds[dialect])
        yield durations

    def page(self) -> bytes:
        return generate_latest(self._registry)
