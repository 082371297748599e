"""Counts cancellations, refusals and times. The members that are counted by are taken out of their documents by PostgreSQL."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from countermand.model.survey import (
    By,
    CancellationFigure,
    Figures,
    RefusalCount,
    RefusalFigure,
    SettlingFigure,
    Survey,
    Unsettled,
)
from countermand.store.postgres.composing import PARTS, Composed, named, numbered
from countermand.store.postgres.sessions import Session
from countermand.store.rows import instant, micros

#: Counted at most in each group: more is as bad, and this many entries of an index take milliseconds.
COUNTED_MAX: Final = 100_000

_MICROS_PER_S: Final = 1_000_000

#: The expression behind each way to count.
_EXPRESSIONS: Final = {
    By.BUCKET: "created_at / :width::bigint * :width::bigint",
    By.DIALECT: "dialect",
    By.REASON: "document ->> 'reason'",
    By.CAUSE: "document ->> 'attributed_to'",
}


@cache
def _counting(by: frozenset[By]) -> Composed:
    columns = ", ".join(f"{_EXPRESSIONS[one] if one in by else 'NULL'} AS {one}" for one in By)
    return numbered(PARTS["survey_cancellations"].replace("/*columns*/", columns))


async def survey(session: Session, asked: Survey) -> Figures:
    values: dict[str, object] = {
        "tenant": asked.tenant,
        "dialect": asked.dialect,
        "from": micros(asked.from_at),
        "until": micros(asked.until_at),
        "width": asked.bucket_s * _MICROS_PER_S,
    }
    counting, refused, settled = _counting(frozenset(asked.by)), named("survey_refusals"), named("survey_obligations")
    rows = await session.fetch(counting.text, *counting.arguments(values))
    refusals = await session.fetch(refused.text, *refused.arguments(values))
    settling = await session.fetch(settled.text, *settled.arguments(values))
    return Figures(
        cancellations=tuple(
            CancellationFigure(
                bucket=None if row[0] is None else instant(int(row[0])),
                dialect=row[1] or "",
                reason=row[2] or "",
                cause=row[3] or "",
                currency=row[4] or "",
                count=row[5],
                whole=row[6],
                amount_minor=int(row[7]),
            )
            for row in rows
        ),
        refusals=tuple(RefusalFigure(dialect=row[0], code=row[1], count=int(row[2])) for row in refusals),
        settling=tuple(
            SettlingFigure(kind=row[0], count=row[1], over=row[2], mean_s=row[3], longest_s=row[4]) for row in settling
        ),
    )


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
