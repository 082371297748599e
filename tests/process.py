"""A server in a process of its own that a test may kill, and HTTP calls without a library in between."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tests.coverage.plugin import serving

ROOT = Path(__file__).parents[1]
READY = "listening on "
START_S_MAX = 60


@dataclass(frozen=True)
class Answer:
    """What came back: the status, headers by lower-case name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        return json.loads(self.body)


class Process:
    """`countermand serve` on one database. Use it as a context manager."""

    def __init__(
        self, database: str, *words: str, environ: Mapping[str, str] | None = None, errors: Path | None = None
    ) -> None:
        """`errors` takes what the server says on standard error."""
        self._command = [sys.executable, *serving(), "serve", "--port", "0", "--database", database, *words]
        self._environ = {**os.environ, **(environ or {})}
        self._errors = errors
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        stderr = None if self._errors is None else self._errors.open("ab")
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=stderr, env=self._environ, text=True
        )
        if stderr is not None:
            stderr.close()
        timer = threading.Timer(START_S_MAX, self._process.kill)
        timer.start()
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        timer.cancel()
        assert READY in line, f"the server did not start: {line!r}"
        self.url = line.partition(READY)[2].strip()

    def kill(self) -> None:
        """kill -9, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return status

    @property
    def pid(self) -> int:
        return self._process.pid


class Client:
    """One connection, kept alive."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        self._headers = dict(headers or {})

    def call(
        self,
        method: str,
        path: str,
        document: object = None,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] = {},
    ) -> Answer:
        sent = json.dumps(document).encode() if document is not None else body
        typed = {"Content-Type": "application/json"} if sent is not None else {}
        self._connection.request(method, path, body=sent, headers={**typed, **self._headers, **headers})
        got = self._connection.getresponse()
        return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def sqlite(folder: Path, name: str = "ledger.db") -> str:
    return f"sqlite:///{folder}/{name}"
