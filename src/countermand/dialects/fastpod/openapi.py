"""The OpenAPI 3.1 document of what is served, made from the types that read requests and describe answers.

Orders are shown by types whose members stand for themselves when a world leaves them out; in an answer all of them are
there, so answers are described as they are written, requests as they are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from countermand.dialects.contract import FaultKind, Route

from . import answers, documents, requests
from .codes import FAULTS, PARAMETER_ERROR
from .lists import CHOICES
from .switches import SWITCHES, Switches

_REF: Final = "#/components/schemas/{model}"
_DAY: Final = r"^(\d{4}-\d\d-\d\d)?$"

Schema = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the document says of an operation beside its path."""

    summary: str
    answer: type[BaseModel]
    body: type[BaseModel] | None = None
    query: Mapping[str, Schema] = field(default_factory=dict)


def _choice(*values: str) -> Schema:
    return {"type": "string", "enum": [*values, ""]}


#: `page` may be anything: what is no page is the first.
_PAGING: Final[Mapping[str, Schema]] = {
    "page": {"type": "string"},
    "limit": {"type": "string", "pattern": "^([1-9][0-9]{0,14})?$"},
}

_FILTERS: Final[Mapping[str, Schema]] = {
    **_PAGING,
    **{name: _choice(*values) for name, values in CHOICES.items()},
    "search": {"type": "string", "maxLength": 255},
    "start_date": {"type": "string", "pattern": _DAY},
    "end_date": {"type": "string", "pattern": _DAY},
}

#: By operation. The titles are those of the vendor's side menu.
DESCRIBED: Final[Mapping[str, Described]] = MappingProxyType(
    {
        "cancelOrder": Described(summary="Cancel Order", answer=answers.OrderCancelled),
        "getOrder": Described(summary="Get Order", answer=documents.WholeOrder),
        "listOrders": Described(summary="List Orders", answer=answers.OrderPage, query=_FILTERS),
        "createOrder": Described(summary="Create Order", answer=answers.OrderCreated, body=requests.CreateOrder),
        "updateOrder": Described(summary="Update Order", answer=answers.OrderUpdated, body=requests.UpdateOrder),
        "updateOrderStatus": Described(
            summary="Update Status", answer=answers.OrderUpdated, body=requests.UpdateStatus
        ),
        "estimateOrderPrice": Described(
            summary="Estimate Order Price", answer=answers.OrderEstimate, body=requests.EstimateOrder
        ),
        "estimateLineItemPrice": Described(
            summary="Estimate Line Item", answer=answers.EstimatedLine, body=requests.EstimateLineItem
        ),
        "listCatalogs": Described(
            summary="List Catalogs",
            answer=answers.CatalogPage,
            query={**_PAGING, "sku": {"type": "string"}, "status": {"type": "string"}},
        ),
        "listWebhooks": Described(summary="List Webhooks", answer=answers.WebhookList),
        "subscribeWebhook": Described(summary="Subscribe", answer=answers.Success, body=requests.Subscribe),
        "unsubscribeWebhook": Described(summary="Unsubscribe", answer=answers.Success, body=requests.Unsubscribe),
        "listWebhookDeliveries": Described(summary="List Deliveries", answer=answers.DeliveryPage, query=_PAGING),
    }
)

#: What any operation can answer instead, and what those with a body or an id in the path can answer as well.
ANYWHERE: Final = (
    FaultKind.NO_CREDENTIAL,
    FaultKind.FORBIDDEN,
    FaultKind.RATE_LIMITED,
    FaultKind.BODY_TOO_LARGE,
    FaultKind.INTERNAL,
    FaultKind.UNAVAILABLE,
)
LABELS: Final[Mapping[int, str]] = {PARAMETER_ERROR: "Parameter Error", 500: "Server Error"}


def openapi(routes: Sequence[Route], switches: Switches = SWITCHES) -> Mapping[str, object]:
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, DESCRIBED[route.operation])
    return {
        "openapi": "3.1.0",
        "info": {"title": "FastPOD order API", "version": "1", "description": "As documented, and served here."},
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(routes, switches),
        },
    }


def _operation(route: Route, described: Described) -> dict[str, object]:
    found: dict[str, object] = {
        "operationId": route.operation,
        "summary": described.summary,
        "responses": _responses(route, described),
    }
    parameters = [_parameter("path", name, {"type": "string", "minLength": 1}) for name in _names(route.path)]
    parameters += [_parameter("query", name, schema) for name, schema in described.query.items()]
    if parameters:
        found["parameters"] = parameters
    if described.body is not None:
        found["requestBody"] = {"required": True, "content": _json(described.body)}
    return found


def _responses(route: Route, described: Described) -> Mapping[str, object]:
    statuses = {FAULTS[kind].status for kind in ANYWHERE}
    if described.body or described.query or _names(route.path):
        statuses.add(PARAMETER_ERROR)
    if _names(route.path):
        # A segment that is no text, or holds NUL, is no id and the path unknown.
        statuses.add(FAULTS[FaultKind.NO_ROUTE].status)
    no = {
        str(status): {"description": LABELS.get(status, "Refused"), "content": _json(answers.Failure)}
        for status in sorted(statuses)
    }
    return {"200": {"description": "Success", "content": _json(described.answer)}} | no


def _names(path: str) -> Sequence[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _parameter(place: str, name: str, schema: Schema) -> dict[str, object]:
    return {"in": place, "name": name, "required": place == "path", "schema": schema}


def _json(model: type[BaseModel]) -> Schema:
    return {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}


def _schemas(routes: Sequence[Route], switches: Switches) -> Mapping[str, object]:
    served = [DESCRIBED[route.operation] for route in routes]
    bodies = {described.body for described in served if described.body is not None}
    told = {described.answer for described in served} | {answers.Failure}
    found = _definitions(bodies, "validation")
    for name, schema in _definitions(told, "serialization").items():
        found[name] = _closed(name, dict(schema), switches)
    return found


def _definitions(models: set[type[BaseModel]], mode: JsonSchemaMode) -> dict[str, dict[str, object]]:
    asked = [(model, mode) for model in sorted(models, key=lambda model: model.__name__)]
    _, document = models_json_schema(asked, ref_template=_REF)
    return dict(document["$defs"])


#: Shapes that carry `boost_production` beside `rush_production`.
BOOSTED: Final = frozenset({"CancelledOrder", "WholeOrder", "CreatedOrder", "OrderEstimate"})

#: Members that an answer may leave out.
OPTIONAL: Final[Mapping[str, frozenset[str]]] = {"Failure": frozenset({"errors"})}


def _closed(name: str, schema: dict[str, object], switches: Switches) -> dict[str, object]:
    """An answer has the members that are described and no others."""
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict) or not isinstance(required, list):
        return schema
    if name in BOOSTED and switches.boost_alias:
        properties = {**properties, "boost_production": {"type": "boolean"}}
        required = [*required, "boost_production"]
    properties = {member: _bare(described) for member, described in properties.items()}
    required = [member for member in required if member not in OPTIONAL.get(name, ())]
    closed = {"additionalProperties": False} if name != answers.EstimatedAddress.__name__ else {}
    return {**schema, "properties": properties, "required": required, **closed}


def _bare(described: dict[str, object]) -> dict[str, object]:
    """Without what only a reader of requests needs."""
    return {word: value for word, value in described.items() if word not in {"default", "title"}}
