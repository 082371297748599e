"""Estimate Order Price (api-4681583) and Estimate Line Item (api-4893905): what an order would cost. They create
nothing.

Both answer bare. A `discount` is shown and never subtracted: in the sample 14.8 + 4.99 is 19.79 beside a discount of
0.4.
"""

from collections.abc import Mapping

from countermand.dialects.contract import Caller, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer, major_of
from countermand.model.query import Found, Query

from .billing import totals
from .pricing import PricedLine, Wanted, price
from .reading import read
from .requests import EstimateLine, EstimateLineItem, EstimateOrder
from .switches import ORDER_TYPE, SWITCHES, Switches


def decode_order(wire: WireRequest, _caller: Caller) -> tuple[Query, ...]:
    read(EstimateOrder, wire.body)
    return ()


def encode_order(_found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    return json_answer(200, order_estimate(read(EstimateOrder, wire.body)))


def order_estimate(body: EstimateOrder, switches: Switches = SWITCHES) -> Mapping[str, object]:
    wanted = [Wanted(sku=line.sku or "", quantity=line.quantity or 1) for line in body.line_items]
    priced = price(wanted, shipping_method=body.shipping_method, order_type=body.order_type or ORDER_TYPE)
    rush = bool(body.rush)
    return {
        "address": body.address.model_dump(exclude_unset=True),
        "shipping_method": body.shipping_method,
        "rush_production": rush,
        **({"boost_production": rush} if switches.boost_alias else {}),
        "line_items": [_line(line, one) for line, one in zip(body.line_items, priced.lines, strict=True)],
        **totals(priced),
        "discount": 0,
    }


def decode_line(wire: WireRequest, _caller: Caller) -> tuple[Query, ...]:
    read(EstimateLineItem, wire.body)
    return ()


def encode_line(_found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    """The answer could not be read; it is taken to be a line of the other estimate, sent by the standard method."""
    body = read(EstimateLineItem, wire.body)
    priced = price([Wanted(sku=body.sku, quantity=body.quantity)], shipping_method="1", order_type=ORDER_TYPE)
    return json_answer(200, _line(body, priced.lines[0]))


def _line(line: EstimateLine | EstimateLineItem, priced: PricedLine) -> Mapping[str, object]:
    return {
        "sku": line.sku or "",
        "quantity": line.quantity or 1,
        "print_areas": line.print_areas or {},
        "unit_price": major_of(priced.unit_price_minor),
        "price": major_of(priced.price_minor),
        "point_earned": priced.point_earned,
        "shipping_price": major_of(priced.shipping_minor),
    }
