"""Brings an older file's schema up to date, in one database transaction."""

from pathlib import Path

import apsw

from countermand.store.port import StoreUnavailable
from countermand.store.sqlite.schema import prepare, version_of
from countermand.store.versions import VERSION


def upgrade(path: Path, *, dry_run: bool = False, more: Path | None = None) -> tuple[str, str]:
    """The revision before, and the script that was run (or would be); empty when there is nothing to do."""
    try:
        if not path.exists():
            if dry_run:
                raise StoreUnavailable(f"there is no database at {path}")
            path.parent.mkdir(parents=True, exist_ok=True)
            prepare(path)
        connection = apsw.Connection(str(path))
        connection.set_busy_timeout(5_000)
        try:
            connection.execute("BEGIN IMMEDIATE")
            before = version_of(connection)
            script = "" if before is None else _script(before, more)
            if script and not dry_run:
                connection.execute(script)
            connection.execute("COMMIT")
        finally:
            connection.close()
    except (apsw.Error, OSError) as error:
        raise StoreUnavailable(f"can't upgrade {path}: {error}") from error
    return before or "none", script


def _script(before: str, more: Path | None) -> str:
    if before >= VERSION and more is None:
        return ""
    from countermand.store.migrations import script  # noqa: PLC0415 - half a second, seldom needed

    return script("sqlite", start=before, more=more)
