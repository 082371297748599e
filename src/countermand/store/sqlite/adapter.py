"""The store port on SQLite.

Rule 1: one writer connection, one transaction at a time. Statements run on the event loop, because each is shorter than a
hand-over between threads; only COMMIT, which waits for the disk, and BEGIN when another process holds the lock, run in the
writer's thread. While it waits the loop reads the next requests: they are the next batch.
Rule 2: `synchronous=FULL`. A COMMIT that returned survives a power cut.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Self, TypeVar

import apsw

from countermand.model.keys import OrderKey
from countermand.model.order import Order
from countermand.model.query import Found, GetOrder, GetRecord, Query
from countermand.model.record import Record
from countermand.model.survey import CohortSurvey, RefusalCount, Survey, Unsettled
from countermand.model.timer import Timer
from countermand.store.port import (
    Effects,
    Judged,
    Loaded,
    StoredKey,
    StoredLogin,
    StoreUnavailable,
    TimerLease,
    Wanted,
    WorldRows,
)
from countermand.store.sql import statements
from countermand.store.sqlite import credentials, erasing, loading, reading, sandboxing, surveying, timing, writing
from countermand.store.sqlite.schema import prepare
from countermand.store.sqlite.seen import LostUpdate, Seen
from countermand.store.sqlite.turns import Turns

Value = TypeVar("Value")

_SQL: Final = statements(__package__)

#: How long a transaction waits for another process's. Well below the time-outs of clients, well above any commit.
BUSY_TIMEOUT_MS: Final = 5_000

#: Pages of the log before SQLite copies them into the file: 16 MiB, so that the copying is rare and still short.
WAL_PAGES_MAX: Final = 4_000

#: Page cache per connection in KiB. The operating system caches the file as well.
CACHE_KIB: Final = 32_768


def _open(path: str, *, writable: bool) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE if writable else apsw.SQLITE_OPEN_READONLY
    connection = apsw.Connection(path, flags=flags)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES_MAX}")
    return connection


class SqliteStore:
    """One SQLite file. Made by `SqliteStore.open`."""

    mixes_tenants = True
    lanes = 1

    def __init__(self, path: Path) -> None:
        self._writer = _open(str(path), writable=True)
        # A connection serves one thread at a time: one for the loop, one for lists, one for figures.
        self._reader = _open(str(path), writable=False)
        self._lister = _open(str(path), writable=False)
        self._surveyor = _open(str(path), writable=False)
        #: Held while the writer is in use: it has one transaction at a time.
        self._busy = asyncio.Lock()
        self._turns = Turns(path)
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self._listing = ThreadPoolExecutor(1, thread_name_prefix="sqlite-reader")
        self._surveying = ThreadPoolExecutor(1, thread_name_prefix="sqlite-surveyor")

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file, made with its folder when it is new. Raises StoreUnavailable with the reason."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            prepare(path)
            return cls(path)
        except (apsw.Error, OSError) as error:
            raise StoreUnavailable(f"can't open {path}: {error}") from error

    async def transact(self, wanted: Wanted, judge: Callable[[Loaded], Judged[Value]]) -> Value:
        judged = await self._lightly(wanted, judge) if loading.single_rows(wanted) else None
        return (judged or await self._carefully(wanted, judge)).value

    async def _lightly(self, wanted: Wanted, judge: Callable[[Loaded], Judged[Value]]) -> Judged[Value] | None:
        """Decide while others may write, and write only if nothing that was decided by has changed. None: it has."""
        # The writer has in its memory what it has just written; while it is busy, the reader can look.
        connection = self._reader if self._busy.locked() else self._writer
        connection.execute("BEGIN")
        try:
            loaded = loading.load(connection, wanted)
        finally:
            connection.execute("COMMIT")
        seen = Seen.of(wanted, loaded)
        judged = judge(loaded)
        if not judged.writes:
            return judged

        def still() -> Judged[Value]:
            seen.check(self._writer, judged.writes)
            return judged

        try:
            return await self._in_turn(still)
        except (LostUpdate, apsw.ConstraintError):
            return None

    async def _carefully(self, wanted: Wanted, judge: Callable[[Loaded], Judged[Value]]) -> Judged[Value]:
        """Decide with the whole database to itself."""
        return await self._in_turn(lambda: judge(loading.load(self._writer, wanted)))

    async def _in_turn(self, decide: Callable[[], Judged[Value]]) -> Judged[Value]:
        """Write what `decide` says as one transaction, during which nobody else writes."""
        async with self._our_turn():
            await self._begin()
            return await self._write_down(decide)

    @asynccontextmanager
    async def _our_turn(self) -> AsyncIterator[None]:
        """Nobody else writes, in this process or another. Raises StoreUnavailable when somebody does for too long."""
        async with self._busy:
            await self._await_turn()
            try:
                yield
            finally:
                self._turns.pass_on()

    async def _write_down(self, decide: Callable[[], Judged[Value]]) -> Judged[Value]:
        try:
            judged = decide()
            if judged.writes:
                writing.write(self._writer, judged.writes)
        except BaseException:
            self._writer.execute("ROLLBACK")
            raise
        if judged.writes:
            await self._commit()
        else:
            self._writer.execute("ROLLBACK")
        return judged

    async def _await_turn(self) -> None:
        """Raises StoreUnavailable when another process keeps the turn for too long; then it is passed on when it comes."""
        if self._turns.take_at_once():
            return
        come = asyncio.get_running_loop().run_in_executor(self._writing, self._turns.wait)
        try:
            async with asyncio.timeout(BUSY_TIMEOUT_MS / 1_000):
                await asyncio.shield(come)
        except BaseException as error:
            come.add_done_callback(lambda _: self._turns.pass_on())
            if isinstance(error, TimeoutError):
                raise StoreUnavailable("another process keeps the database to itself") from error
            raise

    async def _begin(self) -> None:
        try:
            self._writer.set_busy_timeout(0)
            self._writer.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:
            await self._in_thread(self._begin_patiently)

    def _begin_patiently(self) -> None:
        self._writer.set_busy_timeout(BUSY_TIMEOUT_MS)
        self._writer.execute("BEGIN IMMEDIATE")

    async def _commit(self) -> None:
        """Commit, and pass the turn on at once: by the time that the loop hears of it, others have begun."""

        def commit() -> None:
            self._writer.execute("COMMIT")
            self._turns.pass_on()

        try:
            await self._in_thread(commit)
        except StoreUnavailable:
            if not self._writer.get_autocommit():
                self._writer.execute("ROLLBACK")
            raise

    async def _in_thread(self, work: Callable[[], Value]) -> Value:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writing, work)
        except (apsw.BusyError, apsw.IOError, apsw.FullError, apsw.CantOpenError, apsw.CorruptError) as error:
            raise StoreUnavailable(str(error)) from error

    async def find(self, query: Query) -> Found:
        if isinstance(query, GetOrder | GetRecord):
            return reading.find(self._reader, query)
        loop = asyncio.get_running_loop()
        if isinstance(query, Survey | CohortSurvey):
            return await loop.run_in_executor(self._surveying, reading.find, self._surveyor, query)
        return await loop.run_in_executor(self._listing, reading.find, self._lister, query)

    async def records_of_kind(self, kind: str) -> tuple[Record, ...]:
        return reading.records_of_kind(self._reader, kind)

    async def key_by_hash(self, secret_hash: bytes) -> StoredKey | None:
        return credentials.key_by_hash(self._reader, secret_hash)

    async def login_by_name(self, dialect: str, username: str) -> StoredLogin | None:
        return credentials.login_by_name(self._reader, dialect, username)

    async def put_keys(self, keys: Iterable[StoredKey], logins: Iterable[StoredLogin] = ()) -> None:
        def put() -> None:
            credentials.put_keys(self._writer, keys)
            credentials.put_logins(self._writer, logins)

        await self._write(put)

    async def keys(self) -> tuple[StoredKey, ...]:
        return credentials.all_keys(self._reader)

    async def replace_world(self, world: WorldRows) -> None:
        await self._write(lambda: sandboxing.replace_world(self._writer, world))

    async def effects(self, dialect: str) -> Effects:
        return sandboxing.effects(self._reader, dialect)

    async def sandboxed(self) -> bool | None:
        value = credentials.house_value(self._reader, "sandbox")
        if value is None:
            ((holds,),) = self._reader.execute(_SQL["holds_anything"])
            return False if holds else None
        return value == "yes"

    async def claim_for(self, *, sandbox: bool) -> None:
        row = ("sandbox", "yes" if sandbox else "no")
        await self._write(lambda: self._writer.execute(_SQL["put_house_value"], row))

    async def claim_timers(self, due: Mapping[str, datetime], lease: TimerLease) -> tuple[Timer, ...]:
        if not timing.due(self._reader, due, lease):
            return ()

        def claim() -> tuple[Timer, ...]:
            found = timing.due(self._writer, due, lease)
            timing.lease_all(self._writer, found, lease)
            return found

        return await self._write(claim)

    async def add_refusals(self, counts: Iterable[RefusalCount]) -> None:
        await self._write(lambda: surveying.add_refusals(self._writer, counts))

    async def unsettled(self) -> tuple[Unsettled, ...]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._surveying, surveying.unsettled, self._surveyor)

    async def next_due(self, dialects: Iterable[str]) -> Mapping[str, datetime]:
        return timing.next_due(self._reader, dialects)

    async def forget_claims(self, dialects: Iterable[str], before: datetime) -> bool:
        old = timing.old_claims(self._reader, dialects, before)
        if old:
            await self._write(lambda: timing.delete_claims(self._writer, old))
        return len(old) == timing.CLAIMS_FORGOTTEN_MAX

    async def aged_orders(
        self, before: datetime, *, after: OrderKey | None, limit: int
    ) -> tuple[tuple[Order, ...], OrderKey | None]:
        return erasing.aged_orders(self._reader, before, after=after, limit=limit)

    async def belongings(self, key: OrderKey) -> tuple[Record, ...]:
        return erasing.belongings(self._reader, key)

    async def ping(self) -> None:
        try:
            self._reader.execute("SELECT 1").fetchall()
        except apsw.Error as error:
            raise StoreUnavailable(str(error)) from error

    async def close(self) -> None:
        async with self._busy:
            self._writing.shutdown()
            self._listing.shutdown()
            self._surveying.shutdown()
            self._reader.close()
            self._lister.close()
            self._surveyor.close()
            self._writer.close()
            self._turns.close()

    async def _write(self, work: Callable[[], Value]) -> Value:
        """A rare write as one transaction, wholly in the writer's thread."""

        def transaction() -> Value:
            self._begin_patiently()
            try:
                value = work()
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            return value

        async with self._our_turn():
            return await self._in_thread(transaction)
