"""An order as this vendor shows it: the order with its items, and the application around it.

Shapes: `OrderExtendedResponse` and `ApplicationResponse` of the vendor's OpenAPI file. Rule: exactly the declared members,
because the vendor's Java client refuses unknown ones; "required and nullable" members are always there, perhaps null.
Each portion of a line is shown as an item of its own, since an item has one state (README, "A line in parts").
"""

from dataclasses import dataclass

from countermand.dialects.contract import WireAnswer, WireRequest
from countermand.dialects.wire import json_answer, unmilli
from countermand.model.order import Line, Order, Portion, PortionState, Shipment
from countermand.model.outcome import Done, Refused, Verdict

from .codes import JSON, encode_refused
from .facts import Facts, ItemFacts, facts_in
from .lifecycle import ADVANCE, ITEM_STATE, STATE_OF
from .switches import EMPTY_FOR_NULL

_UNSHIPPED = Shipment(shipment_id="")


# ------------------------------------------------------------------------------------------------- answers


def encode_order(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    """What every change of an order answers."""
    del wire
    if isinstance(verdict, Refused):
        return encode_refused(verdict)
    return json_answer(200, order_document(changed(verdict), with_application=True), JSON)


def changed(done: Done) -> Order:
    """The order that a change was about. Each of our plans that isn't refused is about one."""
    assert done.order is not None
    return done.order


def application_document(order: Order, base_url: str) -> dict[str, object]:
    """`ApplicationResponse`."""
    facts = facts_in(order.facts)
    document: dict[str, object] = {
        **base_document(order),
        "customer": customer_document(facts.customer),
        "order": order_document(order),
        "type": facts.type,
        "agreementTermsAndConditions": facts.agreed,
        "gatewayRedirectUrl": facts.gateway or f"{base_url}/gateway/{order.order_id}",
    }
    if facts.recurrence is not None:
        document["recurrence"] = recurrence_document(order.status, facts)
    return document


def base_document(order: Order) -> dict[str, object]:
    """`ApplicationBaseResponse`, which is also the body of the application notification."""
    return {"id": order.order_id, "state": STATE_OF[order.status], "stateReason": order.status}


def recurrence_document(status: str, facts: Facts) -> dict[str, object] | None:
    """`RecurrenceObject`. Its state follows the application's as the page of states allows."""
    if facts.recurrence is None:
        return None
    ended = facts.recurrence.ended
    alive = {"PROCESSING": ended or "APPROVING", "READY": ended or "READY"}
    return {"id": facts.recurrence.id, "state": alive.get(STATE_OF[status], "CANCELLED")}


def customer_document(customer: dict[str, object]) -> dict[str, object]:
    """`CustomerResponse`: a name given in one form is shown in both, because all three members are required."""
    first, last, full = (str(customer.get(name) or "") for name in ("firstName", "lastName", "fullName"))
    if full and not first and not last:
        first, _, last = full.partition(" ")
    names = {"firstName": first, "lastName": last, "fullName": full or f"{first} {last}".strip()}
    return {"email": "", "phone": "", **customer, **names}


# ------------------------------------------------------------------------------------------------- the order


def order_document(order: Order, *, with_application: bool = False) -> dict[str, object]:
    """`OrderResponse`, with the application it belongs to `OrderExtendedResponse`."""
    facts = facts_in(order.facts)
    journey = _journey(order)
    document: dict[str, object] = {
        "number": facts.number,
        "variableSymbols": facts.symbols,
        "totalPrice": {"amount": order.total_minor, "currency": order.currency},
        "totalVat": [_vat(tax.amount_minor, order.currency, tax.rate_milli) for tax in order.taxes],
        **facts.shown,
        "state": state_of(order),
        "sentDate": journey.sent,
        "deliveryDate": journey.delivered,
        "deliveryTrackingNumber": _or_empty(journey.tracking),
        "merchantId": _or_empty(facts.merchant_id),
        "items": [
            _item(order, line, portion, facts=facts.items.get(line.line_id), at_once=journey.at_once)
            for line in order.lines
            for portion in line.portions
        ],
    }
    if facts.documents:
        document["documents"] = facts.documents
    if with_application:
        document["applicationInfo"] = base_document(order)
    return document


def state_of(order: Order) -> str:
    """The least advanced state among the items that aren't cancelled; CANCELLED when none is left."""
    states = {portion.state for line in order.lines for portion in line.portions}
    if not order.lines:
        return "CANCELLED" if order.cancelled_at or STATE_OF[order.status] == "CANCELLED" else "PROCESSING"
    least = next((state for state in ADVANCE if state in states), PortionState.CANCELLED)
    return ITEM_STATE[least]


def _item(order: Order, line: Line, portion: Portion, *, facts: ItemFacts | None, at_once: bool) -> dict[str, object]:
    shipment = _UNSHIPPED if at_once else _shipment(order, portion)
    rate_milli = line.tax_rate_milli or 0
    names = line.names
    document: dict[str, object] = {
        "code": names["code"],
        "ean": names.get("ean"),
        "name": names["name"],
        **({"type": names["type"]} if "type" in names else {}),
        **(facts.shown if facts else {}),
        "quantity": unmilli(portion.quantity_milli),
        "unitPrice": {"amount": facts.unit_price if facts else 0, "currency": order.currency},
        "unitVat": _vat(facts.unit_vat if facts else 0, order.currency, rate_milli),
        "totalPrice": {"amount": portion.price_minor, "currency": order.currency},
        "totalVat": _vat(portion.tax_minor, order.currency, rate_milli),
        "state": ITEM_STATE[portion.state],
        "sentDate": shipment.shipped_on,
        "deliveryDate": shipment.delivered_on,
        "deliveryTrackingNumber": _or_empty(shipment.tracking),
    }
    return document


def _vat(amount_minor: int, currency: str, rate_milli: int) -> dict[str, object]:
    return {"amount": amount_minor, "currency": currency, "vatRate": unmilli(rate_milli)}


def _or_empty(value: str | None) -> str | None:
    return "" if value is None and EMPTY_FOR_NULL else value


# ------------------------------------------------------------------------------------------------- how it travelled


@dataclass(frozen=True, slots=True)
class _Journey:
    """Dates and tracking of the order as a whole. `at_once`: one shipment carried all, so items say nothing of their own."""

    sent: str | None = None
    delivered: str | None = None
    tracking: str | None = None
    at_once: bool = True


def _journey(order: Order) -> _Journey:
    if not order.shipments:
        return _Journey()
    live = [portion for line in order.lines for portion in line.portions if portion.state is not PortionState.CANCELLED]
    carriers = {portion.shipment_id for portion in live}
    if len(carriers) == 1 and None not in carriers:
        shipment = _shipment(order, live[0])
        return _Journey(shipment.shipped_on, shipment.delivered_on, shipment.tracking)
    if None in carriers:
        return _Journey(at_once=False)
    used = [shipment for shipment in order.shipments if shipment.shipment_id in carriers]
    sent = [shipment.shipped_on for shipment in used if shipment.shipped_on]
    delivered = [shipment.delivered_on for shipment in used if shipment.delivered_on]
    return _Journey(
        sent=max(sent, default=None),
        delivered=max(delivered, default=None) if len(delivered) == len(used) else None,
        at_once=False,
    )


def _shipment(order: Order, portion: Portion) -> Shipment:
    for shipment in order.shipments:
        if shipment.shipment_id == portion.shipment_id:
            return shipment
    return _UNSHIPPED
