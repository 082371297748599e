"""A way to the database that can be cut at any point: what was sent may have arrived, and no answer comes back."""

import asyncio
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class Wire:
    """A TCP proxy. `cut_after` answers of the server are passed on; the next one is lost, and the connection with it.

    With `swallow`, what the client sent last is lost too: it never arrives.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.cut_after: int | None = None
        self.swallow = False
        self.cuts = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self._close_all()

    @property
    def url(self) -> str:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return urlunsplit(self._parts._replace(netloc=f"{self._parts.username}@127.0.0.1:{port}"))

    def _close_all(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        self._open |= {writer, far_writer}
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._send(reader, far_writer), self._answer(far_reader, writer))
        for one in (writer, far_writer):
            one.transport.abort()
            self._open.discard(one)

    async def _send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 20):
            if self.swallow and self.cut_after == 0:
                self._cut()
                return
            writer.write(data)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 20):
            if self.cut_after == 0:
                self._cut()
                return
            if self.cut_after is not None:
                self.cut_after -= 1
            writer.write(data)
        writer.close()

    def _cut(self) -> None:
        self.cut_after = None
        self.cuts += 1
        self._close_all()
