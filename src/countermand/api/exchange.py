"""The journey of a request, from bytes to bytes. Each stage is called once, in order.

Undo another transport - find the operation - who is calling - may they - how often - decode - decide and commit, or read -
encode. What goes wrong on the way is told in the vendor's own shape.
"""

import asyncio
from collections.abc import Callable
from typing import Final, assert_never

from msgspec.structs import replace

from countermand.api.gate import Gate
from countermand.api.routing import Match, Router
from countermand.dialects.contract import (
    CANCEL,
    PUBLIC,
    Ask,
    Caller,
    CallerFault,
    Dialect,
    Fault,
    FaultKind,
    Fixed,
    Lines,
    Overview,
    Read,
    SignIn,
    WireAnswer,
    WireRequest,
    Write,
)
from countermand.dialects.wire import trace_of, wait_of
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import Found, Query
from countermand.service.desk import Desk
from countermand.service.imports import Importer, Source
from countermand.service.keyring import Keyring
from countermand.service.log import Log
from countermand.store.port import Store, StoreUnavailable

#: What a caller is told to wait when the database can't be reached: long enough to not make it worse.
RETRY_AFTER_S: Final = 2

#: How long a caller is kept waiting at most, whatever it prefers: below what proxies in front of us usually bear.
WAIT_S_MAX: Final = 20

#: How often it is looked whether what a caller waits for is over.
LOOK_AGAIN_S: Final = 0.2

Over = Callable[[tuple[Found, ...]], bool]

_log = Log("countermand.api")


class Exchange:
    """Serves one dialect."""

    def __init__(self, dialect: Dialect, *, gate: Gate, desk: Desk, store: Store, keyring: Keyring) -> None:
        self.dialect = dialect
        self._router = Router(dialect.routes)
        self._gate = gate
        self._desk = desk
        self._store = store
        self._keyring = keyring
        self._importer = Importer(desk)

    def find(self, method: str, path: str) -> Match | CallerFault:
        """The operation that a request means, or the fault that it means none."""
        try:
            return self._router.match(method, path)
        except CallerFault as fault:
            return fault

    async def serve(self, wire: WireRequest, found: Match | CallerFault, fault: Fault | None) -> tuple[WireAnswer, str]:
        """Answer one request. Never raises.

        `found` is what `find` said, `fault` what was wrong with the request in transport. The second value of the answer is the
        operation that was meant, for the metrics.
        """
        limits: list[tuple[str, str]] = []
        try:
            wire, found = self._rewritten(wire, found)
            answer = await self._admitted(wire, found, fault, limits)
        except CallerFault as error:
            answer = self.tell(error.fault, wire)
        except StoreUnavailable as error:
            _log.often("store unavailable", reason=str(error), request_id=wire.request_id, trace=trace_of(wire))
            answer = self.tell(Fault(kind=FaultKind.UNAVAILABLE, retry_after_s=RETRY_AFTER_S), wire)
        except Exception as error:  # noqa: BLE001 - the edge: a bug becomes an answer in the dialect's own shape
            _log.error("a bug", error=error, path=wire.path, request_id=wire.request_id, trace=trace_of(wire))
            answer = self.tell(Fault(kind=FaultKind.INTERNAL), wire)
        operation = found.route.operation if isinstance(found, Match) else "none"
        return (replace(answer, headers=(*answer.headers, *limits)) if limits else answer), operation

    def _rewritten(self, wire: WireRequest, found: Match | CallerFault) -> tuple[WireRequest, Match | CallerFault]:
        """The request as its documented method and path, when it came by another transport."""
        try:
            plain = self.dialect.rewrite(wire)
        except CallerFault as fault:
            return wire, fault
        if plain is wire:
            return wire, found
        found = self.find(plain.method, plain.path)
        return (replace(plain, params=found.params) if isinstance(found, Match) else plain), found

    async def _admitted(
        self, wire: WireRequest, found: Match | CallerFault, fault: Fault | None, limits: list[tuple[str, str]]
    ) -> WireAnswer:
        """Who is calling, may they, and how often. `limits` collects the headers that tell."""
        if isinstance(found, CallerFault) and not self.dialect.hides_routes and _about_routes(found):
            raise found
        if isinstance(found, Match) and found.route.scope == PUBLIC:
            return await self._serve_public(wire, found, fault)
        key = await self._gate.identify(self.dialect, wire)
        caller = self._gate.admit(key, found.route.scope if isinstance(found, Match) else None)
        counted = self._gate.count(key, wire)
        if counted is not None:
            state, within = counted
            limits += self.dialect.limit_headers(state)
            if not within:
                raise CallerFault(Fault(kind=FaultKind.RATE_LIMITED, retry_after_s=state.reset_s))
        if isinstance(found, CallerFault):
            raise found
        if fault is not None:
            raise CallerFault(fault)
        return await self._serve(wire, found, caller)

    async def _serve(self, wire: WireRequest, found: Match, caller: Caller) -> WireAnswer:
        handler = found.route.handler
        match handler:
            case Write():
                ask = handler.decode(wire, caller)
                if "traceparent" in wire.headers:
                    ask = replace(ask, trace=trace_of(wire))
                if found.route.scope == CANCEL:
                    return await self._cancel(ask, handler, caller, wire=wire)
                return await self._desk.submit(
                    ask,
                    tenant=caller.tenant,
                    dialect=self.dialect,
                    encode=lambda verdict: handler.encode(verdict, wire),
                )
            case Read():
                queries = handler.decode(wire, caller)
                answers = tuple([await self._store.find(query) for query in queries])
                if handler.over is not None and "prefer" in wire.headers:
                    answers = await self._patient(handler.over, queries, answers, wait_s=wait_of(wire))
                return handler.encode(answers, wire)
            case Lines():
                assert found.lines is not None, "whoever read the request left the body to us"
                imported = await self._importer.run(Source(handler, wire, caller, self.dialect), found.lines)
                return handler.encode(imported, wire)
            case SignIn() | Fixed() | Overview():
                return await self._serve_public(wire, found, None)
            case _:
                assert_never(handler)

    async def _patient(
        self, over: Over, queries: tuple[Query, ...], answers: tuple[Found, ...], *, wait_s: int
    ) -> tuple[Found, ...]:
        """Look again until it is over, or the caller's patience is."""
        left_s = float(min(wait_s, WAIT_S_MAX))
        while left_s > 0 and not over(answers):
            await asyncio.sleep(LOOK_AGAIN_S)
            left_s -= LOOK_AGAIN_S
            answers = tuple([await self._store.find(query) for query in queries])
        return answers

    async def _cancel(self, ask: Ask, handler: Write, caller: Caller, *, wire: WireRequest) -> WireAnswer:
        """As any other write, and a refusal is counted; not one that is only told again."""
        refused: list[Refused] = []

        def encode(verdict: Verdict) -> WireAnswer:
            refused[:] = [verdict] if isinstance(verdict, Refused) else []
            return handler.encode(verdict, wire)

        answer = await self._desk.submit(ask, tenant=caller.tenant, dialect=self.dialect, encode=encode)
        for one in refused:
            self._desk.refusals.count(caller.tenant, self.dialect.name, one, now=wire.received_at)
        return answer

    async def _serve_public(self, wire: WireRequest, found: Match, fault: Fault | None) -> WireAnswer:
        if fault is not None:
            raise CallerFault(fault)
        handler = found.route.handler
        match handler:
            case SignIn():
                login = handler.decode(wire)
                token = await self._keyring.sign_in(
                    self.dialect.name, login, now=wire.received_at, lifetime_s=handler.lifetime_s
                )
                return handler.encode(token, wire)
            case Fixed():
                return handler.encode(wire)
            case Overview():
                return handler.encode(self._desk.dialects, wire)
            case Write() | Read() | Lines():
                raise TypeError(f"{found.route.operation} touches a tenant's data and can't be public")
            case _:
                assert_never(handler)

    def tell(self, fault: Fault, wire: WireRequest) -> WireAnswer:
        """A fault in the dialect's own shape, with the headers that belong to it."""
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
