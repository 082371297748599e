"""The OpenAPI document of what is served, from the same types that read requests.

Every operation lists every answer it can give. The vendor's own document declares fewer: it leaves out what stands in front of
an operation (401, 403, 413, 429, 500), and 404 where only its prose has it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from . import documents as shown, rental_documents as rented, requests as asked
from .routes import ROUTES

_TEMPLATE: Final = "#/components/schemas/{model}"

#: Answers that any operation may give: who you are, whether you may, how often, a body too large even for an operation that
#: takes none, and a fault of ours.
_ALWAYS: Final = (401, 403, 413, 429, 500)

#: What each of them means.
_MEANING: Final[Mapping[int, str]] = {
    200: "Done",
    201: "Created",
    400: "The request is not valid, or the state of things refuses it",
    401: "No API key, or one that is not valid",
    403: "The key is for another tenant, or lacks the permission",
    404: "Not found in this tenant",
    409: "In conflict with what is there",
    413: "The body is too large",
    429: "Too many requests; Retry-After says when to come back",
    500: "A fault of the server",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the document says of an operation. `body` None: it takes none; `optional`: it may be left out."""

    summary: str
    answer: type[BaseModel]
    status: int = 200
    refusals: tuple[int, ...] = ()
    body: type[BaseModel] | None = None
    optional: bool = False
    query: tuple[str, ...] = ()


_PAGED: Final = ("limit", "startAfter", "sortBy", "sortDir")

OPERATIONS: Final[Mapping[str, Described]] = {
    "createOrder": Described(
        summary="Create an order", answer=shown.OrderCreated, status=201, refusals=(400,), body=asked.CreateOrder
    ),
    "listOrders": Described(summary="List orders", answer=shown.OrderPage, query=(*_PAGED, "status", "customerId")),
    "getOrder": Described(summary="Get an order", answer=shown.Order, refusals=(404,)),
    "cancelOrder": Described(
        summary="Cancel an order",
        answer=shown.OrderChanged,
        refusals=(400, 404),
        body=asked.CancelOrder,
        optional=True,
    ),
    "updateOrderNotes": Described(
        summary="Update order notes", answer=shown.OrderChanged, refusals=(400, 404), body=asked.UpdateOrderNotes
    ),
    "createSubscription": Described(
        summary="Create a subscription",
        answer=rented.RentalCreated,
        status=201,
        refusals=(400,),
        body=asked.CreateSubscription,
    ),
    "listSubscriptions": Described(
        summary="List subscriptions",
        answer=rented.RentalPage,
        query=(*_PAGED, "status", "customerId", "orderId", "serialNumber", "sku", "endDateFrom", "endDateTo"),
    ),
    "getSubscription": Described(summary="Get a subscription", answer=rented.Rental, refusals=(404,)),
    "cancelSubscription": Described(
        summary="Cancel a subscription",
        answer=rented.RentalCancelled,
        refusals=(400, 404),
        body=asked.CancelSubscription,
    ),
    "updateSubscriptionNotes": Described(
        summary="Update subscription notes",
        answer=rented.RentalChanged,
        refusals=(400, 404),
        body=asked.UpdateSubscriptionNotes,
    ),
    "buyoutSubscription": Described(
        summary="Buyout a subscription", answer=rented.RentalBought, refusals=(400, 404), body=asked.BuyoutSubscription
    ),
    "earlyReturnSubscription": Described(
        summary="Early return a subscription",
        answer=rented.RentalReturned,
        refusals=(400, 404),
        body=asked.EarlyReturnSubscription,
    ),
    "extendSubscription": Described(
        summary="Extend a subscription",
        answer=rented.RentalExtended,
        refusals=(400, 404),
        body=asked.ExtendSubscription,
    ),
    "upgradeSubscription": Described(
        summary="Upgrade a subscription",
        answer=rented.RentalUpgraded,
        refusals=(400, 404),
        body=asked.UpgradeSubscription,
    ),
    "calculateBuyoutPrice": Described(
        summary="Calculate buyout price", answer=rented.BuyoutQuote, refusals=(400, 404), body=asked.NamedSubscription
    ),
    "calculateEarlyReturnFee": Described(
        summary="Calculate early return fee",
        answer=rented.EarlyReturnQuote,
        refusals=(400, 404),
        body=asked.NamedSubscription,
    ),
    "listPayments": Described(
        summary="List payments",
        answer=shown.PaymentPage,
        query=(*_PAGED, "status", "customerId", "rentalId", "billingGroupId", "dueDateFrom", "dueDateTo"),
    ),
    "getPayment": Described(summary="Get a payment", answer=shown.PaymentShown, refusals=(404,)),
    "cancelPayment": Described(
        summary="Cancel a payment", answer=shown.PaymentChanged, refusals=(400, 404), body=asked.CancelPayment
    ),
    "markPaymentPaid": Described(
        summary="Mark payment as paid",
        answer=shown.PaymentChanged,
        refusals=(400, 404),
        body=asked.MarkPaymentPaid,
        optional=True,
    ),
    "createAsset": Described(
        summary="Create an asset", answer=shown.AssetChanged, status=201, refusals=(400, 409), body=asked.CreateAsset
    ),
    "listAssets": Described(
        summary="List assets", answer=shown.AssetPage, query=(*_PAGED, "status", "sku", "customerId", "rentalId")
    ),
    "getAsset": Described(summary="Get an asset", answer=shown.Asset, refusals=(404,)),
    "updateAsset": Described(
        summary="Update an asset",
        answer=shown.AssetChanged,
        refusals=(400, 404, 409),
        body=asked.UpdateAsset,
        optional=True,
    ),
    "deleteAsset": Described(summary="Delete an asset", answer=shown.AssetDeleted, refusals=(404, 409)),
}

_MESSAGES: Final[tuple[type[BaseModel], ...]] = (
    shown.Error,
    *(one.answer for one in OPERATIONS.values()),
    *(one.body for one in OPERATIONS.values() if one.body),
)


def openapi() -> Mapping[str, object]:
    paths: dict[str, dict[str, object]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route.path, route.operation)
    _, schemas = models_json_schema([(message, "validation") for message in _MESSAGES], ref_template=_TEMPLATE)
    return {
        "openapi": "3.1.0",
        "info": {"title": "FlexPortal API", "version": "1.0.0"},
        "security": [{"bearerAuth": []}],
        "paths": paths,
        "components": {
            "schemas": {name: _plain(schema) for name, schema in schemas["$defs"].items()},
            "securitySchemes": {"bearerAuth": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(path: str, operation: str) -> dict[str, object]:
    one = OPERATIONS[operation]
    found: dict[str, object] = {
        "operationId": operation,
        "summary": one.summary,
        "tags": [path.split("/")[2].capitalize()],
        "parameters": [
            *(_parameter(name, "path") for name in re.findall(r"{(\w+)}", path)),
            *(_parameter(name, "query") for name in one.query),
            _parameter("Tenant-ID", "header"),
        ],
        "responses": _responses(one),
    }
    if one.body is not None:
        found["requestBody"] = {"required": not one.optional, "content": _content(one.body)}
    return found


def _parameter(name: str, where: str) -> dict[str, object]:
    """Query values are free strings, as the vendor declares them: no list refuses one."""
    return {"name": name, "in": where, "required": where != "query", "schema": {"type": "string"}}


def _responses(one: Described) -> dict[str, object]:
    refusals = {*one.refusals, *_ALWAYS, *((400,) if one.body else ())}
    answers: dict[int, type[BaseModel]] = {one.status: one.answer, **dict.fromkeys(sorted(refusals), shown.Error)}
    return {
        str(status): {"description": _MEANING[status], "content": _content(message)}
        for status, message in answers.items()
    }


def _content(message: type[BaseModel]) -> dict[str, object]:
    return {"application/json": {"schema": {"$ref": _TEMPLATE.format(model=message.__name__)}}}


def _plain(schema: object) -> object:
    """Without the titles and null defaults that pydantic adds for its own members."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _plain(value)
        for name, value in schema.items()
        if not (name == "title" and isinstance(value, str)) and not (name == "default" and value is None)
    }
