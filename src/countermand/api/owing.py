"""What Prometheus is told of the ledger itself: what is owed, for how long, and how many conflicts are not put right.

Rule 1: asked when a page is read, never when something is cancelled, and at most once in a while however often the page is read.
Rule 2: a database that doesn't answer doesn't keep the page: the other figures are wanted most just then.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct
from prometheus_client.core import GaugeMetricFamily, Metric

from countermand.model.survey import Unsettled
from countermand.service.clock import Clock
from countermand.store.port import Store, StoreUnavailable

#: How old an answer of the ledger may be: below the 15 s at which pages are usually read.
FRESH_S: Final = 5.0

#: How long a page waits for the ledger. Whoever reads pages waits ten seconds by default.
PATIENCE_S: Final = 2.0


class Owed(Struct, frozen=True, kw_only=True):
    """What the ledger said, with the present of each dialect. `unsettled` None: it didn't answer."""

    unsettled: tuple[Unsettled, ...] | None
    instants: Mapping[str, datetime]


class Owing:
    """Asks the ledger."""

    def __init__(self, store: Store, clock: Clock, dialects: Iterable[str]) -> None:
        self._store = store
        self._clock = clock
        self._dialects = tuple(dialects)
        self._asked: asyncio.Task[tuple[Unsettled, ...]] | None = None
        self._asked_s = 0.0

    async def now(self) -> Owed:
        unsettled = await self._unsettled()
        return Owed(unsettled=unsettled, instants={name: self._clock.now(name) for name in self._dialects})

    async def _unsettled(self) -> tuple[Unsettled, ...] | None:
        loop, asked = asyncio.get_running_loop(), self._asked
        if asked is None or (asked.done() and loop.time() - self._asked_s > FRESH_S):
            asked = self._asked = loop.create_task(self._store.unsettled())
            self._asked_s = loop.time()
        await asyncio.wait({asked}, timeout=PATIENCE_S)
        if not asked.done():
            return None
        try:
            return asked.result()
        except StoreUnavailable:
            return None


def families_of(owed: Owed) -> Iterator[Metric]:
    """The families. Those of a ledger that didn't answer are missing: zero would be a lie."""
    answers = GaugeMetricFamily(
        "countermand_ledger_answers", "Whether the ledger answered when it was asked what is owed."
    )
    answers.add_metric((), float(owed.unsettled is not None))
    yield answers
    if owed.unsettled is None:
        return
    groups = dict[tuple[str, str, str], tuple[int, float]]()
    conflicts = dict.fromkeys(owed.instants, 0)
    for one in owed.unsettled:
        place = (one.dialect, one.kind, one.state)
        count, age_s = groups.get(place, (0, 0.0))
        now = owed.instants.get(one.dialect, one.oldest_at)
        groups[place] = (count + one.count, max(age_s, (now - one.oldest_at).total_seconds()))
        if one.conflict:
            conflicts[one.dialect] = conflicts.get(one.dialect, 0) + one.count
    yield from _gauges(groups, conflicts)


def _gauges(groups: Mapping[tuple[str, str, str], tuple[int, float]], conflicts: Mapping[str, int]) -> Iterator[Metric]:
    labels = ("dialect", "kind", "state")
    open_ones = GaugeMetricFamily("countermand_obligations", "Obligations that are not settled.", labels=labels)
    ages = GaugeMetricFamily(
        "countermand_obligation_oldest_age_seconds", "Age of the oldest that is not settled.", labels=labels
    )
    for place, (count, age_s) in groups.items():
        open_ones.add_metric(place, count)
        ages.add_metric(place, age_s)
    yield open_ones
    yield ages
    disputed = GaugeMetricFamily("countermand_conflicts", "Conflicts that are not put right.", labels=("dialect",))
    for dialect, count in conflicts.items():
        disputed.add_metric((dialect,), count)
    yield disputed
