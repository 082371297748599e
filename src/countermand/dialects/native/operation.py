"""An operation of ours: its route, and what the OpenAPI document says of it."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, field
from pydantic import BaseModel

from countermand.dialects.contract import Handler, Route


class Parameter(Struct, frozen=True, kw_only=True):
    """A query parameter or header."""

    name: str
    place: str = "query"
    description: str = ""
    required: bool = False
    schema: Mapping[str, object] = field(default_factory=lambda: {"type": "string"})


#: Bare, or quoted as a structured field.
_KEY: Final = {"type": "string", "pattern": r'^([\x21\x23-\x7e]{1,255}|"([^"\\]|\\["\\]){1,255}")$'}

IDEMPOTENCY_KEY: Final = Parameter(
    name="Idempotency-Key",
    place="header",
    required=True,
    description="1 to 255 characters, kept 24 hours. The same key with the same body gets the same answer again.",
    schema=_KEY,
)
OPTIONAL_KEY: Final = Parameter(
    name="Idempotency-Key",
    place="header",
    description="As elsewhere; this call is safe to repeat without one.",
    schema=_KEY,
)
IF_MATCH: Final = Parameter(
    name="If-Match",
    place="header",
    description="The ETag as the caller has seen it; several, separated by commas, of which one must hold; or `*`.",
)
PAGE: Final = (
    Parameter(name="page_size", description="At most 200 are given.", schema={"type": "integer", "minimum": 1}),
    Parameter(name="page_token", description="The `next_page_token` of the page before."),
)


class Operation(Struct, frozen=True, kw_only=True):
    """One operation. `answers` are the successes, by status; every operation may answer with a problem as well.

    `html`: who asks for HTML gets a success as a page. `lines`: the body is NDJSON, and `body` describes one line of it, which
    alone can be refused for what an order is.
    """

    route: Route
    summary: str
    answers: Mapping[int, type[BaseModel]]
    body: type[BaseModel] | None = None
    parameters: tuple[Parameter, ...] = ()
    tag: str = "orders"
    lines: bool = False
    html: bool = False


class Said(Struct, frozen=True, kw_only=True):
    """What a table row says of an operation besides where it is and who serves it."""

    summary: str
    answers: Mapping[int, type[BaseModel]]
    scope: str
    body: type[BaseModel] | None = None
    parameters: tuple[Parameter, ...] = ()
    lines: bool = False
    html: bool = False


def operation(where: str, name: str, handler: Handler, said: Said) -> Operation:
    """`where` is `METHOD /path`."""
    method, _, path = where.partition(" ")
    tag = "policies" if path.startswith("/policies") else "cancellations" if "cancellation" in path else "orders"
    return Operation(
        route=Route(method=method, path=path, operation=name, scope=said.scope, handler=handler),
        summary=said.summary,
        answers=said.answers,
        body=said.body,
        parameters=said.parameters,
        tag=tag,
        lines=said.lines,
        html=said.html,
    )
