"""The OpenAPI document, made from the same tables that serve. The vendor publishes none."""

from collections.abc import Mapping
from typing import Final

from . import codes
from .codes import FAULTS
from .operations import OPERATIONS, Operation
from .schemas import DATA, Schema, data_envelope, error_envelope, request_schema

_UUID: Final[Schema] = {
    "name": "uuid",
    "in": "path",
    "required": True,
    "description": "The id that the creation call gave.",
    "schema": {"type": "string", "minLength": 1},
}
_TYPE: Final[Schema] = {
    "name": "type",
    "in": "query",
    "required": False,
    "description": "Only orders in this status, in any case.",
    "schema": {"type": "string"},
}

#: Answers that every operation can give, whatever it does.
_EVERYWHERE: Final = (401, 403, 413, 429)


def openapi() -> Mapping[str, object]:
    paths: dict[str, dict[str, object]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Front Payment: FPGO Connect",
            "version": "1",
            "description": "Orders, their payment links, invoices, refunds and cancellations.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": dict(DATA),
            "responses": {str(status): _response(status, _fault_schema(status)) for status in _EVERYWHERE},
        },
        "security": [{"bearer": []}],
    }


def _operation(operation: Operation) -> Schema:
    document: Schema = {
        "operationId": operation.name,
        "summary": operation.page,
        "responses": _responses(operation),
    }
    parameters = ([_UUID] if "{uuid}" in operation.path else []) + (
        [_TYPE] if operation.name == "getAllOrderStatus" else []
    )
    if parameters:
        document["parameters"] = parameters
    if operation.fields:
        schema = request_schema(operation.fields)
        document["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return document


def _responses(operation: Operation) -> dict[str, object]:
    success = operation.success
    data: Schema = {"type": "null"} if success.data is None else {"$ref": f"#/components/schemas/{success.data}"}
    answers: dict[int, Schema] = {
        success.status: data_envelope(success.status, success.messages, is_data=success.is_data, data=data),
        codes.BROKEN: error_envelope(codes.BROKEN, (operation.broken,), is_error=True, listed=True),
    }
    if operation.conflicts:
        answers[codes.CONFLICT] = error_envelope(codes.CONFLICT, operation.conflicts, is_error=False, listed=False)
    if operation.missing:
        answers[404] = data_envelope(404, operation.missing, is_data=False, data={"type": "null"})
    if operation.fields:
        answers[codes.INVALID] = error_envelope(codes.INVALID, (codes.PAYLOAD,), is_error=True, listed=True)
    own = {str(status): _response(status, schema) for status, schema in answers.items()}
    shared = {str(status): {"$ref": f"#/components/responses/{status}"} for status in _EVERYWHERE}
    return dict(sorted({**own, **shared}.items()))


def _response(status: int, schema: Schema) -> Schema:
    return {"description": _described(status), "content": {"application/json": {"schema": schema}}}


def _described(status: int) -> str:
    return {
        400: "The status of the order forbids it.",
        401: "No token, or one that is not known.",
        403: "The token may not do this.",
        404: "There is no such order.",
        413: "The payload is larger than one mebibyte.",
        417: "The payload breaks a rule.",
        429: "More than 240 calls in a minute.",
        510: "Something failed on the server.",
    }.get(status, "Done.")


def _fault_schema(status: int) -> Schema:
    messages = tuple(dict.fromkeys(message for code, message in FAULTS.values() if code == status))
    return error_envelope(status, messages, is_error=True, listed=False)
