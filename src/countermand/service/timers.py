"""Runs what has fallen due. Started with the server; several processes may run it on one database.

A process takes due timers for a while (`TimerLease`), so that no other does the same work, and that is all the lease is for:
that a timer runs once is the ledger's doing, because its end is written in the database transaction that does its work.

Rule 1: instants are the dialect's own, so the sandbox's clock moves timers; leases are real time.
Rule 2: a timer that could not be run stays due, and is taken again when its lease is over.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Dialect, Held, Plan
from countermand.model.outcome import Refused
from countermand.model.timer import Timer
from countermand.service.analytics import WRITE_EVERY_S
from countermand.service.clock import Clock
from countermand.service.desk import Desk
from countermand.service.log import Log
from countermand.store.port import Store, StoreUnavailable, TimerLease

#: How often a process looks for due timers that another one set. Its own wake it at once, or at their instant.
POLL_S: Final = 1.0

#: How long a process has due timers for itself. Far above what a slice of work takes, and as long as a crash is felt.
LEASE: Final = timedelta(seconds=15)

#: Timers taken at once: they share the desk's batches.
TIMERS_MAX: Final = 512

#: How long an idempotency key and its answer are kept: published in docs/reference/native.md.
CLAIM_KEPT: Final = timedelta(hours=24)

#: How often old claims are looked for.
FORGET_EVERY_S: Final = 3_600.0

#: Between two helpings of old claims: as long as one takes, so that callers have the database for half the time at least.
FORGET_PAUSE_S: Final = 0.02

_log = Log("countermand.timers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing to do, as an ask on the timer's dialect. What is refused goes to `refused`, which may write that down."""

    ask: Callable[[Timer], Ask]
    refused: Callable[[Timer, Refused], Ask | None] = lambda _timer, _refused: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """Work in slices. `work` returns within a few seconds and sets or ends its timer itself."""

    work: Callable[[Timer], Awaitable[None]]


Handler = Due | Slices


class Timers:
    """The runner of one process. `handlers` are by `Timer.kind`."""

    def __init__(self, *, store: Store, desk: Desk, clock: Clock, dialects: Mapping[str, Dialect]) -> None:
        self.handlers: dict[str, Handler] = {}
        self._store = store
        self._desk = desk
        self._clock = clock
        self._dialects = dialects
        self._woken = asyncio.Event()
        self._turn = asyncio.Lock()
        self._slices: set[asyncio.Task[None]] = set()
        self._over = False
        self._forgot_s, self._wrote_s = -FORGET_EVERY_S, 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Take nothing more, and wait for what is under way."""
        self._over = True
        self.wake()
        if self._task is not None:
            await self._task
        if self._slices:
            await asyncio.wait(self._slices)
        await self._desk.refusals.write()

    def wake(self) -> None:
        """Something may have fallen due just now."""
        self._woken.set()

    async def run_due(self) -> int:
        """Run everything that is due now, and what falls due because of it. Slices are begun, not waited for."""
        count = 0
        async with self._turn:
            while taken := await self._take():
                count += len(taken)
                await self._run_all(taken)
        return count

    async def _run(self) -> None:
        while not self._over:
            self._woken.clear()
            turn = asyncio.get_running_loop().create_task(self._look())
            await asyncio.wait({turn})
            wait_s = POLL_S
            # A bug must not end every timer of the process, in silence: it is told, and the next turn comes.
            if (error := turn.exception()) is None:
                wait_s = turn.result()
            elif isinstance(error, StoreUnavailable):
                _log.warning("store unavailable", reason=str(error))
            else:
                _log.error("a bug", error=error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), wait_s)

    async def _look(self) -> float:
        """One turn: what is due, and what is done now and then. Gives how long to wait for the next."""
        await self.run_due()
        now_s = asyncio.get_running_loop().time()
        if now_s - self._forgot_s >= FORGET_EVERY_S:
            self._forgot_s = now_s
            self._aside(self.forget_claims(), kind="forgetting keys")
        if now_s - self._wrote_s >= WRITE_EVERY_S:
            self._wrote_s = now_s
            await self._desk.refusals.write()
        return await self._until_next_s()

    async def _take(self) -> tuple[Timer, ...]:
        if self._over:
            return ()
        now = datetime.now(UTC)
        due = {name: self._clock.now(name) for name in self._dialects}
        return await self._store.claim_timers(due, TimerLease(now=now, until=now + LEASE, limit=TIMERS_MAX))

    async def _until_next_s(self) -> float:
        waits = [
            (at - self._clock.now(dialect)).total_seconds()
            for dialect, at in (await self._store.next_due(self._dialects)).items()
        ]
        # One that is due already is leased: to a slice of ours, or to another process.
        return min((wait for wait in waits if 0 < wait < POLL_S), default=POLL_S)

    async def _run_all(self, timers: Iterable[Timer]) -> None:
        dues = []
        for timer in timers:
            handler = self.handlers.get(timer.kind)
            if isinstance(handler, Due):
                dues.append((timer, self._run_one(timer, handler)))
            elif isinstance(handler, Slices):
                self._begin(timer, handler)
            else:
                # Set by a newer version of the program; it keeps until one runs.
                _log.error("nobody runs this kind of timer", kind=timer.kind, timer=timer.timer_id)
        outcomes = await asyncio.gather(*(work for _, work in dues), return_exceptions=True)
        for (timer, _), outcome in zip(dues, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                _log.error("a timer failed", kind=timer.kind, timer=timer.timer_id, error=outcome)

    async def _run_one(self, timer: Timer, handler: Due) -> None:
        dialect = self._dialects[timer.dialect]
        verdict = await self._desk.decide(_once(handler.ask(timer), timer), tenant=timer.tenant, dialect=dialect)
        if isinstance(verdict, Refused):
            _log.info("refused", kind=timer.kind, timer=timer.timer_id, refusal=verdict.refusal)
            after = handler.refused(timer, verdict) or Ask(plan=lambda _: Plan())
            await self._desk.decide(_once(after, timer), tenant=timer.tenant, dialect=dialect)

    def _begin(self, timer: Timer, slices: Slices) -> None:
        async def work() -> None:
            await slices.work(timer)

        self._aside(work(), kind=timer.kind, timer=timer.timer_id)

    def _aside(self, work: Coroutine[object, object, None], **told: str) -> None:
        """Have something done while timers go on. `told` goes into the log beside its failure."""

        def ended(task: asyncio.Task[None]) -> None:
            self._slices.discard(task)
            self.wake()
            if not task.cancelled() and (error := task.exception()) is not None:
                _log.error("a slice of work failed", error=error, **told)

        task = asyncio.get_running_loop().create_task(work)
        self._slices.add(task)
        task.add_done_callback(ended)

    async def forget_claims(self) -> None:
        """Delete idempotency keys that are older than we promise to keep them, a little at a time."""
        # Outside the sandbox all dialects have one clock: one search finds the old keys of all.
        alike: dict[datetime, list[str]] = {}
        for name in self._dialects:
            alike.setdefault((self._clock.now(name) - CLAIM_KEPT).replace(microsecond=0), []).append(name)
        for before, names in alike.items():
            more = True
            while more and not self._over:
                more = await self._store.forget_claims(names, before)
                await asyncio.sleep(FORGET_PAUSE_S)


def _once(ask: Ask, timer: Timer) -> Ask:
    """The ask, and the end of its timer with it; nothing, when the timer was run, ended or put off in the meantime."""

    def plan(held: Held) -> Plan | Refused:
        if held.timer is None or held.timer.due_at > held.now:
            return Plan()
        planned = ask.plan(held)
        if isinstance(planned, Refused) or any(again.key == timer.key for again in planned.timers):
            return planned
        return replace(planned, ended=(*planned.ended, timer.key))

    return replace(ask, plan=plan, timer=timer.key)
