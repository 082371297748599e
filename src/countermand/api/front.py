"""The ASGI application: tells mounts and host names apart, reads bodies, and writes answers.

A vendor's mount is looked up by the first segment of the path, or by the host name that the operator mapped to it. All else
(readiness, metrics, the sandbox, the console) is Starlette's.
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


class Front:
    """The outermost application."""

    def __init__(self, *, served: tuple[Served, ...], hosts: Mapping[str, str], rest: App, house: "Shared") -> None:
        self._mounts = {one.mount.strip("/"): one for one in served}
        by_name = {one.exchange.dialect.name: one for one in served}
        self._hosts = {host.lower(): by_name[name] for host, name in hosts.items()}
        self._rest = rest
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        raw = scope.get("raw_path") or scope["path"].encode()
        path = raw.decode("latin-1")
        if self._hosts:
            host = _header(scope, b"host").partition(":")[0].lower()
            if (mapped := self._hosts.get(host)) is not None:
                await self._exchange(scope, receive, send, (mapped, path, ""))
                return
        mounted = self._mounts.get(path.split("/", 2)[1]) if path.startswith("/") else None
        if mounted is None or path[len(mounted.mount) :] == "/openapi.json":
            await self._rest(scope, receive, send)
            return
        await self._exchange(scope, receive, send, (mounted, path[len(mounted.mount) :] or "/", mounted.mount))

    async def _exchange(self, scope: Scope, receive: Receive, send: Send, target: tuple[Served, str, str]) -> None:
        served, path, mount = target
        started = time.perf_counter()
        exchange = served.exchange
        request_id = self._house.new_id()
        method = scope["method"]
        found = exchange.find(method, path)
        body, fault = b"", None
        if isinstance(found, Match) and isinstance(found.route.handler, Lines):
            found = Match(found.route, found.params, lines_of(receive))
        else:
            try:
                body, fault = await _read(receive, BODY_BYTES_MAX)
            except HungUp:
                return
        wire = WireRequest(
            method=method,
            path=path,
            params=found.params if isinstance(found, Match) else {},
            received_at=self._house.clock.now(exchange.dialect.name),
            query=_query(scope["query_string"]),
            headers=_headers(scope),
            body=body,
            base_url=f"{scope['scheme']}://{_header(scope, b'host')}{mount}",
            request_id=request_id,
        )
        answer, operation = await exchange.serve(wire, found, fault)
        await _write(send, answer, request_id, with_body=method != "HEAD")
        self._house.metrics.observe(exchange.dialect.name, operation, answer.status, time.perf_counter() - started)


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


async def _write(send: Send, answer: WireAnswer, request_id: str, *, with_body: bool) -> None:
    headers = [(b"request-id", request_id.encode()), (b"content-length", str(len(answer.body)).encode())]
    typed = False
    for name, value in answer.headers:
        lower = name.lower().encode("latin-1")
        typed = typed or lower == b"content-type"
        headers.append((lower, value.encode("latin-1", "replace")))
    if not typed:
        headers.append((b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _header(scope: Scope, wanted: bytes) -> str:
    for name, value in scope["headers"]:
        if name == wanted:
            return str(value.decode("latin-1"))
    return ""


def _query(raw: bytes) -> tuple[tuple[str, str], ...]:
    if not raw:
        return ()
    try:
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=QUERY_PARAMETERS_MAX)
    except ValueError:
        return ()
    return tuple((name, value.replace("\x00", "�")) for name, value in pairs)
