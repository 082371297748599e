"""The callback: how a merchant hears that money came in or an invoice went out.

The result is in the query string of the merchant's own URL (Notifications via Callback URL), parameters in the order of the
page's example. The checksum is the SHA-256 of all values in order of appearance and the merchant's secret key, as the page's
sample handler computes it by looping over everything received: parameters that the URL had before are part of it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from countermand.dialects.contract import Change, Notice
from countermand.dialects.wire import major_of
from countermand.model.event import Event
from countermand.model.order import Order

from .facts import Callback, facts_of
from .lifecycle import INVOICED, ORDER, RESERVATION, SUBSCRIPTION, TERMINAL
from .switches import SWITCHES, Switches

TYPE: Final = "payment.callback"

#: What a callback says, by the move that caused it. The page shows PAID, INVOICED, RESERVED (once misspelt), CAPTURED and CHARGED
#: and says that reservations and subscriptions are told as well.
STATUS_BY_MOVE: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        (ORDER, "pay"): "PAID",
        (ORDER, "charge"): "CHARGED",
        (ORDER, "invoice"): "INVOICED",
        (RESERVATION, "reserve"): "RESERVED",
        (RESERVATION, "capture"): "CAPTURED",
        (RESERVATION, "charge"): "CHARGED",
        (TERMINAL, "pay"): "PAID",
        (SUBSCRIPTION, "start"): "PAID",
    }
)


def notices(change: Change, *, switches: Switches = SWITCHES) -> tuple[Notice, ...]:
    """The callbacks that follow from what happened to an order."""
    after = change.after
    told = ((event, _told(after, event, switches=switches)) for event in change.events)
    return tuple(_callback(after, status, at=event.at) for event, status in told if status)


def _told(order: Order, event: Event, *, switches: Switches) -> str | None:
    if event.type == "order.cancelled":
        return order.status if switches.cancel_calls_back else None
    if event.type == "lifecycle.placed":
        return INVOICED if event.status == INVOICED else None
    if event.type == "lifecycle.moved":
        return STATUS_BY_MOVE.get((order.kind, event.data.get("action", "")))
    return None


def _callback(order: Order, status: str, *, at: datetime) -> Notice:
    facts = facts_of(order)
    told = {
        "orderUuid": order.order_id,
        "status": status,
        "paymentMethod": facts.via,
        "amount": str(major_of(facts.summary.grand_total_minor)),
        "createdAt": _unix(order.placed_at),
        "timestamp": _unix(at),
    }
    return Notice(type=TYPE, body=b"", address=address(facts.callback, told), data=told)


def address(callback: Callback, told: Mapping[str, str]) -> str | None:
    """The URL to call, with GET; None when the merchant gave none."""
    if callback.url is None:
        return None
    parts = urlsplit(callback.url)
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
    parameters.pop("checksum", None)
    parameters.update(told)
    if callback.secret is not None:
        parameters["checksum"] = checksum(parameters, callback.secret)
    return urlunsplit(parts._replace(query=urlencode(parameters, quote_via=quote)))


def checksum(parameters: Mapping[str, str], secret: str) -> str:
    """Lower-case hex: the vendor's sample compares it with PHP's hash()."""
    values = "".join(value for name, value in parameters.items() if name != "checksum")
    return sha256(f"{values}{secret}".encode()).hexdigest()


def _unix(at: datetime) -> str:
    return str(int(at.astimezone(UTC).timestamp()))
