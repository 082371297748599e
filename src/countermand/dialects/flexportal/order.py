"""An order as the vendor shows it, and as the engine holds it.

Shape: https://docs.flexportal.io/api-reference/orders/get.md (identical in get, list and create), checked 2026-11-21.

Rule: what the engine knows (status, progress, times) is rendered from the order; everything else, totals included, is kept as it
was given in `Order.facts`, because a cancellation leaves it as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from countermand.dialects.wire import facts_of, instant_of
from countermand.model.order import UNIT_MILLI, Line, Order, Portion, PortionState
from countermand.model.query import JOINED

from .instants import sortable, stamp
from .money import allotted, minor
from .switches import NAME_CHARS_MAX

#: The states of units that are in a rental.
RENTED: Final = (PortionState.SHIPPED, PortionState.DELIVERED, PortionState.RETURNED)

#: The facets by which the list sorts, besides time and id, and the prefix of those that filter custom fields.
UPDATED, STATUS, TOTAL, CUSTOMER = "updatedAt", "status", "totals.total", "customerId"
CUSTOM: Final = "customField_"

#: What the list filters by and, joined with it, sorts by.
JOINTS: Final = f"{CUSTOMER} {CUSTOM}* {STATUS} | {UPDATED} id {STATUS} {TOTAL}"


def document(order: Order) -> dict[str, object]:
    """The Order object."""
    shown = facts_of(order.facts)
    items = shown.get("items")
    if isinstance(items, list):
        shown["items"] = [_item(item, line) for item, line in zip(items, order.lines, strict=True)]
    shown |= {
        "orderId": order.order_id,
        "status": order.status,
        "updatedAt": _updated_at(shown.get("updatedAt"), order),
        "rentalProgress": {
            "totalDevices": order.quantity_milli() // UNIT_MILLI,
            "rentedDevices": order.quantity_milli(*RENTED) // UNIT_MILLI,
        },
    }
    return shown


def _item(item: Mapping[str, object], line: Line) -> dict[str, object]:
    rented, total = line.quantity_milli(*RENTED), line.quantity_milli()
    status = "pending" if not rented else "completed" if rented == total else "partial"
    return {**item, "rentalStatus": status}


def _updated_at(stated: object, order: Order) -> str:
    """As it was given, until something changes."""
    return stated if isinstance(stated, str) and instant_of(stated) == order.updated_at else stamp(order.updated_at)


# ------------------------------------------------------------------------------------------------- lists


class _Customer(msgspec.Struct, rename="camel"):
    customer_id: str = ""


class _Totals(msgspec.Struct, rename="camel"):
    total: float = 0
    currency: str = ""


class _Listed(msgspec.Struct, rename="camel"):
    """What lists look at, read without the rest."""

    customer: _Customer = msgspec.field(default_factory=_Customer)
    totals: _Totals = msgspec.field(default_factory=_Totals)
    custom_fields: dict[str, object] | None = None


def facets(order: Order) -> Mapping[str, str]:
    listed = msgspec.json.decode(order.facts, type=_Listed)
    found = {
        UPDATED: sortable(order.updated_at),
        STATUS: order.status,
        TOTAL: f"{minor(listed.totals.total, listed.totals.currency):018d}",
        CUSTOMER: listed.customer.customer_id,
        JOINED: JOINTS,
    }
    for name, value in (listed.custom_fields or {}).items():
        text = _spelled(value)
        if text is not None and _is_findable(name) and _is_findable(text):
            found[f"{CUSTOM}{name}"] = text
    return found


def _is_findable(text: str) -> bool:
    """Whether an index can hold it; what it can't is shown, and no filter finds it."""
    return len(text) <= NAME_CHARS_MAX and "\0" not in text


def _spelled(value: object) -> str | None:
    """A custom field's value as a query string would spell it; None for what no query string can."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else None


# ------------------------------------------------------------------------------------------------- lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """One item as it was ordered: how many of what, for how much a month each."""

    sku: str
    quantity: int
    unit_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Some units of an item that share one fate."""

    state: PortionState
    quantity: int
    rental_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What an order costs a month, tax included, and how much of that is tax."""

    total_minor: int
    tax_minor: int


def lines_of(items: Sequence[Ordered], sums: Sums, *, fates: Sequence[Sequence[Units]]) -> tuple[Line, ...]:
    """One line per item, named by its place; the order's total and tax fall on the items as their prices do."""
    weights = [item.unit_minor * item.quantity for item in items]
    prices, taxes = allotted(sums.total_minor, weights), allotted(sums.tax_minor, weights)
    return tuple(
        _line(index, item.sku, units, price=price, tax=tax)
        for index, (item, units, price, tax) in enumerate(zip(items, fates, prices, taxes, strict=True))
    )


def _line(index: int, sku: str, units: Sequence[Units], *, price: int, tax: int) -> Line:
    units = [some for some in units if some.quantity]
    counts = [some.quantity for some in units]
    portions = tuple(
        Portion(
            state=some.state,
            quantity_milli=some.quantity * UNIT_MILLI,
            price_minor=price_minor,
            tax_minor=tax_minor,
            shipment_id=some.rental_id,
        )
        for some, price_minor, tax_minor in zip(units, allotted(price, counts), allotted(tax, counts), strict=True)
    )
    reserved = sum(some.quantity for some in units if some.state is PortionState.OPEN)
    return Line(
        line_id=str(index),
        sku=sku,
        portions=portions,
        names={"line_id": str(index), "sku": sku},
        reserved_milli=reserved * UNIT_MILLI,
    )
