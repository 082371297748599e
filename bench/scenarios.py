"""What is measured against what. Alternating rounds within one run, so that a slow minute of the machine hits all alike."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import uvloop

from bench import floor, vendors
from bench.measure import Sample, median, native_requests, sample
from bench.seeding import seed
from bench.server import Server

#: The numbers of connections that are measured; the last one is what the promises are about.
CONNECTIONS: Final = (1, 32, 128)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done: the defaults give figures to quote, `--quick` gives a look."""

    rounds: int = 3
    seconds: float = 5.0
    #: Orders that one second can use up at most; what is left over stays uncancelled.
    orders_per_second: int = 16_000
    vendor_orders: int = 12_000

    @property
    def orders(self) -> int:
        return int(len(CONNECTIONS) * self.rounds * self.seconds * self.orders_per_second)


@dataclass(slots=True)
class Figures:
    """Everything that was measured. `ratios` are what can be quoted, the rest depends on the machine and the hour."""

    settings: dict[str, str] = field(default_factory=dict)
    ready_seconds: float = 0.0
    idle_rss_mb: float = 0.0
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    floor: dict[int, float] = field(default_factory=dict)
    vendors: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)


@contextmanager
def sqlite_file() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="countermand-bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'bench.db'}"


def start(figures: Figures, rounds: int) -> None:
    """How soon a server is ready on a fresh file, and what it takes while it does nothing."""
    readiness = []
    for _ in range(rounds):
        with sqlite_file() as url, Server(url) as server:
            readiness.append(server.ready_s)
            figures.idle_rss_mb = server.rss_mb
    figures.ready_seconds = sorted(readiness)[len(readiness) // 2]


class Native:
    """Native cancels on one database, with the orders that are still left."""

    def __init__(self, name: str, url: str, scale: Scale) -> None:
        self.name, self._scale, self._next = name, scale, 0
        self._samples: dict[int, list[Sample]] = {count: [] for count in CONNECTIONS}
        uvloop.run(seed(url, scale.orders))
        self._url = url

    def round(self, say: Say) -> None:
        for connections in CONNECTIONS:
            self.one(connections, say)

    def one(self, connections: int, say: Say) -> None:
        enough = int(self._scale.seconds * self._scale.orders_per_second)
        requests = native_requests(self._next, enough)
        self._next += enough
        with Server(self._url) as server:
            got = sample(server, requests, connections=connections, seconds=self._scale.seconds)
        self._samples[connections].append(got)
        say(f"{self.name}, {connections} connections: {got.per_second:,.0f} cancels a second")

    def medians(self) -> list[Sample]:
        return [median(samples) for samples in self._samples.values() if samples]


def stores(figures: Figures, scale: Scale, say: Say, *, postgres: bool) -> None:
    """Both stores and the floor, a round each in turn."""
    with sqlite_file() as url:
        say("seeding SQLite")
        sqlite = Native("sqlite", url, scale)
        if not postgres:
            for _ in range(scale.rounds):
                sqlite.round(say)
            figures.samples["sqlite"] = sqlite.medians()
            return
        with floor.cluster() as place:
            _race(figures, scale, say, (sqlite, place))


def _race(figures: Figures, scale: Scale, say: Say, runners: tuple[Native, floor.Cluster]) -> None:
    sqlite, place = runners
    figures.settings = uvloop.run(floor.settings(place.url))
    clients = (1, 8, 32)
    say("seeding PostgreSQL")
    orders = scale.rounds * len(clients) * int(scale.seconds) * floor.ORDERS_PER_SECOND
    floor.prepare(place, orders)
    limit = floor.Floor(place, orders)
    postgres = Native("postgres", floor.own_database(place), scale)
    seen: dict[int, list[float]] = {count: [] for count in clients}
    for _ in range(scale.rounds):
        sqlite.round(say)
        for count in clients:
            seen[count].append(limit.run(count, seconds=int(scale.seconds)))
            say(f"floor, {count} clients: {seen[count][-1]:,.0f} cancels a second")
        postgres.round(say)
    figures.samples |= {"sqlite": sqlite.medians(), "postgres": postgres.medians()}
    figures.floor = {count: sorted(rates)[len(rates) // 2] for count, rates in seen.items()}
    _compare(figures)


def _compare(figures: Figures) -> None:
    best = max(figures.floor[8], figures.floor[32])
    alone_ms = 1000 / figures.floor[1]
    for name in ("sqlite", "postgres"):
        by_count = {one.connections: one for one in figures.samples[name]}
        figures.ratios[f"{name}_over_pgbench"] = by_count[128].per_second / best
        if name == "postgres":
            figures.ratios["single_latency_over_pgbench"] = by_count[1].p50_ms / alone_ms


def each_vendor(figures: Figures, scale: Scale, say: Say) -> None:
    """Each vendor's cancel against the native one: rate at 128 connections on SQLite, rounds in turn."""
    rates: dict[str, list[float]] = {}
    with sqlite_file() as native_url, sqlite_file() as url, Server(url, "--sandbox") as server:
        uvloop.run(seed(native_url, scale.vendor_orders * scale.rounds))
        for turn in range(scale.rounds):
            for crowd in vendors.crowds(scale.vendor_orders):
                vendors.put(server, crowd)
                got = sample(server, crowd.requests, connections=128, seconds=60)
                rates.setdefault(crowd.vendor, []).append(got.per_second)
                say(f"{crowd.vendor}: {got.per_second:,.0f} cancels a second")
            with Server(native_url) as own:
                requests = native_requests(turn * scale.vendor_orders, scale.vendor_orders)
                got = sample(own, requests, connections=128, seconds=60)
            rates.setdefault("native", []).append(got.per_second)
            say(f"native: {got.per_second:,.0f} cancels a second")
    middle = {name: sorted(seen)[len(seen) // 2] for name, seen in rates.items()}
    figures.vendors = {name: rate / middle["native"] for name, rate in middle.items()}
