"""The status history of an order: one record for each transition that really happened, and none for a repeat.

"A status history record is created when an order is cancelled" (Cancel Order page). No page shows one; shape and the records of
the other transitions are ours.
"""

import msgspec

from countermand.dialects.contract import Caller, Held
from countermand.dialects.wire import iso_millis
from countermand.model.keys import OrderKey
from countermand.model.record import Record

from .documents import History
from .keeping import HISTORY


def actor_of(caller: Caller) -> str:
    """The name of the API client: the account's own, or its tenant_id."""
    name = caller.attributes.get("client")
    return name if isinstance(name, str) and name else caller.key_id


def transition(key: OrderKey, held: Held, actor: str, *, before: str | None, after: str) -> Record:
    entry = History(order_id=key.order_id, from_status=before, to_status=after, at=iso_millis(held.now), actor=actor)
    return Record(
        tenant=key.tenant,
        dialect=key.dialect,
        kind=HISTORY,
        record_id=held.new_id(),
        order_id=key.order_id,
        created_at=held.now,
        updated_at=held.now,
        body=msgspec.json.encode(entry),
    )
