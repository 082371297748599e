"""Brings an older database's schema up to date, in one database transaction, under the lock that making it is under."""

from pathlib import Path
from typing import Final

from countermand.store.postgres.failures import translated
from countermand.store.postgres.place import Place
from countermand.store.postgres.schema import SCHEMA_LOCK, prepare, version_of
from countermand.store.postgres.sessions import LIMITS, Health, Session, Sessions
from countermand.store.versions import VERSION

#: What a change of the schema may take: building an index over ten million orders takes about a minute.
_MIGRATION_TIMEOUT_S: Final = 3_600.0

#: A change that waits for a lock keeps everybody behind it waiting too; better to give up and be called again.
_MIGRATION_LOCK_TIMEOUT_MS: Final = 2_000

_SETTINGS: Final = {
    **LIMITS,
    "statement_timeout": str(int(_MIGRATION_TIMEOUT_S * 1_000)),
    "lock_timeout": str(_MIGRATION_LOCK_TIMEOUT_MS),
}


async def upgrade(place: Place, *, dry_run: bool = False, more: Path | None = None) -> tuple[str, str]:
    """The revision before, and the script that was run (or would be); empty when there is nothing to do."""
    sessions = Sessions(place, Health(), settings=_SETTINGS, size_max=1)
    try:
        with translated():
            async with sessions.session() as session:
                return await _upgrade(session, dry_run=dry_run, more=more)
    finally:
        await sessions.close()


async def _upgrade(session: Session, *, dry_run: bool, more: Path | None) -> tuple[str, str]:
    await session.execute("BEGIN")
    await session.execute("SET LOCAL lock_timeout = 0")
    await prepare(session, any_version=True)
    await session.value("SELECT pg_advisory_xact_lock($1)", SCHEMA_LOCK)
    await session.execute(f"SET LOCAL lock_timeout = {_MIGRATION_LOCK_TIMEOUT_MS}")
    before = await version_of(session)
    assert before is not None, "an empty database has just been given its schema"
    script = _script(before, more)
    if script and not dry_run:
        await session.execute(script, timeout_s=_MIGRATION_TIMEOUT_S)
    await session.execute("COMMIT")
    return before, script


def _script(before: str, more: Path | None) -> str:
    if before >= VERSION and more is None:
        return ""
    from countermand.store.migrations import script  # noqa: PLC0415 - half a second, seldom needed

    return script("postgres", start=before, more=more)
