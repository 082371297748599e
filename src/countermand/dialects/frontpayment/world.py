"""A sandbox world in the vendor's words: `orders`, and beside it `reservations`, `terminalOrders` and `subscriptions`.

A document has a `uuid` and perhaps a `status`, and whatever else it states in the shape of Get Order Details or of a creation
call; the rest is made up, the same for the same document.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from countermand.dialects.contract import Account, CallerFault, Fault, FaultKind, FieldFault, Seeded, World
from countermand.dialects.wire import instant_of, minor_of
from countermand.model.order import Order, PortionState

from .create import REGULAR_TYPE, SECRET_KEY
from .documents import INVOICE_TYPE
from .facts import Callback, Facts, Product, Summary, to_bytes
from .formats import date_of, is_url
from .ids import customer_uuid, invoice_no
from .lifecycle import (
    BILLED,
    CANCELLED,
    LIFECYCLES,
    ORDER,
    PARTIAL_REFUNDED,
    REFUNDED,
    RESERVATION,
    SUBSCRIPTION,
    TERMINAL,
)
from .name import NAME
from .payload import Payload
from .reading import customer_of, lines_of, optional_text, products_of, summary_of, taxes_of, text
from .switches import CURRENCY, LINK_DAYS

#: The kind of order by the collection that it stands in; a `type` of its own may say so too.
COLLECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"orders": ORDER, "reservations": RESERVATION, "terminalOrders": TERMINAL, "subscriptions": SUBSCRIPTION}
)
_KINDS: Final = frozenset({RESERVATION, TERMINAL, SUBSCRIPTION})

#: What an order costs whose document does not say: the amount of the status page's example.
AMOUNT_MINOR: Final = 100_00


def world(given: World) -> Seeded:
    found: dict[tuple[str, str], Order] = {}
    for path, kind, document in _documents(given.document):
        stated = Payload(document)
        account = _owner(given, stated)
        if account is None:
            continue
        order = _order(given, account, kind=kind, stated=stated, path=path)
        key = (order.tenant, order.order_id)
        if key in found:
            raise _wrong(f"{path}.uuid", "is another document's too")
        found[key] = order
    return Seeded(orders=tuple(found.values()))


def _documents(document: Mapping[str, object]) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    for name, kind in COLLECTIONS.items():
        listed = document.get(name, [])
        if not isinstance(listed, list):
            raise _wrong(name, "must be an array")
        for index, each in enumerate(listed):
            if not isinstance(each, dict):
                raise _wrong(f"{name}.{index}", "must be an object")
            stated = str(each.get("type", "")).lower()
            yield f"{name}.{index}", stated if stated in _KINDS else kind, each


def _order(given: World, account: Account, *, kind: str, stated: Payload, path: str) -> Order:
    order_id, status = text(stated, "uuid") or text(stated, "orderUuid"), _status(stated, kind)
    if not order_id:
        raise _wrong(f"{path}.uuid", "must be a text")
    if status not in LIFECYCLES[kind].statuses:
        raise _wrong(f"{path}.status", f"must be one of {', '.join(sorted(LIFECYCLES[kind].statuses))}")
    placed_at = _placed_at(stated) or given.now
    facts = _dated(_facts(stated, order_id, status=status, callback=_callback(stated, account, path=path)), placed_at)
    gone = status == CANCELLED
    return Order(
        tenant=account.tenant,
        dialect=NAME,
        order_id=order_id,
        kind=kind,
        status=status,
        placed_at=placed_at,
        updated_at=given.now,
        currency=facts.currency,
        lines=lines_of(facts, PortionState.CANCELLED if gone else PortionState.OPEN),
        total_minor=0 if gone else facts.summary.grand_total_minor - _refunded(stated, facts, status=status),
        taxes=() if gone else taxes_of(facts),
        cancelled_at=given.now if gone else None,
        facts=to_bytes(facts),
    )


def _owner(given: World, stated: Payload) -> Account | None:
    """The account that a document names; the first when it names none. What no account owns is nobody's to see."""
    token = optional_text(stated, "_account")
    return next((account for account in given.accounts if token is None or account.token == token), None)


def _status(stated: Payload, kind: str) -> str:
    """As stated, in any case; without a word on it the order is as new as one that was just submitted (recorded: SENT)."""
    return LIFECYCLES[kind].initial if stated.get("status") is None else text(stated, "status").upper()


def _placed_at(stated: Payload) -> datetime | None:
    """When it was made, if the document says so: a list shows the newest first."""
    created = stated.get("createdAt")
    if isinstance(created, int) and not isinstance(created, bool):
        created = str(created)
    return instant_of(created) or date_of(str(created)) or date_of(text(stated, "orderDate"))


# ------------------------------------------------------------------------------------------------------------------- facts


def _facts(stated: Payload, order_id: str, *, status: str, callback: Callback) -> Facts:
    products = products_of(stated, "productList") or products_of(stated, "products")
    assumed = stated.get("productList") is None and stated.get("products") is None
    summary = _summary(stated, products)
    if assumed:
        whole = summary.grand_total_minor
        products = (Product(id=1, name="Product", rate_minor=whole, amount_minor=whole),)
    number = optional_text(stated, "invoiceNumber")
    billed = number is not None or status in BILLED
    kind = text(stated, "type").upper()
    return Facts(
        type=kind or (INVOICE_TYPE if billed else REGULAR_TYPE),
        invoice_number=number or invoice_no(order_id),
        invoiced=billed,
        order_date=text(stated, "orderDate"),
        link_due=text(stated, "paymentLinkDueDate"),
        products=products,
        products_assumed=assumed,
        summary=summary,
        customer=customer_of(stated, customer_uuid(order_id)),
        callback=callback,
        via=text(stated, "paymentMethod") or text(stated, "submitPayment", "via"),
        currency=text(stated, "currency") or text(stated, "submitPayment", "currency") or CURRENCY,
        refund=optional_text(stated, "refundStatus"),
    )


def _summary(stated: Payload, products: tuple[Product, ...]) -> Summary:
    given = summary_of(stated)
    grand = _grand(stated, products)
    if given.sub_total_minor:
        return msgspec.structs.replace(given, grand_total_minor=grand)
    return msgspec.structs.replace(given, grand_total_minor=grand, sub_total_minor=grand - given.tax_minor)


def _grand(stated: Payload, products: tuple[Product, ...]) -> int:
    """What it costs. A stated nothing is no gap to be filled."""
    for path in (("orderAmount",), ("orderSummary", "grandTotal")):
        said = minor_of(stated.get(*path))
        if said is not None:
            return said
    return sum(product.amount_minor for product in products) or AMOUNT_MINOR


def _dated(facts: Facts, placed_at: datetime) -> Facts:
    """Dates that the document leaves out, as the later pages write them: seconds since 1970."""
    due = placed_at.astimezone(UTC) + timedelta(days=LINK_DAYS)
    return msgspec.structs.replace(
        facts,
        order_date=facts.order_date or str(int(placed_at.timestamp())),
        link_due=facts.link_due or str(int(due.timestamp())),
    )


def _callback(stated: Payload, account: Account, *, path: str) -> Callback:
    url = optional_text(stated, "callback", "callbackUrl") or optional_text(stated, "callbackUrl")
    if url is not None and not is_url(url):
        raise _wrong(f"{path}.callback.callbackUrl", "must be a URL")
    secret = account.seed.attributes.get(SECRET_KEY)
    return Callback(url=url, secret=secret if isinstance(secret, str) else None)


def _refunded(stated: Payload, facts: Facts, *, status: str) -> int:
    """What has gone back: stated, or all of it, or half of it as in the status page's example."""
    grand = facts.summary.grand_total_minor
    given = minor_of(stated.get("refundedAmount"))
    if given is not None:
        return min(max(given, 0), grand)
    return {REFUNDED: grand, PARTIAL_REFUNDED: grand // 2}.get(status, 0)


def _wrong(path: str, message: str) -> CallerFault:
    fault = FieldFault(path=path, message=message)
    return CallerFault(Fault(kind=FaultKind.INVALID, detail=f"{path} {message}", fields=(fault,)))
