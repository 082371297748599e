"""One batch as a database transaction, and what became of it.

Two ways, one set of statements:
* **light**: load without locks, decide, write. The write is one statement and its own transaction; it checks the version of
  every row that was read, and locks those that it doesn't change. Two round trips.
* **careful**: the same between BEGIN and COMMIT, with everything that was loaded locked. For batches that read sets of rows,
  where a new row would not show in any version, and for the second try of a light one that met another.

Whoever lost a connection while writing doesn't know whether the batch was committed. It is read, never guessed: each batch
writes a row with an id of its own, and whoever wants to know writes the same row (`fence`).
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import asyncpg

from countermand.store.port import Judged, Loaded, StoreUnavailable, Wanted
from countermand.store.postgres.composing import named
from countermand.store.postgres.failures import LOST, RACED, REFUSED, LostAcknowledgement, told
from countermand.store.postgres.loading import load, needs_locks, tenant_of, tenant_written
from countermand.store.postgres.sessions import PAUSE_S, Session, Sessions
from countermand.store.postgres.transacting import begin
from countermand.store.postgres.writing import Parts, Seen, parts_of, write

Value = TypeVar("Value")

#: How often a batch is tried when it meets others. A careful batch waits for whoever holds its rows; it can meet somebody
#: only in a row that did not exist, and then it does the next time. More than a few means that something is broken.
TRIES_MAX: Final = 6

#: How long the outcome of a batch is asked for when its acknowledgement was lost. A failover takes a managed service or
#: Patroni 5 to 30 s; callers give up before, and learn the outcome by asking again with the same idempotency key.
OUTCOME_TIMEOUT_S: Final = 10.0

#: Tenants whose last batches are remembered until their rows become those of the next. Rows of forgotten ones are purged by age.
DONE_TENANTS_MAX: Final = 4_096


_OUT_OF_REACH: Final[tuple[type[Exception], ...]] = (StoreUnavailable, *LOST, *REFUSED)


class Unwritable(Exception):  # noqa: N818 - it says what is wrong with the batch
    """Rows that collide with what is stored however often the batch is decided anew. A bug in whoever made them."""


class _Lost(Exception):  # noqa: N818 - not an error yet: the outcome is still to be read
    """The session ended under a batch."""


@dataclass(slots=True)
class _Attempt(Generic[Value]):
    """One try at a batch. `tenant` is set when the write is sent: from then on the outcome may be in doubt."""

    wanted: Wanted
    judge: Callable[[Loaded], Judged[Value]]
    careful: bool
    batch_id: str
    tenant: str | None = None
    judged: Judged[Value] | None = None


class Committer:
    """Commits batches through some sessions."""

    def __init__(self, sessions: Sessions, *, pooled: bool) -> None:
        self._sessions = sessions
        self._pooled = pooled
        #: Rows of batches that were acknowledged, for batches to come: as many as were once under way together.
        self._done: dict[str, list[str]] = {}
        self._under_way: dict[object, asyncio.Event] = {}

    async def transact(self, wanted: Wanted, judge: Callable[[Loaded], Judged[Value]]) -> Value:
        """See `Store.transact`. Raises StoreUnavailable, Unwritable, and whatever `judge` raises."""
        keys = (*wanted.orders, *wanted.names, *wanted.claims)
        await self._let_pass(keys)
        ended = asyncio.Event()
        self._under_way.update(dict.fromkeys(keys, ended))
        try:
            return await self._try(wanted, judge)
        finally:
            for key in keys:
                del self._under_way[key]
            ended.set()

    async def _let_pass(self, keys: Sequence[object]) -> None:
        """Wait for batches of this process that hold one of these: meeting them in the database costs both a try."""
        under_way = self._under_way
        while (met := next((key for key in keys if key in under_way), None)) is not None:
            await under_way[met].wait()

    async def _try(self, wanted: Wanted, judge: Callable[[Loaded], Judged[Value]]) -> Value:
        careful = self._pooled or needs_locks(wanted)
        failure: BaseException | None = None
        for _ in range(TRIES_MAX):
            attempt = _Attempt(wanted, judge, careful, secrets.token_hex(16))
            try:
                return await self._attempt(attempt)
            except RACED as error:
                careful, failure = True, error
            except _Lost as error:
                failure = error
                if attempt.judged is not None and await self._was_committed(attempt):
                    return attempt.judged.value
        if isinstance(failure, RACED):
            raise Unwritable(told(failure)) from failure
        raise StoreUnavailable("the database keeps ending our sessions") from failure

    async def _attempt(self, attempt: _Attempt[Value]) -> Value:
        try:
            async with self._sessions.session() as session:
                if attempt.careful:
                    await begin(session, pooled=self._pooled)
                loaded = await load(session, attempt.wanted, locked=attempt.careful)
                seen = Seen.of(attempt.wanted, loaded, locked=attempt.careful)
                judged = attempt.judged = attempt.judge(loaded)
                if judged.writes:
                    await self._write(session, attempt, parts_of(judged.writes, seen))
                return judged.value
        except asyncpg.DataError:
            raise
        except REFUSED as error:
            raise StoreUnavailable(told(error)) from error
        except LOST as error:
            raise _Lost(told(error)) from error

    async def _write(self, session: Session, attempt: _Attempt[Value], parts: Parts) -> None:
        """One statement, which outside of a transaction is its own, and then COMMIT."""
        assert attempt.judged is not None
        tenant = attempt.tenant = tenant_of(attempt.wanted) or tenant_written(attempt.judged.writes)
        written = (attempt.batch_id, time.time_ns() // 1_000)
        done = self._done.get(tenant)
        if done:
            parts["move_batch"] = [(*written, done.pop())]
        else:
            parts["insert_batch"] = [written]
        await write(session, tenant=tenant, parts=parts)
        if attempt.careful:
            await session.execute("COMMIT")
        if session.doubtful:
            raise LostAcknowledgement
        if done is not None:
            done.append(attempt.batch_id)
        elif len(self._done) < DONE_TENANTS_MAX:
            self._done[tenant] = [attempt.batch_id]

    async def _was_committed(self, attempt: _Attempt[Value]) -> bool:
        """Whether a batch whose acknowledgement was lost is there. Raises StoreUnavailable when that can't be told in time.

        The row is written in any case: this commit is acknowledged only after everything before it is durable too, on the
        standby as well when the database waits for one.
        """
        if attempt.tenant is None:
            return False
        deadline = time.monotonic() + OUTCOME_TIMEOUT_S
        while True:
            try:
                async with self._sessions.session() as session:
                    values = (attempt.tenant, attempt.batch_id, time.time_ns() // 1_000)
                    await begin(session, pooled=self._pooled)
                    is_new = await session.value(named("fence_batch").text, *values)
                    await session.execute("COMMIT")
                    return not is_new
            except _OUT_OF_REACH as error:
                if time.monotonic() + PAUSE_S > deadline:
                    raise StoreUnavailable(
                        "the connection was lost during a commit, and its outcome is unknown"
                    ) from error
            await asyncio.sleep(PAUSE_S)
