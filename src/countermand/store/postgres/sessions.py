"""Sessions with the database: how many, how they are set up, and how long anything may take.

A session is used by one task at a time. One that failed in any way that we don't know to be harmless is thrown away.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from countermand.store.port import StoreUnavailable
from countermand.store.postgres.connecting import CONNECT_TIMEOUT_S, connect
from countermand.store.postgres.failures import LOST, REFUSED, is_elsewhere, is_lost, told
from countermand.store.postgres.place import Place

#: What the server allows one statement. The largest batch takes tens of milliseconds, the slowest page of a list under
#: a second on a cold cache.
STATEMENT_TIMEOUT_MS: Final = 4_000

#: How long a statement waits for a row that another node holds. Nobody holds one for longer than a commit.
LOCK_TIMEOUT_MS: Final = 2_000

#: When our process stops in the middle of a transaction, the server gives the rows free after this.
IDLE_IN_TRANSACTION_TIMEOUT_MS: Final = 5_000

#: When nothing has come back by now, the server or the way to it hangs: it would itself have ended the statement before.
ANSWER_TIMEOUT_S: Final = 6.0

#: How long a task waits for a session that others use.
TURN_TIMEOUT_S: Final = 4.0

#: After a failure to connect or to answer, others are refused at once for this long, instead of each waiting its full time.
#: Then one tries, and the others follow when it succeeds.
PAUSE_S: Final = 0.5

#: What the server allows one statement of a survey: figures of all cancels of a large tenant's year. Whoever asks waits.
SURVEY_TIMEOUT_MS: Final = 30_000

#: When nothing has come back of a survey by now, the server hangs.
SURVEY_ANSWER_TIMEOUT_S: Final = 32.0

assert SURVEY_TIMEOUT_MS < SURVEY_ANSWER_TIMEOUT_S * 1_000
assert LOCK_TIMEOUT_MS < STATEMENT_TIMEOUT_MS < ANSWER_TIMEOUT_S * 1_000


class Session:
    """One session with the server: the few calls of the driver that we use, with their types.

    It remembers warnings: a commit that waits for a standby, and is told to stop waiting, says so in a warning, and then
    that it was successful.
    """

    __slots__ = ("_connection", "doubtful")

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.doubtful = False
        connection.add_log_listener(self._note)

    def _note(self, _: asyncpg.Connection, message: asyncpg.PostgresLogMessage) -> None:
        if message.severity_en == "WARNING":
            self.doubtful = True

    async def fetch(self, text: str, *values: object) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self._connection.fetch(text, *values)
        return rows

    async def row(self, text: str, *values: object) -> asyncpg.Record | None:
        return await self._connection.fetchrow(text, *values)

    async def value(self, text: str, *values: object) -> object:
        return await self._connection.fetchval(text, *values)

    async def execute(self, text: str, *values: object, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        """Without values, `text` may be several statements."""
        await self._connection.execute(text, *values, timeout=timeout_s)

    async def execute_many(self, text: str, rows: Iterable[tuple[object, ...]]) -> None:
        await self._connection.executemany(text, rows)

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.is_in_transaction())

    @property
    def closed(self) -> bool:
        return bool(self._connection.is_closed())

    def terminate(self) -> None:
        """End it at once, without a word to the server."""
        self._connection.terminate()

    async def close(self) -> None:
        await self._connection.close(timeout=ANSWER_TIMEOUT_S)


#: Of every session.
LIMITS: Final = {
    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
    "lock_timeout": str(LOCK_TIMEOUT_MS),
    "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
    # Compiling pays for statements of seconds; ours take milliseconds.
    "jit": "off",
}

#: Of a session that commits batches. An array is estimated at ten rows whatever it holds, so the plan for it never changes:
#: keep it from the start, and let it be the one that goes through the primary key in the order of the array.
WRITING: Final = {
    **LIMITS,
    "plan_cache_mode": "force_generic_plan",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
}

#: Of a session that reads lists: the planner sees what is asked for.
READING: Final = {**LIMITS, "plan_cache_mode": "force_custom_plan"}

#: Of a session that counts.
SURVEYING: Final = {**READING, "statement_timeout": str(SURVEY_TIMEOUT_MS)}


class Health:
    """Whether the database answers, as far as the last attempts tell. Shared by everything that talks to one database."""

    def __init__(self) -> None:
        self._refuse_until = 0.0
        self._reason = ""

    def check(self) -> None:
        """Raise StoreUnavailable while it is known not to answer; the first caller after the pause may try."""
        instant = time.monotonic()
        if self._refuse_until == 0.0:
            return
        if instant < self._refuse_until:
            raise StoreUnavailable(self._reason)
        # One tries while the others are still refused.
        self._refuse_until = instant + CONNECT_TIMEOUT_S + ANSWER_TIMEOUT_S

    def failed(self, error: BaseException) -> None:
        self._refuse_until = time.monotonic() + PAUSE_S
        self._reason = told(error)

    def answered(self) -> None:
        self._refuse_until = 0.0


class Sessions:
    """Up to `size_max` sessions, opened when they are needed."""

    def __init__(
        self,
        place: Place,
        health: Health,
        *,
        settings: Mapping[str, str],
        size_max: int,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self._place = place
        self._health = health
        self._settings = dict(settings)
        self._answer_timeout_s = answer_timeout_s
        self._idle: list[Session] = []
        self._turns = asyncio.Semaphore(size_max)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A session of one's own. Raises StoreUnavailable when there is none to be had in time."""
        self._health.check()
        if self._turns.locked():
            await self._wait()
        else:
            await self._turns.acquire()
        try:
            session = self._take() or await self._open()
            try:
                yield session
            except BaseException as error:
                if is_lost(error) or is_elsewhere(error) or not isinstance(error, Exception):
                    self._lose(session, error)
                else:
                    await self._keep(session)
                raise
            await self._keep(session)
        finally:
            self._turns.release()

    def _take(self) -> Session | None:
        while self._idle:
            session = self._idle.pop()
            if not session.closed:
                return session
        return None

    async def _keep(self, session: Session) -> None:
        """Put a session back for the next one, with no transaction of the last one left open in it."""
        self._health.answered()
        if session.in_transaction:
            try:
                await session.execute("ROLLBACK")
            except (*LOST, *REFUSED) as error:
                self._lose(session, error)
        if not session.closed:
            self._idle.append(session)

    def _lose(self, session: Session, error: BaseException) -> None:
        """Throw a session away, and the idle ones with it: a restart or a failover ends them all.

        A server that ended a session may be up again by now; one that did not answer in time is likely not to answer the
        next either.
        """
        session.terminate()
        while self._idle:
            self._idle.pop().terminate()
        if isinstance(error, TimeoutError):
            self._health.failed(error)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(TURN_TIMEOUT_S):
                await self._turns.acquire()
        except TimeoutError as error:
            raise StoreUnavailable("every session of the database is busy") from error

    async def _open(self) -> Session:
        try:
            connection = await connect(self._place, settings=self._settings, answer_timeout_s=self._answer_timeout_s)
        except (*LOST, *REFUSED) as error:
            self._health.failed(error)
            raise StoreUnavailable(told(error)) from error
        return Session(connection)

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()
