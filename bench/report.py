"""Figures on screen, and in `out/latest.json`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from bench.growth import SMALLEST
from bench.measure import Sample
from bench.scenarios import Figures

OUT: Final = Path(__file__).parent / "out"

#: Numbers of orders as names have them.
_SHORT: Final = {10_000: "10k", 100_000: "100k", 1_000_000: "1m", 10_000_000: "10m"}


def headline(figures: Figures) -> dict[str, float]:
    """What can be quoted, by the names that are promised. Where each store has a figure, it is the worse one's."""
    busiest = [samples[-1] for samples in figures.samples.values()]
    rates = [one.cancelled_per_second for one in figures.bulks.values()]
    return {
        **_over_floor(figures),
        **_growth(figures),
        "bulk_per_second": min(rates),
        "rss_mb_per_worker": max(one.rss_mb for one in busiest),
        "ready_seconds": figures.ready_seconds,
        "cancels_per_cpu_second": 1e6 / max(one.cpu_us_per_cancel for one in busiest),
    }


def _over_floor(figures: Figures) -> dict[str, float]:
    if not figures.floor:
        return {}
    best, alone_ms = max(figures.floor[8], figures.floor[32]), 1000 / figures.floor[1]
    found = {f"{name}_over_pgbench": samples[-1].per_second / best for name, samples in figures.samples.items()}
    return found | {"single_latency_over_pgbench": figures.samples["postgres"][0].p50_ms / alone_ms}


def _growth(figures: Figures) -> dict[str, float]:
    """Throughput with many orders ÷ throughput with few."""
    found: dict[str, float] = {}
    for way, by_store in (("growth", figures.recent), ("growth_scattered", figures.scattered)):
        for by_size in by_store.values():
            for size, one in by_size.items():
                if size != SMALLEST:
                    name = f"{way}_{_short(size)}_over_{_short(SMALLEST)}"
                    ratio = one.per_second / by_size[SMALLEST].per_second
                    found[name] = min(ratio, found.get(name, ratio))
    return found


def _short(size: int) -> str:
    return _SHORT.get(size, str(size))


def show(console: Console, figures: Figures) -> None:
    table = _table("durable cancels over HTTP", "store", "clients")
    for name, samples in figures.samples.items():
        for one in samples:
            table.add_row(name, str(one.connections), *_row(one))
    for clients, rate in figures.floor.items():
        table.add_row("pgbench", str(clients), f"{rate:,.0f}", f"{clients / rate * 1000:.2f}")
    console.print(table)
    grown = _table("the same with 128 clients, by the number of orders there are", "store", "orders", "which")
    for way, by_store in (("last", figures.recent), ("spread", figures.scattered)):
        for name, by_size in by_store.items():
            for size, one in by_size.items():
                grown.add_row(name, _short(size), way, *_row(one))
    console.print(grown)
    for name, figure in headline(figures).items():
        console.print(f"{name}: {figure:,.2f}")
    for name, rate in figures.vendors.items():
        console.print(f"{name} ÷ native: {rate:.2f}")


def _table(title: str, *names: str) -> Table:
    """One with columns for what a sample has, after those that say which one it is."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    for name in names:
        table.add_column(name, no_wrap=True)
    for name in ("per s", "p50 ms", "p99 ms", "server µs", "load µs", "MB"):
        table.add_column(name, justify="right")
    return table


def _row(one: Sample) -> tuple[str, ...]:
    return (
        f"{one.per_second:,.0f}",
        f"{one.p50_ms:.2f}",
        f"{one.p99_ms:.2f}",
        f"{one.cpu_us_per_cancel:.0f}",
        f"{one.generator_us_per_cancel:.0f}",
        f"{one.rss_mb:.0f}",
    )


def write(figures: Figures) -> Path:
    OUT.mkdir(exist_ok=True)
    document: dict[str, Any] = {
        **{name: round(figure, 3) for name, figure in headline(figures).items()},
        "vendor_over_native": {name: round(rate, 3) for name, rate in figures.vendors.items()},
        "idle_rss_mb": round(figures.idle_rss_mb, 1),
        "samples": {name: [asdict(one) for one in samples] for name, samples in figures.samples.items()},
        "floor_per_second": figures.floor,
        "growth": {"placed_last": _by_size(figures.recent), "scattered": _by_size(figures.scattered)},
        "bulk": {name: asdict(one) for name, one in figures.bulks.items()},
        "settings": figures.settings,
    }
    place = OUT / "latest.json"
    place.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return place


def _by_size(by_store: dict[str, dict[int, Sample]]) -> dict[str, dict[int, dict[str, float]]]:
    return {name: {size: asdict(one) for size, one in by_size.items()} for name, by_size in by_store.items()}
