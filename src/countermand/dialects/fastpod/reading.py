"""Reading a body into a request type. Whatever is wrong with it becomes field faults in Laravel's manner.

Paths are dotted (`line_items.0.sku`), messages name the field. Rule: raises CallerFault and nothing else.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from countermand.dialects.contract import CallerFault, Fault, FaultKind, FieldFault
from countermand.dialects.wire import read_object

Model = TypeVar("Model", bound=BaseModel)

#: What is wrong, by pydantic's word for it; anything else is "invalid".
MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "missing": "The {field} field is required.",
        "string_too_short": "The {field} field is required.",
        "too_short": "The {field} field is required.",
        "string_type": "The {field} must be a string.",
        "bool_type": "The {field} field must be true or false.",
        "int_type": "The {field} must be an integer.",
        "mapping_type": "The {field} must be an object.",
        "dict_type": "The {field} must be an object.",
        "model_type": "The {field} must be an object.",
        "list_type": "The {field} must be an array.",
        "tuple_type": "The {field} must be an array.",
        "literal_error": "The selected {field} is invalid.",
    }
)


def read(model: type[Model], body: bytes) -> Model:
    """A request body. MALFORMED when it is no JSON object, INVALID when its members are not as they should be."""
    return check(model, read_object(body))


def check(model: type[Model], document: Mapping[str, object], prefix: str = "") -> Model:
    """A document that is already JSON. `prefix` is where it stands, for the paths of the faults."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = tuple(_field(detail, prefix) for detail in error.errors(include_url=False, include_context=False))
        raise invalid(*faults) from None


def invalid(*fields: FieldFault) -> CallerFault:
    return CallerFault(Fault(kind=FaultKind.INVALID, detail=fields[0].message, fields=fields))


def _field(detail: ErrorDetails, prefix: str) -> FieldFault:
    path = prefix + ".".join(str(step) for step in detail["loc"] if step != "[key]")
    message = MESSAGES.get(detail["type"], "The {field} is invalid.")
    return FieldFault(path=path, message=message.replace("{field}", path), code=detail["type"])
