"""What things are called. Every key begins with the tenant, so that no query can forget it."""

from msgspec import Struct


class OrderKey(Struct, frozen=True, order=True):
    """One order of one tenant under one dialect. Ordered, because rows are locked in key order."""

    tenant: str
    dialect: str
    order_id: str


class RecordKey(Struct, frozen=True, order=True):
    """A document that lives beside orders: a rental, an asset, a company, a counter. `kind` is the dialect's word."""

    tenant: str
    dialect: str
    kind: str
    record_id: str


class AliasKey(Struct, frozen=True, order=True):
    """Another name of an order, unique per tenant and dialect: the shop's own number, a duplicate-detection key.

    An alias names at most one order. Placing an order takes its aliases over from an earlier one.
    """

    tenant: str
    dialect: str
    name: str
    value: str


class ClaimKey(Struct, frozen=True, order=True):
    """One idempotency key of one caller on one operation."""

    tenant: str
    scope: str
    key: str
