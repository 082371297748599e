"""Creating an order: customer by e-mail, prices from the catalogue, and the same request twice is the same order.

Page: https://docs.flexportal.io/api-reference/orders/create.md; idempotency: overview.md ("Orders: Customer email + items
combination within a short window"). Checked 2026-11-21.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import facts_of, json_answer, to_facts
from countermand.model.command import Place
from countermand.model.order import Order, PortionState
from countermand.model.outcome import Refused, Verdict
from countermand.model.record import Record

from .caller import owner_of
from .catalogue import CURRENCY, Offer, offer
from .codes import Rule, refused, ruled
from .instants import stamp
from .lifecycle import ORDER, Status
from .money import CURRENCY_DEFAULT, major, minor
from .order import Ordered, Sums, Units, document, lines_of
from .reading import read
from .records import CUSTOMER, VARIANT, Owner, customer_key, fresh_id, key_of, new, text
from .requests import CreateOrder, NewItem
from .switches import SAME_ORDER_WINDOW

#: The name under which an order is found by what it was created from.
CREATED_FROM: Final = "created_from"

#: Members of a variant that an item shows as they are.
_SHOWN: Final = ("productId", "variantId", "productImageUrl", "listPrice", "acquisitionCost")


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    asked = read(wire.body, CreateOrder)
    made_from = fingerprint(asked)
    variants = [key_of(caller, VARIANT, item.sku) for item in asked.items]
    customer = key_of(caller, CUSTOMER, customer_key(asked.customer.email))

    def plan(held: Held) -> Plan | Refused:
        if held.order is not None and _is_same(held.order, held):
            return Plan(note=held.order)
        offers = [
            offer(held.records.get(key), item.contract_length) for key, item in zip(variants, asked.items, strict=True)
        ]
        wrong = next((one for one in offers if isinstance(one, Rule)), None)
        if wrong is not None:
            return ruled(wrong, None)
        owner = owner_of(caller)
        known = held.records.get(customer) or _new_customer(owner, asked, held)
        order = _order(
            owner, asked, held=held, customer=known, offers=[one for one in offers if isinstance(one, Offer)]
        )
        order = replace(order, aliases={CREATED_FROM: made_from})
        return Plan(commands=(Place(order=order),), records=() if customer in held.records else (known,), note=order)

    return Ask(order=caller.alias(CREATED_FROM, made_from), records=(*dict.fromkeys(variants), customer), plan=plan)


def fingerprint(asked: CreateOrder) -> str:
    """The customer's e-mail and the items, in whatever order they were listed."""
    items = sorted((item.sku, item.quantity, item.contract_length or 0) for item in asked.items)
    return hashlib.sha256(repr((customer_key(asked.customer.email), items)).encode()).hexdigest()


def _is_same(order: Order, held: Held) -> bool:
    """Whether an order made from the same request is still that order. A cancelled one never is: a new one is needed."""
    return order.status != Status.CANCELLED and held.now - order.placed_at <= SAME_ORDER_WINDOW


def _new_customer(owner: Owner, asked: CreateOrder, held: Held) -> Record:
    body = {"customerId": fresh_id("cust", held), **asked.customer.sent()}
    return new(owner, CUSTOMER, body, at=held.now)


def _order(owner: Owner, asked: CreateOrder, *, held: Held, customer: Record, offers: Sequence[Offer]) -> Order:
    order_id, now = fresh_id("ord", held), held.now
    currency = _currency(offers)
    ordered = [
        Ordered(sku=item.sku, quantity=item.quantity, unit_minor=minor(one.monthly, currency))
        for item, one in zip(asked.items, offers, strict=True)
    ]
    sums = Sums(total_minor=sum(one.unit_minor * one.quantity for one in ordered), tax_minor=0)
    facts = _facts(asked, customer, offers) | {
        "orderId": order_id,
        "tenantId": owner.unit,
        "totals": _totals(ordered, sums, currency),
        "createdAt": stamp(now),
        "updatedAt": stamp(now),
    }
    return Order(
        tenant=owner.tenant,
        dialect=owner.dialect,
        order_id=order_id,
        status=ORDER.initial,
        placed_at=now,
        updated_at=now,
        currency=currency,
        lines=lines_of(
            ordered, sums, fates=[[Units(state=PortionState.OPEN, quantity=one.quantity)] for one in ordered]
        ),
        total_minor=sums.total_minor,
        facts=to_facts(facts),
    )


def _currency(offers: Sequence[Offer]) -> str:
    """A business unit has one currency: that of its catalogue."""
    return next((stated for one in offers if (stated := text(one.variant, CURRENCY))), CURRENCY_DEFAULT)


def _totals(ordered: Sequence[Ordered], sums: Sums, currency: str) -> dict[str, object]:
    return {
        "subtotal": major(sums.total_minor - sums.tax_minor, currency),
        "taxAmount": major(sums.tax_minor, currency),
        "total": major(sums.total_minor, currency),
        "currency": currency,
        "totalDevices": sum(one.quantity for one in ordered),
    }


def _facts(asked: CreateOrder, customer: Record, offers: Sequence[Offer]) -> dict[str, object]:
    """The order as it was asked for; without an address to ship to, it ships to where it is billed."""
    sent = asked.sent()
    known = text(facts_of(customer.body), "customerId")
    return {
        **sent,
        "orderType": asked.order_type,
        "customer": {"customerType": asked.customer.customer_type, **asked.customer.sent(), "customerId": known},
        "shippingAddress": sent.get("shippingAddress", sent["billingAddress"]),
        "items": [_item(item, one) for item, one in zip(asked.items, offers, strict=True)],
        "rentalIds": [],
        "createdBy": "api",
    }


def _item(item: NewItem, one: Offer) -> dict[str, object]:
    shown: Mapping[str, object] = {name: one.variant[name] for name in _SHOWN if name in one.variant}
    return {
        **shown,
        "sku": item.sku,
        "productName": text(one.variant, "variantName") or item.sku,
        "quantity": item.quantity,
        "unitPrice": one.monthly,
        "contractLength": one.months,
        "rentalIds": [],
    }


def encode_create(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    """201, for an order that was there already too: the same body as the first time."""
    del wire
    if isinstance(verdict, Refused):
        return refused(verdict)
    assert verdict.order is not None
    answer = {
        "success": True,
        "message": "Order created successfully",
        "orderId": verdict.order.order_id,
        "order": document(verdict.order),
    }
    return json_answer(201, answer)
