"""What a merchant with a webhook is told when an order gets another status, whoever changed it.

No page says that FastPOD tells anybody anything, least of all of a cancel: a merchant without a webhook is told
nothing. The events, the body and the one-webhook-per-event rule are read off a sibling's pages (see README.md) and are
ours until FastPOD's own can be read. Each notice leaves a delivery record beside the order, which the merchant can
list.
"""

from typing import Final
from uuid import NAMESPACE_URL, uuid5

import msgspec

from countermand.dialects.contract import Change, Notice
from countermand.dialects.wire import facts_of, iso_micros, to_facts
from countermand.model.keys import RecordKey
from countermand.model.order import Order
from countermand.model.query import GROUP
from countermand.model.record import Record

from .lifecycle import DRAFT
from .order import whole_order

#: Records: one subscription per event, named by it; one delivery per notice, named by the notice's uuid.
WEBHOOK: Final = "webhook"
DELIVERY: Final = "delivery"

#: The event that a change of status raises.
ORDER_NOTIFY: Final = "order_notify"

#: Whom to tell.
COMPANIONS: Final = ((WEBHOOK, ORDER_NOTIFY),)


def notices(change: Change) -> tuple[Notice, ...]:
    """The notice of the order's new status, if somebody has subscribed. Drafts are nobody's business."""
    url = _listener(change)
    if url is None:
        return ()
    event = _event(change.after)
    body = msgspec.json.encode({"event": event, "data": whole_order(change.after)})
    return (Notice(type=ORDER_NOTIFY, body=body, address=url, data=event),)


def deliveries(change: Change) -> tuple[Record, ...]:
    """The record of that notice."""
    url, order = _listener(change), change.after
    if url is None:
        return ()
    event = _event(order)
    delivery = Record(
        tenant=order.tenant,
        dialect=order.dialect,
        kind=DELIVERY,
        record_id=event["uuid"],
        created_at=order.updated_at,
        updated_at=order.updated_at,
        order_id=order.order_id,
        # The list of deliveries has numbered pages, so they are counted.
        facets={GROUP: ""},
        body=to_facts({"event": event, "order_id": order.order_id, "url": url}),
    )
    return (delivery,)


def _listener(change: Change) -> str | None:
    """Where the merchant listens for this change; None when nobody does, or it is none that is told."""
    before, after = change.before, change.after
    if after.status == DRAFT or (before is not None and before.status == after.status):
        return None
    webhook = change.companions.get(RecordKey(after.tenant, after.dialect, WEBHOOK, ORDER_NOTIFY))
    return None if webhook is None else str(facts_of(webhook.body)["url"])


def _event(order: Order) -> dict[str, str]:
    """The event of the order's latest change. Its uuid is made of which change it is, so telling it again is no other."""
    return {
        "uuid": str(uuid5(NAMESPACE_URL, f"urn:{order.tenant}/{order.dialect}/{order.order_id}/{order.sequence}")),
        "name": ORDER_NOTIFY,
        "status": order.status,
        "timestamp": iso_micros(order.updated_at),
    }
