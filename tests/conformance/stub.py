"""A small real HTTP server that answers as a test says and remembers, byte for byte, what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Seen:
    """A request as it arrived, header names as they were spelt."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for header, value in self.headers if header == name), None)


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()


def reply(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


@dataclass
class Stub:
    """Answers with what `answer` says for a request, and takes a world with the status `takes_worlds`."""

    url: str = ""
    answer: Callable[[Seen], Reply | None] = lambda _: Reply()
    takes_worlds: int = 204
    seen: list[Seen] = field(default_factory=list)

    @property
    def calls(self) -> list[Seen]:
        return [seen for seen in self.seen if not seen.path.endswith("/world")]

    @property
    def worlds(self) -> list[object]:
        return [json.loads(seen.body) for seen in self.seen if seen.path.endswith("/world")]


class _Server(ThreadingHTTPServer):
    request_queue_size = 64


@contextmanager
def running() -> Iterator[Stub]:
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            seen = Seen(self.command, self.path, self.headers.items(), body)
            stub.seen.append(seen)
            answer = Reply(stub.takes_worlds, b"") if self.path.endswith("/world") else stub.answer(seen)
            if answer is None:
                return
            self.send_response(answer.status)
            for name, value in (*answer.headers, ("Content-Length", str(len(answer.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any  # noqa: N815  # names the library looks up

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as the library calls it
            pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        stub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield stub
        server.shutdown()
        thread.join()
