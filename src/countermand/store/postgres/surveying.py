"""Counts cancellations, refusals, orders and times. What is counted by is taken out of its documents by PostgreSQL."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import asyncpg

from countermand.model.survey import By, CohortFigures, CohortSurvey, Figures, RefusalCount, Survey, Unsettled
from countermand.store.postgres import credentials
from countermand.store.postgres.composing import PARTS, Composed, named, numbered
from countermand.store.postgres.sessions import Session
from countermand.store.postgres.texts import stored
from countermand.store.rows import instant, micros
from countermand.store.surveys import (
    COUNTED_MAX,
    CohortCounts,
    age_class,
    bounds,
    bucketed,
    cancellation_figure,
    cost_figures,
    lateness_figure,
    refusal_figure,
    settling_figure,
)

#: The expression behind each way to count.
_EXPRESSIONS: Final = {
    By.BUCKET: "created_at / :width::bigint * :width::bigint",
    By.DIALECT: "dialect",
    By.REASON: "document ->> 'reason'",
    By.CAUSE: "document ->> 'attributed_to'",
    By.AGE: f"({PARTS['survey_age'].replace('/*class*/', age_class('(made.created_at - o.placed_at)'))})",
    By.STAGE: "coalesce(document ->> 'stage', 'open')",
    By.STATUS: "document ->> 'from_status'",
}


@cache
def counting(by: frozenset[By]) -> Composed:
    columns = ", ".join(f"{_EXPRESSIONS[one] if one in by else 'NULL'} AS {one}" for one in By)
    return numbered(PARTS["survey_cancellations"].replace("/*columns*/", columns))


def cohort_statement(name: str, asked: CohortSurvey) -> Composed:
    return numbered(bucketed(PARTS[name], asked).replace(":width", ":width::bigint"))


async def survey(session: Session, asked: Survey | CohortSurvey) -> Figures | CohortFigures:
    return await (_of_cancellations(session, asked) if isinstance(asked, Survey) else _of_orders(session, asked))


async def _of_cancellations(session: Session, asked: Survey) -> Figures:
    sandbox = await credentials.house_value(session, "sandbox") == "yes"
    values = bounds(asked, sandbox=sandbox) | {"dialect": None if asked.dialect is None else stored(asked.dialect)}

    async def rows(statement: Composed) -> list[asyncpg.Record]:
        return await session.fetch(statement.text, *statement.arguments(values))

    return Figures(
        cancellations=tuple(map(cancellation_figure, await rows(counting(frozenset(asked.by))))),
        refusals=tuple(map(refusal_figure, await rows(named("survey_refusals")))),
        settling=tuple(map(settling_figure, await rows(named("survey_obligations")))),
        lateness=tuple(map(lateness_figure, await rows(named("survey_lateness")))),
        costs=cost_figures(await rows(named("survey_costs"))),
    )


async def _of_orders(session: Session, asked: CohortSurvey) -> CohortFigures:
    """What became of orders. Those of one kind of one dialect are a stretch of the indices on orders."""
    given = bounds(asked, sandbox=await credentials.house_value(session, "sandbox") == "yes")

    async def rows(name: str, **more: str) -> list[Any]:
        statement = cohort_statement(name, asked)
        return list(await session.fetch(statement.text, *statement.arguments(given | more)))

    counts = CohortCounts(asked)
    for cohort in asked.cohorts:
        about = {"dialect": cohort.dialect, "kind": cohort.kind}
        counts.add(0, cohort.dialect, await rows("survey_placed", **about))
        for status in cohort.cancelled:
            counts.add(1, cohort.dialect, await rows("survey_cancelled", **about, status=status))
    counts.add_partly(await rows("survey_partly"))
    return counts.figures()


async def add_refusals(session: Session, counts: Iterable[RefusalCount]) -> None:
    ordered = sorted(counts, key=lambda one: (one.tenant, one.dialect, one.hour, one.code))
    statement = named("add_refusals")
    values = {
        "tenants": [one.tenant for one in ordered],
        "dialects": [one.dialect for one in ordered],
        "hours": [micros(one.hour) for one in ordered],
        "codes": [one.code for one in ordered],
        "counts": [one.count for one in ordered],
    }
    await session.execute(statement.text, *statement.arguments(values))


async def unsettled(session: Session) -> tuple[Unsettled, ...]:
    statement = named("open_groups")
    rows = await session.fetch(statement.text, *statement.arguments({"counted_max": COUNTED_MAX}))
    return tuple(
        Unsettled(
            kind=row[0],
            dialect=row[1],
            state=row[2],
            conflict=bool(row[3]),
            count=row[5],
            oldest_at=instant(row[4]),
        )
        for row in rows
    )
