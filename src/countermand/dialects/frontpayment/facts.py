"""What the vendor shows of an order and the engine does not know: products, sums, customer, callback. Kept as `Order.facts`.

Amounts are in minor units, quantities, rates of tax in thousandths; the wire's numbers are made in `documents`.
"""

import msgspec

from countermand.model.order import Order

from .switches import CURRENCY, LANGUAGE


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """One product row. `id` is what a refund names."""

    id: int
    name: str = ""
    product_id: str | None = None
    quantity_milli: int = 1000
    rate_minor: int = 0
    discount_minor: int = 0
    tax_milli: int = 0
    amount_minor: int = 0


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    sub_total_minor: int = 0
    tax_minor: int = 0
    discount_minor: int = 0
    shipping_minor: int = 0
    grand_total_minor: int = 0


class Address(msgspec.Struct, frozen=True, kw_only=True):
    street: str = ""
    zip: str = ""
    city: str = ""
    country: str = ""


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    uuid: str = ""
    type: str = "private"
    country_code: str = ""
    msisdn: str = ""
    email: str = ""
    name: str = ""
    preferred_language: str = LANGUAGE
    personal_number: str | None = None
    organization_id: str | None = None
    address: Address = Address()


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """Where the payment status is told. `secret` is the merchant's key for the checksum; None: no checksum can be made."""

    url: str | None = None
    success: str | None = None
    failure: str | None = None
    secret: str | None = None


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    type: str = "REGULAR"
    invoice_number: str | None = None
    #: A sandbox document shows an invoice, whatever its type: a checkout session may be paid by one, too.
    invoiced: bool = False
    order_date: str = ""
    link_due: str = ""
    products: tuple[Product, ...] = ()
    #: The products were not stated but made up to complete a sandbox world; a refund may then name any.
    products_assumed: bool = False
    summary: Summary = Summary()
    customer: Customer = Customer()
    callback: Callback = Callback()
    #: How it is paid: `visa`, `vipps`, `invoice`.
    via: str = ""
    currency: str = CURRENCY
    reference: str | None = None
    customer_reference: str | None = None
    #: Of a terminal order: a refund that waits on the terminal (PENDING), or was called off (REJECTED).
    refund: str | None = None


def facts_of(order: Order) -> Facts:
    return msgspec.json.decode(order.facts, type=Facts)


def to_bytes(facts: Facts) -> bytes:
    return msgspec.json.encode(facts)
