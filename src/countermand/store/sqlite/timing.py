"""What falls due, and what is old enough to go."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import apsw
import msgspec

from countermand.model.timer import Timer
from countermand.store.port import TimerLease
from countermand.store.rows import instant, micros, timer_of
from countermand.store.sql import statements

_SQL: Final = statements(__package__)

#: Claims forgotten in one transaction: a few milliseconds, so that nobody waits long for the writer.
CLAIMS_FORGOTTEN_MAX: Final = 500


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


def old_claims(connection: apsw.Connection, dialects: Iterable[str], before: datetime) -> list[ClaimRow]:
    """The oldest claims of some dialects, at most as many as are forgotten at once."""
    named = msgspec.json.encode(list(dialects)).decode()
    rows = connection.execute(_SQL["old_claims"], (micros(before), named, CLAIMS_FORGOTTEN_MAX))
    return [ClaimRow._make(row) for row in rows]


def delete_claims(connection: apsw.Connection, rows: Iterable[ClaimRow]) -> None:
    connection.executemany(_SQL["delete_claim"], rows)
