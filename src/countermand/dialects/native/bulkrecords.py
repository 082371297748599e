"""How bulk cancellations are kept: a record for the bulk, one for each chunk, and the timer that drives it."""

from datetime import datetime
from typing import Final

import msgspec

from countermand.model.bulk import Bulk, Chunk
from countermand.model.keys import RecordKey
from countermand.model.record import Record
from countermand.model.timer import Timer

#: The kinds of the records, and the first one of the timer too.
BULK: Final = "bulk-cancellation"
CHUNK: Final = "bulk-chunk"

#: Whose records they are, whatever the dialect of the orders.
DIALECT: Final = "native"

#: Orders in one database transaction: enough to share a commit, few enough that others hardly wait for it.
CHUNK_ORDERS_MAX: Final = 256

_decode_bulk: Final = msgspec.json.Decoder(Bulk).decode
_decode_chunk: Final = msgspec.json.Decoder(Chunk).decode


def bulk_key(tenant: str, bulk_id: str) -> RecordKey:
    return RecordKey(tenant, DIALECT, BULK, bulk_id)


def chunk_key(tenant: str, bulk_id: str, number: int) -> RecordKey:
    return RecordKey(tenant, DIALECT, CHUNK, f"{bulk_id}.{number:09d}")


def bulk_of(record: Record) -> Bulk:
    return _decode_bulk(record.body)


def chunk_of(record: Record) -> Chunk:
    return _decode_chunk(record.body)


def record_of(bulk: Bulk, tenant: str, now: datetime) -> Record:
    return Record(
        tenant=tenant,
        dialect=DIALECT,
        kind=BULK,
        record_id=bulk.bulk_id,
        created_at=bulk.created_at,
        updated_at=now,
        body=msgspec.json.encode(bulk),
    )


def chunk_body(chunk: Chunk) -> bytes:
    return msgspec.json.encode(chunk)


def chunk_records(order_ids: tuple[str, ...], first: int, *, bulk: Record) -> tuple[Record, ...]:
    """The records of a selection, or of a further part of it that begins with chunk `first`."""
    starts = range(0, len(order_ids), CHUNK_ORDERS_MAX)
    return tuple(
        Record(
            tenant=bulk.tenant,
            dialect=DIALECT,
            kind=CHUNK,
            record_id=chunk_key(bulk.tenant, bulk.record_id, first + number).record_id,
            created_at=bulk.created_at,
            updated_at=bulk.updated_at,
            body=chunk_body(Chunk(order_ids=order_ids[start : start + CHUNK_ORDERS_MAX])),
        )
        for number, start in enumerate(starts)
    )


def timer_of(bulk: Bulk, tenant: str, now: datetime) -> Timer:
    """Due at once: somebody has to drive the bulk."""
    return Timer(tenant=tenant, dialect=DIALECT, timer_id=f"bulk.{bulk.bulk_id}", kind=BULK, due_at=now)
