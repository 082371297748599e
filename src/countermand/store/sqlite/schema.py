"""Makes a new file's schema, and checks an old one's version."""

from importlib.resources import files
from pathlib import Path
from typing import Final

import apsw

#: The migration that `schema.sql` stands for.
VERSION: Final = "0001"


def prepare(path: Path) -> None:
    """Build the schema in a new file. A file of another version is refused: `countermand migrate` is an explicit act."""
    connection = apsw.Connection(str(path))
    try:
        connection.set_busy_timeout(5_000)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)
        if version is None:
            connection.execute(files(__package__).joinpath("schema.sql").read_text(encoding="utf-8"))
            connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
            connection.execute("INSERT INTO alembic_version VALUES (?)", (VERSION,))
        connection.execute("COMMIT")
    finally:
        connection.close()
    if version not in {None, VERSION}:
        raise OSError(f"its schema is version {version}, this program needs {VERSION}: run `countermand migrate`")


def _version(connection: apsw.Connection) -> str | None:
    known = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").fetchone()
    if known is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])
