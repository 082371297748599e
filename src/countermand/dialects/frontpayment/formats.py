"""Texts that the framework's validator knows by form: numbers, addresses, dates. Pure predicates."""

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from countermand.dialects.wire import decimal_of

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

NUMBER: Final = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"

#: `d M, Y` with the day in two digits, or seconds since 1970 of at most eleven digits, which is the year 5138. All that the
#: pattern lets pass is a date, but for the 29th of February.
DATE: Final = (
    r"((0[1-9]|1[0-9]|2[0-8]) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r"|29 Feb|(29|30) (Jan|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|31 (Jan|Mar|May|Jul|Aug|Oct|Dec))"
    r", (?!0000)[0-9]{4}|[0-9]{1,11}"
)
_EMAIL: Final = r"[^@\s\[\]<>(),;:\\\"]+@[^@\s\[\]<>(),;:\\\"_]+"


def is_number(value: object) -> bool:
    """What PHP calls numeric: a number, or a text that spells one (`"51.00"`, `"1e3"`)."""
    if isinstance(value, str) and not re.fullmatch(NUMBER, value):
        return False
    return decimal_of(value) is not None


def is_email(text: str) -> bool:
    """One `@` with something good on either side: the rule is as lenient as the mail standard itself."""
    if not re.fullmatch(_EMAIL, text):
        return False
    return not any(part.startswith(".") or part.endswith(".") or ".." in part for part in text.split("@"))


def is_url(text: str) -> bool:
    if not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def date_of(text: str) -> datetime | None:
    """`d M, Y` with the day in two digits, or seconds since 1970."""
    if not re.fullmatch(DATE, text):
        return None
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    day, month, year = text.replace(",", "").split(" ")
    try:
        return datetime(int(year), MONTHS.index(month) + 1, int(day), tzinfo=UTC)
    except ValueError:
        return None
