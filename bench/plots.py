"""Figures as plots: by the number of connections, and by the number of orders there are."""

from pathlib import Path
from typing import Any, Final

import matplotlib as mpl

from bench.report import OUT
from bench.scenarios import Figures

_DPI: Final = 120


def draw(figures: Figures) -> None:
    """Write the plots beside the figures."""
    OUT.mkdir(exist_ok=True)
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - it chooses a screen when it is imported

    for name, draw_into in (("concurrency.png", _by_connections), ("growth.png", _by_orders)):
        panel, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
        draw_into(figures, left, right)
        for axes in (left, right):
            axes.set_ylim(bottom=0)
            axes.legend()
        panel.tight_layout()
        panel.savefig(Path(OUT, name), dpi=_DPI)
        plt.close(panel)


def _by_connections(figures: Figures, left: Any, right: Any) -> None:
    """Throughput and the 99th percentile by concurrency."""
    for name, samples in figures.samples.items():
        counts = [one.connections for one in samples]
        left.plot(counts, [one.per_second for one in samples], marker="o", label=name)
        right.plot(counts, [one.p99_ms for one in samples], marker="o", label=name)
    if figures.floor:
        rates = list(figures.floor.values())
        left.plot(list(figures.floor), rates, marker="x", linestyle="--", label="pgbench, one call")
    for axes, heading in ((left, "durable cancels a second"), (right, "99th percentile, ms")):
        axes.set_xscale("log", base=2)
        axes.set_xlabel("connections")
        axes.set_title(heading)


def _by_orders(figures: Figures, left: Any, right: Any) -> None:
    """What a cancel costs by the number of orders there are: time of the whole machine, and of the server's processor."""
    for way, line, by_store in (("last", "-", figures.recent), ("scattered", "--", figures.scattered)):
        for name, by_size in by_store.items():
            sizes, label = list(by_size), f"{name}, {way}"
            left.plot(sizes, [1e6 / one.per_second for one in by_size.values()], line, marker="o", label=label)
            right.plot(sizes, [one.cpu_us_per_cancel for one in by_size.values()], line, marker="o", label=label)
    for axes, heading in (
        (left, "µs per durable cancel, 128 connections"),
        (right, "server's processor, µs per cancel"),
    ):
        axes.set_xscale("log")
        axes.set_xlabel("orders there are")
        axes.set_title(heading)
