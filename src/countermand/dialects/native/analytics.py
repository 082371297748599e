"""Figures over HTTP.

`GET /analytics/cancellations`: cancellations by reason, dialect, cause and time, by age, stage and status of their orders, what
they cost, how often they are refused, how long they take to settle. `GET /analytics/orders`: how many of the orders placed in
a period were cancelled.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from countermand.dialects import catalog
from countermand.dialects.contract import Caller, WireAnswer, WireRequest
from countermand.dialects.native.requesting import wrong
from countermand.dialects.wire import instant_of, json_answer
from countermand.model.query import Found, Query
from countermand.model.survey import (
    By,
    CancellationFigure,
    Cohort,
    CohortFigure,
    CohortFigures,
    CohortSurvey,
    Figures,
    LatenessFigure,
    Survey,
)

#: How wide a bucket of time is, by name.
BUCKETS_S: Final = {"hour": 3_600, "day": 86_400, "week": 7 * 86_400}

#: What is counted when no time is given.
PERIOD_DEFAULT: Final = timedelta(days=30)

#: Without a beginning, nothing before this is looked for: the calendar ends somewhere.
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)

#: Buckets in one answer: a month of hours, or twenty years of weeks.
BUCKETS_MAX: Final = 1_000


#: By what orders may be counted.
COHORTS_BY: Final = (By.BUCKET, By.DIALECT)


def decode(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    from_at, until_at = _period(wire)
    by = _by(wire, tuple(By))
    bucket_s = _bucket_s(wire, (from_at, until_at), by)
    dialect = wire.query_value("dialect")
    return (
        Survey(
            tenant=caller.tenant,
            from_at=from_at,
            until_at=until_at,
            by=by,
            bucket_s=bucket_s,
            dialect=dialect,
        ),
    )


def decode_orders(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    from_at, until_at = _period(wire)
    by = _by(wire, COHORTS_BY)
    bucket_s = _bucket_s(wire, (from_at, until_at), by)
    wanted = wire.query_value("dialect")
    cohorts = tuple(
        Cohort(dialect=name, kind=kind, cancelled=tuple(sorted(lifecycle.cancelled)))
        for name, dialect in sorted(catalog.load().items())
        for kind, lifecycle in sorted(dialect.lifecycles.items())
        if wanted in {None, name}
    )
    return (
        CohortSurvey(
            tenant=caller.tenant,
            from_at=from_at,
            until_at=until_at,
            cohorts=cohorts,
            bucket_s=bucket_s if By.BUCKET in by else None,
        ),
    )


def _period(wire: WireRequest) -> tuple[datetime, datetime]:
    until_at = _instant(wire, "until", wire.received_at + timedelta(microseconds=1))
    from_at = _instant(wire, "from", max(until_at, EARLIEST) - PERIOD_DEFAULT)
    if from_at > until_at:
        raise wrong("from", "is after until")
    return from_at, until_at


def _by(wire: WireRequest, known: tuple[By, ...]) -> tuple[By, ...]:
    words = [word for word in (wire.query_value("by") or "").split(",") if word]
    if strange := set(words) - set(known):
        raise wrong("by", f"is a list of {', '.join(known)}; not {', '.join(sorted(strange))}")
    return tuple(By(word) for word in dict.fromkeys(words))


def _bucket_s(wire: WireRequest, period: tuple[datetime, datetime], by: tuple[By, ...]) -> int:
    bucket = wire.query_value("bucket") or "day"
    if bucket not in BUCKETS_S:
        raise wrong("bucket", f"is one of {', '.join(BUCKETS_S)}")
    from_at, until_at = period
    if By.BUCKET in by and (until_at - from_at).total_seconds() > BUCKETS_MAX * BUCKETS_S[bucket]:
        raise wrong("bucket", f"that is more than {BUCKETS_MAX} buckets")
    return BUCKETS_S[bucket]


def _instant(wire: WireRequest, name: str, default: datetime) -> datetime:
    text = wire.query_value(name)
    if text is None:
        return default
    at = instant_of(text)
    if at is None:
        raise wrong(name, "must be an RFC 3339 time")
    return at


def encode(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    (figures,) = found
    assert isinstance(figures, Figures)
    asked = _asked(wire)
    made = sum(figure.count for figure in figures.cancellations)
    refused = sum(figure.count for figure in figures.refusals)
    return json_answer(
        200,
        {
            "items": [_show(figure, asked) for figure in figures.cancellations],
            "cancellations": made,
            "refusals": {
                "count": refused,
                "rate": refused / (made + refused) if made + refused else None,
                "items": figures.refusals,
            },
            "settling": [
                replace(one, mean_s=_seconds(one.mean_s), longest_s=_seconds(one.longest_s)) for one in figures.settling
            ],
            "lateness": [_late(one) for one in figures.lateness],
            "costs": [
                {
                    "reason": one.reason,
                    "kind": one.kind,
                    "currency": one.currency,
                    "count": one.count,
                    "settled": one.settled_minor,
                    "open": one.open_minor,
                    "waived": one.waived_minor,
                }
                for one in figures.costs
            ],
        },
    )


def _asked(wire: WireRequest) -> set[By]:
    return {By(word) for word in (wire.query_value("by") or "").split(",") if word}


def _seconds(span_s: float | None) -> float | None:
    """To the millisecond: one store keeps dates as floating days, which are no more exact."""
    return None if span_s is None else max(0.0, round(span_s, 3))


def _late(figure: LatenessFigure) -> dict[str, object]:
    spans = {name: _seconds(getattr(figure, name)) for name in ("mean_s", "median_s", "p90_s", "longest_s")}
    return {"stage": figure.stage, "count": figure.count, **spans}


def _show(figure: CancellationFigure, asked: set[By]) -> dict[str, object]:
    groups = {
        By.BUCKET: figure.bucket,
        By.DIALECT: figure.dialect,
        By.REASON: figure.reason,
        By.CAUSE: figure.cause,
        By.AGE: figure.age_s,
        By.STAGE: figure.stage,
        By.STATUS: figure.status,
    }
    return {
        **{by: value for by, value in groups.items() if by in asked},
        "count": figure.count,
        "whole": figure.whole,
        "amount": figure.amount_minor,
        "fees": figure.fees_minor,
        "currency": figure.currency,
    }


def encode_orders(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    (figures,) = found
    assert isinstance(figures, CohortFigures)
    asked = _asked(wire)
    groups: dict[tuple[object, ...], list[CohortFigure]] = {}
    for one in figures.items:
        groups.setdefault((one.bucket, one.dialect if By.DIALECT in asked else ""), []).append(one)
    items = [
        {
            **({By.BUCKET: bucket} if By.BUCKET in asked else {}),
            **({By.DIALECT: dialect} if By.DIALECT in asked else {}),
            **_rates(group),
        }
        for (bucket, dialect), group in groups.items()
    ]
    return json_answer(200, {"items": items, **_rates(figures.items)})


def _rates(group: Iterable[CohortFigure]) -> dict[str, object]:
    counts = [(one.placed, one.cancelled, one.partly) for one in group]
    placed, cancelled, partly = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    return {
        "placed": placed,
        "cancelled": cancelled,
        "partly_cancelled": partly,
        "rate": cancelled / placed if placed else None,
        "partly_rate": partly / placed if placed else None,
    }
