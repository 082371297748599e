"""What both databases share of the figures: where ids bound a period, the classes of age, and rows as figures.

Ids of cancellations and obligations begin with the millisecond at which they were made (UUIDv7), and the primary keys are in the
order of the ids: so a period is one stretch of the key, and no index on times has to be kept up to date by every cancel. In
a sandbox instants are on clocks that are moved, and ids are not: there everything is looked through.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from countermand.model.obligation import ObligationState
from countermand.model.survey import (
    AGES_S,
    CancellationFigure,
    CohortFigure,
    CohortFigures,
    CohortSurvey,
    CostFigure,
    LatenessFigure,
    RefusalFigure,
    SettlingFigure,
    Survey,
)
from countermand.store.rows import instant, micros

MICROS_PER_S: Final = 1_000_000
_MICROS_PER_MS: Final = 1_000

#: How far an id may be from the instant that is written beside it: the batch that decided began a little earlier, clocks are set.
SLACK: Final = timedelta(hours=1)

#: Counted at most in each group of what is open: more is as bad, and this many entries of an index take milliseconds.
COUNTED_MAX: Final = 100_000

#: Before and after every id there is.
_FIRST: Final = ""
_LAST: Final = "~"


def bounds(asked: Survey | CohortSurvey, *, sandbox: bool) -> dict[str, Any]:
    """The parameters that bound a survey in time: by instants, and by ids."""
    ids = (_FIRST, _LAST) if sandbox else (_id_at(asked.from_at, -SLACK), _id_at(asked.until_at, SLACK))
    return {
        "tenant": asked.tenant,
        "from": micros(asked.from_at),
        "until": micros(asked.until_at),
        "first_id": ids[0],
        "last_id": ids[1],
        "width": (asked.bucket_s or 1) * MICROS_PER_S,
    }


def _id_at(at: datetime, slack: timedelta) -> str:
    """What ids made at an instant begin with."""
    at_ms = micros(at) // _MICROS_PER_MS + slack // timedelta(milliseconds=1)
    digits = f"{max(0, at_ms):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def age_class(age: str) -> str:
    """The expression for the class of an age in microseconds: where it begins, in seconds."""
    classes = " ".join(f"WHEN {age} >= {begin_s * MICROS_PER_S} THEN {begin_s}" for begin_s in reversed(AGES_S[1:]))
    return f"CASE {classes} ELSE 0 END"


def cancellation_figure(row: Sequence[Any]) -> CancellationFigure:
    bucket, dialect, reason, cause, age_s, stage, status, currency, count, whole, amount_minor, fees_minor = row
    return CancellationFigure(
        bucket=None if bucket is None else instant(int(bucket)),
        dialect=dialect or "",
        reason=reason or "",
        cause=cause or "",
        age_s=age_s or 0,
        stage=stage or "",
        status=status or "",
        currency=currency or "",
        count=count,
        whole=int(whole or 0),
        amount_minor=_sum(amount_minor),
        fees_minor=_sum(fees_minor),
    )


def refusal_figure(row: Sequence[Any]) -> RefusalFigure:
    return RefusalFigure(dialect=row[0], code=row[1], count=int(row[2]))


def settling_figure(row: Sequence[Any]) -> SettlingFigure:
    return SettlingFigure(kind=row[0], count=row[1], over=row[2], mean_s=row[3], longest_s=row[4])


def lateness_figure(row: Sequence[Any]) -> LatenessFigure:
    stage, count, *spans_us = row
    mean_s, median_s, p90_s, longest_s = [float(span_us) / MICROS_PER_S for span_us in spans_us]
    return LatenessFigure(stage=stage, count=count, mean_s=mean_s, median_s=median_s, p90_s=p90_s, longest_s=longest_s)


def cost_figures(rows: Iterable[Sequence[Any]]) -> tuple[CostFigure, ...]:
    """One for each reason, kind and currency, of rows that are apart by the state of what is owed."""
    groups: dict[tuple[str, str, str], dict[str, tuple[int, int]]] = {}
    for reason, kind, currency, state, count, amount in rows:
        groups.setdefault((reason or "", kind, currency or ""), {})[state] = (count, _sum(amount))
    return tuple(
        CostFigure(
            reason=reason,
            kind=kind,
            currency=currency,
            count=sum(count for count, _ in by_state.values()),
            settled_minor=_amount(by_state, ObligationState.SETTLED),
            open_minor=_amount(by_state, ObligationState.OPEN, ObligationState.PARKED),
            waived_minor=_amount(by_state, ObligationState.WAIVED),
        )
        for (reason, kind, currency), by_state in groups.items()
    )


def _amount(by_state: Mapping[str, tuple[int, int]], *states: ObligationState) -> int:
    return sum(by_state[state][1] for state in states if state in by_state)


def _sum(found: Any) -> int:
    """A sum of amounts. One store tells it in two parts, billions and the rest, because its integers end before sums do."""
    if not isinstance(found, str):
        return int(found or 0)
    billions, rest = found.split(" ")
    return int(billions) * 1_000_000_000 + int(rest)


def bucketed(text: str, asked: CohortSurvey) -> str:
    """A statement about orders, counted by the time of placement or not."""
    return text.replace("/*bucket*/", "NULL" if asked.bucket_s is None else "placed_at / :width * :width")


class CohortCounts:
    """Sums up what was counted of orders, by dialect and bucket."""

    def __init__(self, asked: CohortSurvey) -> None:
        self._cancelled = {(one.dialect, one.kind): one.cancelled for one in asked.cohorts}
        self._counts: dict[tuple[str, int | None], list[int]] = {}

    def add(self, what: int, dialect: str, rows: Iterable[Sequence[Any]]) -> None:
        """Rows of bucket and count. `what`: 0 placed, 1 cancelled, 2 partly."""
        for bucket, count in rows:
            place = (dialect, None if bucket is None else int(bucket))
            self._counts.setdefault(place, [0, 0, 0])[what] += int(count)

    def add_partly(self, rows: Iterable[Sequence[Any]]) -> None:
        """Rows of orders that have a cancel in effect: those that are not cancelled as a whole are in part."""
        for dialect, kind, status, *counted in rows:
            if status not in self._cancelled.get((dialect, kind), (status,)):
                self.add(2, dialect, [counted])

    def figures(self) -> CohortFigures:
        ordered = sorted(self._counts.items(), key=lambda one: (one[0][1] or 0, one[0][0]))
        return CohortFigures(
            items=tuple(
                CohortFigure(
                    dialect=dialect,
                    bucket=None if bucket is None else instant(bucket),
                    placed=placed,
                    cancelled=cancelled,
                    partly=partly,
                )
                for (dialect, bucket), (placed, cancelled, partly) in ordered
            )
        )
