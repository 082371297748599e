"""The store port on PostgreSQL.

Rule 1: a batch is one tenant's, and two round trips: load, write (`countermand.store.postgres.committing`).
Rule 2: nothing waits without a limit (`sessions`), and what a failure left in doubt is read (`committing`).
Rule 3: a session is not trusted after a failure; the next one comes from whichever server takes writes.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Final, TypeVar

from countermand.model.keys import OrderKey
from countermand.model.order import Order
from countermand.model.query import Found, Query
from countermand.model.record import Record
from countermand.model.survey import CohortSurvey, RefusalCount, Survey, Unsettled
from countermand.model.timer import Timer
from countermand.store.port import Effects, Judged, Loaded, StoredKey, StoredLogin, TimerLease, Wanted, WorldRows
from countermand.store.postgres import credentials, erasing, reading, sandboxing, surveying, timing
from countermand.store.postgres.committing import Committer
from countermand.store.postgres.failures import LOST, is_lost, translated
from countermand.store.postgres.place import Place
from countermand.store.postgres.schema import prepare
from countermand.store.postgres.sessions import (
    READING,
    SURVEY_ANSWER_TIMEOUT_S,
    SURVEYING,
    WRITING,
    Health,
    Session,
    Sessions,
)
from countermand.store.postgres.transacting import pooled_survey, transaction

Value = TypeVar("Value")

#: Batches under way at once: one is decided here while another is written there.
LANES: Final = 2

#: Sessions that write: the lanes, and one for what the desk doesn't know of (keys, the relay, an outcome to be read).
WRITERS_MAX: Final = LANES + 1

#: Sessions that read. Reads take a millisecond; more of them at once only queue for the processor of the server.
READERS_MAX: Final = 4

#: Sessions that count. Each keeps a processor of the server busy for seconds.
SURVEYORS_MAX: Final = 2


class PostgresStore:
    """One PostgreSQL database. Connects when it is first used."""

    mixes_tenants = False
    lanes = LANES

    def __init__(self, place: Place) -> None:
        health = Health()
        self._pooled = place.pooled
        self._writers = Sessions(place, health, settings=WRITING, size_max=WRITERS_MAX)
        self._readers = Sessions(place, health, settings=READING, size_max=READERS_MAX)
        self._surveyors = Sessions(
            place, health, settings=SURVEYING, size_max=SURVEYORS_MAX, answer_timeout_s=SURVEY_ANSWER_TIMEOUT_S
        )
        self._committer = Committer(self._writers, pooled=place.pooled)
        self._preparing = asyncio.Lock()
        self._prepared = False

    async def transact(self, wanted: Wanted, judge: Callable[[Loaded], Judged[Value]]) -> Value:
        if not self._prepared:
            await self._prepare()
        return await self._committer.transact(wanted, judge)

    async def find(self, query: Query) -> Found:
        ask = self._count if isinstance(query, Survey | CohortSurvey) else self._read
        return await ask(lambda session: reading.find(session, query))

    async def records_of_kind(self, kind: str) -> tuple[Record, ...]:
        return await self._read(lambda session: reading.records_of_kind(session, kind))

    async def key_by_hash(self, secret_hash: bytes) -> StoredKey | None:
        return await self._read(lambda session: credentials.key_by_hash(session, secret_hash))

    async def login_by_name(self, dialect: str, username: str) -> StoredLogin | None:
        return await self._read(lambda session: credentials.login_by_name(session, dialect=dialect, username=username))

    async def put_keys(self, keys: Iterable[StoredKey], logins: Iterable[StoredLogin] = ()) -> None:
        async with self._writing() as session:
            await credentials.put_keys(session, keys)
            await credentials.put_logins(session, logins)

    async def keys(self) -> tuple[StoredKey, ...]:
        return await self._read(credentials.all_keys)

    async def replace_world(self, world: WorldRows) -> None:
        async with self._writing() as session:
            await sandboxing.replace_world(session, world)

    async def effects(self, dialect: str) -> Effects:
        return await self._read(lambda session: sandboxing.effects(session, dialect))

    async def sandboxed(self) -> bool | None:
        return await self._read(credentials.sandboxed)

    async def claim_for(self, *, sandbox: bool) -> None:
        async with self._writing() as session:
            await credentials.put_house_value(session, name="sandbox", value="yes" if sandbox else "no")

    async def claim_timers(self, due: Mapping[str, datetime], lease: TimerLease) -> tuple[Timer, ...]:
        if not await self._read(lambda session: timing.any_due(session, due, lease)):
            return ()
        async with self._writing() as session:
            return await timing.claim(session, due, lease)

    async def add_refusals(self, counts: Iterable[RefusalCount]) -> None:
        async with self._writing() as session:
            await surveying.add_refusals(session, counts)

    async def unsettled(self) -> tuple[Unsettled, ...]:
        return await self._count(surveying.unsettled)

    async def next_due(self, dialects: Iterable[str]) -> Mapping[str, datetime]:
        return await self._read(lambda session: timing.next_due(session, dialects))

    async def forget_claims(self, dialects: Iterable[str], before: datetime) -> bool:
        async with self._writing() as session:
            return await timing.forget_claims(session, dialects, before)

    async def aged_orders(
        self, before: datetime, *, after: OrderKey | None, limit: int
    ) -> tuple[tuple[Order, ...], OrderKey | None]:
        return await self._read(lambda session: erasing.aged_orders(session, before, after=after, limit=limit))

    async def belongings(self, key: OrderKey) -> tuple[Record, ...]:
        return await self._read(lambda session: erasing.belongings(session, key))

    async def ping(self) -> None:
        await self._read(lambda session: session.value("SELECT 1"))

    async def close(self) -> None:
        await self._writers.close()
        await self._readers.close()
        await self._surveyors.close()

    async def _read(self, work: Callable[[Session], Awaitable[Value]]) -> Value:
        """Ask in a session for reading."""
        return await self._ask(self._readers, work, lambda session: transaction(session, pooled=True))

    async def _count(self, work: Callable[[Session], Awaitable[Value]]) -> Value:
        """Ask in a session for surveys, which may take long and keep nobody else waiting."""
        return await self._ask(self._surveyors, work, pooled_survey)

    async def _ask(
        self,
        sessions: Sessions,
        work: Callable[[Session], Awaitable[Value]],
        inside: Callable[[Session], AbstractAsyncContextManager[None]],
    ) -> Value:
        """Ask once, and once more when the session had ended while nobody used it. Behind a pooler `inside` a transaction."""
        if not self._prepared:
            await self._prepare()

        async def once() -> Value:
            async with sessions.session() as session:
                if not self._pooled:
                    return await work(session)
                async with inside(session):
                    return await work(session)

        with translated():
            try:
                return await once()
            except LOST as error:
                if not is_lost(error):
                    raise
            return await once()

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Session]:
        if not self._prepared:
            await self._prepare()
        with translated():
            async with self._writers.session() as session, transaction(session, pooled=self._pooled):
                yield session

    async def _prepare(self) -> None:
        async with self._preparing:
            if self._prepared:
                return
            with translated():
                async with self._writers.session() as session, transaction(session, pooled=self._pooled):
                    await prepare(session)
                    await erasing.forget_batches(session)
            self._prepared = True
