"""What a merchant with a webhook is told when an order gets another status.

No page says that FastPOD tells anybody anything, least of all of a cancel: a merchant without a webhook is told
nothing. The events, the body and the one-webhook-per-event rule are read off a sibling's pages (see README.md) and are
ours until FastPOD's own can be read. Each notice leaves a delivery record beside the order, which the merchant can
list.
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from countermand.dialects.contract import Caller, Held, Notice
from countermand.dialects.wire import facts_of, iso_micros, to_facts
from countermand.model.keys import RecordKey
from countermand.model.order import Order
from countermand.model.record import Record

from .lifecycle import CANCELLED, DRAFT
from .order import whole_order

#: Records: one subscription per event, named by it; one delivery per notice, named by the notice's uuid.
WEBHOOK: Final = "webhook"
DELIVERY: Final = "delivery"

#: The event that a change of status raises.
ORDER_NOTIFY: Final = "order_notify"


def subscription(caller: Caller) -> RecordKey:
    """What a plan must hold to know whom to tell."""
    return caller.record(WEBHOOK, ORDER_NOTIFY)


def cancelled(order: Order, held: Held) -> Order:
    """The order as the engine will leave it, should it accept: one clock reading for both times."""
    return replace(order, status=CANCELLED, cancelled_at=held.now, updated_at=held.now)


def told(after: Order, held: Held) -> tuple[tuple[Notice, ...], tuple[Record, ...]]:
    """The notice of `after`'s new status and its delivery record, if somebody has subscribed. Drafts are nobody's
    business.
    """
    webhooks = [record for record in held.of_kind(WEBHOOK) if record.record_id == ORDER_NOTIFY]
    if not webhooks or after.status == DRAFT:
        return (), ()
    url = str(facts_of(webhooks[0].body)["url"])
    event = {
        "uuid": held.new_id(),
        "name": ORDER_NOTIFY,
        "status": after.status,
        "timestamp": iso_micros(held.now),
    }
    body = msgspec.json.encode({"event": event, "data": whole_order(after)})
    notice = Notice(type=ORDER_NOTIFY, body=body, address=url, data=event)
    return (notice,), (_delivery(event, after, url=url),)


def _delivery(event: Mapping[str, str], order: Order, *, url: str) -> Record:
    return Record(
        tenant=order.tenant,
        dialect=order.dialect,
        kind=DELIVERY,
        record_id=event["uuid"],
        created_at=order.updated_at,
        updated_at=order.updated_at,
        order_id=order.order_id,
        body=to_facts({"event": event, "order_id": order.order_id, "url": url}),
    )
