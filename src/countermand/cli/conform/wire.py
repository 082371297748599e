"""Requests and answers on real sockets, byte for byte as a case says.

Rule 1: header names keep their spelling and an underscore stays one; nothing is followed, decoded or retried.
Rule 2: one connection for one request. What a server does to a kept-alive connection is not what cases are about.
"""

from __future__ import annotations

import http.client
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

from countermand.cli.conform.reading import FormatError

#: What can go wrong between a request and its answer.
BROKEN = (OSError, http.client.HTTPException)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The server under test: one with a sandbox, where vendors are mounted by name, or a vendor's own."""

    is_secure: bool
    host: str
    port: int | None
    prefix: str
    has_sandbox: bool
    headers: Mapping[str, str | None]
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def header(self, name: str) -> str | None:
        """A header's value; of one that is there several times, all values."""
        values = self.headers.get_all(name)
        return None if values is None else ", ".join(values)


def aim(url: str, *, has_sandbox: bool, headers: Mapping[str, str | None], timeout_s: float) -> Target:
    """Read the URL of a server. Raises FormatError."""
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname, parts.port
        # A host that can't be looked up is a word of the command line gone wrong, not a failing case.
        (host or "").encode("idna")
    except ValueError as error:
        raise FormatError(f"{url!r}: {error}") from None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        raise FormatError(f"{url!r}: must be a URL such as https://host:8080, without a user's name")
    if parts.query or parts.fragment:
        raise FormatError(f"{url!r}: must end with a host or a path")
    return Target(
        is_secure=parts.scheme == "https",
        host=host,
        port=port,
        prefix=parts.path.rstrip("/"),
        has_sandbox=has_sandbox,
        headers=headers,
        timeout_s=timeout_s,
    )


def connect(target: Target) -> http.client.HTTPConnection:
    """Open a connection. Raises one of BROKEN."""
    kind = http.client.HTTPSConnection if target.is_secure else http.client.HTTPConnection
    connection = kind(target.host, target.port, timeout=target.timeout_s)
    connection.connect()
    return connection


def exchange(connection: http.client.HTTPConnection, call: Call) -> Answer:
    """Send, read the whole answer, close. Raises one of BROKEN."""
    try:
        connection.request(call.method, call.target, body=call.body, headers=call.headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()
