"""A pooler in transaction mode, as far as a client can tell one: a new session of the server for each transaction."""

import asyncio
import struct
from contextlib import suppress
from typing import Final, Self
from urllib.parse import urlsplit, urlunsplit

#: Kinds of messages: a client's simple query and its good-bye, a server that listens again.
_QUERY: Final = b"Q"
_BYE: Final = b"X"
_READY: Final = b"Z"

#: The length of a first message that asks for encryption and begins nothing.
_QUESTION_BYTES: Final = 8


class Pooler:
    """Passes messages on, and changes the session behind the client's back whenever no transaction is open."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._server: asyncio.Server | None = None
        self.transactions = 0
        #: What was said outside of a transaction, apart from plain text such as BEGIN.
        self.outside: list[str] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def url(self) -> str:
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return urlunsplit(self._parts._replace(netloc=f"{self._parts.username}@127.0.0.1:{port}"))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(self, reader, writer)
        with suppress(asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            client.startup = await _startup(reader, writer)
            await client.change_session(greet=True)
            ways = [asyncio.create_task(client.ask()), asyncio.create_task(client.answer())]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        client.close()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._parts.hostname, self._parts.port)


class _Client:
    """One client, and the session that it has at the moment."""

    def __init__(self, pooler: Pooler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._pooler = pooler
        self._reader, self._writer = reader, writer
        self._near: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._idle = True
        self.startup = b""

    async def change_session(self, *, greet: bool = False) -> None:
        if self._near is not None:
            self._near[1].transport.abort()
        self._near = await self._pooler.connect()
        self._near[1].write(self.startup)
        kind = b""
        while kind != _READY:
            kind, message = await _message(self._near[0])
            if greet:
                self._writer.write(message)

    async def ask(self) -> None:
        while True:
            kind, message = await _message(self._reader)
            assert self._near is not None
            if kind == _BYE:
                return
            if self._idle and kind != _QUERY:
                self._pooler.outside.append(message[:80].decode(errors="replace"))
            self._near[1].write(message)

    async def answer(self) -> None:
        while True:
            assert self._near is not None
            kind, message = await _message(self._near[0])
            if kind == _READY:
                self._idle = message[5:] == b"I"
                if self._idle:
                    self._pooler.transactions += 1
                    await self.change_session()
            self._writer.write(message)

    def close(self) -> None:
        if self._near is not None:
            self._near[1].transport.abort()
        self._writer.transport.abort()


async def _startup(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """The client's first message; a question for encryption before it is answered with no."""
    while True:
        head = await reader.readexactly(4)
        (length,) = struct.unpack("!I", head)
        body = await reader.readexactly(length - 4)
        if length > _QUESTION_BYTES:
            return head + body
        writer.write(b"N")


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)
