"""The sandbox's own calls, without authentication, present only when the server was started with `--sandbox`."""

from collections.abc import Mapping
from typing import Final

import msgspec
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from countermand.api.mischief import Mischief, Rules
from countermand.api.operations import document, problem
from countermand.dialects.contract import CallerFault, Dialect, Fault, FaultKind, FieldFault
from countermand.dialects.wire import read_object, unmilli
from countermand.model.event import Event
from countermand.model.obligation import Obligation
from countermand.service.sandbox import Sandbox
from countermand.service.timers import Timers
from countermand.store.port import Effects

#: Longest world: 200,000 orders of a kilobyte. It is held in memory while it is read.
WORLD_BYTES_MAX: Final = 256 * 1024 * 1024


class SandboxRoutes:
    """The routes."""

    def __init__(
        self, sandbox: Sandbox, dialects: Mapping[str, Dialect], *, timers: Timers, mischief: Mischief
    ) -> None:
        self._sandbox = sandbox
        self._mischief = mischief
        self._dialects = dialects
        self._timers = timers

    def routes(self) -> list[Route]:
        return [
            Route("/sandbox/clock", self._clock, methods=["POST"]),
            Route("/sandbox/{vendor}/world", self._world, methods=["PUT"]),
            Route("/sandbox/{vendor}/effects", self._effects, methods=["GET"]),
            Route("/sandbox/{vendor}/faults", self._faults, methods=["GET", "PUT"]),
        ]

    async def _world(self, request: Request) -> Response:
        dialect = self._dialects.get(request.path_params["vendor"])
        if dialect is None:
            return self._unknown(request)
        try:
            await self._sandbox.put_world(dialect, read_object(await _body(request)))
            self._mischief.forget(dialect)
        except CallerFault as error:
            return _told(error)
        return Response(status_code=204)

    async def _effects(self, request: Request) -> Response:
        dialect = self._dialects.get(request.path_params["vendor"])
        if dialect is None:
            return self._unknown(request)
        return document(_shown(await self._sandbox.effects(dialect)))

    async def _faults(self, request: Request) -> Response:
        dialect = self._dialects.get(request.path_params["vendor"])
        if dialect is None:
            return self._unknown(request)
        if request.method != "PUT":
            return document({"faults": self._mischief.left(dialect)})
        try:
            self._mischief.put(dialect, Rules.model_validate_json(await _body(request)))
        except CallerFault as error:
            return _told(error)
        except ValidationError as error:
            found = error.errors(include_url=False, include_context=False, include_input=False)
            fields = tuple(FieldFault(path=".".join(map(str, one["loc"])), message=one["msg"]) for one in found)
            return _told(CallerFault(Fault(kind=FaultKind.INVALID, detail=found[0]["msg"], fields=fields)))
        return Response(status_code=204)

    async def _clock(self, request: Request) -> Response:
        try:
            asked = read_object(await _body(request))
            self._sandbox.advance(asked.get("advance_seconds"))
            # Whoever moved the clock wants to see what has fallen due.
            await self._timers.run_due()
        except CallerFault as error:
            return _told(error)
        return Response(status_code=204)

    def _unknown(self, request: Request) -> Response:
        known = ", ".join(sorted(self._dialects))
        return problem(404, "Not Found", f"no vendor is named {request.path_params['vendor']!r}; there are: {known}")


async def _body(request: Request) -> bytes:
    pieces, size = list[bytes](), 0
    async for piece in request.stream():
        size += len(piece)
        if size <= WORLD_BYTES_MAX:
            pieces.append(piece)
    if size > WORLD_BYTES_MAX:
        raise CallerFault(Fault(kind=FaultKind.BODY_TOO_LARGE, detail=f"a world has at most {WORLD_BYTES_MAX} bytes"))
    return b"".join(pieces)


def _told(error: CallerFault) -> Response:
    fault = error.fault
    errors = [{"pointer": field.path, "detail": field.message} for field in fault.fields]
    return problem(400, "Bad Request", fault.detail or fault.kind.value, errors=errors)


def _shown(effects: Effects) -> dict[str, object]:
    return {
        "events": [_event(order_id, event) for order_id, event in effects.events],
        "notifications": [_notification(owed) for owed in effects.obligations if owed.kind == "notice"],
        "reservations": [
            {"order": order_id, "sku": sku, "quantity": unmilli(quantity)}
            for order_id, sku, quantity in effects.reservations
        ],
    }


def _event(order_id: str, event: Event) -> dict[str, object]:
    shown: dict[str, object] = {
        "type": event.type,
        "order": order_id,
        "sequence": event.sequence,
        "at": event.at,
        "status": event.status,
        **event.data,
    }
    if event.takings:
        shown["lines"] = [
            {"line": taking.line_id, "sku": taking.sku, "quantity": unmilli(taking.quantity_milli)}
            for taking in event.takings
        ]
    return shown


def _notification(owed: Obligation) -> dict[str, object]:
    return {
        "type": owed.type,
        "order": owed.order_id,
        "at": owed.created_at,
        "address": owed.address,
        "body": msgspec.Raw(owed.body or b"null"),
        **owed.data,
    }
