"""Opens a connection with whichever host takes writes.

All hosts are tried at once: one that is gone never answers, and must not keep us from the one that has taken its place.
"""

import asyncio
from collections.abc import Mapping
from typing import Final

import asyncpg

from countermand.store.postgres.driver import recognise_arrays_fast
from countermand.store.postgres.place import Place

#: A TCP handshake and a log-in take milliseconds; a host that is gone answers never.
CONNECT_TIMEOUT_S: Final = 3.0

#: Statements that a session keeps prepared. Batches and lists come in a few dozen shapes.
STATEMENTS_KEPT_MAX: Final = 200

#: Finds a row where nothing can be written. One message without values, so that a pooler gives it one session.
_READ_ONLY: Final = "SELECT WHERE current_setting('transaction_read_only') = 'on'"
_NO_ROW: Final = "SELECT 0"

recognise_arrays_fast()


async def connect(place: Place, *, settings: Mapping[str, str], answer_timeout_s: float) -> asyncpg.Connection:
    """Raises what the driver raises when no host takes writes."""
    attempts = [
        _through_pooler(host, answer_timeout_s) if place.pooled else _directly(host, answer_timeout_s, settings)
        for host in place.hosts
    ]
    waiting = set(map(asyncio.ensure_future, attempts))
    errors: list[BaseException] = []
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            errors += [error for one in done if (error := one.exception()) is not None]
            if won := [one.result() for one in done if one.exception() is None]:
                for connection in won[1:]:
                    connection.terminate()
                return won[0]
    finally:
        for one in waiting:
            one.cancel()
            one.add_done_callback(_end)
    raise errors[0]


async def _directly(dsn: str, answer_timeout_s: float, settings: Mapping[str, str]) -> asyncpg.Connection:
    return await asyncpg.connect(
        dsn,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=answer_timeout_s,
        statement_cache_size=STATEMENTS_KEPT_MAX,
        max_cached_statement_lifetime=0,
        server_settings=dict(settings),
        target_session_attrs="read-write",
    )


async def _through_pooler(dsn: str, answer_timeout_s: float) -> asyncpg.Connection:
    async with asyncio.timeout(CONNECT_TIMEOUT_S):
        connection = await asyncpg.connect(dsn, command_timeout=answer_timeout_s, statement_cache_size=0)
        try:
            await _ask_whether_it_takes_writes(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection


async def _ask_whether_it_takes_writes(connection: asyncpg.Connection) -> None:
    """A pooler greets with what its server was when it first met it; a standby may have been promoted since."""
    if await connection.execute(_READ_ONLY) != _NO_ROW:
        raise asyncpg.TargetServerAttributeNotMatched("the server behind the pooler takes no writes")


def _end(attempt: asyncio.Future[asyncpg.Connection]) -> None:
    """End the connection of an attempt that nobody waits for."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().terminate()
