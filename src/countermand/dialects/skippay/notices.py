"""What the vendor tells the partner of its own accord.

developers.skippay.cz/docs/api-reference/webhooks-and-notifications/application-notification and .../payment-notification. The
receiver reads the application again before it acts, so the body says only which one and where it stands. No signature.
"""

import msgspec

from countermand.dialects.contract import Change, Notice

from .application import base_document
from .facts import Paid, facts_in
from .lifecycle import NOTIFIED
from .payments import is_payment, payment_document, payment_id


def notices(change: Change) -> tuple[Notice, ...]:
    """One about the application when its substate became one of those the page lists, and one for each payment."""
    before, after = change.before, change.after
    urls = facts_in(after.facts).urls
    told = []
    if after.status in NOTIFIED and (before is None or before.status != after.status):
        body = msgspec.json.encode(base_document(after))
        told.append(_notice("application", body, address=urls.get("notificationEndpoint")))
    for event in change.events:
        if is_payment(event):
            paid = Paid(
                id=payment_id(after.order_id, event), date=event.at.date().isoformat(), amount=after.total_minor
            )
            body = msgspec.json.encode(payment_document(after, paid))
            told.append(_notice("payment", body, address=urls.get("paymentsEndpoint")))
    return tuple(told)


def _notice(kind: str, body: bytes, *, address: str | None) -> Notice:
    return Notice(type=f"{kind}_notification", body=body, address=address)
