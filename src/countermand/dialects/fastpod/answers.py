"""What callers get, as types: the wrapper of the writes, the paginator of the lists, the estimates, and the one error
envelope.

Encoders write these shapes by hand; the OpenAPI document is made from the types, and tests hold the answers to it.
"""

from typing import Literal

from pydantic import Field

from .documents import CancelledOrder, Document, WholeOrder
from .members import Area, Count, Dollars, Flag, Instant
from .switches import PAYMENT_METHOD, PAYMENT_STATUS, STATUS_AT_CREATE


class Failure(Document):
    """Every answer that is not 200. `errors` is there when members of the request are to blame."""

    status: Literal[False] = False
    message: str = Field(min_length=1)
    errors: dict[str, list[str]] = Field(default_factory=dict)


class Success(Document):
    """The wrapper of the writes. `status` says that the call went well and has nothing to do with the order's."""

    status: Literal[True] = True
    message: str = Field(min_length=1)


class OrderCancelled(Success):
    data: CancelledOrder


class OrderUpdated(Success):
    data: WholeOrder


class CreatedOrder(WholeOrder):
    """The one shape that tells what rush production costs."""

    order_status: Literal["draft", "new_order"] = STATUS_AT_CREATE
    payment_method: Literal["cash"] = PAYMENT_METHOD
    payment_status: Literal["unpaid"] = PAYMENT_STATUS
    rush_production_price: Dollars = 0


class OrderCreated(Success):
    data: CreatedOrder


class EstimatedLine(Document):
    sku: str
    quantity: Count
    print_areas: dict[str, str]
    unit_price: Dollars
    price: Dollars
    point_earned: Count
    shipping_price: Dollars


class EstimatedAddress(Document):
    """The address of the request, with the members that it had."""

    country: str


class OrderEstimate(Document):
    address: EstimatedAddress
    shipping_method: Literal["1", "2", "3", "4"]
    rush_production: Flag
    line_items: list[EstimatedLine]
    item_total: Dollars
    shipping_total: Dollars
    surcharge_total: Dollars
    order_total: Dollars
    point_used: Count
    point_earned: Count
    discount: Dollars


class PageLink(Document):
    url: str | None
    label: str
    active: Flag


class Paginator(Document):
    """Laravel's; `data` is what differs."""

    current_page: Count
    first_page_url: str
    from_: Count | None = Field(alias="from")
    last_page: Count
    last_page_url: str
    links: list[PageLink]
    next_page_url: str | None
    path: str
    per_page: Count
    prev_page_url: str | None
    to: Count | None
    total: Count


class OrderPage(Paginator):
    data: list[WholeOrder]


class CatalogProduct(Document):
    id: Count
    sku: str
    name: str
    style: str
    color: str
    size: str
    unit_price: Dollars
    print_areas: list[Area]
    status: Literal["in_stock"]


class CatalogPage(Paginator):
    data: list[CatalogProduct]


class Webhook(Document):
    event: str
    url: str
    name: str
    created_at: Instant
    updated_at: Instant


class WebhookList(Document):
    data: list[Webhook]


class NotifiedEvent(Document):
    uuid: str
    name: str
    status: str
    timestamp: Instant


class Delivery(Document):
    event: NotifiedEvent
    order_id: str
    url: str


class DeliveryPage(Paginator):
    data: list[Delivery]
