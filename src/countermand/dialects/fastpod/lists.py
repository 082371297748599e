"""Get Order (api-4681581) and List Orders (api-4681580): both answer bare, without the wrapper of the writes.

A query parameter that is there and empty is no filter: the documented sample request sends exactly that. `search`
finds an order by either of its two numbers, as a whole; `start_date` and `end_date` are both included and are about
`created_at`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from types import MappingProxyType
from typing import Final

from countermand.dialects.contract import Caller, FieldFault, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.order import Order
from countermand.model.query import Found, GetOrder, Listing, ListOrders, Page, Query

from .codes import not_found
from .lifecycle import STATUSES
from .members import PRINTABLE, TEXT_MAX
from .order import FILTERS, REFERENCE, facets, group, whole_order
from .paginator import Numbered, page, page_asked
from .reading import invalid

#: What a filter may say (api-4681580).
CHOICES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "status": STATUSES,
        "shipping_method": ("1", "2", "3", "4"),
        "order_type": ("1", "2"),
        "payment_method": ("cash", "point"),
        "payment_status": ("paid", "unpaid"),
    }
)

_DAY: Final = re.compile(r"^\d{4}-\d\d-\d\d$", re.ASCII)


# ------------------------------------------------------------------------------------------------------------ Get Order


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetOrder(key=caller.order(wire.params["id"])),)


def encode_get(found: tuple[Found, ...], _wire: WireRequest) -> WireAnswer:
    order = found[0]
    return json_answer(200, whole_order(order)) if isinstance(order, Order) else not_found()


# ---------------------------------------------------------------------------------------------------------- List Orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filters of one request; None where there is none."""

    search: str | None
    status: str | None
    facets: Mapping[str, str]
    from_at: datetime | None
    until_at: datetime | None

    def groups(self) -> tuple[str, ...]:
        """The groups of orders that fit, whatever their time; none named when all do."""
        given = {"status": self.status, **self.facets}
        names = ("status", *FILTERS)
        if not any(given.get(name) for name in names):
            return ()
        choices = ([value] if (value := given.get(name)) else CHOICES[name] for name in names)
        return tuple(group(*values) for values in product(*choices))

    def fits(self, order: Order) -> bool:
        """Whether an order that was found by its number is in the list."""
        held = facets(order)
        return (
            self.status in {None, order.status}
            and all(held[name] == value for name, value in self.facets.items())
            and (self.from_at is None or order.placed_at >= self.from_at)
            and (self.until_at is None or order.placed_at < self.until_at)
        )


def asked_of(wire: WireRequest) -> Asked:
    """Raises CallerFault INVALID for a value that no order can have."""
    given = {name: value for name in CHOICES if (value := wire.query_value(name))}
    wrong = [_wrong(name) for name, value in given.items() if value not in CHOICES[name]]
    search = wire.query_value("search") or None
    if search and (len(search) > TEXT_MAX or not re.match(PRINTABLE, search)):
        wrong.append(_wrong("search"))
    days = {name: value for name in ("start_date", "end_date") if (value := wire.query_value(name))}
    wrong += [_wrong(name) for name, value in days.items() if _day(value) is None]
    if wrong:
        raise invalid(*wrong)
    return Asked(
        search=search,
        status=given.get("status"),
        facets={name: given[name] for name in FILTERS if name in given},
        from_at=_day(days.get("start_date", "")),
        until_at=_day_after(days.get("end_date", "")),
    )


def _wrong(name: str) -> FieldFault:
    return FieldFault(path=name, message=f"The selected {name} is invalid.")


def _day(text: str) -> datetime | None:
    """The beginning of a day, or None when the text names none."""
    if not _DAY.match(text):
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        return None


def _day_after(text: str) -> datetime | None:
    """The beginning of the next day. After the last day that there is nothing is left out."""
    day = _day(text)
    return None if day is None or day.date() == date.max else day + timedelta(days=1)


def decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    asked, paging = asked_of(wire), page_asked(wire)
    if asked.search is not None:
        # An index answers for each of the two numbers; the other filters are then a look at one or two orders.
        return (GetOrder(key=caller.order(asked.search)), GetOrder(key=caller.alias(REFERENCE, asked.search)))
    listing = Listing(
        groups=asked.groups(),
        from_at=asked.from_at,
        until_at=asked.until_at,
        offset=paging.offset,
        limit=paging.per_page,
        count=True,
    )
    return (ListOrders(tenant=caller.tenant, dialect=caller.dialect, listing=listing),)


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    asked, paging = asked_of(wire), page_asked(wire)
    if asked.search is not None:
        by_id = {order.order_id: order for order in found if isinstance(order, Order) and asked.fits(order)}
        matching = sorted(by_id.values(), key=lambda order: (order.placed_at, order.order_id), reverse=True)
        orders, total = matching[paging.offset : paging.offset + paging.per_page], len(matching)
    else:
        orders, total = _of_page(found[0])
    return json_answer(
        200, page(Numbered(rows=[whole_order(order) for order in orders], total=total), paging, wire=wire)
    )


def _of_page(found: Found) -> tuple[list[Order], int]:
    assert isinstance(found, Page), "a list query gives a page"
    assert found.total is not None, "it was asked to count"
    return [order for order in found.items if isinstance(order, Order)], found.total
