"""The way in for every change: commands that wait while a commit is in flight share the next one.

A batch is one transaction: load and lock every row it names in key order, decide each ask in turn, write set-wise, commit
once. An ask that comes alone waits for nobody. A batch that fails - a bug in one plan, a row that can't be written -
is rolled back and tried again ask by ask, so a bad one never takes its neighbours along.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Claim, Dialect, Held, Plan, WireAnswer
from countermand.model.keys import ClaimKey, OrderKey, RecordKey
from countermand.model.outcome import Cause, Done, Refusal, Refused, Verdict
from countermand.model.timer import TimerKey
from countermand.service.analytics import Refusals, States, Tally, states_of
from countermand.service.clock import Clock
from countermand.service.judgement import Rules, Sheet
from countermand.service.policies import Policies
from countermand.store.port import Judged, Loaded, Store, StoredClaim, StoreUnavailable, Wanted, Writes

#: Asks in one transaction. Beyond this a batch only gets slower, not cheaper per ask.
BATCH_ASKS_MAX: Final = 256

#: Turns of the event loop that a batch waits for company, when the one before had some: whoever was just answered is about to
#: ask again, and what has arrived is still to be read. Whoever is alone waits for nobody. (PostgreSQL's `commit_delay` and
#: `commit_siblings` are the same thought.)
COMPANY_TURNS: Final = 3

#: Asks that may wait. At a few thousand a second this is about a second's worth; more would be answered too late to matter.
WAITING_ASKS_MAX: Final = 8_192

#: The header that marks an answer given before (the header name is in wide use; the IETF draft leaves it open).
REPLAYED: Final = ("Idempotent-Replayed", "true")

#: When to ask again with a key whose first request is not answered yet: a commit takes milliseconds.
RUNNING: Final = timedelta(seconds=1)

#: A claim of this age is never old: how the name of an operation outlives every purge.
FOR_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)

Encode = Callable[[Verdict], WireAnswer]
Watch = Callable[[Sequence[str]], AbstractContextManager[None]]

_UNWATCHED: Final = nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Asks of one tenant that are decided in one database transaction, with a last one that knows how they ended.

    `proceed` sees the records and the timer that the last ask names before anything is decided: when it says no, nothing is.
    `rehearse`: decide as ever, and write nothing but what the last ask says. `unanimous`: one refusal, and nothing is written.
    """

    tenant: str
    asks: tuple[tuple[Dialect, Ask], ...]
    conclude: Callable[[tuple[Verdict, ...]], Ask]
    dialect: Dialect
    records: tuple[RecordKey, ...] = ()
    timer: TimerKey | None = None
    proceed: Callable[[Held], bool] = lambda _: True
    rehearse: bool = False
    unanimous: bool = False


@dataclass(slots=True)
class _Waiting:
    """One ask on its way through the desk."""

    tenant: str
    dialect: Dialect
    ask: Ask
    encode: Encode
    answer: asyncio.Future[WireAnswer | Verdict]
    outcome: WireAnswer | Verdict | Exception | None = field(default=None)
    again: bool = False


class Desk:
    """Accepts asks and answers them when they are durable."""

    def __init__(
        self, store: Store, clock: Clock, new_id: Callable[[], str], *, dialects: Mapping[str, Dialect] | None = None
    ) -> None:
        """`dialects` are those whose orders may be changed by another dialect's call: native's."""
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self.dialects = dialects or {}
        self.policies = Policies(store)
        self.tally = Tally()
        self.refusals = Refusals(store, self.tally)
        self._waiting: deque[_Waiting] = deque()
        #: What each idempotency key that is being decided on stands for.
        self._claimed: dict[ClaimKey, bytes] = {}
        self._busy: set[asyncio.Task[None]] = set()
        #: Asks in the batch that was begun last.
        self._company = 0
        #: Called when a commit has set timers.
        self.on_timers: Callable[[], None] = lambda: None
        #: Goes along with each batch, given the traces of its asks (empty: it has none). None: nobody watches.
        self.watch: Watch | None = None

    async def submit(self, ask: Ask, *, tenant: str, dialect: Dialect, encode: Encode) -> WireAnswer:
        """Decide and commit one ask of a tenant. Raises StoreUnavailable, and whatever a bug in the plan raises."""
        waiting = _Waiting(tenant, dialect, ask, encode, asyncio.get_running_loop().create_future())
        outcome = await (self._queue(waiting) if ask.claim is None else self._alone(waiting, ask.claim))
        return outcome if isinstance(outcome, WireAnswer) else encode(outcome)

    async def _alone(self, waiting: _Waiting, claim: Claim) -> WireAnswer | Verdict:
        """Decide an ask whose idempotency key no other ask of this process is being decided under."""
        known = self._claimed.get(claim.key)
        if known is not None:
            if known != claim.fingerprint:
                return Refused(refusal=Refusal.KEY_REUSED)
            again = self._clock.now(waiting.dialect.name) + RUNNING
            return Refused(refusal=Refusal.KEY_REUSED, cause=Cause.KEY_IN_USE, retry_at=again)
        self._claimed[claim.key] = claim.fingerprint
        try:
            return await self._queue(waiting)
        finally:
            del self._claimed[claim.key]

    async def decide(self, ask: Ask, *, tenant: str, dialect: Dialect) -> Verdict:
        """As `submit`, for whoever asks from inside the house: without a wire to answer on, and so without a claim."""
        assert ask.claim is None, "a claim stores an answer, and nobody encodes one here"
        waiting = _Waiting(tenant, dialect, ask, _nobody_listens, asyncio.get_running_loop().create_future())
        outcome = await self._queue(waiting)
        assert not isinstance(outcome, WireAnswer)
        return outcome

    async def together(self, group: Group) -> tuple[Verdict, ...] | None:
        """Decide and commit a group: each ask may be refused on its own. None: it did not proceed."""
        named = {group.dialect.name, *(dialect.name for dialect, _ in group.asks)}
        instants = {name: self._clock.now(name) for name in named}
        now = instants[group.dialect.name]
        opening = Ask(plan=lambda _: Plan(), records=group.records, timer=group.timer)
        rules = Rules(dialects=self.dialects, policies=await self.policies.current())

        def judge(loaded: Loaded) -> Judged[tuple[tuple[Verdict, ...] | None, Writes, States]]:
            before, sheet = states_of(loaded), Sheet(loaded, self._new_id, rules)
            if not group.proceed(sheet.held(opening, now)):
                return Judged(sheet.writes, (None, sheet.writes, before))
            judging = Sheet(copied(loaded), self._new_id, rules) if group.rehearse else sheet
            verdicts = tuple(judging.judge(dialect, ask, instants[dialect.name]) for dialect, ask in group.asks)
            if group.unanimous and any(isinstance(verdict, Refused) for verdict in verdicts):
                return Judged(Writes(), (verdicts, Writes(), before))
            concluded = sheet.judge(group.dialect, group.conclude(verdicts), now)
            assert not isinstance(concluded, Refused), "a conclusion only writes down what was decided"
            return Judged(sheet.writes, (verdicts, sheet.writes, before))

        wanted = wanted_by([opening, *(ask for _, ask in group.asks)])
        for dialect, ask in group.asks:
            self._accompany(wanted, ask, group.tenant, dialect)
        verdicts, writes, before = await self._store.transact(wanted, judge)
        self.tally.note(writes, before)
        return verdicts

    async def _queue(self, waiting: _Waiting) -> WireAnswer | Verdict:
        if len(self._waiting) >= WAITING_ASKS_MAX:
            raise StoreUnavailable("too many requests are waiting for the database")
        self._waiting.append(waiting)
        self._pump()
        return await waiting.answer

    async def drain(self) -> None:
        """Wait until everything accepted has been answered."""
        while self._busy:
            await asyncio.wait(self._busy)

    def _pump(self) -> None:
        if self._waiting and len(self._busy) < self._store.lanes:
            task = asyncio.get_running_loop().create_task(self._run_next())
            self._busy.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._pump()

    def _next_batch(self) -> list[_Waiting]:
        waiting = self._waiting
        if self._store.mixes_tenants:
            return [waiting.popleft() for _ in range(min(len(waiting), BATCH_ASKS_MAX))]
        tenant = waiting[0].tenant
        batch = [one for one in waiting if one.tenant == tenant][:BATCH_ASKS_MAX]
        chosen = set(map(id, batch))
        self._waiting = deque(one for one in waiting if id(one) not in chosen)
        return batch

    async def _run_next(self) -> None:
        """Commit whoever is waiting by then: those that were read together with the one that found the desk idle come along."""
        if self._company > 1:
            for _ in range(COMPANY_TURNS):
                await asyncio.sleep(0)
        if self._waiting:
            batch = self._next_batch()
            self._company = len(batch)
            self._pump()  # those of another tenant, or too many for one batch, need not wait for it
            await self._run(batch)

    async def _run(self, batch: list[_Waiting]) -> None:
        again: list[_Waiting] = []
        try:
            again = await self._commit(batch)
        except Exception as error:  # noqa: BLE001 - the edge of a batch: whoever asked must hear of it
            if len(batch) > 1 and not isinstance(error, StoreUnavailable):
                for one in batch:
                    await self._run([one])
                return
            for one in batch:
                one.outcome = error
        for one in batch:
            if not one.again:
                _tell(one)
        for one in again:
            one.again, one.ask = False, replace(one.ask, history=True, history_if_unchanged=False)
        if again:
            await self._run(again)

    async def _commit(self, batch: list[_Waiting]) -> list[_Waiting]:
        """Decide and commit; those that have to be asked once more, because nothing changed and they want to say why."""
        instants = {name: self._clock.now(name) for name in {one.dialect.name for one in batch}}
        rules = Rules(dialects=self.dialects, policies=await self.policies.current())

        def judge(loaded: Loaded) -> Judged[tuple[Writes, States]]:
            before, sheet = states_of(loaded), Sheet(loaded, self._new_id, rules)
            for one in batch:
                one.again = False
                one.outcome = _decide(sheet, one, instants)
            return Judged(sheet.writes, (sheet.writes, before))

        wanted = wanted_by([one.ask for one in batch])
        for one in batch:
            self._accompany(wanted, one.ask, one.tenant, one.dialect)
        with _UNWATCHED if self.watch is None else self.watch([one.ask.trace for one in batch]):
            writes, before = await self._store.transact(wanted, judge)
        self.tally.note(writes, before)
        if writes.timers:
            self.on_timers()
        if writes.records:
            self.policies.heed(writes.records)
        return [one for one in batch if one.again]

    def _accompany(self, wanted: Wanted, ask: Ask, tenant: str, dialect: Dialect) -> None:
        """What the dialect of the order, whoever asks, looks at when it leaves its traces. Most look at nothing."""
        speaker = dialect if ask.order is None else self.dialects.get(ask.order.dialect, dialect)
        for kind, record_id in speaker.companions:
            wanted.records.add(RecordKey(tenant, speaker.name, kind, record_id))


def copied(loaded: Loaded) -> Loaded:
    """The same rows, to be changed without changing what was loaded."""
    return replace(
        loaded,
        orders=dict(loaded.orders),
        names=dict(loaded.names),
        records=dict(loaded.records),
        claims=dict(loaded.claims),
        timers=dict(loaded.timers),
        histories=deepcopy(loaded.histories),
    )


def wanted_by(asks: Iterable[Ask]) -> Wanted:
    """Everything that the asks name."""
    wanted = Wanted()
    for ask in asks:
        if isinstance(ask.order, OrderKey):
            wanted.orders.add(ask.order)
        elif ask.order is not None:
            wanted.names.add(ask.order)
        wanted.records.update(ask.records)
        if ask.order_kinds and ask.order is not None:
            known = wanted.order_kinds.get(ask.order, ())
            wanted.order_kinds[ask.order] = tuple(dict.fromkeys((*known, *ask.order_kinds)))
        if ask.claim is not None:
            wanted.claims.add(ask.claim.key)
        if ask.timer is not None:
            wanted.timers.add(ask.timer)
        if ask.operation is not None:
            wanted.claims.add(ask.operation.key)
        if ask.history and ask.order is not None:
            wanted.histories.add(ask.order)
    return wanted


def _decide(sheet: Sheet, one: _Waiting, instants: Mapping[str, datetime]) -> WireAnswer | Verdict:
    """The outcome of one ask; with an idempotency key, the answer itself, because it is stored with the change."""
    now = instants[one.dialect.name]
    claim, operation = one.ask.claim, one.ask.operation
    for used in (claim, operation):
        if used is not None and (known := sheet.loaded.claims.get(used.key)):
            if known.fingerprint != used.fingerprint:
                return Refused(refusal=Refusal.KEY_REUSED)
            return WireAnswer(status=known.status, body=known.body, headers=(*known.headers, REPLAYED))
    verdict = sheet.judge(one.dialect, one.ask, now)
    changed = isinstance(verdict, Done) and bool(verdict.events)
    if one.ask.history_if_unchanged and _is_so(verdict):
        one.again = True
        return verdict
    if claim is None and operation is None:
        return verdict
    answer = one.encode(verdict)
    if claim is not None:
        _keep(sheet, claim, answer, now)
    if operation is not None and changed:
        _keep(sheet, operation, answer, FOR_EVER)
    return answer


def _is_so(verdict: Verdict) -> bool:
    """Whether an earlier cancel has to be looked at: the order was already as it was asked to be, or is about to be.

    A preview has events, and nothing of them was written.
    """
    if isinstance(verdict, Refused):
        return verdict.refusal is Refusal.ALREADY_CANCELLED or verdict.cause is Cause.CANCELLATION_PENDING
    return not verdict.events


def _keep(sheet: Sheet, claim: Claim, answer: WireAnswer, at: datetime) -> None:
    stored = StoredClaim(
        key=claim.key,
        fingerprint=claim.fingerprint,
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
        created_at=at,
    )
    sheet.loaded.claims[claim.key] = stored
    sheet.writes.claims.append(stored)


def _nobody_listens(verdict: Verdict) -> WireAnswer:
    raise TypeError(f"nobody asked for an answer: {verdict}")


def _tell(one: _Waiting) -> None:
    if one.answer.done():
        return
    if isinstance(one.outcome, Exception):
        one.answer.set_exception(one.outcome)
    elif one.outcome is None:
        one.answer.set_exception(RuntimeError("the batch ended without an outcome"))
    else:
        one.answer.set_result(one.outcome)
