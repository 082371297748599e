"""What Prometheus reads at `/metrics`.

A request is counted in plain dictionaries, because it is on the path of every cancel; the families are made when they are
read. When several workers serve, each shows its figures to the others (`countermand.api.board`), and whoever is asked adds
them up. What is kept in the ledger is the same whoever is asked (`countermand.api.owing`).
"""

import asyncio
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

import msgspec
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from countermand.api.board import Board
from countermand.api.owing import Owing, families_of
from countermand.service.analytics import Tally

#: Seconds. A cancel takes about a millisecond alone; a client gives up after tens of seconds.
_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

#: How old the figures of another worker may be: well below the 15 s at which they are usually asked for.
SHOWN_EVERY_S: Final = 1.0


class _Figures(msgspec.Struct, array_like=True):
    """The counts of one process, or of several added up."""

    requests: dict[tuple[str, str, int], int]
    durations: dict[str, list[int]]
    seconds: dict[str, float]
    tally: Tally

    def add(self, other: "_Figures") -> None:
        for place, count in other.requests.items():
            self.requests[place] = self.requests.get(place, 0) + count
        for dialect, counts in other.durations.items():
            known = self.durations.get(dialect, [0] * len(counts))
            self.durations[dialect] = [mine + theirs for mine, theirs in zip(known, counts, strict=True)]
            self.seconds[dialect] = self.seconds.get(dialect, 0.0) + other.seconds[dialect]
        self.tally.add(other.tally)


_pack: Final = msgspec.msgpack.Encoder().encode
_unpack: Final = msgspec.msgpack.Decoder(_Figures).decode


class Metrics:
    """The figures of one process, and of its fellow workers if there is a board. `tally` is what the desk counts."""

    def __init__(self, tally: Tally, owing: Owing, board: Board | None = None) -> None:
        self._own = _Figures({}, {}, {}, tally)
        self._owing = owing
        self._board = board

    def observe(self, dialect: str, operation: str, status: int, seconds: float) -> None:
        """Count one answer."""
        own, place = self._own, (dialect, operation, status)
        own.requests[place] = own.requests.get(place, 0) + 1
        counts = own.durations.get(dialect)
        if counts is None:
            counts = own.durations[dialect] = [0] * (len(_BUCKETS_S) + 1)
        counts[bisect_left(_BUCKETS_S, seconds)] += 1
        own.seconds[dialect] = own.seconds.get(dialect, 0.0) + seconds

    async def show(self, seat: int) -> None:
        """Show the others what there is, again and again. A worker that takes another's place goes on from its counts."""
        board = self._board
        if board is None:
            return
        if left := board.sit(seat):
            self._own.add(_unpack(left))
        while True:
            board.publish(_pack(self._own))
            await asyncio.sleep(SHOWN_EVERY_S)

    def _together(self) -> _Figures:
        if self._board is None:
            return self._own
        sum_of_all = _Figures({}, {}, {}, Tally())
        sum_of_all.add(self._own)
        for text in self._board.others():
            sum_of_all.add(_unpack(text))
        return sum_of_all

    async def page(self) -> bytes:
        owed = await self._owing.now()
        registry = CollectorRegistry()
        registry.register(_Page([*_families(self._together()), *families_of(owed)]))
        return generate_latest(registry)


class _Page(Collector):
    """What is told when one page is read."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        yield from self._families


def _families(figures: _Figures) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "countermand_requests", "Requests answered.", labels=("dialect", "operation", "status")
    )
    for (dialect, operation, status), count in figures.requests.items():
        requests.add_metric((dialect, operation, str(status)), count)
    yield requests
    durations = HistogramMetricFamily("countermand_request_seconds", "Time to answer.", labels=("dialect",))
    bounds = [*map(str, _BUCKETS_S), "+Inf"]
    for dialect, counts in figures.durations.items():
        buckets = list(zip(bounds, map(float, accumulate(counts)), strict=True))
        durations.add_metric((dialect,), buckets, figures.seconds[dialect])
    yield durations
    cancellations = CounterMetricFamily(
        "countermand_cancellations",
        "Cancellations that came into a state.",
        labels=("dialect", "outcome", "reason"),
    )
    for place, count in figures.tally.cancellations.items():
        cancellations.add_metric(place, count)
    yield cancellations
    refusals = CounterMetricFamily(
        "countermand_cancel_refusals", "Cancels that were refused.", labels=("dialect", "code")
    )
    for refused, count in figures.tally.refusals.items():
        refusals.add_metric(refused, count)
    yield refusals
