"""Makes a new file's schema, and checks an old one's version."""

import time
from importlib.resources import files
from pathlib import Path
from typing import Final

import apsw

from countermand.store.versions import VERSION, misfit

#: Alembic's own table, as it would make it.
_STAMP: Final = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)

#: How long opening waits for other processes that open the same file: each takes milliseconds.
OPEN_TIMEOUT_S: Final = 5.0

#: The pause before the journal mode is asked for again.
_AGAIN_AFTER_S: Final = 0.005


def prepare(path: Path) -> None:
    """Build the schema in a new file. One of a version that this program can't use is refused."""
    connection = apsw.Connection(str(path))
    try:
        connection.set_busy_timeout(round(OPEN_TIMEOUT_S * 1_000))
        _log_ahead(connection)
        connection.execute("BEGIN IMMEDIATE")
        version = version_of(connection)
        if version is None:
            connection.execute(files(__package__).joinpath("schema.sql").read_text(encoding="utf-8"))
            connection.execute(_STAMP)
            connection.execute("INSERT INTO alembic_version VALUES (?)", (VERSION,))
        needed = connection.execute("SELECT value FROM house WHERE name = 'schema_needs'").fetchone()
        connection.execute("COMMIT")
    finally:
        connection.close()
    if version is not None and (problem := misfit(version, needed[0] if needed else None)):
        raise OSError(problem)


def _log_ahead(connection: apsw.Connection) -> None:
    """Switch a new file to a write-ahead log.

    Of several processes that do it at once, SQLite tells all but one that the file is locked, and waits for none: each
    holds a read lock that it would have to raise. So it is asked again.
    """
    deadline = time.monotonic() + OPEN_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except apsw.BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN_AFTER_S)
        else:
            return


def version_of(connection: apsw.Connection) -> str | None:
    known = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").fetchone()
    if known is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])
