"""Whether a cancel costs the same however many orders there are.

Each run cancels as many orders, in two ways: those placed last, because what people cancel is recent; and orders spread over
all there are, no two in a row on one page of a table, which is the worst that can be asked of a database: then every cancel
brings pages of its own to the log and to the disk, whoever writes them.

The smallest database is used up by one run, so each run has a new one; the large ones are filled once.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Final

import uvloop

from bench.filling import fill
from bench.measure import Sample, median, native_cancel, sample
from bench.server import SEVERAL, Server

SMALLEST: Final = 10_000

#: Orders that one run cancels: most of the smallest database.
CANCELS: Final = 9_000

#: From one order to the next. A prime that divides no size, so that every order is met once before any is met again.
STRIDE: Final = 7_919

#: A second or two each, so there are more of them than of the long runs.
ROUNDS: Final = 5

CONNECTIONS: Final = 128

#: A new, empty database of one store.
New = Callable[[], AbstractContextManager[str]]


def recent(size: int, turn: int) -> Iterator[int]:
    """The orders of one run: of the smallest number placed last, before those that earlier runs had."""
    start = size - (turn + 1) * SMALLEST
    return (start + number * STRIDE % SMALLEST for number in range(CANCELS))


def scattered(size: int, turn: int) -> Iterator[int]:
    """The orders of one run: from the whole but what `recent` takes."""
    whole = size - ROUNDS * SMALLEST
    assert whole % STRIDE
    return (number * STRIDE % whole for number in range(turn * CANCELS, (turn + 1) * CANCELS))


class Growth:
    """One store with databases of several sizes, the smallest first."""

    def __init__(self, name: str, new: New, sizes: tuple[int, ...]) -> None:
        assert sizes[0] == SMALLEST
        self.name, self._new, self._sizes = name, new, sizes
        self._large: dict[int, str] = {}
        self.recent: dict[int, list[Sample]] = {size: [] for size in sizes}
        self.scattered: dict[int, list[Sample]] = {size: [] for size in sizes}

    def prepare(self, stack: ExitStack, say: Callable[[str], None]) -> None:
        """Fill the large databases; they last as long as the stack."""
        for size in self._sizes[1:]:
            say(f"{self.name}: {size:,} orders are made")
            self._large[size] = stack.enter_context(self._new())
            uvloop.run(fill(self._large[size], size))

    def round(self, turn: int, say: Callable[[str], None]) -> None:
        with self._new() as url:
            uvloop.run(fill(url, SMALLEST))
            small = _run(url, recent(SMALLEST, 0))
        say(f"{self.name}, {SMALLEST:,} orders: {small.per_second:,.0f} cancels a second")
        self.recent[SMALLEST].append(small)
        self.scattered[SMALLEST].append(small)
        for size, url in self._large.items():
            self.recent[size].append(_run(url, recent(size, turn)))
            self.scattered[size].append(_run(url, scattered(size, turn)))
            rates = f"{self.recent[size][-1].per_second:,.0f}, scattered {self.scattered[size][-1].per_second:,.0f}"
            say(f"{self.name}, {size:,} orders: {rates} cancels a second")


def medians(samples: dict[int, list[Sample]]) -> dict[int, Sample]:
    return {size: median(seen) for size, seen in samples.items()}


def _run(url: str, orders: Iterator[int]) -> Sample:
    with Server(url, *SEVERAL) as server:
        return sample(server, map(native_cancel, orders), connections=CONNECTIONS, seconds=60)
