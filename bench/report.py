"""Figures on screen, in `out/latest.json`, and as plots."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import matplotlib as mpl
from rich.console import Console
from rich.table import Table

from bench.scenarios import Figures

OUT: Final = Path(__file__).parent / "out"


def show(console: Console, figures: Figures) -> None:
    table = Table(title="durable cancels over HTTP", title_justify="left")
    for heading in ("store", "connections", "cancels/s", "p50 ms", "p99 ms", "server CPU µs/cancel", "RSS MB"):
        table.add_column(heading, justify="left" if heading == "store" else "right")
    for name, samples in figures.samples.items():
        for one in samples:
            table.add_row(
                name,
                str(one.connections),
                f"{one.per_second:,.0f}",
                f"{one.p50_ms:.2f}",
                f"{one.p99_ms:.2f}",
                f"{one.cpu_us_per_cancel:.0f}",
                f"{one.rss_mb:.0f}",
            )
    for clients, rate in figures.floor.items():
        table.add_row("floor (pgbench)", str(clients), f"{rate:,.0f}", f"{clients / rate * 1000:.2f}", "", "", "")
    console.print(table)
    console.print(f"ready in {figures.ready_seconds:.2f} s, {figures.idle_rss_mb:.0f} MB at idle")
    for name, ratio in {**figures.ratios, **{f"{one} ÷ native": rate for one, rate in figures.vendors.items()}}.items():
        console.print(f"{name}: {ratio:.2f}")


def write(figures: Figures) -> Path:
    OUT.mkdir(exist_ok=True)
    document = {
        **{name: round(value, 3) for name, value in figures.ratios.items()},
        "ready_seconds": round(figures.ready_seconds, 3),
        "idle_rss_mb": round(figures.idle_rss_mb, 1),
        "vendor_over_native": {name: round(rate, 3) for name, rate in figures.vendors.items()},
        "samples": {name: [asdict(one) for one in samples] for name, samples in figures.samples.items()},
        "floor_per_second": figures.floor,
        "settings": figures.settings,
    }
    busiest = [samples[-1] for samples in figures.samples.values() if samples]
    if busiest:
        document["rss_mb_per_worker"] = round(max(one.rss_mb for one in busiest), 1)
        document["cancels_per_cpu_second"] = round(1e6 / min(one.cpu_us_per_cancel for one in busiest))
    place = OUT / "latest.json"
    place.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return place


def plot(figures: Figures) -> None:
    """Throughput and the 99th percentile by concurrency."""
    OUT.mkdir(exist_ok=True)
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - it chooses a screen when it is imported

    panel, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
    for name, samples in figures.samples.items():
        counts = [one.connections for one in samples]
        left.plot(counts, [one.per_second for one in samples], marker="o", label=name)
        right.plot(counts, [one.p99_ms for one in samples], marker="o", label=name)
    if figures.floor:
        left.plot(
            list(figures.floor), list(figures.floor.values()), marker="x", linestyle="--", label="pgbench, one call"
        )
    for axes, heading in ((left, "durable cancels a second"), (right, "99th percentile, ms")):
        axes.set_xscale("log", base=2)
        axes.set_xlabel("connections")
        axes.set_title(heading)
        axes.set_ylim(bottom=0)
        axes.legend()
    panel.tight_layout()
    panel.savefig(OUT / "concurrency.png", dpi=120)
    plt.close(panel)
