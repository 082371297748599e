"""The orders of a sandbox world: documents completed, and their units laid out by the rentals that carry them.

A rental of the world that belongs to an order is one of its units that left, unless it was cancelled. `rentalProgress` may
count more than there are rentals: those units left too, in rentals that nobody can look up.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from countermand.dialects.wire import to_facts
from countermand.model.order import Line, Order, PortionState, Shipment

from .instants import moment, stamp
from .lifecycle import Status
from .money import major, minor
from .order import Ordered, Sums, Units, facets, lines_of
from .records import Owner
from .rental import ACTIVE, device_alias
from .switches import CANCELLED_RENTAL_REOPENS, CONTRACT_MONTHS_DEFAULT
from .world_documents import Item, OrderDocument, RentalDocument

#: Where the units that nobody rents yet are held in stock.
_RESERVING: Final = frozenset({Status.PENDING, Status.CONFIRMED, Status.PARTIAL})

_ADDRESS: Final = {"streetAddress": "Keizersgracht 1", "city": "Amsterdam", "country": "Netherlands"}

_FIRST_BY_STATUS: Final = {"completed": 0, "partial": 1, "pending": 2}


class _Place(Struct, frozen=True):
    """The rentals of one item: every id it ever had, those that carry a unit now, and how many more do without a name."""

    item: Item
    history: list[str]
    carrying: list[str] = field(default_factory=list)
    unnamed: int = 0

    @property
    def room(self) -> int:
        return self.item.quantity - len(self.carrying) - self.unnamed


def order_of(owner: Owner, document: OrderDocument, *, rentals: Sequence[RentalDocument], now: datetime) -> Order:
    """One order of the world, as if it had come this far by itself."""
    document = document if document.items else document.model_copy(update={"items": [Item()]})
    places = _placed(document, rentals)
    created = moment(document.created_at) or now
    updated = max(moment(document.updated_at) or created, created)
    ordered = _ordered(document)
    sums = _sums(document, ordered)
    facts = _facts(owner, document, places=places, sums=sums) | {
        "createdAt": document.created_at or stamp(created),
        "updatedAt": document.updated_at or stamp(updated),
    }
    devices = [one.serial_number for one in rentals if one.status == ACTIVE]
    cancelled = Status(document.status) is Status.CANCELLED
    order = Order(
        tenant=owner.tenant,
        dialect=owner.dialect,
        order_id=document.order_id,
        status=document.status,
        placed_at=created,
        updated_at=updated,
        currency=document.totals.currency,
        lines=_lines(document, places, ordered=ordered, sums=sums),
        total_minor=0 if cancelled else sums.total_minor,
        shipments=tuple(Shipment(shipment_id=one) for place in places for one in place.history),
        cancelled_at=updated if cancelled else None,
        aliases=dict(device_alias(one) for one in devices),
        facts=to_facts(facts),
    )
    return replace(order, facets=facets(order))


# ------------------------------------------------------------------------------------------------- units


def _lines(
    document: OrderDocument, places: Sequence[_Place], *, ordered: Sequence[Ordered], sums: Sums
) -> tuple[Line, ...]:
    rest = PortionState.CANCELLED if Status(document.status) is Status.CANCELLED else PortionState.OPEN
    fates = [
        [
            Units(state=rest, quantity=place.room),
            *(Units(state=PortionState.SHIPPED, quantity=1, rental_id=one) for one in place.carrying),
            Units(state=PortionState.SHIPPED, quantity=place.unnamed),
        ]
        for place in places
    ]
    lines = lines_of(ordered, sums, fates=fates)
    return lines if document.status in _RESERVING else tuple(replace(line, reserved_milli=0) for line in lines)


def _ordered(document: OrderDocument) -> list[Ordered]:
    currency = document.totals.currency
    return [
        Ordered(sku=item.sku, quantity=item.quantity, unit_minor=minor(item.unit_price, currency))
        for item in document.items
    ]


def _sums(document: OrderDocument, ordered: Sequence[Ordered]) -> Sums:
    totals = document.totals
    currency = totals.currency
    below = sum(item.unit_minor * item.quantity for item in ordered)
    subtotal = below if totals.subtotal is None else minor(totals.subtotal, currency)
    tax = minor(totals.tax_amount, currency)
    return Sums(total_minor=subtotal + tax if totals.total is None else minor(totals.total, currency), tax_minor=tax)


def _placed(document: OrderDocument, rentals: Sequence[RentalDocument]) -> tuple[_Place, ...]:
    """Gives every rental its item: the one that lists it, else one of its SKU, else any; while there is room."""
    places = [_Place(item, list(item.rental_ids)) for item in document.items]
    for rental in rentals:
        _put(places, rental.rental_id, sku=rental.sku, counts=_counts(rental))
    known = {rental.rental_id for rental in rentals}
    listed = (*(one for place in places for one in place.history), *document.rental_ids)
    missing = _left(document, sum(len(place.carrying) for place in places))
    for one in [one for one in dict.fromkeys(listed) if one not in known][:missing]:
        _put(places, one, sku=None, counts=True)
        missing -= 1
    order = sorted(range(len(places)), key=lambda index: (_FIRST_BY_STATUS[places[index].item.rental_status], index))
    for index in order:
        taken = min(missing, places[index].room)
        places[index] = replace(places[index], unnamed=taken)
        missing -= taken
    return tuple(places)


def _counts(rental: RentalDocument) -> bool:
    return rental.status != "cancelled" or not CANCELLED_RENTAL_REOPENS


def _left(document: OrderDocument, carried: int) -> int:
    """How many more units left than rentals say: by the order's own account, or where it gives none by its status."""
    total = sum(item.quantity for item in document.items)
    stated = document.rental_progress.rented_devices
    if stated is None:
        stated = {Status.FULFILLED: total, Status.PARTIAL: max(1, carried)}.get(Status(document.status), 0)
    return max(0, min(stated, total) - carried)


def _put(places: list[_Place], rental_id: str, *, sku: str | None, counts: bool) -> None:
    ranked = sorted(places, key=lambda place: (rental_id not in place.item.rental_ids, place.item.sku != sku))
    chosen = next((place for place in ranked if place.room), None) if counts else ranked[0]
    if chosen is None:
        return
    if counts:
        chosen.carrying.append(rental_id)
    if not any(rental_id in place.history for place in places):
        chosen.history.append(rental_id)


# ------------------------------------------------------------------------------------------------- document


def _facts(owner: Owner, document: OrderDocument, *, places: Sequence[_Place], sums: Sums) -> dict[str, object]:
    """The document as it was stated, completed; what the engine knows better is left to it."""
    customer = customer_of(document)
    name = f"{customer['firstName']} {customer['lastName']}"
    billing = {"contactName": name, **_ADDRESS, **_stated(document, "billingAddress")}
    currency = document.totals.currency
    ids = list(dict.fromkeys((*document.rental_ids, *(one for place in places for one in place.history))))
    totals = {
        "subtotal": major(sums.total_minor - sums.tax_minor, currency),
        "taxAmount": major(sums.tax_minor, currency),
        "total": major(sums.total_minor, currency),
        "currency": currency,
        "totalDevices": sum(item.quantity for item in document.items),
    }
    return {
        "tenantId": owner.unit,
        "createdBy": "api",
        **document.stated(),
        "orderType": document.order_type,
        "customer": customer,
        "billingAddress": billing,
        "shippingAddress": {**billing, **_stated(document, "shippingAddress")},
        "items": [_item(place.item, place.history) for place in places],
        "totals": {**totals, **document.totals.stated()},
        "rentalIds": ids,
    }


def customer_of(document: OrderDocument) -> dict[str, object]:
    stated = document.customer
    known = stated.customer_id or f"cust_{document.order_id}"
    return {
        "customerId": known,
        "email": f"{known}@example.com",
        "firstName": "Sam",
        "lastName": "Vries",
        "customerType": "individual",
        **stated.stated(),
    }


def _item(item: Item, history: list[str]) -> dict[str, object]:
    filled = {
        "sku": item.sku,
        "productName": item.sku,
        "quantity": item.quantity,
        "unitPrice": item.unit_price,
        "contractLength": CONTRACT_MONTHS_DEFAULT,
    }
    return {**filled, **item.stated(), "rentalIds": history}


def _stated(document: OrderDocument, member: str) -> dict[str, object]:
    value = (document.model_extra or {}).get(member)
    return value if isinstance(value, dict) else {}
