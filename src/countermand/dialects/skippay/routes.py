"""Every operation served, with the vendor's own path and operationId."""

from typing import Final

from countermand.dialects.contract import CANCEL, PUBLIC, READ, WRITE, Fixed, Read, Route, SignIn, Write

from . import cancel, change, create, fulfilment, payments, precheck, recurrence, search, signin
from .application import encode_order

APPLICATIONS: Final = "/financing/v1/applications"
APPLICATION: Final = f"{APPLICATIONS}/{{applicationId}}"
RECURRENCES: Final = "/financing/v1/recurrences/{recurrenceId}"

_LOGIN: Final = SignIn(decode=signin.decode_login, encode=signin.encode_login, lifetime_s=signin.TOKEN_LIFETIME_S)
_CANCEL_ITEMS: Final = Write(decode=cancel.decode_items, encode=encode_order)
_CANCEL_APPLICATION: Final = Write(decode=cancel.decode_application, encode=cancel.encode_application)
_CREATE: Final = Write(decode=create.decode_create, encode=create.encode_create)
_DETAIL: Final = Read(decode=search.decode_detail, encode=search.encode_detail)
_CHANGE: Final = Write(decode=change.decode_change, encode=encode_order)
_SEND: Final = Write(decode=fulfilment.decode_send, encode=encode_order)
_DELIVER: Final = Write(decode=fulfilment.decode_deliver, encode=encode_order)
_RETURN: Final = Write(decode=fulfilment.decode_return, encode=encode_order)
_ORDERS: Final = Read(decode=search.decode_order, encode=search.encode_order)
_PAYMENTS: Final = Read(decode=payments.decode_payments, encode=payments.encode_payments)
_PRECHECK: Final = Write(decode=precheck.decode_precheck, encode=precheck.encode_precheck)
_AGAIN: Final = Write(decode=recurrence.decode_create, encode=create.encode_create)
_RECURRENCE: Final = Read(decode=recurrence.decode_get, encode=recurrence.encode_get)
_END_RECURRENCE: Final = Write(decode=recurrence.decode_update, encode=recurrence.encode_update)


def _route(call: str, operation: str, *, scope: str, handler: Write | Read | SignIn | Fixed) -> Route:
    method, _, path = call.partition(" ")
    return Route(method=method, path=path, operation=operation, scope=scope, handler=handler)


ROUTES: Final = (
    _route(f"POST {signin.LOGIN_PATH}", "Loginpartner", scope=PUBLIC, handler=_LOGIN),
    _route("GET /v1/health", "APIhealthcheck", scope=PUBLIC, handler=Fixed(encode=signin.encode_health)),
    _route(f"PUT {APPLICATION}/order/cancel", "Markorderitemsascancelled", scope=CANCEL, handler=_CANCEL_ITEMS),
    _route(f"PUT {APPLICATION}/cancel", "Cancelapplication", scope=CANCEL, handler=_CANCEL_APPLICATION),
    _route(f"POST {APPLICATIONS}", "Createapplication", scope=WRITE, handler=_CREATE),
    _route(f"GET {APPLICATION}", "Getapplicationdetail", scope=READ, handler=_DETAIL),
    _route(f"PUT {APPLICATION}/order", "Changeapplicationorder", scope=WRITE, handler=_CHANGE),
    _route(f"PUT {APPLICATION}/order/send", "Markorderitemsassent", scope=WRITE, handler=_SEND),
    _route(f"PUT {APPLICATION}/order/deliver", "Markorderitemsasdelivered", scope=WRITE, handler=_DELIVER),
    _route(f"PUT {APPLICATION}/order/return", "Markorderitemsasreturned", scope=WRITE, handler=_RETURN),
    _route("GET /financing/v1/orders", "Getorder", scope=READ, handler=_ORDERS),
    _route(f"GET {APPLICATION}/payments", "Getpaymentsonspecificapplication", scope=READ, handler=_PAYMENTS),
    _route("POST /financing/v1/precheck", "Precheck", scope=READ, handler=_PRECHECK),
    _route(f"POST {RECURRENCES}/applications", "Createapplicationfromrecurrence", scope=WRITE, handler=_AGAIN),
    _route(f"GET {RECURRENCES}", "Getrecurrence", scope=READ, handler=_RECURRENCE),
    _route(f"PATCH {RECURRENCES}", "Updaterecurrence", scope=WRITE, handler=_END_RECURRENCE),
)
