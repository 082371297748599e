"""The status history of an order: one record for each transition that really happened, whoever asked, and none for a repeat.

"A status history record is created when an order is cancelled" (Cancel Order page). No page shows one; shape and the records of
the other transitions are ours.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from countermand.dialects.contract import Caller, Change
from countermand.dialects.wire import iso_millis
from countermand.model.event import Event
from countermand.model.order import Order
from countermand.model.record import Record

from .documents import History
from .keeping import HISTORY
from .lifecycle import QUOTED
from .order import facts_of
from .switches import STATUS_AT_CREATE


def actor_of(caller: Caller) -> str:
    """The name of the API client: the account's own, or its tenant_id."""
    name = caller.attributes.get("client")
    return name if isinstance(name, str) and name else caller.key_id


def records(change: Change) -> tuple[Record, ...]:
    """A record is named by its order and the event that made it; 0 is the status that came before the first event."""
    return tuple(_records(change))


def _records(change: Change) -> Iterator[Record]:
    status = change.before.status if change.before else None
    for event in change.events:
        if status is None and event.status == QUOTED:
            # Quoting at once is two transitions: the order is created, and then quoted.
            yield _record(change.after, _entry(change.after, event, before=None, after=STATUS_AT_CREATE), 0, event.at)
            status = STATUS_AT_CREATE
        if event.status != status:
            entry = _entry(change.after, event, before=status, after=event.status)
            yield _record(change.after, entry, event.sequence, event.at)
            status = event.status


def _entry(order: Order, event: Event, *, before: str | None, after: str) -> History:
    """Whoever carried it out; of what says nothing of that, the client that the order belongs to."""
    actor = event.data.get("executed_by") or event.data.get("by") or facts_of(order).api_client_requester_name
    return History(
        order_id=order.order_id, from_status=before, to_status=after, at=iso_millis(event.at), actor=actor or ""
    )


def _record(order: Order, entry: History, number: int, at: datetime) -> Record:
    return Record(
        tenant=order.tenant,
        dialect=order.dialect,
        kind=HISTORY,
        record_id=f"{order.order_id}.{number}",
        order_id=order.order_id,
        created_at=at,
        updated_at=at,
        body=msgspec.json.encode(entry),
    )
