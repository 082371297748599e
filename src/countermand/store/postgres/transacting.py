"""Transactions on a session, directly or through a pooler."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from countermand.store.postgres.failures import beginning
from countermand.store.postgres.sessions import SURVEY_TIMEOUT_MS, WRITING, Session

#: Behind a pooler each transaction may be in another session, so it brings its settings along. And the server may have become
#: a standby, which may be behind: so those that only read begin as if they wrote.
_BEGIN_POOLED: Final = "; ".join(
    ["BEGIN READ WRITE", *(f"SET LOCAL {name} = '{value}'" for name, value in WRITING.items())]
)
_BEGIN_POOLED_SURVEY: Final = f"{_BEGIN_POOLED}; SET LOCAL statement_timeout = '{SURVEY_TIMEOUT_MS}'"


async def begin(session: Session, *, pooled: bool) -> None:
    with beginning():
        await session.execute(_BEGIN_POOLED if pooled else "BEGIN")


@asynccontextmanager
async def transaction(session: Session, *, pooled: bool) -> AsyncIterator[None]:
    """All of it or nothing: after an exception the pool of sessions rolls back."""
    await begin(session, pooled=pooled)
    yield
    await session.execute("COMMIT")


@asynccontextmanager
async def pooled_survey(session: Session) -> AsyncIterator[None]:
    """A transaction behind a pooler that only counts, and may take its time."""
    with beginning():
        await session.execute(_BEGIN_POOLED_SURVEY)
    yield
    await session.execute("COMMIT")
