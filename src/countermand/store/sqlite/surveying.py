"""Counts cancellations, refusals and times, on a connection of its own: a long count keeps neither lists nor writers waiting.

Nothing is counted when an order is cancelled. The rows are there anyway, the key finds a tenant's, and the members that are
counted by are taken out of their documents by SQLite, outside of Python's lock.
"""

from collections.abc import Iterable
from typing import Final

import apsw

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
from countermand.store.rows import instant, micros
from countermand.store.sql import statements

_SQL: Final = statements(__package__)

#: Counted at most in each group: more is as bad, and this many entries of an index take milliseconds.
COUNTED_MAX: Final = 100_000

_MICROS_PER_S: Final = 1_000_000

#: The expression behind each way to count.
_EXPRESSIONS: Final = {
    By.BUCKET: "created_at / :width * :width",
    By.DIALECT: "dialect",
    By.REASON: "json_extract(document, '$.reason')",
    By.CAUSE: "json_extract(document, '$.attributed_to')",
}


def survey(connection: apsw.Connection, asked: Survey) -> Figures:
    given: dict[str, str | int | None] = {
        "tenant": asked.tenant,
        "dialect": asked.dialect,
        "from": micros(asked.from_at),
        "until": micros(asked.until_at),
    }
    refusals = connection.execute(_SQL["survey_refusals"], given)
    settling = connection.execute(_SQL["survey_obligations"], given)
    return Figures(
        cancellations=_cancellations(connection, asked, given),
        refusals=tuple(RefusalFigure(dialect=row[0], code=row[1], count=row[2]) for row in refusals),
        settling=tuple(
            SettlingFigure(kind=row[0], count=row[1], over=row[2], mean_s=row[3], longest_s=row[4]) for row in settling
        ),
    )


def _cancellations(
    connection: apsw.Connection, asked: Survey, given: dict[str, str | int | None]
) -> tuple[CancellationFigure, ...]:
    columns = [f"{_EXPRESSIONS[by] if by in asked.by else 'NULL'} AS {by}" for by in By]
    text = _SQL["survey_cancellations"].replace("/*columns*/", ", ".join(columns))
    rows = connection.execute(text, {**given, "width": asked.bucket_s * _MICROS_PER_S})
    return tuple(
        CancellationFigure(
            bucket=None if row[0] is None else instant(row[0]),
            dialect=row[1] or "",
            reason=row[2] or "",
            cause=row[3] or "",
            currency=row[4] or "",
            count=row[5],
            whole=row[6] or 0,
            amount_minor=row[7] or 0,
        )
        for row in rows
    )


def add_refusals(connection: apsw.Connection, counts: Iterable[RefusalCount]) -> None:
    rows = [(one.tenant, one.dialect, micros(one.hour), one.code, one.count) for one in counts]
    connection.executemany(_SQL["add_refusals"], rows)


def unsettled(connection: apsw.Connection) -> tuple[Unsettled, ...]:
    """From group to group, each found by one look into the index."""
    found = list[Unsettled]()
    last: tuple[str, str, str, int] = ("", "", "", 0)
    while (row := connection.execute(_SQL["next_open"], last).fetchone()) is not None:
        last = kind, dialect, state, conflict = row[:4]
        ((count,),) = connection.execute(_SQL["count_open"], (*last, COUNTED_MAX))
        found.append(
            Unsettled(
                kind=kind,
                dialect=dialect,
                state=state,
                conflict=bool(conflict),
                count=count,
                oldest_at=instant(row[4]),
            )
        )
    return tuple(found)
