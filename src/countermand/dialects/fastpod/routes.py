"""Every operation: its path below the mount, the scope that it needs, and its two halves.

Paths of orders: api-4681580 to api-4681586 and api-4893905. The path of List Catalogs is our reading of the menu, as
are the webhooks'.
"""

from typing import Final

from countermand.dialects.contract import CANCEL, READ, WRITE, Read, Route, Write

from . import cancel, catalogue, create, estimate, lists, update, webhooks
from .switches import SWITCHES, Switches

ORDERS: Final = (
    Route(
        method="POST",
        path="/v1/orders/{id}/cancel",
        operation="cancelOrder",
        scope=CANCEL,
        handler=Write(decode=cancel.decode, encode=cancel.encode),
    ),
    Route(
        method="GET",
        path="/v1/orders/{id}",
        operation="getOrder",
        scope=READ,
        handler=Read(decode=lists.decode_get, encode=lists.encode_get),
    ),
    Route(
        method="GET",
        path="/v1/orders",
        operation="listOrders",
        scope=READ,
        handler=Read(decode=lists.decode_list, encode=lists.encode_list),
    ),
    Route(
        method="POST",
        path="/v1/orders",
        operation="createOrder",
        scope=WRITE,
        handler=Write(decode=create.decode, encode=create.encode),
    ),
    Route(
        method="PUT",
        path="/v1/orders/{id}",
        operation="updateOrder",
        scope=WRITE,
        handler=Write(decode=update.decode_order, encode=update.encode),
    ),
    Route(
        method="PUT",
        path="/v1/orders/{id}/status",
        operation="updateOrderStatus",
        scope=WRITE,
        handler=Write(decode=update.decode_status, encode=update.encode),
    ),
)

#: Estimates change nothing, so they need no more than a read does.
PRICES: Final = (
    Route(
        method="POST",
        path="/v1/orders/estimate-price",
        operation="estimateOrderPrice",
        scope=READ,
        handler=Read(decode=estimate.decode_order, encode=estimate.encode_order),
    ),
    Route(
        method="POST",
        path="/v1/orders/estimate-price/line-item",
        operation="estimateLineItemPrice",
        scope=READ,
        handler=Read(decode=estimate.decode_line, encode=estimate.encode_line),
    ),
    Route(
        method="GET",
        path="/v1/catalogs",
        operation="listCatalogs",
        scope=READ,
        handler=Read(decode=catalogue.decode_list, encode=catalogue.encode_list),
    ),
)


def routes(switches: Switches = SWITCHES) -> tuple[Route, ...]:
    return (*ORDERS, *PRICES, *(webhooks.ROUTES if switches.webhooks else ()))
