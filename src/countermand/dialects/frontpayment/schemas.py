"""JSON schemas: of requests from their rules, of answers from the envelopes and the documents."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from .documents import NUMBERED
from .envelope import STATUS_MESSAGES
from .formats import DATE, NUMBER
from .lifecycle import LIFECYCLES, ORDER
from .rules import Fields
from .validation import ITEM, Field, Kind

Schema = dict[str, object]

_TEXT: Final[Schema] = {"type": "string"}
_NUMBER: Final[Schema] = {"type": "number"}
_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
#: Of an order with an invoice, whose number is told.
_NUMBERED: Final[Schema] = {"type": "string", "enum": sorted(NUMBERED)}
_STATUS: Final[Schema] = {"type": "string", "enum": sorted(LIFECYCLES[ORDER].statuses)}

#: A text that is more than blanks.
_SAYS_SOMETHING: Final = r"\S"

# ------------------------------------------------------------------------------------------------------------------ answers


def _object(properties: Mapping[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


_ORDER_ID: Final[Schema] = {"type": "string"}
_NEW_ID: Final[Schema] = {"type": "string", "pattern": "^ODR[0-9]+$"}
_IDS: Final = {"orderUuid": _NEW_ID, "customerUuid": _TEXT}
_ADDRESS: Final = _object({"street": _TEXT, "zip": _TEXT, "city": _TEXT, "country": _TEXT})
_PRODUCT: Final = _object(
    {
        "id": {"type": "integer"},
        "name": _TEXT,
        "productId": _OR_NULL,
        "quantity": _NUMBER,
        "rate": _NUMBER,
        "discount": _NUMBER,
        "tax": _NUMBER,
        "amount": _NUMBER,
    }
)
_CUSTOMER: Final = _object(
    {
        "type": _TEXT,
        "uuid": _TEXT,
        "countryCode": _TEXT,
        "msisdn": _TEXT,
        "email": _TEXT,
        "name": _TEXT,
        "preferredLanguage": _TEXT,
        "personalNumber": _OR_NULL,
        "organizationId": _OR_NULL,
        "address": _ADDRESS,
    }
)

#: What stands in `data`, by the names that `operations` uses.
DATA: Final[Mapping[str, Schema]] = {
    "Nothing": {"type": "array", "maxItems": 0},
    "Status": _object(
        {"uuid": _ORDER_ID, "status": _STATUS, "orderAmount": _NUMBER, "refundedAmount": _NUMBER},
    ),
    "StatusList": {"type": "array", "minItems": 1, "items": _object({"uuid": _ORDER_ID, "status": _STATUS})},
    "InvoiceNumber": _object({"orderUuid": _ORDER_ID, "invoiceNumber": _TEXT, "status": _NUMBERED}),
    "Details": _object(
        {
            "type": _TEXT,
            "orderUuid": _ORDER_ID,
            "invoiceNumber": _OR_NULL,
            "status": _STATUS,
            "orderDate": _TEXT,
            "paymentLinkDueDate": _TEXT,
            "productList": {"type": "array", "items": _PRODUCT},
            "orderSummary": _object({"subTotal": _NUMBER, "tax": _NUMBER, "discount": _NUMBER, "grandTotal": _NUMBER}),
            "customerDetails": _CUSTOMER,
        }
    ),
    "Ids": _object(_IDS),
    "Checkout": _object({**_IDS, "paymentUrl": {"type": "string", "format": "uri"}}),
    "InvoiceSession": _object({**_IDS, "orderUuid": _TEXT, "bankIdVerificationUrl": _OR_NULL}),
}


def data_envelope(status: int, messages: Iterable[str], *, is_data: bool, data: Schema) -> Schema:
    return _object({**_head(status, messages), "is_data": {"const": is_data}, "data": data})


def error_envelope(status: int, messages: Iterable[str], *, is_error: bool, listed: bool) -> Schema:
    errors: Schema = {"type": "array", "items": _TEXT, "minItems": 1} if listed else {"type": "null"}
    return _object({**_head(status, messages), "is_error": {"const": is_error}, "errors": errors})


def _head(status: int, messages: Iterable[str]) -> dict[str, Schema]:
    return {
        "status_code": {"const": status},
        "status_message": {"const": STATUS_MESSAGES[status]},
        "message": {"type": "string", "enum": list(messages)},
    }


# ----------------------------------------------------------------------------------------------------------------- requests


def request_schema(fields: Fields) -> Schema:
    """The schema of a payload with these rules. Lists may be objects with numbers as keys too."""
    return _branch([(field.path.split("."), field) for field in fields])


def _branch(entries: list[tuple[list[str], Field]]) -> Schema:
    """The object below which these fields stand."""
    names = list(dict.fromkeys(path[0] for path, _ in entries))
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for name in names:
        below = [(path[1:], field) for path, field in entries if path[0] == name]
        own = next((field for path, field in below if not path), None)
        rest = [(path, field) for path, field in below if path]
        properties[name] = _node(own, rest)
        if (own is not None and own.required) or any(_must_be(path, field) for path, field in rest):
            required.append(name)
    schema: Schema = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def _must_be(path: list[str], field: Field) -> bool:
    """Whether the object that holds it has to be there for its sake."""
    return field.required and ITEM not in path


def _node(own: Field | None, rest: list[tuple[list[str], Field]]) -> Schema:
    if not rest:
        assert own is not None, "a path ends with a field"
        return _leaf(own)
    items = [(path[1:], field) for path, field in rest if path[0] == ITEM]
    if not items:
        return _branch(rest) if _has_required(rest) else _nullable(_branch(rest))
    item = _branch(items)
    return {
        "oneOf": [
            {"type": "array", "minItems": 1, "items": item},
            {"type": "object", "minProperties": 1, "additionalProperties": item},
        ]
    }


def _has_required(rest: list[tuple[list[str], Field]]) -> bool:
    return any(field.required for _, field in rest)


def _nullable(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _leaf(field: Field) -> Schema:
    schema = _SCHEMAS[field.kind](field)
    if field.about:
        schema = {**schema, "description": field.about}
    if field.required:
        return schema
    return {"anyOf": [schema, {"type": "null"}]}


def _string(field: Field) -> Schema:
    if field.among:
        return {"type": "string", "enum": list(field.among)}
    if field.size is not None:
        return {"type": "string", "pattern": f"^[0-9]{{{field.size}}}$"}
    return {"type": "string", "pattern": f"^{field.pattern}$" if field.pattern else _SAYS_SOMETHING}


def _numeric(field: Field) -> Schema:
    if field.among:
        numbers = [int(good) for good in field.among if re.fullmatch(r"[0-9]+", good)]
        return {"enum": [*numbers, *field.among]}
    number: Schema = {"type": "number"}
    if field.above is not None:
        number["exclusiveMinimum"] = field.above
    if field.at_most is not None:
        number |= {"maximum": field.at_most} if field.above is not None else _between(field.at_most)
    return {"anyOf": [number, {"type": "string", "pattern": _spelled(field)}]}


def _spelled(field: Field) -> str:
    """The texts that are certainly good. An exponent is too, where the limit is kept, which no pattern can say."""
    if field.at_most is None:
        return f"^{NUMBER}$"
    return rf"^{'[1-9]' if field.above is not None else '-?[0-9]'}[0-9]{{0,8}}(\.[0-9]{{1,2}})?$"


def _between(at_most: int) -> Schema:
    return {"minimum": -at_most, "maximum": at_most}


_SCHEMAS: Final[Mapping[Kind, Callable[[Field], Schema]]] = {
    Kind.STRING: _string,
    Kind.NUMERIC: _numeric,
    Kind.BOOLEAN: lambda _field: {"enum": [True, False, 0, 1, "0", "1"]},
    Kind.ARRAY: lambda _field: {"type": ["array", "object"]},
    Kind.EMAIL: lambda _field: {"type": "string", "format": "email"},
    Kind.URL: lambda _field: {"type": "string", "format": "uri", "pattern": "^https?://[a-z0-9.-]+(/.*)?$"},
    Kind.DATE: lambda _field: {"type": "string", "pattern": f"^({DATE})$"},
}
