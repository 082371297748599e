"""Instants and months as the vendor writes them.

Examples show whole seconds with `Z`; fractions are written only where there are some. A bare date is midnight UTC.
"""

import calendar
from datetime import datetime

from countermand.dialects.wire import instant_of, iso_millis, iso_seconds


def stamp(at: datetime) -> str:
    """2025-01-15T10:30:00Z, or with milliseconds where it has some."""
    return iso_millis(at) if at.microsecond >= 1000 else iso_seconds(at)  # noqa: PLR2004 - microseconds in a millisecond


def moment(text: object) -> datetime | None:
    """An RFC 3339 text or a bare date as an instant."""
    return instant_of(text) or (instant_of(f"{text}T00:00:00Z") if isinstance(text, str) else None)


def months_after(at: datetime, months: int) -> datetime:
    """The same day so many months later; the last of the month where it has no such day."""
    years, month = divmod(at.month - 1 + months, 12)
    year = min(at.year + years, 9999)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


def sortable(at: datetime | None) -> str:
    """A text that sorts as the instant does; nothing sorts first."""
    return "" if at is None else at.replace(tzinfo=None).isoformat(timespec="microseconds")
