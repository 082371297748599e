"""Counts refusals in memory and writes the sums down now and then.

A refusal changes nothing, so it has no database transaction that a count could ride along in, and giving it one would make a
"no" as dear as a "yes". What a process counted since it last wrote is lost when it is killed: figures, not facts.
"""

from collections import Counter
from datetime import datetime
from typing import Final

from countermand.model.outcome import Refused
from countermand.model.survey import RefusalCount
from countermand.store.port import Store

#: How often sums are written down, at most so much is lost in a crash.
WRITE_EVERY_S: Final = 5.0


class Refusals:
    """The counts of one process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counts: Counter[tuple[str, str, datetime, str]] = Counter()

    def count(self, tenant: str, dialect: str, refused: Refused, *, now: datetime) -> None:
        """One cancel was refused."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        self._counts[tenant, dialect, hour, refused.cause or refused.vendor_code or refused.refusal] += 1

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
