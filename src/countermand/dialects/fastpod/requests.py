"""What callers send. Optional members may be null, which means the same as leaving them out.

Create Order (api-4681582), Update Order (api-4681585), Update Status (api-4681586), Estimate Order Price
(api-4681583), Estimate Line Item (api-4893905). Members that the pages don't name are ignored.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .members import Area, AskedOrderType, AskedShippingMethod, Flag, Quantity, Text, Url

#: Lines of one order; their numbers have three digits (see `create.line_id`).
LINES_MAX: Final = 999

Areas = Annotated[Mapping[Area, Url], Field(min_length=1)]


class Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


#: The current name first: it wins when both are sent.
RUSH_NAMES: Final = ("rush_production", "boost_production")


class Rush(Request):
    """`rush_production`, or its earlier name `boost_production`; schemas have the one, most examples the other."""

    rush_production: Flag | None = None
    boost_production: Flag | None = None

    @property
    def rush(self) -> bool | None:
        return self.boost_production if self.rush_production is None else self.rush_production


class AddressBody(Request):
    name: Text
    company: str | None = None
    email: Text
    phone: Text
    street1: Text
    street2: str | None = None
    city: Text
    state: Text
    country: Text
    zip: Text


class LineBody(Request):
    item_id: Text
    sku: Text
    quantity: Quantity
    print_areas: Areas
    name: str | None = None
    preview_areas: Mapping[Area, Url] | None = None


Lines = Annotated[list[LineBody], Field(min_length=1, max_length=LINES_MAX)]


class CreateOrder(Rush):
    """`label_url` is said to be required, and the example has none: it is the label of a label order."""

    order_type: AskedOrderType | None = None
    reference_id: Text
    order_status: Literal["draft", "new_order"] | None = None
    test_order: Flag | None = None
    shipping_method: AskedShippingMethod
    gift_message: str | None = None
    address: AddressBody
    line_items: Lines
    tax_id: str | None = None
    tax_id_type: str | None = None
    coupon_code: str | None = None
    label_url: str | None = None


def _by_either_name(schema: dict[str, JsonValue]) -> None:
    """Two whole forms, one per name: what makes data from a schema can't make it from a form and an alternative beside it."""
    members, required = schema["properties"], schema["required"]
    assert isinstance(members, dict)
    assert isinstance(required, list)
    forms: list[JsonValue] = [
        {**schema, "properties": {**members, name: {"type": "boolean"}}, "required": [*required, name]}
        for name in RUSH_NAMES
    ]
    schema.clear()
    schema["anyOf"] = forms


class UpdateOrder(Rush):
    """`order_status` must be the order's own, or `new_order` where Update Status would allow it."""

    model_config = ConfigDict(json_schema_extra=_by_either_name)

    reference_id: Text
    order_status: Literal["draft", "new_order", "on_hold"]
    shipping_method: AskedShippingMethod
    gift_message: str | None = None
    address: AddressBody
    line_items: Lines


class UpdateStatus(Request):
    """The only status that can be asked for; `cancelled` is reached by the cancel call alone."""

    order_status: Literal["new_order"]


class EstimateAddress(Request):
    """Only the country decides a price; the rest is echoed."""

    name: str | None = None
    company: str | None = None
    email: str | None = None
    phone: str | None = None
    street1: str | None = None
    street2: str | None = None
    city: str | None = None
    state: str | None = None
    country: Text
    zip: str | None = None


class EstimateLine(Request):
    sku: str | None = None
    quantity: Quantity | None = None
    print_areas: Mapping[Area, Url] | None = None


class EstimateOrder(Rush):
    """`order_type` and `coupon_code` are said to be required, and the example lacks the one: neither is demanded."""

    shipping_method: AskedShippingMethod
    line_items: Annotated[list[EstimateLine], Field(min_length=1, max_length=LINES_MAX)]
    address: EstimateAddress
    coupon_code: str | None = None
    order_type: AskedOrderType | None = None


class EstimateLineItem(Request):
    sku: Text
    quantity: Quantity
    print_areas: Areas


class Subscribe(Request):
    """A merchant has one webhook per event; subscribing again replaces it."""

    url: Annotated[str, Field(max_length=2048, pattern=r"^https?://[^\s/]+\S*$")]
    event: Literal["order_notify", "stock_notify", "shipment_notify"]
    name: Text


class Unsubscribe(Request):
    event: Literal["order_notify", "stock_notify", "shipment_notify"]


class AccountBody(Request):
    """An account of a world, and what `keys create` is given."""

    token: Annotated[str, Field(min_length=1)]
    merchant: Text
