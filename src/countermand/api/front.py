"""The outermost application: tells mounts and host names apart, and hands a call to its dialect and an answer back.

A vendor's mount is looked up by the first segment of the path, or by the host name that the operator mapped to it. All else
(readiness, metrics, the sandbox, the console) is Starlette's.

Two ways lead in. An ordinary request, read whole, is a `Call` that the connection hands to `answer`. Whatever is not
ordinary (a long or chunked body, lines that are read while they arrive, another HTTP version) comes as ASGI.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from countermand.api.exchange import Exchange
from countermand.api.metrics import Metrics
from countermand.api.routing import Match
from countermand.dialects.contract import CallerFault, Fault, FaultKind, Lines, WireAnswer, WireRequest
from countermand.service.clock import Clock

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Longest body of a vendor call. The largest request in the vendors' documents is under 10 KB; orders of 1,000 lines fit.
BODY_BYTES_MAX: Final = 1024 * 1024

#: Longest body that is read line by line: a million orders of half a kilobyte. It is never held in memory.
LINES_BYTES_MAX: Final = 512 * 1024 * 1024

#: Query parameters read of one request; nobody documents more than a dozen.
QUERY_PARAMETERS_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One dialect at its mount (`/name`, no slash at the end; empty for the root)."""

    mount: str
    exchange: Exchange


@dataclass(slots=True)
class Call:
    """A request for a dialect, as far as its head tells. `path` begins below `mount`, `query` is as sent.

    `found` is the operation, or the fault that there is none. `operation` is the one that it turned out to be.
    """

    exchange: Exchange
    mount: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    scheme: str
    found: Match | CallerFault
    operation: str = "none"


class Front:
    """The outermost application."""

    def __init__(self, *, served: tuple[Served, ...], hosts: Mapping[str, str], rest: App, house: "Shared") -> None:
        self._mounts = {one.mount.strip("/"): one for one in served}
        by_name = {one.exchange.dialect.name: one for one in served}
        self._hosts = {host.lower(): by_name[name] for host, name in hosts.items()}
        self._rest = rest
        self._house = house

    def call(self, method: str, target: tuple[str, str], headers: dict[str, str], scheme: str) -> Call | None:
        """The call that the head of a request means; None: it is for the rest of the house. `target`: path and query."""
        path, query = target
        if self._hosts and (mapped := self._hosts.get(headers.get("host", "").partition(":")[0].lower())) is not None:
            exchange, mount, below = mapped.exchange, "", path
        else:
            served = self._mounts.get(path.split("/", 2)[1]) if path.startswith("/") else None
            if served is None:
                return None
            exchange, mount, below = served.exchange, served.mount, path[len(served.mount) :] or "/"
            if below == "/openapi.json":
                return None
        return Call(exchange, mount, method, below, query, headers, scheme, exchange.find(method, below))

    async def answer(self, call: Call, body: bytes, fault: Fault | None = None) -> tuple[WireAnswer, str]:
        """Serve a call: the answer, and the id of the request. Never raises.

        `fault` is what was wrong with the body in transport.
        """
        started = time.perf_counter()
        exchange, found, house = call.exchange, call.found, self._house
        request_id = house.new_id()
        wire = WireRequest(
            method=call.method,
            path=call.path,
            params=found.params if isinstance(found, Match) else {},
            received_at=house.clock.now(exchange.dialect.name),
            query=_query(call.query),
            headers=call.headers,
            body=body,
            base_url=f"{call.scheme}://{call.headers.get('host', '')}{call.mount}",
            request_id=request_id,
        )
        answer, call.operation = await exchange.serve(wire, found, fault)
        house.metrics.observe(exchange.dialect.name, call.operation, answer.status, time.perf_counter() - started)
        return answer, request_id

    def new_request_id(self) -> str:
        """The name of a request that is answered before anybody is called."""
        return self._house.new_id()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = self._call_of(scope) if scope["type"] == "http" else None
        if call is None:
            named = self._named(scope, send) if scope["type"] == "http" else send
            await self._rest(scope, receive, named)
            return
        body, fault = b"", None
        if isinstance(call.found, Match) and isinstance(call.found.route.handler, Lines):
            call.found = Match(call.found.route, call.found.params, lines_of(receive))
        else:
            try:
                body, fault = await _read(receive, BODY_BYTES_MAX)
            except HungUp:
                return
        answer, request_id = await self.answer(call, body, fault)
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers_of(answer, request_id)]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if call.method == "HEAD" else answer.body})

    def _named(self, scope: Scope, send: Send) -> Send:
        """Gives a request of the rest of the house its id, and tells it in the answer as everywhere else."""
        request_id = scope["request_id"] = self._house.new_id()

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"request-id", request_id.encode())]}
            await send(message)

        return named

    def _call_of(self, scope: Scope) -> Call | None:
        raw = scope.get("raw_path") or scope["path"].encode()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        target = (raw.decode("latin-1"), scope["query_string"].decode("latin-1"))
        return self.call(scope["method"], target, headers, scope["scheme"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What every exchange uses."""

    clock: Clock
    new_id: Callable[[], str]
    metrics: Metrics


class HungUp(Exception):  # noqa: N818 - what the caller did
    """The body broke off: whatever the caller meant, it was more than this."""


async def _read(receive: Receive, limit: int) -> tuple[bytes, Fault | None]:
    """The whole body, or the fault that it is too large; then it is read to its end all the same, and thrown away.

    Raises HungUp when its end never comes.
    """
    message = await receive()
    if message["type"] == "http.disconnect":
        raise HungUp
    body = message.get("body", b"")
    if not message.get("more_body") and len(body) <= limit:
        return body, None
    pieces, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HungUp
        piece = message.get("body", b"")
        size += len(piece)
        if size <= limit:
            pieces.append(piece)
        else:
            pieces.clear()
    if size > limit:
        return b"", Fault(kind=FaultKind.BODY_TOO_LARGE, detail=f"at most {limit} bytes")
    return b"".join(pieces), None


async def lines_of(receive: Receive) -> AsyncIterator[bytes]:
    """The lines of a body while it arrives, without their ends. Raises CallerFault for one too long, or too many.

    A line whose end never came is none: the caller hung up, and may have meant something else.
    """
    rest, size, more = b"", 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerFault(Fault(kind=FaultKind.MALFORMED, detail="the body broke off"))
        piece, more = message.get("body", b""), message.get("more_body", False)
        size += len(piece)
        if size > LINES_BYTES_MAX:
            raise CallerFault(Fault(kind=FaultKind.BODY_TOO_LARGE, detail=f"at most {LINES_BYTES_MAX} bytes at once"))
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > BODY_BYTES_MAX:
            raise CallerFault(Fault(kind=FaultKind.BODY_TOO_LARGE, detail=f"a line has at most {BODY_BYTES_MAX} bytes"))
        for line in lines:
            yield line
    if rest:
        yield rest


def headers_of(answer: WireAnswer, request_id: str) -> list[tuple[str, str]]:
    """The headers of an answer: names in lower case, values of which none ends its line."""
    headers = [("request-id", request_id), ("content-length", str(len(answer.body)))]
    typed = False
    for name, value in answer.headers:
        lower = name.lower()
        typed = typed or lower == "content-type"
        headers.append((lower, value if value.isascii() and value.isprintable() else _harmless(value)))
    if not typed:
        headers.append(("content-type", "application/json"))
    return headers


def _harmless(value: str) -> str:
    """A header value (RFC 9110, section 5.5) without what can't be in one: an id that somebody chose may be anything."""
    printable = "".join([letter if letter.isprintable() else "?" for letter in value])
    return printable.encode("latin-1", "replace").decode("latin-1")


def _query(raw: str) -> tuple[tuple[str, str], ...]:
    if not raw:
        return ()
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=QUERY_PARAMETERS_MAX)
    except ValueError:
        return ()
    return tuple((name, value.replace("\x00", "�")) for name, value in pairs)
