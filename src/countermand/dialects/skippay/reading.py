"""From a body to a request, or to what is wrong with it.

Rule: bytes that are not JSON are a fault at once. JSON of the wrong shape is returned as `Misread`, because the vendor looks
for the application first and says 404 before 400; who reads a body without an application raises it at once (`demand`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from countermand.dialects.contract import Ask, CallerFault, Fault, FaultKind, FieldFault, Held, Plan
from countermand.dialects.wire import read_json
from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused

from .codes import refuse_fields
from .switches import FIELD_FAULTS_MAX

Request = TypeVar("Request", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Misread:
    """What is wrong with a body, member by member."""

    fields: tuple[FieldFault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[Request]):
    """A well-formed request about an application that exists."""

    order: Order
    request: Request
    held: Held


def read(body: bytes, model: type[Request]) -> Request | Misread:
    """The request in a body. Raises CallerFault MALFORMED for bytes that are not JSON."""
    return shape(read_json(body), model)


def read_optional(body: bytes, model: type[Request]) -> Request | Misread:
    """The same where the body may be left out: nothing, null and `{}` are one request."""
    document = read_json(body) if body else None
    return shape({} if document is None else document, model)


def demand(body: bytes, model: type[Request]) -> Request:
    """The request in a body that is about no application. Raises CallerFault MALFORMED and INVALID."""
    request = read(body, model)
    if isinstance(request, Misread):
        raise CallerFault(Fault(kind=FaultKind.INVALID, fields=request.fields))
    return request


def shape(document: object, model: type[Request]) -> Request | Misread:
    if not isinstance(document, dict):
        return Misread((FieldFault(path="", message="the body must be a JSON object"),))
    try:
        return model.model_validate(document)
    except ValidationError as error:
        return Misread(field_faults(error))


def field_faults(error: ValidationError) -> tuple[FieldFault, ...]:
    """The faults that pydantic found, in the vendor's spelling of paths."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[:FIELD_FAULTS_MAX]
    return tuple(FieldFault(path=path_of(fault["loc"]), message=fault["msg"]) for fault in found)


def path_of(location: tuple[int | str, ...]) -> str:
    """`customer.addresses[1].streetNumber`"""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".")


def about(
    order: OrderKey | AliasKey | RecordKey,
    request: Request | Misread,
    *,
    plan: Callable[[Question[Request]], Plan | Refused],
    records: tuple[RecordKey, ...] = (),
) -> Ask:
    """An ask about one application: 404 when there is none, then 400 for the body, then what `plan` says."""

    def planned(held: Held) -> Plan | Refused:
        if held.order is None:
            return Refused(refusal=Refusal.UNKNOWN_ORDER)
        if isinstance(request, Misread):
            return refuse_fields(request.fields, held.order)
        return plan(Question(order=held.order, request=request, held=held))

    return Ask(order=order, records=records, plan=planned)
