"""What falls due, and what is old enough to go."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import apsw

from countermand.model.keys import ClaimKey
from countermand.model.timer import Timer
from countermand.store.port import TimerLease
from countermand.store.rows import instant, micros, timer_of
from countermand.store.sql import statements

_SQL: Final = statements(__package__)

#: Claims looked at in one transaction: a few milliseconds, so that nobody waits long for the writer.
CLAIMS_LOOKED_AT: Final = 2_000


class ClaimRow(NamedTuple):
    """A claim's key, and when it was made."""

    tenant: str
    scope: str
    key: str
    created_at: int


def due(connection: apsw.Connection, at: Mapping[str, datetime], lease: TimerLease) -> tuple[Timer, ...]:
    """Timers that are due and free, earliest first."""
    now = micros(lease.now)
    found = [
        timer_of(row[3])
        for dialect, until in at.items()
        for row in connection.execute(_SQL["timers_due"], (dialect, micros(until), now, lease.limit))
    ]
    return tuple(sorted(found, key=lambda timer: (timer.due_at, timer.key))[: lease.limit])


def lease_all(connection: apsw.Connection, timers: Iterable[Timer], lease: TimerLease) -> None:
    until = micros(lease.until)
    rows = [(until, timer.tenant, timer.dialect, timer.timer_id) for timer in timers]
    connection.executemany(_SQL["lease_timer"], rows)


def next_due(connection: apsw.Connection, dialects: Iterable[str]) -> Mapping[str, datetime]:
    found: dict[str, datetime] = {}
    for dialect in dialects:
        ((at,),) = connection.execute(_SQL["next_due"], (dialect,))
        if at is not None:
            found[dialect] = instant(at)
    return found


def old_claims(
    connection: apsw.Connection, dialect: str, before: datetime, *, after: ClaimKey | None
) -> tuple[list[ClaimRow], ClaimKey | None]:
    """Claims of a dialect that are old, among the next ones in key order; and the last of these."""
    start = (after.tenant, after.scope, after.key) if after else ("", "", "")
    rows = [ClaimRow._make(row) for row in connection.execute(_SQL["claims_after"], (*start, CLAIMS_LOOKED_AT))]
    limit, mark = micros(before), f"{dialect} "
    old = [row for row in rows if row.created_at < limit and row.scope.startswith(mark)]
    if len(rows) < CLAIMS_LOOKED_AT:
        return old, None
    return old, ClaimKey(rows[-1].tenant, rows[-1].scope, rows[-1].key)


def delete_claims(connection: apsw.Connection, rows: Iterable[ClaimRow]) -> None:
    connection.executemany(_SQL["delete_claim"], rows)
