"""The OpenAPI 3.1 document, from the table of operations and the types of bodies and answers."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from countermand.dialects.contract import PUBLIC, Route
from countermand.dialects.native import shapes
from countermand.dialects.native.operation import Operation, Parameter
from countermand.dialects.native.shapes import Problem

_REFERENCE: Final = "#/components/schemas/{model}"

#: What operations may answer besides their successes.
_PROBLEMS: Final = ("400", "401", "403", "404", "405", "409", "412", "413", "422", "428", "429", "500", "503")
#: Those that only a change can get, and only who is asked for a key.
_OF_CHANGES: Final = frozenset({"409", "412", "428"})
_OF_CALLERS: Final = frozenset({"401", "403"})

#: What only one of the lines of a body can be told.
_OF_ORDERS: Final = frozenset({"404", "409", "412", "428"})

_ACCEPTED: Final = 202

#: Answers that show what an ETag is the version of.
_TAGGED: Final = frozenset(
    {shapes.OrderShown, shapes.ReportShown, shapes.HoldShown, shapes.FulfilmentClaim, shapes.PolicyShown}
    | {shapes.CancellationWhole, shapes.PreviewShown, shapes.RestoredShown}
)


def _header(description: str, *, always: bool = False) -> Mapping[str, object]:
    return {"description": description, "required": always, "schema": {"type": "string"}}


#: The headers of answers, for the document.
HEADERS: Final[Mapping[str, object]] = {
    "Request-Id": _header("Names the request, for support.", always=True),
    "RateLimit-Policy": _header("The limit of the key, if it has one."),
    "RateLimit": _header("What is left of it, and for how long."),
    "ETag": _header("The version, for If-Match.", always=True),
    "Location": _header("Where to look again.", always=True),
    "Retry-After": _header("When to look again, in seconds.", always=True),
    "WWW-Authenticate": _header("How to say who asks (RFC 9110).", always=True),
    "Idempotent-Replayed": _header("`true`: this answer was given before, under the same key."),
    "Link": _header("The next page (RFC 8288) and the page before, as far as there are any."),
}


def document(operations: Iterable[Operation]) -> Mapping[str, object]:
    described = tuple(operations)
    models = {model for one in described for model in (*one.answers.values(), one.body) if model is not None}
    schemas = _schemas({*models, Problem})
    paths: dict[str, dict[str, object]] = {}
    for one in described:
        paths.setdefault(one.route.path, {})[one.route.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Countermand",
            "version": "1",
            "description": "Cancels orders completely. Amounts are integers in minor units, quantities numbers with at most "
            "three decimals, instants RFC 3339. Every refusal has a code with a heading in the reference.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {f"/v1{path}": item for path, item in paths.items()},
        "components": {
            "schemas": schemas,
            "headers": HEADERS,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def _schemas(models: Iterable[type[BaseModel]]) -> Mapping[str, object]:
    ordered = sorted(models, key=lambda model: model.__name__)
    _, definitions = models_json_schema([(model, "validation") for model in ordered], ref_template=_REFERENCE)
    schemas: Mapping[str, object] = definitions["$defs"]
    return schemas


def _reference(model: type[BaseModel]) -> Mapping[str, object]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}


def _operation(one: Operation) -> Mapping[str, object]:
    shown: dict[str, object] = {
        "operationId": one.route.operation,
        "summary": one.summary,
        "tags": [one.tag],
        "parameters": [*_path_parameters(one.route), *(_parameter(parameter) for parameter in one.parameters)],
        "responses": {
            **{
                str(status): {**_response(model, html=one.html), **_headers(one, status)}
                for status, model in one.answers.items()
            },
            **{status: said for status, said in _problems(one).items() if status not in _OF_ORDERS or not one.lines},
        },
    }
    if one.body is not None:
        needed = any(field.is_required() for field in one.body.model_fields.values())
        shown["requestBody"] = (
            _lines(one.body)
            if one.lines
            else {
                "required": needed,
                "content": {"application/json": {"schema": _reference(one.body)}},
            }
        )
    return shown | _security(one.route)


def _lines(body: type[BaseModel]) -> Mapping[str, object]:
    """A body of lines; whatever it calls itself is read as such."""
    schema = {"type": "string", "description": "NDJSON: a document on each line.", "x-line": _reference(body)}
    return {
        "required": True,
        "content": {media: {"schema": schema} for media in ("application/x-ndjson", "text/plain")},
    }


def _headers(one: Operation, status: int) -> Mapping[str, object]:
    """The headers of a success. What `required` says of one holds for every such answer."""
    names = ["Request-Id", "RateLimit-Policy", "RateLimit"]
    model = one.answers[status]
    named = {parameter.name for parameter in one.parameters}
    if model in _TAGGED and not (one.route.method == "GET" and issubclass(model, shapes.CancellationWhole)):
        names.append("ETag")
    if status == _ACCEPTED:
        names += ["Location", "Retry-After"]
    if "Idempotency-Key" in named:
        names.append("Idempotent-Replayed")
    if named & {"page_token", "after"}:
        names.append("Link")
    return {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}}


def _security(route: Route) -> dict[str, object]:
    return {"security": []} if route.scope == PUBLIC else {"x-scope": route.scope}


def _path_parameters(route: Route) -> list[Mapping[str, object]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]


def _parameter(parameter: Parameter) -> Mapping[str, object]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema,
    }


def _response(model: type[BaseModel], *, html: bool) -> Mapping[str, object]:
    summary = (model.__doc__ or "").strip().partition("\n")[0]
    content: dict[str, object] = {"application/json": {"schema": _reference(model)}}
    if html:
        content["text/html"] = {"schema": {"type": "string", "description": "The same as a page, for browsers."}}
    return {"description": summary, "content": content}


def _problems(one: Operation) -> Mapping[str, object]:
    content = {"application/problem+json": {"schema": _reference(Problem)}}
    never = _never(one)
    said = {status: {"description": "A problem.", "content": content} for status in _PROBLEMS if status not in never}
    if "401" in said:
        said["401"] |= {"headers": {"WWW-Authenticate": {"$ref": "#/components/headers/WWW-Authenticate"}}}
    return said


def _never(one: Operation) -> frozenset[str]:
    """What this operation can't answer. A path without names always leads to it; a name may be the address of something else."""
    reads, named = one.route.method == "GET", "{" in one.route.path
    never = _OF_CALLERS if one.route.scope == PUBLIC else frozenset()
    never |= frozenset() if named else frozenset({"405"})
    never |= _OF_CHANGES if reads else frozenset()
    # Only a body or an idempotency key can be out of form; what a query says is a matter of 422.
    formed = one.body is not None or any(parameter.name == "Idempotency-Key" for parameter in one.parameters)
    never |= frozenset() if formed else frozenset({"400"})
    never |= frozenset({"404"}) if reads and not named else frozenset()
    # Of the names in a path only that of a dialect is one of a list; any other is simply not found.
    judged = any(parameter.place == "query" for parameter in one.parameters) or "{dialect}" in one.route.path
    return never | (frozenset({"422"}) if reads and not judged else frozenset())
