"""The figures that each store counts, from rows that are known."""

import asyncio
from datetime import UTC, datetime, timedelta

from countermand.bootstrap import open_store
from countermand.model.obligation import Obligation, ObligationState
from countermand.model.outcome import Cancellation, CancellationState
from countermand.model.survey import By, Figures, RefusalCount, Survey
from countermand.store.port import Judged, Wanted, Writes

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def id_at(at: datetime, number: int) -> str:
    """An id as it is made at an instant: the millisecond comes first."""
    digits = f"{int(at.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-{number:012x}"


def cancellation(number: int, *, reason: str, state: CancellationState, at: datetime) -> Cancellation:
    return Cancellation(
        tenant="acme",
        dialect="native" if number % 2 else "another",
        order_id=f"o{number}",
        cancellation_id=id_at(at, number),
        created_at=at,
        whole=number != 2,
        reason=reason,
        note="",
        message="",
        requested_by="",
        executed_by="",
        attributed_to="shop",
        operation_id=None,
        amount_minor=100,
        currency="EUR",
        takings=(),
        state=state,
    )


def obligation(number: int, *, closed_after_s: float | None, kind: str = "refund") -> Obligation:
    closed = closed_after_s is not None
    return Obligation(
        obligation_id=id_at(START, number),
        tenant="acme",
        dialect="native",
        order_id="o1",
        kind=kind,
        type=kind,
        created_at=START,
        state=ObligationState.SETTLED if closed else ObligationState.OPEN,
        closed_at=START + timedelta(seconds=closed_after_s) if closed_after_s is not None else None,
    )


def figures(url: str, asked: Survey) -> Figures:
    """The answer to a survey of the rows below."""
    made = [
        cancellation(1, reason="fraud", state=CancellationState.COMPLETED, at=START),
        cancellation(2, reason="fraud", state=CancellationState.ACCEPTED, at=START + HOUR),
        cancellation(3, reason="duplicate", state=CancellationState.COMPLETED, at=START + HOUR),
        cancellation(4, reason="duplicate", state=CancellationState.REJECTED, at=START),
    ]
    owed = [
        obligation(1, closed_after_s=10),
        obligation(2, closed_after_s=30),
        obligation(3, closed_after_s=None),
        obligation(4, closed_after_s=1, kind="notice"),
    ]
    refused = RefusalCount(tenant="acme", dialect="native", hour=START, code="NOTHING_OPEN", count=2)

    async def work() -> Figures:
        store = open_store(url)
        try:
            writes = Writes(cancellations=made, obligations=owed)
            await store.transact(Wanted(), lambda _: Judged(writes, None))
            for _ in range(2):
                await store.add_refusals([refused])
            found = await store.find(asked)
        finally:
            await store.close()
        assert isinstance(found, Figures)
        return found

    return asyncio.run(work())


def survey(*by: By, tenant: str = "acme", dialect: str | None = None) -> Survey:
    return Survey(tenant=tenant, from_at=START, until_at=START + 2 * HOUR, by=by, bucket_s=3_600, dialect=dialect)


def test_what_took_effect_is_counted_and_nothing_else(url: str):
    (found,) = figures(url, survey()).cancellations
    assert (found.count, found.whole, found.amount_minor, found.currency) == (3, 2, 300, "EUR")


def test_every_way_to_count_at_once(url: str):
    found = figures(url, survey(*By)).cancellations
    rows = [(row.bucket, row.dialect, row.reason, row.cause, row.count) for row in found]
    assert sorted(rows) == [
        (START, "native", "fraud", "shop", 1),
        (START + HOUR, "another", "fraud", "shop", 1),
        (START + HOUR, "native", "duplicate", "shop", 1),
    ]


def test_one_dialect_alone(url: str):
    (found,) = figures(url, survey(dialect="another")).cancellations
    assert found.count == 1


def test_refusals_add_up(url: str):
    (found,) = figures(url, survey()).refusals
    assert (found.dialect, found.code, found.count) == ("native", "NOTHING_OPEN", 4)


def test_the_time_to_settle_leaves_out_what_is_open_and_what_is_only_told(url: str):
    (found,) = figures(url, survey()).settling
    assert (found.kind, found.count, found.over) == ("refund", 3, 2)
    assert found.mean_s is not None
    assert found.longest_s is not None
    assert abs(found.mean_s - 20) < 0.01
    assert abs(found.longest_s - 30) < 0.01


def test_a_stranger_counts_nothing(url: str):
    assert figures(url, survey(tenant="other")) == Figures()
