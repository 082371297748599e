"""The OpenAPI 3.1 document of what is served, made of the routes and of the types that read and write the messages.

The vendor has no such document. Reads have a request body on GET, which OpenAPI 3.1 allows where a server documents it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from countermand.dialects.contract import Route

from . import documents, requests
from .codes import FAULTS, REASONS
from .envelope import SUCCESS
from .routes import ROUTES
from .switches import VENDOR

_REFERENCE: Final = "#/components/schemas/"

Schema = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Call:
    """What an operation takes and shows: the page's title, the model of `data` or `filters`, the items of `envelop`."""

    summary: str
    asked: type[BaseModel]
    shown: type[documents.Document]
    status: int = 200


_CALLS: Final = {
    "cancelOrder": _Call("Cancel Order", requests.OrderRef, documents.Cancelled),
    "confirmOrder": _Call("Confirm Order", requests.OrderRef, documents.Cancelled),
    "quoteOrder": _Call("Quote Order", requests.QuoteOrder, documents.OrderItem, 201),
    "createOrder": _Call("Create Order", requests.CreateOrder, documents.OrderItem, 201),
    "getAllOrders": _Call("Get All Orders", requests.CompanyCountryFilter, documents.OrderItem),
    "getOrderById": _Call("Get Order By Id", requests.CompanyFilter, documents.OrderItem),
    "removeHardwareRequests": _Call("Remove Hardware Requests", requests.RemoveHardware, documents.OrderItem),
    "selectHardwareAlternative": _Call("Select Hardware Alternative", requests.SelectAlternative, documents.OrderItem),
    "getAllCompanies": _Call("Get All Companies", requests.CountryFilter, documents.Company),
    "createCompany": _Call("Create Company", requests.CreateCompany, documents.Company, 201),
    "getAllEmployees": _Call("Get All Employees", requests.CompanyCountryFilter, documents.EmployeeItem),
    "getEmployeeById": _Call("Get Employee By Id", requests.CompanyFilter, documents.EmployeeItem),
    "createEmployee": _Call("Create Employee", requests.CreateEmployee, documents.EmployeeItem, 201),
    "getAllHardwares": _Call("Get All Hardwares", requests.CompanyCountryFilter, documents.Hardware),
    "getHardwareInStorage": _Call("Get Hardware in Storage", requests.CompanyCountryFilter, documents.Hardware),
    "getHardwareById": _Call("Get Hardware By Id", requests.CompanyFilter, documents.Hardware),
    "createHardware": _Call("Create Hardware", requests.CreateHardware, documents.Hardware, 201),
    "getCatalog": _Call("Get Catalog", requests.CountryFilter, documents.CatalogItem),
    "getAllMovementRequests": _Call("Get All Movement Requests", requests.MovementFilter, documents.Movement),
    "getMovementRequestById": _Call("Get Movement Request By Id", requests.CompanyFilter, documents.Movement),
    "createOnboardingMovement": _Call("Create Onboarding Movement", requests.Onboarding, documents.Movement, 201),
    "createOffboardingMovement": _Call("Create Offboarding Movement", requests.Offboarding, documents.Movement, 201),
}

#: The calls that may be made without any filter.
_UNFILTERED: Final = frozenset({"getAllCompanies", "getCatalog"})

_ABOUT: Final = (
    "Each call can also be sent to the root, `POST /`, with its method in `verb` and its path, without the leading slash, in "
    "`request`. On its own path the two may be left out, but not differ."
)


@cache
def openapi() -> Mapping[str, object]:
    paths: dict[str, dict[str, object]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, _CALLS[route.operation])
    return {
        "openapi": "3.1.0",
        "info": {"title": "TecsPal hardware orders", "version": "2026-11-21", "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": _schemas(), "securitySchemes": _SECURITY},
        "security": [{"token": [], "tenant": []}],
    }


_SECURITY: Final[Schema] = {
    "token": {"type": "http", "scheme": "bearer"},
    "tenant": {"type": "apiKey", "in": "header", "name": "tenant_id"},
}


def _operation(route: Route, call: _Call) -> Schema:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    return {
        "operationId": route.operation,
        "summary": call.summary,
        "tags": [route.path.split("/")[1]],
        **({"parameters": parameters} if parameters else {}),
        "requestBody": _body(route, call),
        "responses": _responses(route, call),
    }


def _body(route: Route, call: _Call) -> Schema:
    member = "filters" if route.method == "GET" else "data"
    free = route.operation in _UNFILTERED
    asked = {"$ref": f"{_REFERENCE}{call.asked.__name__}"}
    schema: Schema = {
        "type": "object",
        "properties": {
            "request": _request(route),
            "vendor": {"enum": [VENDOR, None]},
            "verb": {"enum": [route.method, None]},
            member: {"anyOf": [asked, {"type": "null"}]} if free else asked,
        },
        **({} if free else {"required": [member]}),
    }
    return {"required": not free, "content": _json(schema)}


def _request(route: Route) -> Schema:
    """The path without its leading slash, with what it names filled in."""
    path = route.path.removeprefix("/")
    if "{" not in path:
        return {"enum": [path, None]}
    return {"type": ["string", "null"], "pattern": f"^{re.sub('{.+?}', '[^/]+', path)}$"}


def _responses(route: Route, call: _Call) -> Schema:
    item: Schema = {"$ref": f"{_REFERENCE}{call.shown.__name__}"}
    items = {"type": "object", "additionalProperties": {"type": "array", "items": item}} if _grouped(route) else item
    success: Schema = {
        "type": "object",
        "properties": {
            "statusCode": {"const": call.status},
            "message": {"const": SUCCESS},
            "envelop": {"type": "array", "items": items},
        },
        "required": ["statusCode", "message", "envelop"],
        "additionalProperties": False,
    }
    never = _NEVER if "{" in route.path else _NEVER | {404}
    errors = {str(said.status): _error(said.status) for said in FAULTS.values() if said.status not in never}
    return {str(call.status): {"description": SUCCESS, "content": _json(success)}, **dict(sorted(errors.items()))}


#: No account of this vendor has a rate limit. And what is not found is 400, but for a name in a path that is none.
_NEVER: Final = frozenset({429})


def _grouped(route: Route) -> bool:
    """Whether the items stand under the code of their country."""
    return route.operation == "getCatalog"


def _error(status: int) -> Schema:
    properties: Schema = {"message": {"type": "string"}, "statusCode": {"const": status}}
    if status in REASONS:
        properties["error"] = {"const": REASONS[status]}
    schema: Schema = {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }
    return {"description": REASONS.get(status, "Internal Server Error"), "content": _json(schema)}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _schemas() -> Schema:
    asked = {call.asked for call in _CALLS.values()}
    models = [(model, "validation") for model in sorted(asked, key=lambda model: model.__name__)]
    _, defined = models_json_schema(models, ref_template=_REFERENCE + "{model}")  # type: ignore[arg-type]  # a literal
    shown = sorted({call.shown for call in _CALLS.values()}, key=lambda shape: shape.__name__)
    _, components = msgspec.json.schema_components(shown, schema_hook=_anything, ref_template=_REFERENCE + "{name}")
    return dict(sorted({**defined["$defs"], **components}.items()))


def _anything(kind: type) -> Schema:
    """Where a page ends before the members of an object, any may be there."""
    assert kind is object
    return {"description": "Not described by the vendor."}
