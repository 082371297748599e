"""A load generator of our own: raw HTTP/1.1 over keep-alive connections, one request in flight on each.

On two cores it shares them with what it measures, so it does as little as Python can: every request is prepared before the
clock starts, one loop waits for whichever socket is readable, and an answer is read no further than its status and length.
What it takes is measured with everything else (`Run.cpu_s`): nearly all of it is the system's work for two packets.
"""

import gc
import resource
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

_LENGTH: Final = b"content-length: "

#: More than any answer of a cancel.
_READ_BYTES_MAX: Final = 65_536

#: After this long without any answer from a server, nothing more will come.
SILENCE_S_MAX: Final = 30


@dataclass(slots=True)
class Run:
    """What came back. Latencies in seconds, in order of completion; `cpu_s` is what the generator itself took."""

    seconds: float = 0.0
    cpu_s: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        """The latency that so large a share of the requests did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


def run_load(host: str, port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> Run:
    """Send requests over so many connections until they run out or the time is up."""
    with ExitStack() as stack:
        sockets = {}
        for _ in range(connections):
            opened = stack.enter_context(socket.create_connection((host, port)))
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sockets[opened.fileno()] = opened
        # What was made so far stays, and the loop makes nothing that has to be searched for cycles.
        gc.collect()
        gc.disable()
        stack.callback(gc.enable)
        run, began, cpu_s = Run(), time.perf_counter(), _cpu_s()
        _drive(sockets, requests, run, began + seconds)
        run.seconds, run.cpu_s = time.perf_counter() - began, _cpu_s() - cpu_s
    return run


def _drive(sockets: dict[int, socket.socket], requests: Iterator[bytes], run: Run, until: float) -> None:
    """The next request on a connection as soon as the last was answered; at the end, what is under way is waited for."""
    clock, latencies, statuses = time.perf_counter, run.latencies, run.statuses
    sent, pieces, busy = {}, dict[int, bytes](), 0
    with select.epoll(len(sockets)) as poll:
        for number, (one, request) in enumerate(zip(sockets, requests, strict=False), 1):
            poll.register(one, select.EPOLLIN)
            sent[one], busy = clock(), number
            sockets[one].sendall(request)
        while busy:
            ready = poll.poll(SILENCE_S_MAX)
            if not ready:
                raise TimeoutError(f"{busy} requests were not answered within {SILENCE_S_MAX} s")
            for one, _ in ready:
                data = pieces.pop(one, b"") + _read(sockets[one])
                if not _is_whole(data):
                    pieces[one] = data
                    continue
                now = clock()
                latencies.append(now - sent[one])
                statuses[int(data[9:12])] += 1
                request = next(requests, b"") if now < until else b""
                if request:
                    sent[one] = now
                    sockets[one].sendall(request)
                else:
                    busy -= 1


def _read(one: socket.socket) -> bytes:
    data = one.recv(_READ_BYTES_MAX)
    if not data:
        raise ConnectionError("the server closed a connection")
    return data


def _is_whole(data: bytes) -> bool:
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    at = data.find(_LENGTH, 0, end)
    length = int(data[at + len(_LENGTH) : data.find(b"\r", at)]) if at >= 0 else 0
    return len(data) >= end + 4 + length


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def post(path: str, *, body: bytes, headers: dict[str, str]) -> bytes:
    """One POST, ready to send."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
