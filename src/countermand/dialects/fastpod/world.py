"""A sandbox world in this vendor's words: `accounts` of `{"token", "merchant"}`, `orders` as Get Order shows them,
`webhooks`.

An order belongs to the account that it names as `_account`, to the merchant that it names as `merchant`, or to the one
before the first hyphen of its id; without any of these, to the first account. The order of a merchant without an
account is nobody's to see, and left out. Orders may be partial: what is missing follows from what is there, or is
empty.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from countermand.dialects.contract import SCOPES, Account, AccountSeed, FieldFault, Seeded, World
from countermand.dialects.wire import AMOUNT_MINOR_MAX, instant_of, major_of
from countermand.model.order import Order
from countermand.model.record import Record

from . import create, references
from .documents import WholeOrder
from .lifecycle import CANCELLED, REJECTED
from .members import cents_of
from .order import order_of
from .reading import check, invalid
from .requests import RUSH_NAMES, AccountBody, Subscribe
from .webhooks import webhook

#: The times of an order, and the one that belongs to a status.
TIMES: Final = ("created_at", "updated_at", "rejected_at", "cancelled_at")
ENDS: Final = {CANCELLED: "cancelled_at", REJECTED: "rejected_at"}

#: What an order costs beside its items.
FEES: Final = ("shipping_total", "surcharge_total", "labeling_fee", "peak_season_surchage")

#: Lines without a number are counted from here, as the page's example is (100009).
FIRST_LINE: Final = 100_000

#: `<merchant>-<MMDDYY>-<serial>`, the form of every id in the samples.
ID: Final = re.compile(r"^(?P<merchant>[^-]+)-(?P<day>[0-9]{6})-(?P<serial>[0-9]{6,9})$")


def account(document: Mapping[str, object]) -> AccountSeed:
    """Every token of a merchant sees all of the merchant's orders; no page knows any other scope."""
    body = check(AccountBody, document)
    return AccountSeed(realm=body.merchant, secret=body.token, scopes=SCOPES, attributes={"merchant": body.merchant})


def world(given: World) -> Seeded:
    orders = tuple(_orders(given))
    records = (*_references(orders), *_counters(orders, given.now), *_webhooks(given))
    return Seeded(orders=orders, records=records)


# --------------------------------------------------------------------------------------------------------------- owners


def _collection(given: World, name: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The documents of a collection, each with the prefix of paths into it."""
    documents = given.document.get(name) or []
    if not isinstance(documents, Sequence) or isinstance(documents, str | bytes):
        raise invalid(FieldFault(path=name, message=f"The {name} must be an array."))
    for number, document in enumerate(documents):
        if not isinstance(document, Mapping):
            raise invalid(FieldFault(path=f"{name}.{number}", message="A document must be an object."))
        yield f"{name}.{number}.", document


def _owner(given: World, document: Mapping[str, object]) -> Account | None:
    token = document.get("_account")
    if token is not None:
        return next((account_ for account_ in given.accounts if account_.token == token), None)
    merchant = document.get("merchant")
    order_id = document.get("id")
    if merchant is None and isinstance(order_id, str) and "-" in order_id:
        merchant = order_id.partition("-")[0]
    if merchant is None:
        return next(iter(given.accounts), None)
    return next((account_ for account_ in given.accounts if account_.seed.realm == merchant), None)


# --------------------------------------------------------------------------------------------------------------- orders


def _orders(given: World) -> Iterator[Order]:
    seen: set[tuple[str, str]] = set()
    for prefix, document in _collection(given, "orders"):
        owner = _owner(given, document)
        whole = check(WholeOrder, completed(document, given.now), prefix)
        if not whole.id:
            raise invalid(FieldFault(path=f"{prefix}id", message=f"The {prefix}id field is required."))
        if owner is None:
            continue
        if (owner.tenant, whole.id) in seen:
            raise invalid(FieldFault(path=f"{prefix}id", message="There is another order with this id."))
        seen.add((owner.tenant, whole.id))
        yield order_of(whole, tenant=owner.tenant, merchant=owner.seed.realm)


def completed(document: Mapping[str, object], now: datetime) -> Mapping[str, object]:
    """The document with the members that follow from others."""
    given = _stated(document)
    address, lines = given.get("address"), given.get("line_items")
    if isinstance(address, Mapping):
        given["address"] = _stated(address)
    if isinstance(lines, list):
        given["line_items"] = [
            _line(_stated(line), number) if isinstance(line, Mapping) else line
            for number, line in enumerate(lines, start=1)
        ]
    return {**_times(given, now), **_totals(given), **_rush(given), **given}


def _stated(document: Mapping[str, object]) -> dict[str, object]:
    """Null says no more than absence does; where null is what the vendor shows, absence is shown as null."""
    return {name: value for name, value in document.items() if value is not None}


def _times(given: Mapping[str, object], now: datetime) -> dict[str, object]:
    """Created when it is first heard of, changed when it is last heard of; cancelled and rejected with the last
    change.
    """
    known = {name: at for name in TIMES if (at := instant_of(given.get(name))) is not None}
    created = known.get("created_at", min(known.values(), default=now))
    updated = known.get("updated_at", max(known.values(), default=created))
    found: dict[str, object] = {"created_at": created, "updated_at": updated}
    ended = ENDS.get(str(given.get("order_status")))
    return found if ended is None else found | {ended: updated}


def _totals(given: Mapping[str, object]) -> dict[str, object]:
    """Sums of what is given. Figures that are given are never recomputed."""
    rows = given.get("line_items")
    lines = [line for line in rows if isinstance(line, Mapping)] if isinstance(rows, list) else []
    items = _minor(given, "item_total") or sum(_minor(line, "price") for line in lines)
    total = items + sum(_minor(given, name) for name in FEES)
    order_total = total if given.get("order_total") is None else _minor(given, "order_total")
    return {
        "item_total": major_of(items),
        "order_total": major_of(total),
        "point_used": order_total,
        "quantity_total": sum(quantity for line in lines if isinstance(quantity := line.get("quantity", 1), int)),
    }


def _rush(given: Mapping[str, object]) -> dict[str, object]:
    """The example of Cancel Order (api-4681584) has the earlier name alone; the current one wins, as in a request."""
    current, earlier = RUSH_NAMES
    return {current: given[earlier]} if earlier in given else {}


def _line(given: dict[str, object], number: int) -> dict[str, object]:
    quantity = given.get("quantity", 1)
    pieces = quantity if isinstance(quantity, int) else 1
    price = major_of(_minor(given, "unit_price") * pieces)
    return {"id": FIRST_LINE + number, "item_id": str(number), "name": f"Line Item {number}", "price": price} | given


def _minor(given: Mapping[str, object], name: str) -> int:
    """An amount as far as it is one; what is none is reported when the document is read."""
    minor = cents_of(given.get(name))
    return 0 if minor is None or not 0 <= minor <= AMOUNT_MINOR_MAX else minor


# -------------------------------------------------------------------------------------------------------------- records


def _references(orders: Sequence[Order]) -> Iterator[Record]:
    """Of two orders with one number the later document has it, as the alias has it."""
    found = {
        (order.tenant, reference): references.record(order, reference)
        for order in orders
        for reference in order.aliases.values()
    }
    yield from found.values()


def _counters(orders: Sequence[Order], at: datetime) -> Iterator[Record]:
    """The highest serial of each merchant and day, so that ids given out later are new."""
    highest: dict[tuple[str, str], int] = {}
    for order in orders:
        match = ID.match(order.order_id)
        if match and match["merchant"] == order.account:
            key = (order.tenant, match["day"])
            highest[key] = max(highest.get(key, 0), int(match["serial"]))
    for (tenant, day), serial in highest.items():
        yield create.counter(tenant, day=day, serial=serial, at=at)


def _webhooks(given: World) -> Iterator[Record]:
    found: dict[tuple[str, str], Record] = {}
    for prefix, document in _collection(given, "webhooks"):
        owner = _owner(given, document)
        body = check(Subscribe, {"name": "Webhook"} | dict(document), prefix)
        if owner is not None:
            found[owner.tenant, body.event] = webhook(body, tenant=owner.tenant, at=given.now)
    yield from found.values()
