"""What is measured against what. Alternating rounds within one run, so that a slow minute of the machine hits all alike."""

import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

import uvloop

from bench import bulk, floor, growth, vendors
from bench.filling import fill
from bench.measure import CANCELLED, Sample, median, native_requests, sample
from bench.server import SEVERAL, Server

#: The numbers of connections that are measured; the last one is what the promises are about.
CONNECTIONS: Final = (1, 32, 128)

#: Clients of the floor: alone, and the two numbers of which the better one is the limit.
CLIENTS: Final = (1, 8, 32)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done: the defaults give figures to quote, `QUICK` gives a look."""

    rounds: int = 3
    seconds: float = 5.0
    #: Orders that one second can use up at most; what is left over stays uncancelled.
    orders_per_second: int = 16_000
    vendor_orders: int = 12_000
    growth_rounds: int = growth.ROUNDS
    #: Orders there are when growth is looked at.
    sizes: tuple[int, ...] = (growth.SMALLEST, 1_000_000, 10_000_000)
    bulk_orders: int = 50_000

    @property
    def orders(self) -> int:
        return int(len(CONNECTIONS) * self.rounds * self.seconds * self.orders_per_second)

    def up_to(self, largest: int | None) -> Self:
        """With so many orders in the largest database; None leaves it as it is."""
        if largest is None:
            return self
        return replace(self, sizes=(*(size for size in self.sizes if size < largest), largest))


QUICK: Final = Scale(
    rounds=1, seconds=2.0, vendor_orders=3_000, growth_rounds=1, sizes=(growth.SMALLEST, 100_000), bulk_orders=10_000
)


@dataclass(slots=True)
class Figures:
    """Everything that was measured, by store where there are several. What can be quoted is in `report.headline`."""

    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    ready_seconds: float = 0.0
    idle_rss_mb: float = 0.0
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    floor: dict[int, float] = field(default_factory=dict)
    vendors: dict[str, float] = field(default_factory=dict)
    #: By number of orders.
    recent: dict[str, dict[int, Sample]] = field(default_factory=dict)
    scattered: dict[str, dict[int, Sample]] = field(default_factory=dict)
    bulks: dict[str, bulk.Sample] = field(default_factory=dict)


@contextmanager
def sqlite_file() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="countermand-bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'bench.db'}"


@dataclass(frozen=True, slots=True)
class Places:
    """Where databases are made: files, and on a server of the benchmark's own unless PostgreSQL is left out."""

    cluster: floor.Cluster | None

    @property
    def new(self) -> Mapping[str, growth.New]:
        """By store, what makes a new database."""
        return {"sqlite": sqlite_file} | ({} if self.cluster is None else {"postgres": self.cluster.database})


def start(figures: Figures, scale: Scale) -> None:
    """How soon a server is ready on a fresh file, and what it takes while it does nothing."""
    readiness = []
    for _ in range(scale.rounds):
        with sqlite_file() as url, Server(url) as server:
            readiness.append(server.ready_s)
            figures.idle_rss_mb = server.rss_mb
    figures.ready_seconds = statistics.median(readiness)


class Native:
    """Native cancels on one database, with the orders that are still left."""

    def __init__(self, name: str, url: str, scale: Scale) -> None:
        self.name, self._url, self._scale, self._next = name, url, scale, 0
        self._samples: dict[int, list[Sample]] = {count: [] for count in CONNECTIONS}
        self.settings = uvloop.run(fill(url, scale.orders))

    def round(self, say: Say) -> None:
        for connections in CONNECTIONS:
            self._one(connections, say)

    def _one(self, connections: int, say: Say) -> None:
        enough = int(self._scale.seconds * self._scale.orders_per_second)
        requests = native_requests(self._next, enough)
        self._next += enough
        with Server(self._url, *SEVERAL) as server:
            got = sample(server, requests, connections=connections, seconds=self._scale.seconds)
        self._samples[connections].append(got)
        say(f"{self.name}, {connections} connections: {got.per_second:,.0f} cancels a second")

    def medians(self) -> list[Sample]:
        return [median(samples) for samples in self._samples.values()]


class Limit:
    """The floor, with what it did."""

    def __init__(self, cluster: floor.Cluster, scale: Scale) -> None:
        self._seconds = int(scale.seconds)
        orders = scale.rounds * len(CLIENTS) * self._seconds * floor.ORDERS_PER_SECOND
        floor.prepare(cluster, orders)
        self._floor = floor.Floor(cluster, orders)
        self._seen: dict[int, list[float]] = {count: [] for count in CLIENTS}

    def round(self, say: Say) -> None:
        for count, rates in self._seen.items():
            rates.append(self._floor.run(count, seconds=self._seconds))
            say(f"floor, {count} clients: {rates[-1]:,.0f} cancels a second")

    def medians(self) -> dict[int, float]:
        return {count: statistics.median(rates) for count, rates in self._seen.items()}


def stores(figures: Figures, scale: Scale, say: Say, *, places: Places) -> None:
    """Each store and the floor, a round of each in turn."""
    with ExitStack() as stack:
        say("orders are made")
        natives = []
        for name, new in places.new.items():
            url = stack.enter_context(new())
            natives.append(Native(name, url, scale))
            figures.settings[name] = natives[-1].settings
        limits = [] if places.cluster is None else [Limit(places.cluster, scale)]
        racers: list[Native | Limit] = [*natives, *limits]
        for _ in range(scale.rounds):
            for one in racers:
                one.round(say)
        figures.samples = {native.name: native.medians() for native in natives}
        for limit in limits:
            figures.floor = limit.medians()


def growing(figures: Figures, scale: Scale, say: Say, *, places: Places) -> None:
    """Each store with few orders and with many, a round of each in turn."""
    with ExitStack() as stack:
        stores_ = [growth.Growth(name, new, scale.sizes) for name, new in places.new.items()]
        for one in stores_:
            one.prepare(stack, say)
        for turn in range(scale.growth_rounds):
            for one in stores_:
                one.round(turn, say)
        figures.recent = {one.name: growth.medians(one.recent) for one in stores_}
        figures.scattered = {one.name: growth.medians(one.scattered) for one in stores_}


def bulks(figures: Figures, scale: Scale, say: Say, *, places: Places) -> None:
    """A bulk on each store in turn, each on a new database."""
    seen: dict[str, list[bulk.Sample]] = {}
    for _ in range(scale.rounds):
        for name, new in places.new.items():
            with new() as url:
                uvloop.run(fill(url, scale.bulk_orders))
                with Server(url) as server:
                    got = bulk.run(server, scale.bulk_orders)
            seen.setdefault(name, []).append(got)
            say(f"{name}: a bulk cancels {got.cancelled_per_second:,.0f} orders a second")
    figures.bulks = {name: bulk.median(samples) for name, samples in seen.items()}


def each_vendor(figures: Figures, scale: Scale, say: Say) -> None:
    """Each vendor's cancel against the native one: rate at 128 connections on SQLite, rounds in turn."""
    rates: dict[str, list[float]] = {}
    with sqlite_file() as native_url, sqlite_file() as url, Server(url, "--sandbox") as server:
        uvloop.run(fill(native_url, scale.vendor_orders * scale.rounds))
        for turn in range(scale.rounds):
            for crowd in vendors.crowds(scale.vendor_orders):
                vendors.put(server, crowd)
                got = sample(server, crowd.requests, connections=128, seconds=60, cancelled=CANCELLED)
                rates.setdefault(crowd.vendor, []).append(got.per_second)
                say(f"{crowd.vendor}: {got.per_second:,.0f} cancels a second")
            with Server(native_url) as own:
                requests = native_requests(turn * scale.vendor_orders, scale.vendor_orders)
                got = sample(own, requests, connections=128, seconds=60)
            rates.setdefault("native", []).append(got.per_second)
            say(f"native: {got.per_second:,.0f} cancels a second")
    middle = {name: statistics.median(seen) for name, seen in rates.items()}
    figures.vendors = {name: rate / middle["native"] for name, rate in middle.items()}
