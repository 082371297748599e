"""One connection: how large the head of a request may be, how slowly it may come, and what is said to what is no HTTP.

Rule: what costs time is done only for a message that did not arrive at once; an ordinary request pays for one addition.
"""

import asyncio
from http import HTTPStatus
from typing import Final

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

#: Request line and headers together. The usual servers stop at 8 to 32 KiB; tokens of identity providers can be long.
HEAD_BYTES_MAX: Final = 64 * 1024

#: A message that is under way must bring this much in each window, or somebody is holding the connection open.
WINDOW_S: Final = 20
WINDOW_BYTES_MIN: Final = 2_000


class HeadTooLarge(Exception):  # noqa: N818 - what the caller did, not what we did wrong
    """Raised into the parser, which then reads no further."""


class Connection(HttpToolsProtocol):
    """As uvicorn's, with limits."""

    _under_way = False
    _in_head = False
    _head_bytes = 0
    _window_bytes = 0
    _watch: asyncio.TimerHandle | None = None
    _broken = HTTPStatus.BAD_REQUEST

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn's
        super().connection_made(transport)
        # uvicorn counts the idle time between requests only; somebody may connect and never say a word.
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._window_bytes += len(data)
        self._head_bytes += len(data)
        super().data_received(data)
        if self._under_way and not self.transport.is_closing():
            if self._in_head and self._head_bytes > HEAD_BYTES_MAX:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            elif self._watch is None:
                self._start_watching()

    def on_message_begin(self) -> None:
        self._under_way = self._in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        if len(self.url) + sum([len(name) + len(value) for name, value in self.headers]) > HEAD_BYTES_MAX:
            self._broken = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise HeadTooLarge
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._under_way = False
        self._stop_watching()
        super().on_message_complete()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn's never keeps the connection
        """Whether to stay: a caller who has said everything may hang up one way and still wait for the answer."""
        cycle: RequestResponseCycle | None = self.cycle
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
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and cycle.response_complete:
            cycle = None
        if cycle is not None and (self._in_head or not self._under_way):
            cycle.keep_alive = False
            self.flow.pause_reading()
            return
        if not self.pipeline and not (cycle and cycle.response_started):
            told = {"type": "about:blank", "title": status.phrase, "status": status, "detail": status.description}
            body = msgspec.json.encode(told)
            head = f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            self.transport.write(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
        self.transport.close()
