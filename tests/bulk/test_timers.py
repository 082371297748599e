"""Timers: run once, at their instant, by whoever comes first; and what they cost when there are none."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from countermand.bootstrap import House, open_house
from countermand.dialects import catalog
from countermand.dialects.contract import Ask, Held, Plan
from countermand.model.keys import ClaimKey, RecordKey
from countermand.model.outcome import Refusal, Refused
from countermand.model.query import GetRecord
from countermand.model.record import Record
from countermand.model.timer import Timer
from countermand.service.clock import SandboxClock
from countermand.service.timers import CLAIM_KEPT, Due, Slices, Timers
from countermand.store.port import Judged, Loaded, StoredClaim, TimerLease, Wanted, Writes

START = datetime(2026, 1, 1, tzinfo=UTC)
COUNTER = RecordKey("acme", "native", "counter", "rung")
NATIVE = catalog.load()["native"]


class Bench:
    """A house with a clock that stands still, and runners on it."""

    def __init__(self, house: House, clock: SandboxClock) -> None:
        self.house, self.clock = house, clock

    def runner(self, **handlers: Due | Slices) -> Timers:
        timers = Timers(store=self.house.store, desk=self.house.desk, clock=self.clock, dialects=catalog.load())
        timers.handlers.update(handlers)
        return timers

    async def set(self, *timers: Timer) -> None:
        await self.house.desk.decide(Ask(plan=lambda _: Plan(timers=timers)), tenant="acme", dialect=NATIVE)

    async def free(self) -> None:
        """What time would do: every lease is over."""
        later = datetime.now(UTC) + timedelta(hours=1)
        lease = TimerLease(now=later, until=START, limit=10_000)
        await self.house.store.claim_timers({"native": self.clock.now("native")}, lease)

    async def rung(self) -> int:
        found = await self.house.store.find(GetRecord(key=COUNTER))
        return int(found.body) if isinstance(found, Record) else 0


def run(url: str, work: Callable[[Bench], Awaitable[None]]) -> None:
    async def go() -> None:
        clock = SandboxClock()
        clock.begin("native", START)
        house = await open_house(url, clock)
        try:
            await work(Bench(house, clock))
        finally:
            await house.aclose()

    asyncio.run(go())


def ring(_: Timer) -> Ask:
    """Count one in the ledger."""

    def plan(held: Held) -> Plan:
        before = held.records.get(COUNTER)
        number = int(before.body) + 1 if before else 1
        record = Record(
            tenant="acme",
            dialect="native",
            kind="counter",
            record_id="rung",
            created_at=START,
            updated_at=held.now,
            body=str(number).encode(),
        )
        return Plan(records=(record,))

    return Ask(plan=plan, records=(COUNTER,))


def timer(identity: str, *, after_s: float = 0, kind: str = "ring") -> Timer:
    at = START + timedelta(seconds=after_s)
    return Timer(tenant="acme", dialect="native", timer_id=identity, kind=kind, due_at=at)


def test_a_timer_runs_at_its_instant_and_not_before(url: str):
    async def work(bench: Bench) -> None:
        runner = bench.runner(ring=Due(ask=ring))
        await bench.set(timer("a", after_s=60))
        bench.clock.advance(timedelta(seconds=59.999999))
        assert await runner.run_due() == 0
        bench.clock.advance(timedelta(microseconds=1))
        assert await runner.run_due() == 1
        assert await runner.run_due() == 0
        assert await bench.rung() == 1

    run(url, work)


def test_several_runners_run_each_timer_once(url: str):
    async def work(bench: Bench) -> None:
        await bench.set(*(timer(str(number)) for number in range(1_000)))
        runners = [bench.runner(ring=Due(ask=ring)) for _ in range(4)]
        counts = await asyncio.gather(*(runner.run_due() for runner in runners))
        assert sum(counts) == 1_000
        assert await bench.rung() == 1_000

    run(url, work)


def test_a_timer_that_was_taken_twice_is_still_run_once(url: str):
    """What a lease that ended too early would do: the work and the end of the timer are one database transaction."""

    async def work(bench: Bench) -> None:
        await bench.set(timer("a"))
        first, second = bench.runner(ring=Due(ask=ring)), bench.runner(ring=Due(ask=ring))
        taken = await first._take()
        await bench.free()
        assert await second._take() == taken
        await asyncio.gather(first._run_all(taken), second._run_all(taken))
        assert await bench.rung() == 1

    run(url, work)


def test_a_timer_put_off_or_ended_meanwhile_does_nothing(url: str):
    async def work(bench: Bench) -> None:
        runner = bench.runner(ring=Due(ask=ring))
        await bench.set(timer("put off"), timer("ended"))
        taken = await runner._take()
        await bench.set(timer("put off", after_s=5))
        ended = Plan(ended=(timer("ended").key,))
        await bench.house.desk.decide(Ask(plan=lambda _: ended), tenant="acme", dialect=NATIVE)
        await runner._run_all(taken)
        assert await bench.rung() == 0
        bench.clock.advance(timedelta(seconds=5))
        assert await runner.run_due() == 1
        assert await bench.rung() == 1

    run(url, work)


def test_what_is_refused_is_written_down_and_over(url: str):
    def refuse(_: Timer) -> Ask:
        return Ask(plan=lambda _: Refused(refusal=Refusal.STATUS_FORBIDS))

    async def work(bench: Bench) -> None:
        runner = bench.runner(no=Due(ask=refuse, refused=lambda timer, _: ring(timer)), never=Due(ask=refuse))
        await bench.set(timer("a", kind="no"), timer("b", kind="never"))
        assert await runner.run_due() == 2
        assert await bench.rung() == 1
        await bench.free()
        assert await runner.run_due() == 0

    run(url, work)


def test_one_that_fails_holds_up_no_other_and_is_tried_again(url: str):
    def fail(_: Timer) -> Ask:
        raise RuntimeError("a bug")

    async def work(bench: Bench) -> None:
        await bench.set(timer("a", kind="broken"), timer("b"), timer("c", kind="from a newer version"))
        assert await bench.runner(ring=Due(ask=ring), broken=Due(ask=_planning(fail))).run_due() == 3
        assert await bench.rung() == 1
        await bench.free()
        assert await bench.runner(ring=Due(ask=ring), broken=Due(ask=ring)).run_due() == 2
        assert await bench.rung() == 2

    run(url, work)


def _planning(fail: Callable[[Timer], Ask]) -> Callable[[Timer], Ask]:
    def ask(timer: Timer) -> Ask:
        return Ask(plan=lambda _: Plan(note=fail(timer)))

    return ask


def test_a_started_runner_hears_of_timers_that_are_set(url: str):
    async def work(bench: Bench) -> None:
        runner = bench.runner(ring=Due(ask=ring))
        bench.house.desk.on_timers = runner.wake
        runner.start()
        await asyncio.sleep(0.05)
        await bench.set(timer("a"))
        for _ in range(200):
            if await bench.rung():
                break
            await asyncio.sleep(0.01)
        await runner.stop()
        assert await bench.rung() == 1

    run(url, work)


@pytest.mark.parametrize("age_s", [-1, 1])
def test_an_idempotency_key_is_kept_as_long_as_promised(age_s: int, url: str):
    key = ClaimKey("acme", "native POST /v1/orders", "k")
    at = START - CLAIM_KEPT - timedelta(seconds=age_s)
    claim = StoredClaim(key=key, fingerprint=b"", status=200, headers=(), body=b"", created_at=at)

    async def work(bench: Bench) -> None:
        await bench.house.store.transact(Wanted(), lambda _: Judged(Writes(claims=[claim]), None))
        await bench.runner().forget_claims()
        kept = await bench.house.store.transact(Wanted(claims={key}), _claims)
        assert bool(kept) is (age_s < 0)

    run(url, work)


def test_old_keys_go_in_helpings_and_those_of_a_dialect_whose_clock_is_behind_stay(url: str):
    at = START - CLAIM_KEPT - timedelta(hours=1)
    scopes = ("native POST /v1/orders", "another POST /v1/orders")
    keys = [ClaimKey("acme", scope, f"{number:05}") for scope in scopes for number in range(2_100)]
    claims = [StoredClaim(key=key, fingerprint=b"", status=200, headers=(), body=b"", created_at=at) for key in keys]

    async def work(bench: Bench) -> None:
        await bench.house.store.transact(Wanted(), lambda _: Judged(Writes(claims=claims), None))
        assert await bench.house.store.forget_claims(["native"], START - CLAIM_KEPT), "there were more than go at once"
        await bench.runner().forget_claims()
        left = await bench.house.store.transact(
            Wanted(claims=set(keys)), lambda loaded: Judged(Writes(), set(loaded.claims))
        )
        assert left == {key for key in keys if key.scope.startswith("another ")}

    run(url, work)


def _claims(loaded: Loaded) -> Judged[int]:
    return Judged(Writes(), len(loaded.claims))
