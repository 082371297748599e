"""A desk that is watched: how many transactions it has begun, and how many at once."""

from typing import Any

from countermand.dialects import catalog
from countermand.dialects.contract import Ask, Held, Plan
from countermand.model.record import Record
from countermand.service.desk import Desk

NATIVE = catalog.load()["native"]


class Watched:
    """Counts what a real desk does."""

    def __init__(self, desk: Desk) -> None:
        self.begun = self.at_once_max = self._running = 0
        self._desk, self._transact = desk, desk._store.transact  # noqa: SLF001 - where a desk begins transactions
        setattr(desk._store, "transact", self._count)  # noqa: B010, SLF001 - the real one, with a count

    async def _count(self, *args: Any) -> Any:
        self.begun += 1
        self._running += 1
        self.at_once_max = max(self.at_once_max, self._running)
        try:
            return await self._transact(*args)
        finally:
            self._running -= 1

    async def write(self, name: str, tenant: str = "acme") -> None:
        """One command: put a record."""

        def plan(held: Held) -> Plan:
            note = Record(
                tenant=tenant,
                dialect="native",
                kind="note",
                record_id=name,
                created_at=held.now,
                updated_at=held.now,
                body=b"{}",
            )
            return Plan(records=(note,))

        await self._desk.decide(Ask(plan=plan), tenant=tenant, dialect=NATIVE)
