"""Between model and columns: JSON documents for what only Python reads, plain columns for what SQL reads.

Both adapters use these, so a row means the same in both.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import astuple

from countermand.model.event import Event
from countermand.model.obligation import Obligation
from countermand.model.order import Conflict, Hold, Lease, Line, Order, Payment, Shipment, TaxTotal, Tie
from countermand.model.outcome import Cancellation
from countermand.model.record import Record
from countermand.model.timer import Timer

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@lru_cache(maxsize=256)
def micros(at: datetime) -> int:
    """Microseconds since 1970 in UTC: how every instant is stored, because both databases sort integers alike.

    Remembered, because everything that a batch writes was decided at one instant.
    """
    return (at - _EPOCH) // _MICROSECOND


def instant(at_us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at_us)


class OrderBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part of an order that SQL never looks into."""

    account: str = ""
    currency: str = ""
    lines: tuple[Line, ...] = ()
    total_minor: int = 0
    taxes: tuple[TaxTotal, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    payments: tuple[Payment, ...] = ()
    cancelled_at: datetime | None = None
    facets: Mapping[str, str] = msgspec.field(default_factory=dict)
    aliases: Mapping[str, str] = msgspec.field(default_factory=dict)
    holds: tuple[Hold, ...] = ()
    leases: tuple[Lease, ...] = ()
    ties: tuple[Tie, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    pending: str = ""
    kept_minor: int = 0


#: Members of an order that have columns of their own; the others, in the same order, are its body.
_COLUMNS: Final = 10
assert OrderBody.__struct_fields__ == Order.__struct_fields__[_COLUMNS:]

_encode: Final = msgspec.json.Encoder().encode
_decode_order: Final = msgspec.json.Decoder(OrderBody).decode
_decode_event: Final = msgspec.json.Decoder(Event).decode
_decode_timer: Final = msgspec.json.Decoder(Timer).decode
_decode_cancellation: Final = msgspec.json.Decoder(Cancellation).decode
_decode_obligation: Final = msgspec.json.Decoder(Obligation).decode
_decode_texts: Final = msgspec.json.Decoder(dict[str, str]).decode


def order_body(order: Order) -> bytes:
    return _encode(OrderBody(*astuple(order)[_COLUMNS:]))


class OrderRow(NamedTuple):
    """The columns of an order, in the order in which every statement selects them."""

    tenant: str
    dialect: str
    order_id: str
    version: int
    sequence: int
    kind: str
    status: str
    placed_at: int
    updated_at: int
    body: bytes
    facts: bytes


class RecordRow(NamedTuple):
    """The columns of a record, likewise."""

    tenant: str
    dialect: str
    kind: str
    record_id: str
    order_id: str | None
    version: int
    created_at: int
    updated_at: int
    facets: bytes
    body: bytes


def order_of(row: OrderRow) -> Order:
    """By position, which takes a third of the time: a batch does little else as often."""
    tenant, dialect, order_id, version, sequence, kind, status, placed_at, updated_at, body, facts = row
    return Order(
        tenant,
        dialect,
        order_id,
        status,
        instant(placed_at),
        instant(updated_at),
        kind,
        version,
        sequence,
        facts,
        *astuple(_decode_order(body)),
    )


def order_row(order: Order) -> OrderRow:
    return OrderRow(
        order.tenant,
        order.dialect,
        order.order_id,
        order.version,
        order.sequence,
        order.kind,
        order.status,
        micros(order.placed_at),
        micros(order.updated_at),
        order_body(order),
        order.facts,
    )


def record_of(row: RecordRow) -> Record:
    return Record(
        tenant=row.tenant,
        dialect=row.dialect,
        kind=row.kind,
        record_id=row.record_id,
        order_id=row.order_id,
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
        facets=texts_of(row.facets),
        body=row.body,
    )


def record_row(record: Record) -> RecordRow:
    return RecordRow(
        record.tenant,
        record.dialect,
        record.kind,
        record.record_id,
        record.order_id,
        record.version,
        micros(record.created_at),
        micros(record.updated_at),
        document(record.facets),
        record.body,
    )


def document(value: object) -> bytes:
    """Any model value as JSON."""
    return _encode(value)


def event_of(body: bytes) -> Event:
    return _decode_event(body)


def timer_of(body: bytes) -> Timer:
    return _decode_timer(body)


def cancellation_of(body: bytes) -> Cancellation:
    return _decode_cancellation(body)


def obligation_of(body: bytes) -> Obligation:
    return _decode_obligation(body)


def texts_of(body: bytes) -> dict[str, str]:
    return _decode_texts(body)
