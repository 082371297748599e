"""Counts what was decided: in memory for whoever watches the process, and refusals also for good, written down now and then.

A refusal changes nothing, so it has no database transaction that a count could ride along in, and giving it one would make a
"no" as dear as a "yes". What a process counted since it last wrote is lost when it is killed: figures, not facts.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, field

from countermand.model.outcome import Cancellation, CancellationState, Refused
from countermand.model.reason import Reason
from countermand.model.survey import RefusalCount
from countermand.store.port import Loaded, Store, Writes

#: How often sums are written down, at most so much is lost in a crash.
WRITE_EVERY_S: Final = 5.0


#: What is counted for a reason. A text that is none of ours counts as another one: labels must not grow with what people write.
_REASONS: Final = {reason.value: reason.value for reason in Reason}

States = Mapping[str, CancellationState]


class Tally(Struct, array_like=True):
    """What one process has decided since it started, of all tenants together.

    `cancellations` are by dialect, the state that they came into, and reason; `refusals` by dialect and code.
    """

    cancellations: dict[tuple[str, str, str], int] = field(default_factory=dict)
    refusals: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, writes: Writes, before: States) -> None:
        """Count what a batch has committed. `before`: the states of the cancellations that there were."""
        for made in writes.cancellations:
            self._count(made)
        if writes.changed_cancellations:
            for changed in writes.changed_cancellations.values():
                if changed.state is not before.get(changed.cancellation_id):
                    self._count(changed)

    def _count(self, one: Cancellation) -> None:
        place = (one.dialect, one.state.value, _REASONS.get(one.reason, "other"))
        self.cancellations[place] = self.cancellations.get(place, 0) + 1

    def refuse(self, dialect: str, code: str) -> None:
        self.refusals[dialect, code] = self.refusals.get((dialect, code), 0) + 1

    def add(self, other: "Tally") -> None:
        for place, count in other.cancellations.items():
            self.cancellations[place] = self.cancellations.get(place, 0) + count
        for refused, count in other.refusals.items():
            self.refusals[refused] = self.refusals.get(refused, 0) + count


def states_of(loaded: Loaded) -> States:
    """The states of the cancellations that a batch has loaded, before it changes any: of most batches none."""
    histories = loaded.histories.values()
    return {one.cancellation_id: one.state for history in histories for one in history.cancellations}


class Refusals:
    """The counts of one process."""

    def __init__(self, store: Store, tally: Tally) -> None:
        self._store = store
        self._tally = tally
        self._counts: Counter[tuple[str, str, datetime, str]] = Counter()

    def count(self, tenant: str, dialect: str, refused: Refused, *, now: datetime) -> None:
        """One cancel was refused."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        code = refused.cause or refused.vendor_code or refused.refusal
        self._counts[tenant, dialect, hour, code] += 1
        self._tally.refuse(dialect, str(code))

    async def write(self) -> None:
        """Add what was counted to what is known. When the store can't, it is counted on."""
        counted, self._counts = self._counts, Counter()
        if not counted:
            return
        rows = [
            RefusalCount(tenant=tenant, dialect=dialect, hour=hour, code=str(code), count=count)
            for (tenant, dialect, hour, code), count in counted.items()
        ]
        try:
            await self._store.add_refusals(rows)
        except BaseException:
            self._counts.update(counted)
            raise
