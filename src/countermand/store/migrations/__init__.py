"""Numbered changes of the schema, as hand-written SQL for both stores.

Alembic puts the revisions in order and writes the script from one to another; our own drivers run it, in one database
transaction and under a lock, so no other driver ever opens the database. This package is imported only by
`countermand migrate`, and only when the schema is behind: Alembic costs half a second to import.

A new revision: `versions/r0002_<what>.py` with `revision`, `down_revision` and an `upgrade` that calls `emit`; its SQL in
`versions/0002_sqlite.sql` and `versions/0002_postgresql.sql`; the same change in both `schema.sql`; `VERSION` in
`countermand.store.versions`. The first time, the two `schema.sql` of before become `0001_*.sql`, which is what they stand for.
"""

import io
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config

#: What Alembic calls the databases that we call by their adapters' names.
DIALECTS: Final = {"sqlite": "sqlite", "postgres": "postgresql"}


def script(store: str, *, start: str | None, more: Path | None = None) -> str:
    """The SQL that brings a schema from revision `start` (None: nothing) to the newest. `more` holds further revisions."""
    with as_file(files(__package__)) as home:
        buffer = io.StringIO()
        config = Config(output_buffer=buffer, stdout=buffer)
        config.set_main_option("script_location", str(home))
        config.set_main_option("path_separator", "newline")
        folders = [home / "versions", *([more] if more else [])]
        config.set_main_option("version_locations", "\n".join(map(str, folders)))
        config.attributes["dialect"] = DIALECTS[store]
        command.upgrade(config, f"{start or 'base'}:heads", sql=True)
    return buffer.getvalue()
