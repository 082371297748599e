"""What the vendor tells whoever asked in its dashboard: `{"event", "timestamp", "data"}`.

Events: https://docs.flexportal.io/api-reference/overview.md, checked 2026-11-21. There is no webhook API, so no address is known
here, and no signature is documented. No event says that an order was cancelled: a cancel tells nobody.
"""

from collections.abc import Mapping
from datetime import datetime

from countermand.dialects.contract import Change, Notice
from countermand.dialects.wire import to_facts
from countermand.model.order import Order

from .instants import stamp
from .lifecycle import Status
from .order import document


def told(event: str, *, at: datetime, data: Mapping[str, object]) -> Notice:
    """One notice. Of the payload's `data` only the ids of `subscription.created` are documented: `subscriptionId` it is there."""
    body = to_facts({"event": event, "timestamp": stamp(at), "data": data})
    return Notice(type=event, body=body, data={name: value for name, value in data.items() if isinstance(value, str)})


def notices(change: Change) -> tuple[Notice, ...]:
    """`order.created` and `order.fulfilled`; what happens to rentals and payments tells its own."""
    before, after = change.before, change.after
    happened = ["order.created"] if before is None else []
    if after.status == Status.FULFILLED and (before is None or before.status != Status.FULFILLED):
        happened.append("order.fulfilled")
    return tuple(told(event, at=after.updated_at, data=_about(after)) for event in happened)


def _about(order: Order) -> Mapping[str, object]:
    shown = document(order)
    customer = shown.get("customer")
    known = customer.get("customerId") if isinstance(customer, dict) else None
    return {"orderId": order.order_id, "customerId": known, "status": order.status, "totals": shown.get("totals")}
