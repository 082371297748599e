"""An order of ours as the vendor shows it, and the parts of an order of ours that a shown one determines.

Rule 1: status and times come from the order; everything else from `Order.facts`, a `WholeOrder` document.
Rule 2: totals and points stand as they were when the order is cancelled. The example pair of one order before and
after (api-4681586, api-4681584) shows every figure unchanged.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from countermand.dialects.wire import facts_of, to_facts
from countermand.model.order import UNIT_MILLI, Line, Order, Payment, Portion, PortionState, Shipment
from countermand.model.query import GROUP

from .documents import CANCELLED_KEYS, CANCELLED_LINE_KEYS, WHOLE_KEYS, WHOLE_LINE_KEYS, WholeOrder
from .lifecycle import CANCELLED, REJECTED, SHIPPED
from .members import cents_of, stamp
from .name import NAME
from .switches import SWITCHES, Switches

#: All amounts are in dollars; no page has a member for the currency.
CURRENCY: Final = "USD"

#: What an order's units are doing when all that is known is its status.
PORTION_STATES: Final = {CANCELLED: PortionState.CANCELLED, SHIPPED: PortionState.SHIPPED}

REFERENCE: Final = "reference_id"


# ---------------------------------------------------------------------------------------------------------------- out


def cancelled_order(order: Order, switches: Switches = SWITCHES) -> dict[str, object]:
    """31 members, no tax ids, lines without `discount` (api-4681584)."""
    return _shown(order, CANCELLED_KEYS, CANCELLED_LINE_KEYS, switches=switches)


def whole_order(order: Order, switches: Switches = SWITCHES) -> dict[str, object]:
    """33 members, lines with `discount` (api-4681581, api-4681586)."""
    return _shown(order, WHOLE_KEYS, WHOLE_LINE_KEYS, switches=switches)


def _shown(
    order: Order, keys: Sequence[str], line_keys: Sequence[str], *, switches: Switches = SWITCHES
) -> dict[str, object]:
    facts = facts_of(order.facts)
    document = facts | _known(order, facts)
    shown = {key: document[key] for key in keys}
    shown["line_items"] = [{key: line[key] for key in line_keys} for line in _lines_of(facts)]
    if switches.boost_alias:
        shown["boost_production"] = document["rush_production"]
    return shown


def _known(order: Order, facts: Mapping[str, object]) -> dict[str, object]:
    """What the engine knows better than the facts."""
    updated_at = stamp(order.updated_at)
    return {
        "id": order.order_id,
        "order_status": order.status,
        "created_at": stamp(order.placed_at),
        "updated_at": updated_at,
        "cancelled_at": None if order.cancelled_at is None else stamp(order.cancelled_at),
        # Nothing happens to a rejected order any more, so its last change is the rejection.
        "rejected_at": facts["rejected_at"] or (updated_at if order.status == REJECTED else None),
        "shipments": [shipment.tracking or shipment.shipment_id for shipment in order.shipments],
    }


def _lines_of(facts: Mapping[str, object]) -> list[dict[str, object]]:
    lines = facts["line_items"]
    assert isinstance(lines, list), "we wrote it"
    return lines


# ----------------------------------------------------------------------------------------------------------------- in


def document_of(order: Order) -> WholeOrder:
    """The facts, typed."""
    return WholeOrder.model_validate_json(order.facts)


def facts_from(document: WholeOrder) -> bytes:
    return to_facts(document.model_dump(mode="json"))


def cents(dollars: float) -> int:
    """Dollars of a document in minor units; reading the document has made sure that they are an amount."""
    minor = cents_of(dollars)
    assert minor is not None
    return minor


def facets(order: Order) -> Mapping[str, str]:
    """The filters of List Orders (api-4681580) besides status and time, and all but time in one word."""
    facts = facts_of(order.facts)
    found = {name: str(facts[name]) for name in FILTERS}
    return {**found, GROUP: group(order.status, *found.values())}


def group(*values: str) -> str:
    """The word for one value of each filter, the status first: lists have numbers and totals, so rows are counted by it."""
    return "/".join(values)


#: Query parameters of List Orders that are equal to a member of the order.
FILTERS: Final = ("shipping_method", "order_type", "payment_method", "payment_status")


def aliases(document: WholeOrder) -> Mapping[str, str]:
    return {REFERENCE: document.reference_id} if document.reference_id else {}


def lines(document: WholeOrder) -> tuple[Line, ...]:
    """The lines as the engine sees them. A line of nothing has no units to cancel; a free order has no prices to give
    back.
    """
    state = PORTION_STATES.get(document.order_status, PortionState.OPEN)
    free = not document.order_total
    return tuple(
        Line(
            line_id=str(number),
            sku=line.sku,
            portions=(
                Portion(
                    state=state,
                    quantity_milli=line.quantity * UNIT_MILLI,
                    price_minor=0 if free else cents(line.price),
                ),
            ),
            names={"id": str(line.id), "item_id": line.item_id, "sku": line.sku},
        )
        for number, line in enumerate(document.line_items, start=1)
        if line.quantity
    )


def total_minor(document: WholeOrder) -> int:
    """What the merchant owes or has paid: nothing once it is cancelled."""
    return 0 if document.order_status == CANCELLED else cents(document.order_total)


def payments(document: WholeOrder) -> tuple[Payment, ...]:
    """One tender per order. A test order is not billed (api-4681582)."""
    paid = cents(document.order_total) if document.payment_status == "paid" and not document.test_order else 0
    if not paid:
        return ()
    return (Payment(payment_id="1", method=document.payment_method, authorised_minor=paid, captured_minor=paid),)


def order_of(document: WholeOrder, *, tenant: str, merchant: str) -> Order:
    """The order that this document describes, of this merchant."""
    found = Order(
        tenant=tenant,
        dialect=NAME,
        order_id=document.id,
        status=document.order_status,
        placed_at=document.created_at,
        updated_at=document.updated_at,
        account=merchant,
        currency=CURRENCY,
        lines=lines(document),
        total_minor=total_minor(document),
        shipments=tuple(
            Shipment(shipment_id=str(number), tracking=tracking)
            for number, tracking in enumerate(document.shipments, start=1)
        ),
        payments=payments(document),
        cancelled_at=document.cancelled_at,
        aliases=aliases(document),
        facts=facts_from(document),
    )
    return replace(found, facets=facets(found))
