"""Watches what dialects answer: every answer that a handler or the encoder of faults gives is noted, and nothing else changes.

In the tests' own process and in the server that they start (`tests.coverage.serving`); so a test that decodes, decides and
encodes in memory counts as much as one over HTTP, and neither has to say what it covers.
"""

import contextlib
import importlib
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from countermand.api.routing import Router
from countermand.dialects import catalog
from countermand.dialects.contract import CallerFault, Dialect, Fault, Route, WireAnswer, WireRequest


class Answered(NamedTuple):
    """One answer to a request for an operation."""

    dialect: str
    operation: str
    status: int
    body: bytes


METHODS: Final = ("GET", "PUT", "POST", "PATCH", "DELETE")

Note = Callable[[Answered], None]


def watch(note: Note) -> None:
    """From now on every dialect of the catalog notes what it answers. Call it before anything else imports one."""
    for name, dialect in catalog.load().items():
        module: Any = importlib.import_module(f"countermand.dialects.{name}")
        module.DIALECT = _watched(dialect, note)
    catalog.load.cache_clear()
    catalog.load()


def _watched(dialect: Dialect, note: Note) -> Dialect:
    meant = _meaning(dialect)

    def encode_fault(fault: Fault, wire: WireRequest) -> WireAnswer:
        answer = dialect.encode_fault(fault, wire)
        for operation in meant(wire):
            note(Answered(dialect.name, operation, answer.status, answer.body))
        return answer

    routes = tuple(_watched_route(dialect.name, route, note) for route in dialect.routes)
    return replace(dialect, routes=routes, encode_fault=encode_fault)


def _watched_route(name: str, route: Route, note: Note) -> Route:
    given: Callable[..., WireAnswer] = route.handler.encode

    def encode(*arguments: Any) -> WireAnswer:
        answer = given(*arguments)
        note(Answered(name, route.operation, answer.status, answer.body))
        return answer

    handler: Any = route.handler
    return replace(route, handler=replace(handler, encode=encode))


def _meaning(dialect: Dialect) -> Callable[[WireRequest], list[str]]:
    """Which operation a request meant that came to grief, however it was sent: with a wrong method, any of its path."""
    router = Router(dialect.routes)

    def meant(wire: WireRequest) -> list[str]:
        with contextlib.suppress(CallerFault):
            wire = dialect.rewrite(wire)
        # A segment that can't be decoded has no percent sign left, and stands for one that can.
        path = wire.path.replace("%", "")
        for methods in ((wire.method,), METHODS):
            found = [_operation(router, method, path) for method in methods]
            if any(found):
                return [operation for operation in found if operation]
        return []

    return meant


def _operation(router: Router, method: str, path: str) -> str:
    try:
        return router.match(method, path).route.operation
    except CallerFault:
        return ""
