"""The journey of a request, from bytes to bytes. Each stage is called once, in order.

Undo another transport - find the operation - who is calling - may they - how often - decode - decide and commit, or read -
encode. What goes wrong on the way is told in the vendor's own shape.
"""

from dataclasses import dataclass, replace
from typing import Final, assert_never

import structlog

from countermand.api.gate import Gate
from countermand.api.routing import Match, Router
from countermand.dialects.contract import (
    PUBLIC,
    Caller,
    CallerFault,
    Dialect,
    Fault,
    FaultKind,
    Fixed,
    Read,
    SignIn,
    WireAnswer,
    WireRequest,
    Write,
)
from countermand.service.desk import Desk
from countermand.service.keyring import Keyring
from countermand.store.port import Store, StoreUnavailable

#: What a caller is told to wait when the database can't be reached: long enough to not make it worse.
RETRY_AFTER_S: Final = 2

_log = structlog.get_logger("countermand.api")


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A request with everything that was found out about it before it is served."""

    wire: WireRequest
    match: Match | None
    fault: CallerFault | None


class Exchange:
    """Serves one dialect."""

    def __init__(self, dialect: Dialect, *, gate: Gate, desk: Desk, store: Store, keyring: Keyring) -> None:
        self.dialect = dialect
        self._router = Router(dialect.routes)
        self._gate = gate
        self._desk = desk
        self._store = store
        self._keyring = keyring

    async def serve(self, wire: WireRequest, fault: Fault | None) -> tuple[WireAnswer, str]:
        """Answer one request; `fault` is what was already wrong with it in transport. Never raises.

        The second value is the operation that was meant, for the metrics.
        """
        arrival = self._arrive(wire, fault)
        operation = arrival.match.route.operation if arrival.match else "none"
        limits: tuple[tuple[str, str], ...] = ()
        try:
            if arrival.match and arrival.match.route.scope == PUBLIC:
                answer = await self._serve_public(arrival.wire, arrival.match, arrival.fault)
            else:
                if arrival.fault and not self.dialect.hides_routes and _about_routes(arrival.fault):
                    raise arrival.fault
                key = await self._gate.identify(self.dialect, arrival.wire)
                caller = self._gate.admit(key, arrival.match.route.scope if arrival.match else None)
                counted = self._gate.count(key, arrival.wire)
                if counted is not None:
                    state, within = counted
                    limits = self.dialect.limit_headers(state)
                    if not within:
                        raise CallerFault(Fault(kind=FaultKind.RATE_LIMITED, retry_after_s=state.reset_s))
                answer = await self._serve(arrival, caller)
        except CallerFault as error:
            answer = self._tell(error.fault, arrival.wire)
        except StoreUnavailable as error:
            _log.warning("store unavailable", reason=str(error), request_id=wire.request_id)
            answer = self._tell(Fault(kind=FaultKind.UNAVAILABLE, retry_after_s=RETRY_AFTER_S), arrival.wire)
        except Exception:
            _log.exception("a bug", operation=operation, request_id=wire.request_id)
            answer = self._tell(Fault(kind=FaultKind.INTERNAL), arrival.wire)
        return (replace(answer, headers=(*answer.headers, *limits)) if limits else answer), operation

    def _arrive(self, wire: WireRequest, fault: Fault | None) -> _Arrival:
        try:
            wire = self.dialect.rewrite(wire)
            match = self._router.match(wire.method, wire.path)
        except CallerFault as error:
            return _Arrival(wire, None, error)
        wire = replace(wire, params=match.params) if match.params else wire
        return _Arrival(wire, match, CallerFault(fault) if fault else None)

    async def _serve(self, arrival: _Arrival, caller: Caller) -> WireAnswer:
        if arrival.fault is not None or arrival.match is None:
            raise arrival.fault or CallerFault(Fault(kind=FaultKind.NO_ROUTE))
        wire, handler = arrival.wire, arrival.match.route.handler
        match handler:
            case Write():
                ask = handler.decode(wire, caller)
                return await self._desk.submit(
                    ask, tenant=caller.tenant, dialect=self.dialect, encode=lambda verdict: handler.encode(verdict, wire)
                )
            case Read():
                found = tuple([await self._store.find(query) for query in handler.decode(wire, caller)])
                return handler.encode(found, wire)
            case SignIn() | Fixed():
                return await self._serve_public(wire, arrival.match, None)
            case _:
                assert_never(handler)

    async def _serve_public(self, wire: WireRequest, match: Match, fault: CallerFault | None) -> WireAnswer:
        if fault is not None:
            raise fault
        handler = match.route.handler
        match handler:
            case SignIn():
                login = handler.decode(wire)
                token = await self._keyring.sign_in(
                    self.dialect.name, login, now=wire.received_at, lifetime_s=handler.lifetime_s
                )
                return handler.encode(token, wire)
            case Fixed():
                return handler.encode(wire)
            case Write() | Read():
                raise TypeError(f"{match.route.operation} touches a tenant's data and can't be public")
            case _:
                assert_never(handler)

    def _tell(self, fault: Fault, wire: WireRequest) -> WireAnswer:
        answer = self.dialect.encode_fault(fault, wire)
        extra = list(answer.headers)
        named = {name.lower() for name, _ in extra}
        if fault.allow and "allow" not in named:
            extra.append(("Allow", ", ".join(fault.allow)))
        if fault.retry_after_s is not None and "retry-after" not in named:
            extra.append(("Retry-After", str(fault.retry_after_s)))
        return replace(answer, headers=tuple(extra))


def _about_routes(fault: CallerFault) -> bool:
    return fault.fault.kind in {FaultKind.NO_ROUTE, FaultKind.WRONG_METHOD}
