"""Every operation served, under the vendor's own path and operationId.

Both as in https://docs.flexportal.io/openapi.json, checked 2026-11-21.
"""

from typing import Final

from countermand.dialects.contract import CANCEL, READ, WRITE, Read, Route, Write

from . import creating, lists, orders, rental_ends, rentals

ROUTES: Final = (
    Route(method="GET", path="/v1/orders", operation="listOrders", scope=READ, handler=lists.ORDERS),
    Route(
        method="POST",
        path="/v1/orders",
        operation="createOrder",
        scope=WRITE,
        handler=Write(decode=creating.decode_create, encode=creating.encode_create),
    ),
    Route(
        method="GET",
        path="/v1/orders/{orderId}",
        operation="getOrder",
        scope=READ,
        handler=Read(decode=orders.decode_get, encode=orders.encode_get),
    ),
    Route(
        method="POST",
        path="/v1/orders/{orderId}/cancel",
        operation="cancelOrder",
        scope=CANCEL,
        handler=Write(decode=orders.decode_cancel, encode=orders.encode_cancel),
    ),
    Route(
        method="PATCH",
        path="/v1/orders/{orderId}/notes",
        operation="updateOrderNotes",
        scope=WRITE,
        handler=Write(decode=orders.decode_notes, encode=orders.encode_notes),
    ),
    Route(method="GET", path="/v1/subscriptions", operation="listSubscriptions", scope=READ, handler=rentals.LIST),
    Route(
        method="POST",
        path="/v1/subscriptions",
        operation="createSubscription",
        scope=WRITE,
        handler=Write(decode=rentals.decode_create, encode=rentals.encode_create),
    ),
    Route(
        method="GET",
        path="/v1/subscriptions/{subscriptionId}",
        operation="getSubscription",
        scope=READ,
        handler=Read(decode=rentals.decode_get, encode=rentals.encode_get),
    ),
    Route(
        method="POST",
        path="/v1/subscriptions/{subscriptionId}/cancel",
        operation="cancelSubscription",
        scope=CANCEL,
        handler=Write(decode=rental_ends.decode_cancel, encode=rental_ends.encode_cancel),
    ),
)
