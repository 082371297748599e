"""The OpenAPI 3.1 document of what is served, from the same types that read requests.

Summaries and operationIds are the vendor's own (its OpenAPI file of June 2023).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from countermand.dialects.contract import PUBLIC, Route

from . import answers, requests
from .routes import ROUTES

_REF: Final = "#/components/schemas/{model}"
_MEDIA: Final = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the document says of an operation beside its path. `no` are the statuses of its refusals."""

    summary: str
    answer: type[BaseModel]
    body: type[BaseModel] | None = None
    body_required: bool = False
    yes: tuple[int, ...] = (200,)
    no: tuple[int, ...] = (400, 404, 422)
    query: tuple[str, ...] = ()


#: By operationId.
DESCRIBED: Final[Mapping[str, Described]] = {
    "Loginpartner": Described(
        summary="Login partner",
        answer=answers.PartnerLoginResult,
        body=requests.PartnerLogin,
        body_required=True,
        no=(400,),
    ),
    "APIhealthcheck": Described(summary="API health check", answer=answers.HealthCheckResponse, no=()),
    "Markorderitemsascancelled": Described(
        summary="Mark order items as cancelled",
        answer=answers.OrderExtendedResponse,
        body=requests.OrderItemsChangeRequest,
    ),
    "Cancelapplication": Described(
        summary="Cancel application", answer=answers.ApplicationResponse, body=requests.ApplicationCancelRequest
    ),
    "Createapplication": Described(
        summary="Create application",
        answer=answers.ApplicationResponse,
        body=requests.ApplicationRequest,
        body_required=True,
        yes=(200, 201),
        no=(400, 422),
    ),
    "Getapplicationdetail": Described(summary="Get application detail", answer=answers.ApplicationResponse, no=(404,)),
    "Changeapplicationorder": Described(
        summary="Change application order",
        answer=answers.OrderExtendedResponse,
        body=requests.ApplicationOrderChangeRequest,
        body_required=True,
    ),
    "Markorderitemsassent": Described(
        summary="Mark order items as sent", answer=answers.OrderExtendedResponse, body=requests.OrderItemsSendRequest
    ),
    "Markorderitemsasdelivered": Described(
        summary="Mark order items as delivered",
        answer=answers.OrderExtendedResponse,
        body=requests.OrderItemsDeliverRequest,
    ),
    "Markorderitemsasreturned": Described(
        summary="Mark order items as returned",
        answer=answers.OrderExtendedResponse,
        body=requests.OrderItemsReturnRequest,
    ),
    "Getorder": Described(
        summary="Get order",
        answer=answers.OrderExtendedResponse,
        no=(404, 422),
        query=("orderNumber", "orderVariableSymbol", "applicationId"),
    ),
    "Getpaymentsonspecificapplication": Described(
        summary="Get payments on specific application",
        answer=answers.Payments,
        no=(404,),
        query=("before", "after", "limit"),
    ),
    "Precheck": Described(
        summary="Precheck",
        answer=answers.PrecheckResultsResponse,
        body=requests.PrecheckRequest,
        body_required=True,
        no=(400, 422),
    ),
    "Createapplicationfromrecurrence": Described(
        summary="Create application from recurrence",
        answer=answers.ApplicationResponse,
        body=requests.ApplicationWithoutCustomerRequest,
        body_required=True,
        yes=(201,),
    ),
    "Getrecurrence": Described(summary="Get recurrence", answer=answers.RecurrenceObject, no=(404,)),
    "Updaterecurrence": Described(
        summary="Update recurrence",
        answer=answers.RecurrenceObject,
        body=requests.RecurrenceUpdateRequest,
        body_required=True,
    ),
}

#: What any operation may answer besides; 400 is also the answer to a body that is too large, whatever the operation.
ANYWHERE: Final = (400, 404, 429, 500, 503)
WITH_TOKEN: Final = (401, 403)

MEANING: Final[Mapping[int, str]] = {
    200: "Done",
    201: "Application was created",
    400: "The request is malformed, too large or not as described",
    401: "The access token is missing, wrong or expired",
    403: "The access token does not allow this operation",
    404: "There is no such resource",
    422: "The request can not be followed",
    429: "Too many requests",
    500: "An error of the service",
    503: "The service is not available",
}


def openapi() -> Mapping[str, object]:
    paths: dict[str, dict[str, object]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, DESCRIBED[route.operation])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Skip Pay API for partners",
            "version": "1.0",
            "description": "As documented, and served here.",
        },
        "security": [{"httpBearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"httpBearer": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _operation(route: Route, described: Described) -> dict[str, object]:
    found: dict[str, object] = {
        "operationId": route.operation,
        "summary": described.summary,
        "responses": _responses(route, described),
    }
    if route.scope == PUBLIC:
        found["security"] = []
    steps = [step[1:-1] for step in route.path.split("/") if step.startswith("{")]
    parameters = [_parameter("path", name, {"type": "string", "minLength": 1}) for name in steps]
    parameters += [_parameter("query", name, {"type": "string"}) for name in described.query]
    if parameters:
        found["parameters"] = parameters
    if described.body is not None:
        found["requestBody"] = {"required": described.body_required, "content": _content(described.body)}
    return found


def _responses(route: Route, described: Described) -> dict[str, object]:
    token = () if route.scope == PUBLIC else WITH_TOKEN
    bodies: dict[int, type[BaseModel]] = dict.fromkeys((*described.no, *ANYWHERE, *token), answers.ErrorsResponse)
    if 404 not in described.no and "{" not in route.path:  # noqa: PLR2004 - a path without names always leads somewhere
        del bodies[404]
    bodies |= dict.fromkeys(described.yes, described.answer)
    if token:
        bodies[401] = answers.OAuthError
    return {
        str(status): {"description": MEANING[status], "content": _content(body)}
        for status, body in sorted(bodies.items())
    }


def _parameter(place: str, name: str, schema: Mapping[str, object]) -> dict[str, object]:
    return {"in": place, "name": name, "required": place == "path", "schema": schema}


def _content(model: type[BaseModel]) -> Mapping[str, object]:
    return {_MEDIA: {"schema": {"$ref": _REF.format(model=model.__name__)}}}


def _schemas() -> object:
    """All components. The names of the types that read and of those that describe answers never meet."""
    modes: dict[type[BaseModel], JsonSchemaMode] = {}
    for described in DESCRIBED.values():
        if described.body is not None:
            modes[described.body] = "validation"
        modes[described.answer] = "validation"
    modes |= {answers.ErrorsResponse: "validation", answers.OAuthError: "validation"}
    _, found = models_json_schema(list(modes.items()), ref_template=_REF)
    return found["$defs"]
