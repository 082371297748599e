"""A load generator of our own: raw HTTP/1.1 over keep-alive connections, one request in flight on each.

Every request is prepared before the clock starts, and an answer is read no further than its status and length, so that the
generator costs as little as Python can: on two cores it shares them with what it measures.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final, cast

_LENGTH: Final = b"content-length: "


@dataclass(slots=True)
class Run:
    """What came back. Latencies in seconds, in order of completion."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        """The latency that so large a share of the requests did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the last was answered."""

    def __init__(self, requests: Iterator[bytes], run: Run, done: asyncio.Future[None], until: float) -> None:
        self._requests, self._run, self._done, self._until = requests, run, done, until
        self._seen = b""
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports don't inherit from asyncio's

    def begin(self) -> None:
        self._send()

    def data_received(self, data: bytes) -> None:
        seen = self._seen + data if self._seen else data
        end = seen.find(b"\r\n\r\n")
        if end < 0:
            self._seen = seen
            return
        at = seen.find(_LENGTH, 0, end)
        length = int(seen[at + len(_LENGTH) : seen.find(b"\r\n", at)]) if at >= 0 else 0
        if len(seen) < end + 4 + length:
            self._seen = seen
            return
        self._seen = b""
        self._run.latencies.append(time.perf_counter() - self._sent)
        self._run.statuses[int(seen[9:12])] += 1
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        assert self._transport is not None
        now = time.perf_counter()
        request = next(self._requests, None) if now < self._until else None
        if request is None:
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()
            return
        self._sent = now
        self._transport.write(request)


async def run_load(host: str, port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> Run:
    """Send requests over so many connections until they run out or the time is up."""
    loop = asyncio.get_running_loop()
    run, finished, opened = Run(), list[asyncio.Future[None]](), list[_Connection]()
    until = time.perf_counter() + seconds + connections * 0.001
    for _ in range(connections):
        done = loop.create_future()
        protocol = _Connection(requests, run, done, until)
        await loop.create_connection(partial(_same, protocol), host, port)
        opened.append(protocol)
        finished.append(done)
    started = time.perf_counter()
    for protocol in opened:
        protocol.begin()
    await asyncio.gather(*finished)
    run.seconds = time.perf_counter() - started
    return run


def _same(protocol: _Connection) -> _Connection:
    return protocol


def post(path: str, *, body: bytes, headers: dict[str, str]) -> bytes:
    """One POST, ready to send."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
