"""The merchant's own numbers. Each names one order of the merchant for good (api-4681582: unique per order).

A record per number remembers whose it is; an order that was given another one later keeps the first as well, so that a
number never comes to mean two orders. (The alias on the order is for finding it, this is for refusing.)
"""

from typing import Final

from countermand.dialects.contract import Caller, Held
from countermand.model.keys import RecordKey
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused
from countermand.model.record import Record

KIND: Final = "reference"


def key(caller: Caller, reference_id: str) -> RecordKey:
    return caller.record(KIND, reference_id)


def record(order: Order, reference_id: str) -> Record:
    return Record(
        tenant=order.tenant,
        dialect=order.dialect,
        kind=KIND,
        record_id=reference_id,
        created_at=order.updated_at,
        updated_at=order.updated_at,
        order_id=order.order_id,
    )


def taken(held: Held, order: Order | None) -> Refused | None:
    """The refusal of a number that is held for another order than this one (None: a new one)."""
    for found in held.of_kind(KIND):
        if order is None or found.order_id != order.order_id:
            return Refused(refusal=Refusal.VENDOR_RULE, vendor_code="REFERENCE_TAKEN", order=order)
    return None
