"""A sandbox world in the vendor's own shapes, as orders and records.

A world that states no catalogue gets the one its orders and assets imply, and the customers that its orders name, so that the
next order can be created from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from countermand.dialects.contract import FieldFault, Seeded, World
from countermand.dialects.wire import facts_of
from countermand.model.order import Order
from countermand.model.record import Record

from .caller import TENANT
from .name import NAME
from .reading import check, invalid
from .records import Owner, customer_key, text
from .rental import ACTIVE
from .world_documents import (
    AssetDocument,
    CustomerDocument,
    Document,
    OrderDocument,
    PaymentDocument,
    RentalDocument,
    VariantDocument,
)
from .world_orders import order_of
from .world_records import Shelf, implied_customers, implied_variants, product_names

_Model = TypeVar("_Model", bound=Document)


def world(world: World) -> Seeded:
    """Every account's share of the world. Raises CallerFault that points into it."""
    owners = {one.token: Owner(tenant=one.tenant, dialect=NAME, unit=one.seed.claims[TENANT]) for one in world.accounts}
    shares = _shares(world.document, owners)
    orders: list[Order] = []
    records: list[Record] = []
    for owner, share in shares.items():
        made = _orders(owner, share, world=world)
        orders += made.values()
        records += _records(Shelf(owner, world.now), share, orders=made)
    return Seeded(orders=tuple(orders), records=tuple(records))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """What the world holds for one account."""

    orders: list[OrderDocument]
    rentals: list[RentalDocument]
    assets: list[AssetDocument]
    payments: list[PaymentDocument]
    variants: list[VariantDocument]
    customers: list[CustomerDocument]


def _orders(owner: Owner, share: _Share, *, world: World) -> dict[str, Order]:
    carried: dict[str, list[RentalDocument]] = {}
    for rental in share.rentals:
        carried.setdefault(rental.order, []).append(rental)
    return {
        one.order_id: order_of(owner, one, rentals=carried.get(one.order_id, []), now=world.now) for one in share.orders
    }


def _records(shelf: Shelf, share: _Share, *, orders: Mapping[str, Order]) -> list[Record]:
    """The records of one account, each named once: what the world states wins over what it implies."""
    rentals = {one.rental_id: shelf.rental(one, orders.get(one.order)) for one in share.rentals}
    active = [one for one in rentals.values() if one.facets["status"] == ACTIVE]
    renting = {serial: one for one in active if (serial := one.facets.get("serialNumber"))}
    names = product_names(orders.values())
    assets = [shelf.asset(one, renting.get(one.serial_number), names=names) for one in share.assets]
    named = {one.facets["sku"]: text(facts_of(one.body), "productName") for one in assets} | names
    variants = share.variants or implied_variants(orders.values(), named)
    customers = {customer_key(one.email): one for one in (*implied_customers(orders.values()), *share.customers)}
    made = [
        *rentals.values(),
        *assets,
        *(shelf.payment(one, rentals.get(one.rental_id or "")) for one in share.payments),
        *(shelf.variant(one) for one in variants),
        *(shelf.customer(one) for one in customers.values()),
    ]
    return list({record.key: record for record in made}.values())


# ------------------------------------------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class _Owned(Generic[_Model]):
    """One collection, each document under its owner."""

    documents: Mapping[Owner, list[_Model]]

    def of(self, owner: Owner) -> list[_Model]:
        return self.documents.get(owner, [])


def _shares(document: Mapping[str, object], owners: Mapping[str, Owner]) -> dict[Owner, _Share]:
    orders = _read(document, OrderDocument, owners=owners, name="orders")
    rentals = _read(document, RentalDocument, owners=owners, name="rentals")
    assets = _read(document, AssetDocument, owners=owners, name="assets")
    payments = _read(document, PaymentDocument, owners=owners, name="payments")
    variants = _read(document, VariantDocument, owners=owners, name="variants")
    customers = _read(document, CustomerDocument, owners=owners, name="customers")
    return {
        owner: _Share(
            orders=orders.of(owner),
            rentals=rentals.of(owner),
            assets=assets.of(owner),
            payments=payments.of(owner),
            variants=variants.of(owner),
            customers=customers.of(owner),
        )
        for owner in dict.fromkeys(owners.values())
    }


def _read(
    document: Mapping[str, object], model: type[_Model], *, owners: Mapping[str, Owner], name: str
) -> _Owned[_Model]:
    collection = document.get(name)
    if not isinstance(collection, list | None):
        raise invalid(FieldFault(path=name, message="Expected array", code="invalid_type"))
    found: dict[Owner, list[_Model]] = {}
    for index, value in enumerate(collection or ()):
        one = check(value, model, at=(name, index))
        owner = _owner(one, owners)
        if owner is not None:
            found.setdefault(owner, []).append(one)
    return _Owned(found)


def _owner(document: Document, owners: Mapping[str, Owner]) -> Owner | None:
    """The account that a document names; the first when it names none. What no account owns is nobody's to see."""
    return next(iter(owners.values()), None) if document.account is None else owners.get(document.account)
