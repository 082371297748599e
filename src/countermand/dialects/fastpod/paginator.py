"""Laravel's paginator, which is what the lists of this vendor look like.

`current_page` and `data` are on the List Orders page (api-4681580); the other members are Laravel's (laravel.com/docs,
Pagination, "Converting results to JSON"). As in Laravel a page that makes no sense is page 1, and one past the end is
empty.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from countermand.dialects.contract import FieldFault, WireRequest

from .reading import invalid
from .switches import PER_PAGE, PER_PAGE_MAX

#: Laravel takes what fits 64 bits for a page number; a store can skip about as many rows.
_NUMBER: Final = re.compile(r"^[0-9]{1,15}$")

#: Pages shown on either side of the present one before the links are abridged (`onEachSide`).
ON_EACH_SIDE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which page of how many rows."""

    page: int
    per_page: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """The rows of one page, and how many there are on all pages."""

    rows: Sequence[object]
    total: int


def page_asked(wire: WireRequest) -> Asked:
    """`page` and `limit`; empty is the same as absent. A limit beyond the most is the most."""
    number = wire.query_value("page") or ""
    page_number = int(number) if _NUMBER.match(number) else 1
    limit = wire.query_value("limit") or str(PER_PAGE)
    if not _NUMBER.match(limit) or int(limit) < 1:
        raise invalid(FieldFault(path="limit", message="The limit must be a whole number of at least 1."))
    return Asked(page=max(page_number, 1), per_page=min(int(limit), PER_PAGE_MAX))


def page(numbered: Numbered, asked: Asked, *, wire: WireRequest) -> dict[str, object]:
    last = max(1, -(-numbered.total // asked.per_page))
    first_row = asked.offset + 1 if numbered.rows else None
    urls = _Urls(wire)
    return {
        "current_page": asked.page,
        "data": numbered.rows,
        "first_page_url": urls.of(1),
        "from": first_row,
        "last_page": last,
        "last_page_url": urls.of(last),
        "links": _links(asked.page, last, urls=urls),
        "next_page_url": urls.of(asked.page + 1) if asked.page < last else None,
        "path": urls.path,
        "per_page": asked.per_page,
        "prev_page_url": urls.of(asked.page - 1) if asked.page > 1 else None,
        "to": None if first_row is None else first_row + len(numbered.rows) - 1,
        "total": numbered.total,
    }


class _Urls:
    """Addresses of pages. They keep the caller's filters, so that following them stays in the same list."""

    def __init__(self, wire: WireRequest) -> None:
        self.path = f"{wire.base_url}{wire.path}"
        self._filters = tuple((name, value) for name, value in wire.query if name != "page" and value)

    def of(self, number: int) -> str:
        return f"{self.path}?{urlencode((*self._filters, ('page', str(number))))}"


def _links(current: int, last: int, *, urls: _Urls) -> list[dict[str, object]]:
    def link(label: str, number: int | None) -> dict[str, object]:
        return {
            "url": None if number is None else urls.of(number),
            "label": label,
            "active": number == current and label == str(number),
        }

    previous = link("&laquo; Previous", current - 1 if current > 1 else None)
    following = link("Next &raquo;", current + 1 if current < last else None)
    numbers = [link("...", None) if number is None else link(str(number), number) for number in _window(current, last)]
    return [previous, *numbers, following]


def _window(current: int, last: int) -> list[int | None]:
    """The numbers shown: all of a few, else both ends and the surroundings, None for what is left out."""
    near = ON_EACH_SIDE * 2
    if last < near + 8:
        return [*range(1, last + 1)]
    if current <= near + 1:
        return [*range(1, near + ON_EACH_SIDE + 2), None, last - 1, last]
    if current > last - near - 1:
        return [1, 2, None, *range(last - near - ON_EACH_SIDE, last + 1)]
    return [1, 2, None, *range(current - ON_EACH_SIDE, current + ON_EACH_SIDE + 1), None, last - 1, last]
