"""Makes a new database's schema, and checks an old one's version."""

from importlib.resources import files
from typing import Final

from countermand.store.port import StoreUnavailable
from countermand.store.postgres.credentials import house_value
from countermand.store.postgres.sessions import Session
from countermand.store.versions import VERSION, misfit

#: Alembic's own table, as it would make it.
_STAMP: Final = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
#: Whoever changes the schema holds this advisory lock: nodes that start together, and `countermand migrate`.
#: The number is arbitrary ("countermd" in hexadecimal digits of ASCII, shortened to 63 bits).
SCHEMA_LOCK: Final = 0x636F756E7465726D


async def prepare(session: Session, *, any_version: bool = False) -> None:
    """Inside a transaction: build the schema in an empty database. One that this program can't use is refused."""
    version = await version_of(session)
    if version is None:
        await session.value("SELECT pg_advisory_xact_lock($1)", SCHEMA_LOCK)
        version = await version_of(session)
        if version is None:
            await _create(session)
    if version is None or any_version:
        return
    needed = await house_value(session, "schema_needs")
    if problem := misfit(version, needed):
        raise StoreUnavailable(problem)


async def _create(session: Session) -> None:
    await session.execute(files(__package__).joinpath("schema.sql").read_text(encoding="utf-8"))
    await session.execute(_STAMP)
    await session.execute("INSERT INTO alembic_version VALUES ($1)", VERSION)


async def version_of(session: Session) -> str | None:
    if await session.value("SELECT to_regclass('alembic_version')") is None:
        return None
    version = await session.value("SELECT version_num FROM alembic_version")
    return None if version is None else str(version)
