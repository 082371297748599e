"""Which rows of the facet table a change adds and removes."""

from typing import NamedTuple

from countermand.model.order import Order
from countermand.model.record import Record
from countermand.store.joints import joined
from countermand.store.rows import micros


class FacetRow(NamedTuple):
    """One value of one holder. `holder` is the kind of order, or '#' and the kind of record."""

    tenant: str
    dialect: str
    holder: str
    name: str
    value: str
    at: int
    id: str


def of_order(order: Order) -> set[FacetRow]:
    at = micros(order.placed_at)
    return {
        FacetRow(order.tenant, order.dialect, order.kind, name, value, at, order.order_id)
        for name, value in joined(order.facets, order.order_id)
    }


def of_record(record: Record) -> set[FacetRow]:
    at = micros(record.created_at)
    return {
        FacetRow(record.tenant, record.dialect, f"#{record.kind}", name, value, at, record.record_id)
        for name, value in joined(record.facets, record.record_id)
    }
