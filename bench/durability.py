"""Whether what is measured would survive a power cut: read from the databases themselves, in sessions set up as a server's.

PostgreSQL's settings may differ by database, role and session, and SQLite's `synchronous` belongs to a connection: so a file
with settings, or another session, could say anything.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from countermand.store.postgres.place import place_of
from countermand.store.postgres.sessions import WRITING, Health, Sessions
from countermand.store.sqlite.adapter import SqliteStore

_SQLITE: Final = "sqlite:///"

#: What each store must say. SQLite's word for FULL is 2; EXTRA, which is 3, would be as good and is not what we set.
DURABLE: Final[Mapping[str, Mapping[str, str]]] = {
    "sqlite": {"journal_mode": "wal", "synchronous": "2"},
    "postgres": {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"},
}

#: What else is worth knowing of a server beside its figures.
_TOLD: Final = ("server_version", "shared_buffers", "wal_sync_method", "max_wal_size")


async def durable(url: str) -> dict[str, str]:
    """The settings, to be shown with the figures. Raises RuntimeError when a crash could lose what was acknowledged."""
    if url.startswith(_SQLITE):
        found, wanted = await _of_file(Path(url.removeprefix(_SQLITE))), DURABLE["sqlite"]
    else:
        found, wanted = await _of_server(url), DURABLE["postgres"]
    wrong = {name: found[name] for name, value in wanted.items() if found[name] != value}
    if wrong:
        raise RuntimeError(f"not durable, so not worth measuring: {wrong}")
    return found


async def _of_file(path: Path) -> dict[str, str]:
    store = SqliteStore.open(path)
    try:
        writer = store._writer  # noqa: SLF001 - the setting is this connection's, and no other's
        rows = {name: writer.execute(f"PRAGMA {name}").fetchone() for name in DURABLE["sqlite"]}
        return {name: str(row[0]) for name, row in rows.items() if row is not None}
    finally:
        await store.close()


async def _of_server(url: str) -> dict[str, str]:
    sessions = Sessions(place_of(url), Health(), settings=WRITING, size_max=1)
    try:
        async with sessions.session() as session:
            return {name: str(await session.value(f"SHOW {name}")) for name in (*DURABLE["postgres"], *_TOLD)}
    finally:
        await sessions.close()
