"""Transactions on a session, directly or through a pooler."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from countermand.store.postgres.sessions import WRITING, Session

#: Behind a pooler each transaction may be in another session, so it brings its settings along.
_BEGIN_POOLED: Final = "; ".join(["BEGIN", *(f"SET LOCAL {name} = '{value}'" for name, value in WRITING.items())])


async def begin(session: Session, *, pooled: bool) -> None:
    await session.execute(_BEGIN_POOLED if pooled else "BEGIN")


@asynccontextmanager
async def transaction(session: Session, *, pooled: bool) -> AsyncIterator[None]:
    """All of it or nothing: after an exception the pool of sessions rolls back."""
    await begin(session, pooled=pooled)
    yield
    await session.execute("COMMIT")
