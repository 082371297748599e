"""Every operation served, under the vendor's own path and operationId.

Both as in https://docs.flexportal.io/openapi.json, checked 2026-11-21. What a key must be allowed is ours: the vendor calls its
permissions configurable and names none. A calculation reads, whatever its method.
"""

from typing import Final

from countermand.dialects.contract import CANCEL, READ, WRITE, Handler, Read, Route, Write

from . import assets, creating, lists, orders, payment_ends, quotes, rental_changes, rental_ends, rentals

_ORDER: Final = "/v1/orders/{orderId}"
_SUBSCRIPTION: Final = "/v1/subscriptions/{subscriptionId}"
_PAYMENT: Final = "/v1/payments/{paymentId}"
_ASSET: Final = "/v1/assets/{serialNumber}"


def _route(call: str, operation: str, *, scope: str, handler: Handler) -> Route:
    method, _, path = call.partition(" ")
    return Route(method=method, path=path, operation=operation, scope=scope, handler=handler)


_READS: Final = (
    _route("GET /v1/orders", "listOrders", scope=READ, handler=lists.ORDERS),
    _route(f"GET {_ORDER}", "getOrder", scope=READ, handler=Read(decode=orders.decode_get, encode=orders.encode_get)),
    _route("GET /v1/subscriptions", "listSubscriptions", scope=READ, handler=rentals.LIST),
    _route(
        f"GET {_SUBSCRIPTION}",
        "getSubscription",
        scope=READ,
        handler=Read(decode=rentals.decode_get, encode=rentals.encode_get),
    ),
    _route(
        "POST /v1/subscriptions/calculate-buyout",
        "calculateBuyoutPrice",
        scope=READ,
        handler=Read(decode=quotes.decode, encode=quotes.encode_buyout),
    ),
    _route(
        "POST /v1/subscriptions/calculate-early-return-fee",
        "calculateEarlyReturnFee",
        scope=READ,
        handler=Read(decode=quotes.decode, encode=quotes.encode_fee),
    ),
    _route("GET /v1/payments", "listPayments", scope=READ, handler=payment_ends.LIST),
    _route(
        f"GET {_PAYMENT}",
        "getPayment",
        scope=READ,
        handler=Read(decode=payment_ends.decode_get, encode=payment_ends.encode_get),
    ),
    _route("GET /v1/assets", "listAssets", scope=READ, handler=assets.LIST),
    _route(f"GET {_ASSET}", "getAsset", scope=READ, handler=Read(decode=assets.decode_get, encode=assets.encode_get)),
)

_CANCELS: Final = (
    _route(
        f"POST {_ORDER}/cancel",
        "cancelOrder",
        scope=CANCEL,
        handler=Write(decode=orders.decode_cancel, encode=orders.encode_cancel),
    ),
    _route(
        f"POST {_SUBSCRIPTION}/cancel",
        "cancelSubscription",
        scope=CANCEL,
        handler=Write(decode=rental_ends.decode_cancel, encode=rental_ends.encode_cancel),
    ),
    _route(
        f"POST {_PAYMENT}/cancel",
        "cancelPayment",
        scope=CANCEL,
        handler=Write(decode=payment_ends.decode_cancel, encode=payment_ends.encode_cancel),
    ),
)

_WRITES: Final = (
    ("POST /v1/orders", "createOrder", Write(decode=creating.decode_create, encode=creating.encode_create)),
    (f"PATCH {_ORDER}/notes", "updateOrderNotes", Write(decode=orders.decode_notes, encode=orders.encode_notes)),
    ("POST /v1/subscriptions", "createSubscription", Write(decode=rentals.decode_create, encode=rentals.encode_create)),
    (
        f"PATCH {_SUBSCRIPTION}/notes",
        "updateSubscriptionNotes",
        Write(decode=rentals.decode_notes, encode=rentals.encode_notes),
    ),
    (
        f"POST {_SUBSCRIPTION}/buyout",
        "buyoutSubscription",
        Write(decode=rental_ends.decode_buyout, encode=rental_ends.encode_buyout),
    ),
    (
        f"POST {_SUBSCRIPTION}/early-return",
        "earlyReturnSubscription",
        Write(decode=rental_ends.decode_early_return, encode=rental_ends.encode_early_return),
    ),
    (
        f"POST {_SUBSCRIPTION}/extend",
        "extendSubscription",
        Write(decode=rental_changes.decode_extend, encode=rental_changes.encode_extend),
    ),
    (
        f"POST {_SUBSCRIPTION}/upgrade",
        "upgradeSubscription",
        Write(decode=rental_changes.decode_upgrade, encode=rental_changes.encode_upgrade),
    ),
    (
        f"POST {_PAYMENT}/mark-paid",
        "markPaymentPaid",
        Write(decode=payment_ends.decode_mark_paid, encode=payment_ends.encode_mark_paid),
    ),
    ("POST /v1/assets", "createAsset", Write(decode=assets.decode_create, encode=assets.encode_create)),
    (f"PATCH {_ASSET}", "updateAsset", Write(decode=assets.decode_update, encode=assets.encode_update)),
    (f"DELETE {_ASSET}", "deleteAsset", Write(decode=assets.decode_delete, encode=assets.encode_delete)),
)

ROUTES: Final = (
    *_READS,
    *_CANCELS,
    *(_route(call, operation, scope=WRITE, handler=handler) for call, operation, handler in _WRITES),
)
