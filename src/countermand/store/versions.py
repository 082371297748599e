"""Which schema this program works with. Both stores have the same revisions.

A rolling upgrade runs two programs on one database for a while, so both must fit:
* a new program starts on an older schema, down to `OLDEST`; `countermand migrate` comes after the last node was replaced,
  or before the first;
* an old program goes on on a newer schema, unless the migration says that it can't: then the row `schema_needs` of `house`
  names the revision that a program must know.
"""

from typing import Final

#: The migration that `schema.sql` stands for.
VERSION: Final = "0001"

#: The oldest schema on which this program still works.
OLDEST: Final = "0001"

assert OLDEST <= VERSION


def misfit(version: str, needed: str | None) -> str | None:
    """Why this program can't work on a schema of this version, or None when it can. Versions sort as texts."""
    if version < OLDEST:
        return f"its schema is version {version}, this program needs {OLDEST} or later: run `countermand migrate`"
    if needed is not None and needed > VERSION:
        return f"its schema is version {version}, made for programs that know {needed}; this one knows {VERSION}: upgrade it"
    return None
