"""The records of a sandbox world, completed from the orders and rentals beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from countermand.dialects.wire import facts_of
from countermand.model.order import Order
from countermand.model.record import Record

from .catalogue import ANY_LENGTH, CURRENCY
from .instants import moment, stamp
from .records import ASSET, CUSTOMER, PAYMENT, RENTAL, VARIANT, Kind, Owner, seeded, text
from .rental import Term, begun, months_of
from .world_documents import (
    AssetDocument,
    CustomerDocument,
    Document,
    PaymentDocument,
    RentalDocument,
    VariantDocument,
)

#: What a world means by a rental, a device or a customer of which it says next to nothing.
_SKU, _CUSTOMER, _CURRENCY = "SKU-1", "cust_1", "EUR"

_SOMEBODY: Final = {"customerId": _CUSTOMER, "customerEmail": f"{_CUSTOMER}@example.com", "customerName": "Sam Vries"}

#: What a customer's record takes from an order.
_CUSTOMER_MEMBERS: Final = ("customerId", "email", "firstName", "lastName", "company", "phone", "customerType")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the records of one account of a world go."""

    owner: Owner
    now: datetime

    def rental(self, document: RentalDocument, order: Order | None) -> Record:
        facts = {} if order is None else facts_of(order.facts)
        item = _item_of(facts, document)
        start = moment(document.start_date) or moment(document.created_at) or self.now
        term = Term(start=start, months=document.contract_length or months_of(item))
        filled = {**_SOMEBODY, "currency": _CURRENCY, **_said(begun(facts, item, term))}
        body = {
            "assetSerialNumber": f"SN-{document.rental_id}",
            "orderId": document.order,
            "status": document.status,
            **filled,
            **document.stated(),
        }
        return self._put(RENTAL, document, body, None if order is None else order.order_id)

    def asset(self, document: AssetDocument, rental: Record | None, *, names: Mapping[str, str]) -> Record:
        """An asset is where its rental says, unless the world says otherwise; `names` are those of products by SKU."""
        stated = document.stated()
        where: dict[str, object] = {"status": "available"}
        if rental is not None and document.status in {None, "rented_out"}:
            customer = text(facts_of(rental.body), "customerId")
            where = {"status": "rented_out", "rentalId": rental.record_id, "customerId": customer}
        named = {"sku": document.sku, "productName": names.get(document.sku, document.sku)}
        return self._put(ASSET, document, {**named, **where, **stated})

    def payment(self, document: PaymentDocument, rental: Record | None) -> Record:
        body = {} if rental is None else facts_of(rental.body)
        total = body.get("monthlyAmount", 0) if document.total is None else document.total
        due = moment(document.due_date) or self.now
        filled = {
            "customerId": text(body, "customerId") or _CUSTOMER,
            "currency": text(body, "currency") or _CURRENCY,
            "subtotal": total,
            "taxAmount": 0,
            "total": total,
            "amount": total,
            "paymentType": "individual",
            "billingPeriod": f"{due:%Y-%m}",
            "idempotencyKey": f"{document.rental_id or document.payment_id}:{due:%Y-%m}",
            "dueDate": stamp(due),
            "status": document.status,
        }
        return self._put(PAYMENT, document, filled | document.stated(), None if rental is None else rental.order_id)

    def variant(self, document: VariantDocument) -> Record:
        sku = document.variant_sku
        filled = {
            "variantId": f"var_{sku}",
            "productId": f"prod_{sku}",
            "productSku": sku,
            "variantName": sku,
            "grade": "A",
        }
        return self._put(VARIANT, document, {**filled, "status": document.status, "pricing": [], **document.stated()})

    def customer(self, document: CustomerDocument) -> Record:
        return self._put(CUSTOMER, document, document.stated())

    def _put(self, kind: Kind, document: Document, body: Mapping[str, object], order_id: str | None = None) -> Record:
        created = moment(document.created_at) or self.now
        updated = max(moment(document.updated_at) or created, created)
        times = {"createdAt": document.created_at or stamp(created), "updatedAt": document.updated_at or stamp(updated)}
        whole = {"tenantId": self.owner.unit, **body, **times}
        return seeded(self.owner, kind, whole, at=(created, updated), order_id=order_id)


def product_names(orders: Iterable[Order]) -> dict[str, str]:
    """What the orders call each SKU; the first says it."""
    found: dict[str, str] = {}
    for item in (item for order in orders for item in _items(facts_of(order.facts))):
        found.setdefault(text(item, "sku"), text(item, "productName"))
    return found


def implied_variants(orders: Iterable[Order], names: Mapping[str, str]) -> list[VariantDocument]:
    """A catalogue of what is named by SKU: each at the monthly prices at which it was ordered."""
    prices: dict[str, dict[object, object]] = {}
    currency = _CURRENCY
    for order in orders:
        currency = order.currency
        for item in _items(facts_of(order.facts)):
            prices.setdefault(text(item, "sku"), {}).setdefault(item.get("contractLength"), item.get("unitPrice"))
    known = {ANY_LENGTH: True, CURRENCY: currency}
    return [
        VariantDocument.model_validate(
            {"variantSku": sku, "variantName": name, "pricing": _tiers(prices.get(sku, {})), **known}
        )
        for sku, name in names.items()
    ]


def _tiers(prices: Mapping[object, object]) -> list[dict[str, object]]:
    return [
        {"contractLength": length, "monthlyPrice": price}
        for length, price in prices.items()
        if isinstance(length, int | float) and length >= 1
    ]


def implied_customers(orders: Iterable[Order]) -> list[CustomerDocument]:
    """Whoever ordered, by the e-mail they ordered with."""
    customers = (facts_of(order.facts).get("customer") for order in orders)
    return [
        CustomerDocument.model_validate({name: customer[name] for name in _CUSTOMER_MEMBERS if name in customer})
        for customer in customers
        if isinstance(customer, dict)
    ]


def _items(facts: Mapping[str, object]) -> list[Mapping[str, object]]:
    items = facts.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _item_of(facts: Mapping[str, object], document: RentalDocument) -> Mapping[str, object]:
    """The item of the order that lists the rental, else the first of its SKU."""
    listing = [item for item in _items(facts) if document.rental_id in _ids(item)]
    same = [item for item in _items(facts) if item.get("sku") == document.sku]
    sku = document.sku or _SKU
    return next(iter((*listing, *same)), {"sku": sku, "productName": sku})


def _ids(item: Mapping[str, object]) -> list[object]:
    ids = item.get("rentalIds")
    return ids if isinstance(ids, list) else []


def _said(document: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in document.items() if value != ""}
