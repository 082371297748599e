"""What any operation can be told instead of its answer, in the shape that its document declares for it."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from countermand.api.routing import Router
from countermand.dialects import catalog
from countermand.dialects.contract import (
    PUBLIC,
    CallerFault,
    Dialect,
    Fault,
    FaultKind,
    FieldFault,
    Route,
    WireAnswer,
    WireRequest,
    Write,
)
from countermand.model.outcome import Cause, Refusal, Refused
from tests.coverage.plugin import WATCHER
from tests.coverage.recording import METHODS

#: A body can be too large whatever the operation: it is read before anybody asks whether the operation takes one.
ANYWHERE = (FaultKind.BODY_TOO_LARGE, FaultKind.UNAVAILABLE, FaultKind.INTERNAL)
WITH_KEY = (FaultKind.NO_CREDENTIAL, FaultKind.BAD_CREDENTIAL, FaultKind.WRONG_TENANT, FaultKind.FORBIDDEN)
WITH_BODY = (FaultKind.MALFORMED, FaultKind.INVALID)
#: What a name in a path can lead to: no text, or the address of something else. Not every document says so.
WITH_NAMES = (FaultKind.NO_ROUTE, FaultKind.WRONG_METHOD)

ROUTES = [(dialect, route) for dialect in catalog.load().values() for route in dialect.routes]
every_route = pytest.mark.parametrize(
    ("dialect", "route"), ROUTES, ids=lambda one: getattr(one, "operation", None) or one.name
)


def _wire(dialect: Dialect, route: Route, *, method: str = "", segment: str = "x1") -> WireRequest:
    return WireRequest(
        method=method or route.method,
        path=re.sub(r"\{\w+\}", segment, route.path),
        received_at=datetime(2026, 3, 1, tzinfo=UTC),
        base_url=f"http://host{dialect.mount}",
    )


def _undeclared(dialect: Dialect, route: Route, answers: Iterable[WireAnswer]) -> list[str]:
    document = WATCHER.documents[dialect.name]
    return [fault for one in answers for fault in document.faults(route.operation, str(one.status), one.body)]


@every_route
def test_a_fault_is_told_as_declared(dialect: Dialect, route: Route):
    """A dialect that declares no 429 anywhere has no limits."""
    operations = WATCHER.documents[dialect.name].operations
    body = operations[route.operation].get("requestBody")
    limits = any("429" in one["responses"] or "default" in one["responses"] for one in operations.values())
    kinds = [*ANYWHERE, *(() if route.scope == PUBLIC else WITH_KEY), *(WITH_BODY if body else ())]
    kinds += [FaultKind.RATE_LIMITED] if limits else []
    field = FieldFault(path="x", message="m", code="c")
    told = {
        kind: dialect.encode_fault(
            Fault(kind=kind, detail="d", retry_after_s=3, fields=(field,)), _wire(dialect, route)
        )
        for kind in (*kinds, *(WITH_NAMES if "{" in route.path else ()))
    }
    assert _undeclared(dialect, route, [told[kind] for kind in kinds]) == []


@every_route
def test_what_stands_before_an_operation_is_declared_only_where_it_can_be_met(dialect: Dialect, route: Route):
    """A path without names always leads somewhere, and nobody who needs no key can have a wrong one."""
    declared = WATCHER.documents[dialect.name].operations[route.operation]["responses"]
    met = {"405"} if "{" not in route.path else set()
    met |= {"401", "403"} if route.scope == PUBLIC else set()
    assert not met & declared.keys()


CHANGES = [
    (dialect, route) for dialect, route in ROUTES if dialect.name == "native" and isinstance(route.handler, Write)
]


@pytest.mark.parametrize("route", [route for _, route in CHANGES], ids=lambda route: route.operation)
def test_every_change_of_ours_has_words_for_every_refusal(route: Route):
    """Ours is one language for everything that can be refused, whichever operation it was; the vendors' have their own tests."""
    dialect, handler = catalog.load()["native"], route.handler
    assert isinstance(handler, Write)
    wire = _wire(dialect, route)
    refused = [Refused(refusal=refusal) for refusal in Refusal if refusal is not Refusal.VENDOR_RULE]
    refused += [Refused(refusal=Refusal.VENDOR_RULE, cause=cause) for cause in Cause]
    told = [
        handler.encode(one, replace(wire, params=dict.fromkeys(re.findall(r"{(\w+)}", route.path), "x")))
        for one in refused
    ]
    assert _undeclared(dialect, route, told) == []


@every_route
def test_an_address_that_is_none_is_told_in_the_same_shape(dialect: Dialect, route: Route):
    """A method that the path doesn't have, and a segment that is no text. Nothing is declared for what isn't served."""
    router = Router(dialect.routes)
    served = {other.method for other in dialect.routes if other.path == route.path}
    wires = [_wire(dialect, route, method=method) for method in METHODS if method not in served]
    for wire in [*wires, _wire(dialect, route, segment="%FF")]:
        if "{" not in route.path and wire.method == route.method:
            continue
        with pytest.raises(CallerFault) as caught:
            router.match(wire.method, wire.path)
        assert dialect.encode_fault(caught.value.fault, wire).status in {400, 401, 404, 405, 422}
