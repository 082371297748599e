"""One application of a world as an order. Every item is a line of one portion in the state it names, so an application may
begin anywhere in its life; what the document leaves out follows from what it says.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import World as Given
from countermand.model.order import Line, Order, Portion, PortionState, Shipment

from .amounts import by_rate
from .create import NUMBER, SHOWN
from .facts import Facts, ItemFacts, Paid, Recurrence, facts_out
from .items import SHOWN as ITEM_SHOWN, per_piece, taxes_of, total_of
from .lifecycle import (
    DELIVERED,
    ITEM_STATE,
    NOT_PAID,
    PAID,
    REDIRECT_NEEDED,
    REJECTED,
    RETURNED,
    SHIPPED,
    STATE_OF,
    TO_SHIP,
)
from .name import NAME
from .search import facets
from .seeds import SeedApplication, SeedItem, SeedOrder
from .switches import APPLICATION_ID_DIGITS
from .values import Amount

PORTION_STATE: Final[Mapping[str, PortionState]] = {word: state for state, word in ITEM_STATE.items()}

#: The state of items that don't name one, by the application's substate; PROCESSING otherwise.
ITEMS_ARE: Final[Mapping[str, str]] = {
    SHIPPED: "SENT",
    DELIVERED: "DELIVERED",
    PAID: "DELIVERED",
    NOT_PAID: "CANCELLED",
    RETURNED: "RETURNED",
}

#: The substate of an application that names none, by its state and then by that of its order.
BEGINS: Final[Mapping[str, str]] = {"PROCESSING": REDIRECT_NEEDED, "REJECTED": REJECTED}
READY_IS: Final[Mapping[str, str]] = {"SENT": SHIPPED, "DELIVERED": DELIVERED}

_LEFT: Final = frozenset({PortionState.SHIPPED, PortionState.DELIVERED, PortionState.RETURNED})


_Told = tuple[str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class _Filled:
    """A line with what is remembered of it."""

    line: Line
    facts: ItemFacts


def order_of(application: SeedApplication, tenant: str, *, given: Given) -> Order:
    seed, status = application.order, status_of(application)
    shipments: dict[_Told, Shipment] = {}
    filled = _filled(seed, status, shipments=shipments)
    lines = tuple(one.line for one in filled)
    total_minor = total_of(lines) if seed.total_price is None else seed.total_price.amount
    order = Order(
        tenant=tenant,
        dialect=NAME,
        order_id=application.id or given.new_id().replace("-", "")[-APPLICATION_ID_DIGITS:],
        status=status,
        placed_at=given.now,
        updated_at=given.now,
        currency=_currency(seed),
        lines=lines,
        total_minor=total_minor,
        taxes=taxes_of(lines) if seed.total_vat is None else by_rate(seed.total_vat),
        shipments=tuple(shipments.values()),
        cancelled_at=given.now if status == NOT_PAID else None,
    )
    return _remembering(order, application, [one.facts for one in filled])


def status_of(application: SeedApplication) -> str:
    """The substate that the document gives, or the one that its states lead to."""
    if application.state_reason is not None:
        return application.state_reason
    order_state = application.order.state or ""
    if application.state == "CANCELLED":
        return RETURNED if order_state == "RETURNED" else NOT_PAID
    return BEGINS.get(application.state or "", READY_IS.get(order_state, TO_SHIP))


def _remembering(order: Order, application: SeedApplication, items: Sequence[ItemFacts]) -> Order:
    seed = application.order
    number = seed.number or order.order_id[:100]
    symbols = [_symbol(number)] if seed.variable_symbols is None else seed.variable_symbols
    asked, ready = application.agreement_terms_and_conditions, STATE_OF[order.status] != "PROCESSING"
    facts = Facts(
        number=number,
        type=application.type,
        placed_total=order.total_minor,
        symbols=symbols,
        merchant_id=seed.merchant_id,
        shown=seed.model_dump(include=set(SHOWN), by_alias=True, exclude_none=True),
        documents=seed.documents or [],
        items={line.line_id: item for line, item in zip(order.lines, items, strict=True)},
        customer=application.customer.model_dump(by_alias=True, exclude_none=True),
        urls=application.merchant_urls.model_dump(by_alias=True, exclude_none=True),
        agreed=ready if asked is None else asked,
        gateway=application.gateway_redirect_url,
        recurrence=_recurrence(application),
        payments=_payments(order, application),
    )
    named = replace(order, aliases={NUMBER: number}, facts=facts_out(facts))
    return replace(named, facets=facets(named))


def _symbol(number: str) -> str:
    """A symbol for an order of which none is told; whoever wants one without says `[]`."""
    return re.sub(r"[^0-9]", "", number)[-10:] or "1"


def _currency(seed: SeedOrder) -> str:
    told = [seed.total_price, *(item.total_price for item in seed.items), *(item.unit_price for item in seed.items)]
    return next((amount.currency for amount in told if amount is not None), "CZK")


def _recurrence(application: SeedApplication) -> Recurrence | None:
    told = application.recurrence
    if told is None:
        return None
    return Recurrence(id=told.id, ended=told.state if told.state in {"CANCELLED", "EXPIRED"} else None)


def _payments(order: Order, application: SeedApplication) -> list[Paid]:
    """Those of the document; an application that was paid out has one at least."""
    today = order.placed_at.date().isoformat()
    if application.payments is None:
        paid = order.status == PAID
        return [Paid(id=f"{order.order_id}-0000", date=today, amount=order.total_minor)] if paid else []
    return [Paid(id=one.payment_id, date=one.date or today, amount=one.value.amount) for one in application.payments]


# ------------------------------------------------------------------------------------------------- items


def _told(item: SeedItem, seed: SeedOrder) -> _Told:
    """Sent, delivered, tracking: of the item, or of the order when that was handled at once."""
    own = (item.sent_date, item.delivery_date, item.delivery_tracking_number)
    return own if any(own) else (seed.sent_date, seed.delivery_date, seed.delivery_tracking_number)


def _filled(seed: SeedOrder, status: str, *, shipments: dict[_Told, Shipment]) -> list[_Filled]:
    """Every item; those of which the same is told share a shipment, which is added to `shipments`."""
    filled = []
    for number, item in enumerate(seed.items, start=1):
        state = PORTION_STATE[item.state or seed.state or ITEMS_ARE.get(status, "PROCESSING")]
        shipment_id = None
        if state in _LEFT:
            sent, delivered, tracking = told = _told(item, seed)
            fresh = Shipment(
                shipment_id=f"s{len(shipments) + 1}",
                carrier=seed.delivery_carrier,
                tracking=tracking,
                shipped_on=sent,
                delivered_on=delivered,
            )
            shipment_id = shipments.setdefault(told, fresh).shipment_id
        filled.append(_item(str(number), item, state=state, shipment_id=shipment_id))
    return filled


def _item(line_id: str, item: SeedItem, *, state: PortionState, shipment_id: str | None) -> _Filled:
    quantity_milli = item.quantity or 1000
    price = _total(item.total_price, item.unit_price, quantity_milli=quantity_milli)
    tax = _total(item.total_vat, item.unit_vat, quantity_milli=quantity_milli)
    rated = item.total_vat or item.unit_vat
    code = item.code or f"ITEM-{line_id}"
    names = {"code": code, "ean": item.ean, "name": item.name or code, "type": item.type}
    line = Line(
        line_id=line_id,
        sku=code,
        portions=(
            Portion(
                state=state,
                quantity_milli=quantity_milli,
                price_minor=price,
                tax_minor=tax,
                shipment_id=shipment_id,
            ),
        ),
        names={name: value for name, value in names.items() if value is not None},
        tax_rate_milli=None if rated is None else rated.vat_rate,
    )
    facts = ItemFacts(
        unit_price=per_piece(price, quantity_milli) if item.unit_price is None else item.unit_price.amount,
        unit_vat=per_piece(tax, quantity_milli) if item.unit_vat is None else item.unit_vat.amount,
        shown=item.model_dump(include={*ITEM_SHOWN, "image"}, by_alias=True, exclude_none=True),
    )
    return _Filled(line, facts)


def _total(total: Amount | None, unit: Amount | None, *, quantity_milli: int) -> int:
    """The amount of all pieces, or of so many single ones, or nothing."""
    if total is not None:
        return total.amount
    return 0 if unit is None else (2 * unit.amount * quantity_milli + 1000) // 2000
