"""`GET /analytics/cancellations`: cancellations by reason, dialect, cause and time, refusal rates, times to settle."""

from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import (
    Caller,
    CallerFault,
    Fault,
    FaultKind,
    WireAnswer,
    WireRequest,
)
from countermand.dialects.wire import instant_of, json_answer
from countermand.model.query import Found, Query
from countermand.model.survey import By, CancellationFigure, Figures, Survey

#: How wide a bucket of time is, by name.
BUCKETS_S: Final = {"hour": 3_600, "day": 86_400, "week": 7 * 86_400}

#: What is counted when no time is given.
PERIOD_DEFAULT: Final = timedelta(days=30)

#: Without a beginning, nothing before this is looked for: the calendar ends somewhere.
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)

#: Buckets in one answer: a month of hours, or twenty years of weeks.
BUCKETS_MAX: Final = 1_000


def decode(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    until_at = _instant(wire, "until", wire.received_at + timedelta(microseconds=1))
    from_at = _instant(wire, "from", max(until_at, EARLIEST) - PERIOD_DEFAULT)
    bucket = wire.query_value("bucket") or "day"
    words = [word for word in (wire.query_value("by") or "").split(",") if word]
    if strange := set(words) - set(By):
        raise _invalid(f"by is a list of {', '.join(By)}; not {', '.join(sorted(strange))}")
    if bucket not in BUCKETS_S:
        raise _invalid(f"bucket is one of {', '.join(BUCKETS_S)}")
    by = tuple(By(word) for word in dict.fromkeys(words))
    if from_at > until_at:
        raise _invalid("from is after until")
    if By.BUCKET in by and (until_at - from_at).total_seconds() > BUCKETS_MAX * BUCKETS_S[bucket]:
        raise _invalid(f"that is more than {BUCKETS_MAX} buckets")
    return (
        Survey(
            tenant=caller.tenant,
            from_at=from_at,
            until_at=until_at,
            by=by,
            bucket_s=BUCKETS_S[bucket],
            dialect=wire.query_value("dialect"),
        ),
    )


def _instant(wire: WireRequest, name: str, default: datetime) -> datetime:
    text = wire.query_value(name)
    if text is None:
        return default
    at = instant_of(text)
    if at is None:
        raise _invalid(f"{name} must be an RFC 3339 time")
    return at


def _invalid(detail: str) -> CallerFault:
    return CallerFault(Fault(kind=FaultKind.INVALID, detail=detail))


def encode(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    (figures,) = found
    assert isinstance(figures, Figures)
    asked = {By(word) for word in (wire.query_value("by") or "").split(",") if word}
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
        },
    )


def _seconds(span_s: float | None) -> float | None:
    """To the millisecond: one store keeps dates as floating days, which are no more exact."""
    return None if span_s is None else max(0.0, round(span_s, 3))


def _show(figure: CancellationFigure, asked: set[By]) -> dict[str, object]:
    groups = {
        By.BUCKET: figure.bucket,
        By.DIALECT: figure.dialect,
        By.REASON: figure.reason,
        By.CAUSE: figure.cause,
    }
    return {
        **{by: value for by, value in groups.items() if by in asked},
        "count": figure.count,
        "whole": figure.whole,
        "amount": figure.amount_minor,
        "currency": figure.currency,
    }
