"""What things are called. Every key begins with the tenant, so that no query can forget it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class OrderKey:
    """One order of one tenant under one dialect. Ordered, because rows are locked in key order."""

    tenant: str
    dialect: str
    order_id: str


@dataclass(frozen=True, slots=True, order=True)
class RecordKey:
    """A document that lives beside orders: a rental, an asset, a company, a counter. `kind` is the dialect's word."""

    tenant: str
    dialect: str
    kind: str
    record_id: str


@dataclass(frozen=True, slots=True, order=True)
class AliasKey:
    """Another name of an order, unique per tenant and dialect: the shop's own number, a duplicate-detection key.

    An alias names at most one order. Placing an order takes its aliases over from an earlier one.
    """

    tenant: str
    dialect: str
    name: str
    value: str


@dataclass(frozen=True, slots=True, order=True)
class ClaimKey:
    """One idempotency key of one caller on one operation."""

    tenant: str
    scope: str
    key: str
