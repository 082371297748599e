"""How late cancels came, what they cost and how many orders they hit, as each store counts it, from rows that are known."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw
import pytest
from msgspec.structs import replace

from countermand.bootstrap import open_store
from countermand.model.obligation import Obligation, ObligationState
from countermand.model.order import Order
from countermand.model.outcome import Cancellation, CancellationState, Stage
from countermand.model.query import Query
from countermand.model.survey import AGES_S, By, Cohort, CohortFigure, CohortFigures, CohortSurvey, Survey
from countermand.store.port import Judged, Wanted, Writes
from countermand.store.sql import statements
from countermand.store.sqlite.surveying import counting
from countermand.store.surveys import bucketed
from tests.bulk.test_figures import HOUR, START, cancellation, id_at, survey

DAY = timedelta(days=1)
KINDS = (Cohort(dialect="native", kind="order", cancelled=("gone", "cancelled")),)


def order(number: int, *, age: timedelta, status: str = "open") -> Order:
    at = START - age
    return Order(tenant="acme", dialect="native", order_id=f"o{number}", status=status, placed_at=at, updated_at=START)


def late(number: int, **members: Any) -> Cancellation:
    made = cancellation(1, reason="fraud", state=CancellationState.COMPLETED, at=START)
    return replace(made, order_id=f"o{number}", cancellation_id=id_at(START, number), **members)


def owed(number: int, state: ObligationState, amount_minor: int, *, kind: str = "refund") -> Obligation:
    return Obligation(
        obligation_id=id_at(START, 100 + number),
        tenant="acme",
        dialect="native",
        order_id="o1",
        kind=kind,
        type=kind,
        created_at=START,
        state=state,
        cancellation_id=id_at(START, 1),
        amount_minor=amount_minor,
        currency="EUR",
    )


def found(url: str, writes: Writes, *queries: Query, sandbox: bool = False) -> list[Any]:
    async def work() -> list[Any]:
        store = open_store(url)
        try:
            await store.claim_for(sandbox=sandbox)
            await store.transact(Wanted(), lambda _: Judged(writes, None))
            return [await store.find(query) for query in queries]
        finally:
            await store.close()

    return asyncio.run(work())


def written(*orders: Order, **members: Any) -> Writes:
    return Writes(orders={one.key: (None, one) for one in orders}, **members)


def ages() -> Writes:
    """Ten orders, cancelled one to ten hours after their placement; those from the sixth on in part, when a part had left."""
    stages = [Stage.OPEN] * 5 + [Stage.PART_SHIPPED] * 5
    made = [
        late(number, stage=stage, from_status="open", whole=stage is Stage.OPEN, fee_minor=number)
        for number, stage in enumerate(stages, start=1)
    ]
    return written(*(order(number, age=number * HOUR) for number in range(1, 11)), cancellations=made)


def test_how_late_cancels_came_by_the_stage_in_which_they_found_the_order(url: str):
    (figures,) = found(url, ages(), survey())
    told = [(one.stage, one.count, one.mean_s, one.median_s, one.p90_s, one.longest_s) for one in figures.lateness]
    hour = 3_600.0
    assert told == [
        ("open", 5, 3 * hour, 3 * hour, 5 * hour, 5 * hour),
        ("part_shipped", 5, 8 * hour, 8 * hour, 10 * hour, 10 * hour),
    ]


def test_cancels_are_counted_by_age_stage_and_status_with_the_fees_that_were_kept(url: str):
    (figures,) = found(url, ages(), survey(By.AGE, By.STAGE, By.STATUS))
    rows = [(row.age_s, row.stage, row.status, row.count, row.fees_minor) for row in figures.cancellations]
    assert rows == [
        (3_600, "open", "open", 5, 15),
        (21_600, "part_shipped", "open", 5, 40),
    ]


@pytest.mark.parametrize("begins_s", AGES_S)
def test_a_class_of_ages_begins_where_it_says(begins_s: int, tmp_path: Any):
    rows = written(
        order(1, age=timedelta(seconds=begins_s)),
        order(2, age=timedelta(seconds=begins_s, microseconds=-1)),
        cancellations=[late(1), late(2)],
    )
    (figures,) = found(f"sqlite:///{tmp_path / 'ages.db'}", rows, survey(By.AGE))
    before = max([0, *(one for one in AGES_S if one < begins_s)])
    assert {row.age_s for row in figures.cancellations} == {before, begins_s}


def test_what_cancels_cost_by_reason_and_by_what_is_owed(url: str):
    rows = written(
        order(1, age=HOUR),
        cancellations=[late(1, reason="fraud")],
        obligations=[
            owed(1, ObligationState.SETTLED, 100),
            owed(2, ObligationState.SETTLED, 20),
            owed(3, ObligationState.OPEN, 3),
            owed(4, ObligationState.PARKED, 4),
            owed(5, ObligationState.WAIVED, 5),
            owed(6, ObligationState.WITHDRAWN, 1_000),
            owed(7, ObligationState.OPEN, 50, kind="void"),
            owed(8, ObligationState.OPEN, 9_999, kind="credit_note"),
        ],
    )
    (figures,) = found(url, rows, survey())
    told = [
        (one.reason, one.kind, one.currency, one.count, one.settled_minor, one.open_minor, one.waived_minor)
        for one in figures.costs
    ]
    assert told == [("fraud", "refund", "EUR", 5, 120, 7, 5), ("fraud", "void", "EUR", 1, 0, 50, 0)]


def test_a_text_that_no_database_likes_is_counted_as_any_other(url: str):
    note = 'a\x00b \\u0000 "'
    rows = written(
        order(1, age=HOUR),
        cancellations=[late(1, reason="fraud", note=note)],
        obligations=[replace(owed(1, ObligationState.SETTLED, 100), closed_because=note, closed_at=START)],
    )
    (figures,) = found(url, rows, survey(By.REASON))
    assert [row.count for row in figures.cancellations] == [1]
    assert [(one.reason, one.settled_minor) for one in figures.costs] == [("fraud", 100)]
    assert [one.over for one in figures.settling] == [1]


def test_a_sum_may_be_larger_than_any_amount(url: str):
    """Each fits into 64 bits, and so does none of the sums."""
    much = 4_000_000_000_000_000_007
    rows = written(
        *(order(number, age=HOUR) for number in (1, 2, 3)),
        cancellations=[late(number, amount_minor=much, fee_minor=much) for number in (1, 2, 3)],
        obligations=[replace(owed(number, ObligationState.OPEN, much)) for number in (1, 2, 3)],
    )
    (figures,) = found(url, rows, survey())
    assert [(row.amount_minor, row.fees_minor) for row in figures.cancellations] == [(3 * much, 3 * much)]
    assert [one.open_minor for one in figures.costs] == [3 * much]


def cohort_survey(**members: Any) -> CohortSurvey:
    made = CohortSurvey(tenant="acme", from_at=START - 2 * DAY, until_at=START, cohorts=KINDS)
    return replace(made, **members)


def shop() -> Writes:
    """Four orders of yesterday, one of them cancelled and two in part; one of the day before, cancelled; one too old."""
    orders = (
        order(1, age=HOUR),
        order(2, age=HOUR, status="cancelled"),
        order(3, age=HOUR),
        order(4, age=HOUR),
        order(5, age=25 * HOUR, status="gone"),
        order(6, age=3 * DAY),
    )
    # The first was restored, the second and fifth are cancelled as a whole, the third twice in part, the fourth once.
    twice = replace(late(3), cancellation_id=id_at(START + HOUR, 30), whole=False)
    made = [
        late(1, state=CancellationState.RESTORED),
        late(2),
        late(3, whole=False),
        twice,
        late(4, whole=False, state=CancellationState.ACCEPTED),
        late(5),
        late(6, whole=False),
    ]
    return written(*orders, cancellations=made)


def test_how_many_of_the_orders_placed_were_cancelled_and_in_part(url: str):
    whole, by_day = found(url, shop(), cohort_survey(), cohort_survey(bucket_s=86_400))
    assert whole.items == (CohortFigure(dialect="native", placed=5, cancelled=2, partly=2),)
    assert by_day.items == (
        CohortFigure(dialect="native", bucket=START - 2 * DAY, placed=1, cancelled=1, partly=0),
        CohortFigure(dialect="native", bucket=START - DAY, placed=4, cancelled=1, partly=2),
    )


def test_a_stranger_counts_no_orders(url: str):
    assert found(url, shop(), cohort_survey(tenant="other")) == [CohortFigures()]


def test_ids_bound_a_period_only_where_they_tell_the_time(url: str):
    """In a sandbox, whose clock is moved, an id may be years away from the instant that is written beside it."""
    ahead = START + 3_000 * DAY
    rows = written(order(1, age=HOUR), cancellations=[late(1, created_at=ahead)])
    asked = Survey(tenant="acme", from_at=ahead, until_at=ahead + HOUR, bucket_s=3_600)
    (figures,) = found(url, rows, asked, sandbox=True)
    assert [row.count for row in figures.cancellations] == [1]


PARAMETERS = ("tenant", "dialect", "kind", "status", "from", "until", "first_id", "last_id", "width")


def statement_of(name: str) -> str:
    if name == "survey_cancellations":
        return counting(tuple(By))
    return bucketed(statements("countermand.store.sqlite")[name], cohort_survey(bucket_s=1))


def test_figures_are_read_from_stretches_of_indices_that_begin_with_the_tenant(tmp_path: Path):
    """The stretch of the period: as many rows are looked at as it has. (For PostgreSQL, tests/postgres/test_reading_plans.py.)"""
    path = tmp_path / "plans.db"
    found(f"sqlite:///{path}", Writes())
    period, key = "USING PRIMARY KEY (tenant=? AND", "(tenant=? AND dialect=? AND order_id=?)"
    kind = "(tenant=? AND dialect=? AND kind=? AND"
    expected = {
        "survey_cancellations": ["cancellations {period} cancellation_id>? AND cancellation_id<?)", "o {row}"],
        "survey_lateness": ["c {period} cancellation_id>? AND cancellation_id<?)", "o {row}"],
        "survey_costs": ["obligations {period} obligation_id>? AND obligation_id<?)", "c {period} cancellation_id=?)"],
        "survey_obligations": ["obligations {period} obligation_id>? AND obligation_id<?)"],
        "survey_refusals": ["refusals USING PRIMARY KEY (tenant=?)"],
        "survey_placed": ["orders USING COVERING INDEX orders_by_time {kind} placed_at>? AND placed_at<?)"],
        "survey_cancelled": [
            "orders USING COVERING INDEX orders_by_status {kind} status=? AND placed_at>? AND placed_at<?)"
        ],
        "survey_partly": ["cancellations {period} cancellation_id>?)", "orders {row}"],
    }
    spelled = {"period": period, "kind": kind, "row": f"USING INDEX sqlite_autoindex_orders_1 {key}"}
    connection = apsw.Connection(str(path))
    for name, steps in expected.items():
        text = statement_of(name)
        plan = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", dict.fromkeys(PARAMETERS))]
        read = [step for step in plan if step.startswith(("SEARCH", "SCAN")) and "subquery" not in step]
        assert list(dict.fromkeys(read)) == [f"SEARCH {step.format(**spelled)}" for step in steps], name
    connection.close()
