"""Every call, with the page that describes it. The gateway form of each is undone before it comes here (`envelope.rewrite`).

Operations are named after their pages, in camel case; the vendor has no OpenAPI document that would name them.
"""

from typing import Final

from countermand.dialects.contract import CANCEL, READ, WRITE, Handler, Read, Route, Write

from . import cancel, catalogue, companies, edit, employees, hardwares, movements, quote, reads

_CALLS: Final[tuple[tuple[str, str, str, Handler], ...]] = (
    ("POST", "/orders/cancel", "cancelOrder", Write(decode=cancel.decode_cancel, encode=cancel.encode_cancel)),
    ("POST", "/orders/confirm", "confirmOrder", Write(decode=cancel.decode_confirm, encode=cancel.encode_confirm)),
    ("POST", "/orders/quote", "quoteOrder", Write(decode=quote.decode_quote, encode=quote.encode)),
    ("POST", "/orders", "createOrder", Write(decode=quote.decode_create, encode=quote.encode)),
    ("GET", "/orders", "getAllOrders", Read(decode=reads.decode_list, encode=reads.encode_list)),
    ("GET", "/orders/{orderId}", "getOrderById", Read(decode=reads.decode_get, encode=reads.encode_get)),
    (
        "PATCH",
        "/orders/{orderId}/hardware-requests/remove",
        "removeHardwareRequests",
        Write(decode=edit.decode_remove, encode=edit.encode),
    ),
    (
        "POST",
        "/orders/{orderId}/hardware-alternatives/select",
        "selectHardwareAlternative",
        Write(decode=edit.decode_select, encode=edit.encode),
    ),
    ("GET", "/companies", "getAllCompanies", Read(decode=companies.decode_list, encode=companies.encode_list)),
    ("POST", "/companies", "createCompany", Write(decode=companies.decode_create, encode=companies.encode_create)),
    ("GET", "/employees", "getAllEmployees", Read(decode=employees.decode_list, encode=employees.encode_list)),
    (
        "GET",
        "/employees/{employeeId}",
        "getEmployeeById",
        Read(decode=employees.decode_get, encode=employees.encode_get),
    ),
    ("POST", "/employees", "createEmployee", Write(decode=employees.decode_create, encode=employees.encode_create)),
    ("GET", "/hardwares", "getAllHardwares", Read(decode=hardwares.decode_list, encode=hardwares.encode_list)),
    (
        "GET",
        "/hardwares/storages",
        "getHardwareInStorage",
        Read(decode=hardwares.decode_storages, encode=hardwares.encode_list),
    ),
    (
        "GET",
        "/hardwares/{hardwareId}",
        "getHardwareById",
        Read(decode=hardwares.decode_get, encode=hardwares.encode_get),
    ),
    ("POST", "/hardwares", "createHardware", Write(decode=hardwares.decode_create, encode=hardwares.encode_create)),
    ("GET", "/catalog", "getCatalog", Read(decode=catalogue.decode_list, encode=catalogue.encode_list)),
    (
        "GET",
        "/movement_requests",
        "getAllMovementRequests",
        Read(decode=movements.decode_list, encode=movements.encode_list),
    ),
    (
        "GET",
        "/movement_requests/{movementRequestId}",
        "getMovementRequestById",
        Read(decode=movements.decode_get, encode=movements.encode_get),
    ),
    (
        "POST",
        "/movement_requests/onboarding",
        "createOnboardingMovement",
        Write(decode=movements.decode_onboarding, encode=movements.encode_create),
    ),
    (
        "POST",
        "/movement_requests/offboarding",
        "createOffboardingMovement",
        Write(decode=movements.decode_offboarding, encode=movements.encode_create),
    ),
)

#: Calls that cancel something: a whole order, or some of its hardware.
_CANCELS: Final = frozenset({"cancelOrder", "removeHardwareRequests"})


def _scope(operation: str, handler: Handler) -> str:
    if isinstance(handler, Read):
        return READ
    return CANCEL if operation in _CANCELS else WRITE


ROUTES: Final = tuple(
    Route(method=method, path=path, operation=operation, scope=_scope(operation, handler), handler=handler)
    for method, path, operation, handler in _CALLS
)
