"""One connection: how large the head of a request may be, how slowly it may come, and what is said to what is no HTTP.

Rule 1: what costs time is done only for a message that did not arrive at once; an ordinary request pays for one addition.
Rule 2: an ordinary call of a dialect (short, not chunked, nothing before it unanswered) is read whole and handed to the
front, and its answer is written in one piece (record 0015). Everything else goes uvicorn's way, as ASGI.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from countermand.api.front import Call, Front, headers_of
from countermand.api.routing import Match
from countermand.dialects.contract import Lines

#: Request line and headers together. The usual servers stop at 8 to 32 KiB; tokens of identity providers can be long.
HEAD_BYTES_MAX: Final = 64 * 1024

#: A message that is under way must bring this much in each window, or somebody is holding the connection open.
WINDOW_S: Final = 20
WINDOW_BYTES_MIN: Final = 2_000


#: Longest body of an ordinary call: many times a usual one, and small enough to be held while it arrives.
SHORT_BODY_BYTES_MAX: Final = 64 * 1024

#: Headers with which a request is not ordinary.
_UNUSUAL: Final = frozenset({"transfer-encoding", "expect", "upgrade"})


class HeadTooLarge(Exception):  # noqa: N818 - what the caller did, not what we did wrong
    """Raised into the parser, which then reads no further."""


class _Heard:
    """Stands where uvicorn has an event that its ASGI application waits for. A turn waits for nothing."""

    def set(self) -> None:
        """Nobody is listening."""


class Turn:
    """An ordinary call on its way, in the place of uvicorn's cycle: whether it was answered, and what comes after it."""

    message_event = _Heard()

    def __init__(self, call: Call, *, keep_alive: bool) -> None:
        self.call = call
        self.body = b""
        self.keep_alive = keep_alive
        self.disconnected = False
        self.response_complete = False

    @property
    def response_started(self) -> bool:
        return self.response_complete


class Connection(HttpToolsProtocol):
    """As uvicorn's, with limits, and a shorter way for ordinary calls."""

    cycle: Any  # RequestResponseCycle | Turn | None; uvicorn names its own only
    _turn: Turn | None = None
    _idle_since = 0.0
    _fed_bytes = 0
    _begun_bytes = 0
    _under_way = False
    _in_head = False
    _head_bytes = 0
    _window_bytes = 0
    _watch: asyncio.TimerHandle | None = None
    _broken = HTTPStatus.BAD_REQUEST

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._front = self.app if isinstance(self.app, Front) else None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn's
        super().connection_made(transport)
        # uvicorn counts the idle time between requests only; somebody may connect and never say a word.
        self._idle_since = self.loop.time()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._fed_bytes = len(data)
        self._window_bytes += self._fed_bytes
        self._head_bytes += self._fed_bytes
        super().data_received(data)
        if self._under_way and not self.transport.is_closing():
            if self._in_head and self._head_bytes > HEAD_BYTES_MAX:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            elif self._watch is None:
                self._start_watching()

    def on_message_begin(self) -> None:
        self._under_way = self._in_head = True
        self._head_bytes, self._begun_bytes = 0, self._fed_bytes
        self.url = b""
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._begun_bytes + self._head_bytes > HEAD_BYTES_MAX:
            self._judge_head()
        self._in_head = False
        self._turn = self._ordinary()
        if self._turn is None:
            url, headers = self.url, self.headers
            super().on_message_begin()
            self.url = url
            for name, value in headers:
                super().on_header(name, value)
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._turn is None:
            super().on_body(body)
        else:
            self._turn.body += body

    def on_message_complete(self) -> None:
        self._under_way = False
        self._stop_watching()
        turn, self._turn = self._turn, None
        if turn is None:
            super().on_message_complete()
            return
        self.cycle = turn
        self.tasks.add(self.loop.create_task(self._take(turn)))

    def _judge_head(self) -> None:
        if len(self.url) + sum([len(name) + len(value) for name, value in self.headers]) > HEAD_BYTES_MAX:
            self._broken = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise HeadTooLarge

    def _ordinary(self) -> Turn | None:
        """The turn that a head begins, when it is that of an ordinary call."""
        parser, url, cycle = self.parser, self.url, self.cycle
        if self._front is None or (cycle is not None and not cycle.response_complete):
            return None
        if url[:1] != b"/" or b"#" in url or not url.isascii() or parser.get_http_version() != "1.1":
            return None
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self.headers}
        if not _UNUSUAL.isdisjoint(headers) or int(headers.get("content-length", 0)) > SHORT_BODY_BYTES_MAX:
            return None
        path, _, query = url.decode("ascii").partition("?")
        call = self._front.call(parser.get_method().decode("ascii"), (path, query), headers, self.scheme or "http")
        if call is None or (isinstance(call.found, Match) and isinstance(call.found.route.handler, Lines)):
            return None
        return Turn(call, keep_alive=parser.should_keep_alive())

    async def _take(self, turn: Turn) -> None:
        """Have a call answered, and write the answer unless the caller has gone."""
        assert self._front is not None
        try:
            answer, request_id = await self._front.answer(turn.call, turn.body)
            if self.flow.write_paused and not turn.disconnected:
                await self.flow.drain()
        finally:
            turn.response_complete = True
            self.tasks.discard(asyncio.current_task(self.loop))
        if turn.disconnected or self.transport.is_closing():
            return
        lines = [f"{name}: {value}\r\n" for name, value in headers_of(answer, request_id)]
        if not turn.keep_alive:
            lines.append("connection: close\r\n")
        head = b"".join([b"%b: %b\r\n" % header for header in self.server_state.default_headers])
        body = b"" if turn.call.method == "HEAD" else answer.body
        self.transport.write(
            b"%b%b%b\r\n%b" % (STATUS_LINE[answer.status], head, "".join(lines).encode("latin-1"), body)
        )
        if not turn.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def on_response_complete(self) -> None:
        """As uvicorn's, but an idle connection keeps its timer: it is looked at when it ends, not set anew each time."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self._idle_since = self.loop.time()
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)

    def _unset_keepalive_if_required(self) -> None:
        """Nothing: whether the connection is idle is judged when the timer ends."""

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if it has been idle all the while, else look again when it could have been."""
        if self.transport.is_closing():
            return
        cycle = self.cycle
        busy = self._under_way or (cycle is not None and not cycle.response_complete)
        left_s = self.timeout_keep_alive if busy else self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left_s <= 0:
            self.transport.close()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(left_s, self.timeout_keep_alive_handler)

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn's never keeps the connection
        """Whether to stay: a caller who has said everything may hang up one way and still wait for the answer."""
        cycle: RequestResponseCycle | Turn | None = self.cycle
        if cycle is None or cycle.response_complete or self._under_way:
            return False
        cycle.keep_alive = False
        return True

    def send_400_response(self, msg: str) -> None:
        """What was read is no HTTP, or too much of it."""
        del msg
        self._refuse(self._broken)

    def _start_watching(self) -> None:
        self._window_bytes = 0
        self._watch = self.loop.call_later(WINDOW_S, self._judge_pace)

    def _stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _judge_pace(self) -> None:
        if self._window_bytes >= WINDOW_BYTES_MIN or self.flow.read_paused:
            self._start_watching()
        else:
            self._watch = None
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus) -> None:
        """Say why, and hang up; whoever waits for the body learns that it broke off.

        Requests before it get their own answers first: this one in their place would be a lie.
        """
        cycle: RequestResponseCycle | Turn | None = self.cycle
        if cycle is not None and cycle.response_complete:
            cycle = None
        if cycle is not None and (self._in_head or not self._under_way):
            cycle.keep_alive = False
            self.flow.pause_reading()
            return
        if not self.pipeline and not (cycle and cycle.response_started):
            told = {"type": "about:blank", "title": status.phrase, "status": status, "detail": status.description}
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            if self._front is not None:
                told["request_id"] = request_id = self._front.new_request_id()
                head += f"request-id: {request_id}\r\n"
            body = msgspec.json.encode(told)
            self.transport.write(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
        self.transport.close()
