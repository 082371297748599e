"""Very many callers at once: those that say nothing, and those that cancel."""

import asyncio
import resource
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from bench.measure import native_cancel

ALIVE: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

#: Files that a test has open beside its connections.
OTHERS: Final = 200


@contextmanager
def files(count: int) -> Iterator[None]:
    """Let this process have so many open files for a while. A machine that forbids it can't run the test, and is told so."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = count + OTHERS
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.fail(
            f"this test opens {needed} files, and the hard limit here is {hard}: raise it (`ulimit -Hn {needed}`)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 0


class Idle:
    """Callers who asked once, were answered, and keep the connection."""

    def __init__(self, url: str, count: int, stack: ExitStack) -> None:
        self._sockets = [stack.enter_context(socket.create_connection(address(url), timeout=30)) for _ in range(count)]

    def ask(self, every: int = 1) -> Counter[bytes]:
        """Ask again on every n-th connection. The first lines of the answers; empty for a connection that is gone."""
        asked = self._sockets[::every]
        for one in asked:
            one.sendall(ALIVE)
        return Counter(map(_first_line, asked))


def _first_line(one: socket.socket) -> bytes:
    """Of an answer, which is read to the end of its one object."""
    answer = b""
    while not answer.endswith(b"}") and (piece := one.recv(4_096)):
        answer += piece
    return answer.partition(b"\r\n")[0]


@dataclass
class Told:
    """What the callers who cancel were told, by order; the longest that one of them waited."""

    statuses: dict[int, int] = field(default_factory=dict)
    #: Answers of 503 that don't say when to come back.
    silent: int = 0
    longest_s: float = 0.0

    @property
    def counts(self) -> Counter[int]:
        return Counter(self.statuses.values())

    @property
    def acknowledged(self) -> set[str]:
        return {f"o{number}" for number, status in self.statuses.items() if status == 201}


async def cancel_all(url: str, told: Told, *, callers: int, each: int) -> None:
    """So many callers at once, each cancelling its own orders one after the other."""
    opened = [await asyncio.open_connection(*address(url)) for _ in range(callers)]
    await asyncio.gather(
        *(_cancel(streams, told, range(at * each, (at + 1) * each)) for at, streams in enumerate(opened))
    )


async def _cancel(streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], told: Told, numbers: range) -> None:
    reader, writer = streams
    for number in numbers:
        began = time.monotonic()
        writer.write(native_cancel(number))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        told.longest_s = max(told.longest_s, time.monotonic() - began)
        told.statuses[number] = int(head[9:12])
        told.silent += told.statuses[number] == 503 and b"\r\nretry-after: " not in head
    writer.close()
    await writer.wait_closed()


def rss_mb(pid: int) -> float:
    (line,) = (one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
