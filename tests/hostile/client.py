"""HTTP as bytes: what no library would send."""

import itertools
import json
import re
import socket
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.process import Answer

ANSWER_S_MAX = 20

KEYS = {b"Idempotency-Key"}
_COUNTED = itertools.count()


class Wire:
    """One connection, opened again when the server closed it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 0)
        self._socket = self._open()
        self._rest = b""

    def _open(self) -> socket.socket:
        found = socket.create_connection(self._address, timeout=ANSWER_S_MAX)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._socket.sendall(piece)

    def hang_up(self) -> None:
        """No more from us; the answer is still welcome."""
        self._socket.shutdown(socket.SHUT_WR)

    def answer(self, *, bodyless: bool = False) -> Answer | None:
        """The next answer; None when the server closed without one. A server that hangs raises TimeoutError."""
        while b"\r\n\r\n" not in self._rest:
            if not self._more():
                return None
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        pairs = [line.partition(b":") for line in lines]
        headers = {name.decode().lower(): value.strip().decode("latin-1") for name, _, value in pairs}
        size = 0 if bodyless else int(headers.get("content-length", "0"))
        while len(self._rest) < size:
            assert self._more(), "the answer broke off"
        body, self._rest = self._rest[:size], self._rest[size:]
        status = re.fullmatch(rb"HTTP/1\.1 (\d{3}) .*", first)
        assert status, first
        return Answer(int(status.group(1)), headers, body)

    def ask(self, message: bytes) -> Answer:
        """Send one request and read its answer, on a fresh connection where the last one ended."""
        try:
            self._socket.sendall(message)
            found = self.answer(bodyless=message.startswith(b"HEAD "))
        except ConnectionError:
            found = None
        if found is None:
            self._socket.close()
            self._socket, self._rest = self._open(), b""
            self._socket.sendall(message)
            found = self.answer(bodyless=message.startswith(b"HEAD "))
        assert found is not None, f"no answer to {message[:200]!r}"
        return found

    def _more(self) -> bool:
        piece = self._socket.recv(65_536)
        self._rest += piece
        return bool(piece)


def request(
    method: str,
    target: str | bytes,
    headers: Mapping[str, str] | Iterable[tuple[bytes, bytes]] = (),
    body: bytes | None = None,
) -> bytes:
    """The bytes of a request. A body brings its length and, unless there is one, the content type of JSON."""
    pairs = (
        [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        if isinstance(headers, Mapping)
        else list(headers)
    )
    names = {name.lower() for name, _ in pairs}
    # Each request means itself, unless a test says otherwise.
    pairs = [(name, b"%s-%d" % (value, next(_COUNTED)) if name in KEYS else value) for name, value in pairs]
    if b"host" not in names:
        pairs.append((b"Host", b"hostile.test"))
    if body is not None:
        pairs.append((b"Content-Length", str(len(body)).encode()))
        if b"content-type" not in names:
            pairs.append((b"Content-Type", b"application/json"))
    place = target.encode("latin-1") if isinstance(target, str) else target
    head = b"".join(b"%s: %s\r\n" % pair for pair in pairs)
    return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (method.encode(), place, head, body or b"")


def put_world(wire: Wire, name: str, world: Mapping[str, object]) -> None:
    told = wire.ask(request("PUT", f"/sandbox/{name}/world", body=json.dumps(world).encode()))
    assert told.status == 204, told
