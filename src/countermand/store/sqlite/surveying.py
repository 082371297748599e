"""Counts cancellations, refusals, orders and times, on a connection of its own: a long count keeps nobody else waiting.

Nothing is counted when an order is cancelled. The rows are there anyway, the key finds a tenant's of a period, and the members
that are counted by are taken out of their documents by SQLite, outside of Python's lock.
"""

from collections.abc import Iterable
from typing import Any, Final

import apsw

from countermand.model.survey import (
    By,
    CancellationFigure,
    CohortFigures,
    CohortSurvey,
    Figures,
    RefusalCount,
    Survey,
    Unsettled,
)
from countermand.store.rows import instant, micros
from countermand.store.sql import statements
from countermand.store.sqlite import credentials
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

_SQL: Final = statements(__package__)

#: The expression behind each way to count.
_EXPRESSIONS: Final = {
    By.BUCKET: "created_at / :width * :width",
    By.DIALECT: "dialect",
    By.REASON: "json_extract(document, '$.reason')",
    By.CAUSE: "json_extract(document, '$.attributed_to')",
    By.AGE: f"({_SQL['survey_age'].replace('/*class*/', age_class('(made.created_at - o.placed_at)'))})",
    By.STAGE: "coalesce(json_extract(document, '$.stage'), 'open')",
    By.STATUS: "json_extract(document, '$.from_status')",
}


def survey(connection: apsw.Connection, asked: Survey | CohortSurvey) -> Figures | CohortFigures:
    return _of_cancellations(connection, asked) if isinstance(asked, Survey) else _of_orders(connection, asked)


def _of_cancellations(connection: apsw.Connection, asked: Survey) -> Figures:
    given = bounds(asked, sandbox=_is_sandbox(connection)) | {"dialect": asked.dialect}

    def rows(name: str) -> apsw.Cursor:
        return connection.execute(_SQL[name], given)

    return Figures(
        cancellations=_cancellations(connection, asked, given),
        refusals=tuple(refusal_figure(row) for row in rows("survey_refusals")),
        settling=tuple(settling_figure(row) for row in rows("survey_obligations")),
        lateness=tuple(lateness_figure(row) for row in rows("survey_lateness")),
        costs=cost_figures(rows("survey_costs")),
    )


def _is_sandbox(connection: apsw.Connection) -> bool:
    return credentials.house_value(connection, "sandbox") == "yes"


def _cancellations(connection: apsw.Connection, asked: Survey, given: dict[str, Any]) -> tuple[CancellationFigure, ...]:
    return tuple(cancellation_figure(row) for row in connection.execute(counting(asked.by), given))


def counting(by: tuple[By, ...]) -> str:
    """The statement that counts cancellations by these."""
    columns = [f"{_EXPRESSIONS[one] if one in by else 'NULL'} AS {one}" for one in By]
    return _SQL["survey_cancellations"].replace("/*columns*/", ", ".join(columns))


def _of_orders(connection: apsw.Connection, asked: CohortSurvey) -> CohortFigures:
    """What became of orders. Those of one kind of one dialect are a stretch of the indices on orders."""
    given = bounds(asked, sandbox=_is_sandbox(connection))
    texts = {name: bucketed(_SQL[name], asked) for name in ("survey_placed", "survey_cancelled", "survey_partly")}
    counts = CohortCounts(asked)
    for cohort in asked.cohorts:
        about = given | {"dialect": cohort.dialect, "kind": cohort.kind}
        counts.add(0, cohort.dialect, connection.execute(texts["survey_placed"], about))
        for status in cohort.cancelled:
            counts.add(1, cohort.dialect, connection.execute(texts["survey_cancelled"], about | {"status": status}))
    counts.add_partly(connection.execute(texts["survey_partly"], given))
    return counts.figures()


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
