"""What Prometheus reads at `/metrics`."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

#: Seconds. A cancel takes about a millisecond alone; a client gives up after tens of seconds.
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "countermand_requests", "Requests answered.", ("dialect", "operation", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "countermand_request_seconds", "Time to answer.", ("dialect",), buckets=_BUCKETS_S, registry=self.registry
        )
        self.waiting = Gauge("countermand_desk_waiting", "Commands that wait for a batch.", registry=self.registry)
        self._known: dict[tuple[str, str, int], Counter] = {}
        self._timed: dict[str, Histogram] = {}

    def observe(self, dialect: str, operation: str, status: int, seconds: float) -> None:
        place = (dialect, operation, status)
        counter = self._known.get(place)
        if counter is None:
            counter = self._known[place] = self._requests.labels(dialect, operation, str(status))
            self._timed.setdefault(dialect, self._seconds.labels(dialect))
        counter.inc()
        self._timed[dialect].observe(seconds)

    def page(self) -> bytes:
        return generate_latest(self.registry)
