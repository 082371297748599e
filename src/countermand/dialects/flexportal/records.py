"""The documents beside orders: rentals, assets, payments, catalogue variants, customers. Bodies are in the wire's own shape.

Rule: facets follow from the body, so every change goes through `changed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from countermand.dialects.contract import Caller, Held
from countermand.dialects.wire import facts_of, to_facts
from countermand.model.keys import RecordKey
from countermand.model.query import JOINED
from countermand.model.record import Record

from .instants import moment, sortable, stamp

UPDATED: Final = "updatedAt"

#: How members begin that are kept and never shown.
HIDDEN: Final = "_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of document. `id` is the member that names it; `texts` and `dates` are what lists filter and sort by.

    `joints` are filters of its list and, joined with them, sorts.
    """

    name: str
    id: str
    texts: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = (UPDATED,)
    joints: str = ""


RENTAL: Final = Kind(
    name="rental",
    id="rentalId",
    texts={
        "status": "status",
        "customerId": "customerId",
        "orderId": "orderId",
        "serialNumber": "assetSerialNumber",
        "sku": "sku",
    },
    dates=(UPDATED, "startDate", "endDate"),
    joints="orderId serialNumber customerId sku status | updatedAt startDate endDate status sku",
)
ASSET: Final = Kind(
    name="asset",
    id="serialNumber",
    texts={"status": "status", "sku": "sku", "customerId": "customerId", "rentalId": "rentalId"},
    joints="rentalId customerId sku status | updatedAt id status sku",
)
PAYMENT: Final = Kind(
    name="payment",
    id="paymentId",
    texts={"status": "status", "customerId": "customerId", "rentalId": "rentalId", "billingGroupId": "billingGroupId"},
    dates=(UPDATED, "dueDate"),
    joints="rentalId billingGroupId customerId status | updatedAt dueDate status",
)
VARIANT: Final = Kind(name="variant", id="variantSku")

#: Customers are found by their e-mail, which is what a new order names them by.
CUSTOMER: Final = Kind(name="customer", id="email")

KINDS: Final = {kind.name: kind for kind in (RENTAL, ASSET, PAYMENT, VARIANT, CUSTOMER)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a record is: our tenant, the dialect, and the business unit that answers name."""

    tenant: str
    dialect: str
    unit: str

    def key(self, kind: Kind, record_id: str) -> RecordKey:
        return RecordKey(self.tenant, self.dialect, kind.name, record_id)


def key_of(caller: Caller, kind: Kind, record_id: str) -> RecordKey:
    return caller.record(kind.name, record_id)


def fresh_id(prefix: str, held: Held) -> str:
    """A new id in the look of the vendor's: `ord_...`, `sub_...`. Sorted by id is sorted by age."""
    return f"{prefix}_{held.new_id().replace('-', '')}"


def customer_key(email: str) -> str:
    return email.strip().lower()


def new(owner: Owner, kind: Kind, body: Mapping[str, object], *, at: datetime, order_id: str | None = None) -> Record:
    """A record with its times, in the body too."""
    times = {"createdAt": stamp(at), UPDATED: stamp(at)}
    shown = {**body, "tenantId": owner.unit, **times}
    return seeded(owner, kind, shown, at=(at, at), order_id=order_id)


def seeded(
    owner: Owner, kind: Kind, body: Mapping[str, object], *, at: tuple[datetime, datetime], order_id: str | None = None
) -> Record:
    """A record whose body is complete. `at` is when it was created and updated."""
    name = str(body[kind.id])
    return Record(
        tenant=owner.tenant,
        dialect=owner.dialect,
        kind=kind.name,
        record_id=customer_key(name) if kind is CUSTOMER else name,
        created_at=at[0],
        updated_at=at[1],
        order_id=order_id,
        facets=_facets(kind, body),
        body=to_facts(body),
    )


def changed(record: Record, change: Mapping[str, object], *, now: datetime) -> Record:
    """The record with some members replaced (None: taken away), and its times and facets after it."""
    merged = {**facts_of(record.body), **change, UPDATED: stamp(now)}
    body = {name: value for name, value in merged.items() if value is not None}
    return replace(record, updated_at=now, body=to_facts(body), facets=_facets(KINDS[record.kind], body))


def shown(record: Record) -> dict[str, object]:
    """The document as the vendor shows it."""
    return {name: value for name, value in facts_of(record.body).items() if not name.startswith(HIDDEN)}


def text(body: Mapping[str, object], member: str) -> str:
    """A member that is a text, empty when it is none."""
    value = body.get(member)
    return value if isinstance(value, str) else ""


def _facets(kind: Kind, body: Mapping[str, object]) -> dict[str, str]:
    """Texts that are there, and every date: a list sorted by one shows those without it too."""
    found = {facet: text(body, member) for facet, member in kind.texts.items() if text(body, member)}
    found |= {member: sortable(moment(body.get(member))) for member in kind.dates}
    return {**found, JOINED: kind.joints} if kind.joints else found
