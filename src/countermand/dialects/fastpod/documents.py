"""The order as the vendor shows it, in the three shapes that its pages show. `Order.facts` holds the widest of them.

Cancel Order (api-4681584): 31 members, lines of 13. Get Order and Update Status (api-4681581, api-4681586): 33 members
with the tax ids, lines of 14 with `discount`. `peak_season_surchage` is spelled so on the wire. Stored figures are
never recomputed: in the page's own example 1 x 14 gives 14.4.

Every member has a value to stand in where a world's document leaves it out, of the type that the page gives.
"""

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from .members import (
    Count,
    Dollars,
    Flag,
    Instant,
    OrderType,
    PaymentMethod,
    PaymentStatus,
    ShippingMethod,
    Status,
)
from .switches import ORDER_TYPE, PAYMENT_METHOD, PAYMENT_STATUS, STATUS_AT_CREATE


class Document(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore", json_schema_serialization_defaults_required=True, defer_build=True
    )


class Address(Document):
    """All strings; `company` and `street2` may be null (api-4681581)."""

    name: str = ""
    company: str | None = None
    email: str = ""
    phone: str = ""
    street1: str = ""
    street2: str | None = None
    city: str = ""
    state: str = ""
    country: str = ""
    zip: str = ""


class LineItem(Document):
    """A line as Cancel Order shows it."""

    id: Count = 0
    item_id: str = ""
    name: str = ""
    sku: str = ""
    style: str = ""
    color: str = ""
    size: str = ""
    unit_price: Dollars = 0
    quantity: Count = 1
    point_earned: Count = 0
    price: Dollars = 0
    print_areas: Mapping[str, str] = {}
    preview_areas: Mapping[str, str] = {}


class WholeLineItem(LineItem):
    """A line as every other call shows it."""

    discount: Dollars = 0


class OrderMembers(Document):
    """What all shapes have in common, in the order of the page."""

    id: str = ""
    order_type: OrderType = ORDER_TYPE
    reference_id: str = ""
    order_status: Status = STATUS_AT_CREATE
    test_order: Flag = False
    item_total: Dollars = 0
    shipping_total: Dollars = 0
    surcharge_total: Dollars = 0
    labeling_fee: Dollars = 0
    peak_season_surchage: Dollars = 0
    order_total: Dollars = 0
    payment_method: PaymentMethod = PAYMENT_METHOD
    payment_status: PaymentStatus = PAYMENT_STATUS
    point_earned: Count = 0
    point_used: Count = 0
    quantity_total: Count = 0
    shipping_method: ShippingMethod = "1"
    rush_production: Flag = False
    gift_message: str | None = None
    created_at: Instant
    updated_at: Instant
    rejected_at: Instant | None = None
    rejected_status: str | None = None
    cancelled_at: Instant | None = None
    address: Address = Address()
    line_items: tuple[LineItem, ...] = ()
    shipments: tuple[str, ...] = ()
    label_url: str = ""
    coupon_code: str = ""
    discount_total: Dollars = 0
    discount_labeling_fee: Dollars = 0


class CancelledOrder(OrderMembers):
    """The order in the answer to Cancel Order."""

    order_status: Literal["cancelled"] = "cancelled"
    cancelled_at: Instant


class WholeOrder(OrderMembers):
    """The order in every other answer."""

    tax_id: str | None = None
    tax_id_type: str | None = None
    line_items: tuple[WholeLineItem, ...] = ()


CANCELLED_KEYS: Final = tuple(CancelledOrder.model_fields)
CANCELLED_LINE_KEYS: Final = tuple(LineItem.model_fields)
WHOLE_KEYS: Final = tuple(WholeOrder.model_fields)
WHOLE_LINE_KEYS: Final = tuple(WholeLineItem.model_fields)

assert (len(CANCELLED_KEYS), len(CANCELLED_LINE_KEYS)) == (31, 13)
assert (len(WHOLE_KEYS), len(WHOLE_LINE_KEYS)) == (33, 14)
