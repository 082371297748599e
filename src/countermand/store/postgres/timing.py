"""What falls due, and what is old enough to go."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from countermand.model.timer import Timer
from countermand.store.port import TimerLease
from countermand.store.postgres.composing import named
from countermand.store.postgres.sessions import Session
from countermand.store.rows import instant, micros, timer_of

#: Claims forgotten in one transaction: some ten milliseconds.
CLAIMS_FORGOTTEN_MAX: Final = 2_000


async def any_due(session: Session, at: Mapping[str, datetime], lease: TimerLease) -> bool:
    statement = named("any_due")
    return bool(await session.value(statement.text, *statement.arguments(_due(at, lease))))


async def claim(session: Session, at: Mapping[str, datetime], lease: TimerLease) -> tuple[Timer, ...]:
    """Take timers that are due and free. Whoever else takes some at the same time takes others."""
    statement = named("claim_timers")
    values = {**_due(at, lease), "until": micros(lease.until), "limit": lease.limit}
    found = [timer_of(body) for (body,) in await session.fetch(statement.text, *statement.arguments(values))]
    return tuple(sorted(found, key=lambda timer: (timer.due_at, timer.key)))


def _due(at: Mapping[str, datetime], lease: TimerLease) -> dict[str, object]:
    return {"dialects": list(at), "instants": [micros(until) for until in at.values()], "now": micros(lease.now)}


async def next_due(session: Session, dialects: Iterable[str]) -> Mapping[str, datetime]:
    rows = await session.fetch(named("next_due").text, list(dialects))
    return {dialect: instant(at) for dialect, at in rows if at is not None}


async def forget_claims(session: Session, dialects: Iterable[str], before: datetime) -> bool:
    """Delete the oldest ones; whether there are more."""
    old = await session.fetch(named("old_claims").text, micros(before), list(dialects), CLAIMS_FORGOTTEN_MAX)
    if old:
        await session.execute(named("delete_claims").text, *map(list, zip(*old, strict=True)))
    return len(old) == CLAIMS_FORGOTTEN_MAX
