"""What the vendor tells a company: that an order of it was cancelled, once for each real cancellation.

"The company associated with the order will receive a notification when the order is cancelled" (Cancel Order page); the only
trace of an address is the company's `webhookUrl` (Get All Companies page), of a payload there is none. The body is therefore
marked as our own format.
"""

from typing import Final

import msgspec

from countermand.dialects.contract import Change, Notice
from countermand.dialects.wire import iso_millis

from .documents import Document
from .order import facts_of

TYPE: Final = "company.order_cancelled"

#: No page of the vendor has this; a receiver must be able to tell.
FORMAT: Final = "countermand.order-status.v1"


class Told(Document, frozen=True, kw_only=True):
    format: str
    id: str
    company_code: str
    status: str
    at: str


def notices(change: Change) -> tuple[Notice, ...]:
    after = change.after
    if not any(event.type == "order.cancelled" for event in change.events):
        return ()
    facts = facts_of(after)
    told = Told(
        format=FORMAT,
        id=after.order_id,
        company_code=facts.company_code,
        status=after.status,
        at=iso_millis(after.updated_at),
    )
    data = {"companyCode": facts.company_code}
    return (Notice(type=TYPE, body=msgspec.json.encode(told), address=facts.webhook_url, data=data),)
