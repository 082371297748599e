"""Every way in which one request to one route can be wrong. A name, and the bytes to send."""

import json
import random
from collections.abc import Iterator, Mapping

from countermand.api.front import BODY_BYTES_MAX
from countermand.dialects.contract import Dialect, Route
from tests.hostile.client import request
from tests.hostile.examples import body_of, mutations, parameters
from tests.hostile.ground import Ground

Attack = tuple[str, bytes]

#: Mutations tried per route: the seed makes it the same ones each time.
MUTATIONS_MAX = 60

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "cut off": b'{"a":',
    "not json": b"<xml/>",
    "null": b"null",
    "number": b"1",
    "text": b'"x"',
    "array": b"[]",
    "array of objects": b"[{}]",
    "same key twice": b'{"id":"a","id":["b"],"data":1,"data":{}}',
    "NaN": b'{"quantity":NaN,"items":[Infinity]}',
    "deep arrays": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep and whole": b'{"data":' + b"[" * 900 + b"]" * 900 + b"}",
    "huge number": b'{"quantity":1e999999,"amount":' + b"9" * 5_000 + b"}",
    "lone surrogate": b'{"id":"\\ud800","reason":"\\udfff","cancellationNote":"\\ud83d"}',
    "NUL": b'{"id":"a\\u0000b","reason":"\\u0000","cancellationNote":"\\u0000"}',
    "no UTF-8": b'{"reason":"\xff\xfe"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": "{}".encode("utf-16"),
    "NUL bytes": b"\x00" * 100,
    "prototype": b'{"__proto__":{"a":1},"constructor":null,"$ref":"#"}',
    "just within the limit": b" " * (BODY_BYTES_MAX - 2) + b"[]",
    "just above the limit": b" " * (BODY_BYTES_MAX - 1) + b"[]",
    "many members": json.dumps({f"m{n}": n for n in range(20_000)}).encode(),
}

VALUES = (
    "%00", "a%00b", "%ff", "%ED%A0%80", "%zz", "%", "%2", "..", "%2e%2e", "%2F..%2F", "a" * 8_000, "%F0%9F%92%A9",
    "'", "%22", ";", "%0d%0aX: y", "{id}", "*", "a:b", ":", "-1", "0", "null", "undefined", "%25%30%30",
)  # fmt: skip

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")

SECRETS = (
    "", "Bearer", "Bearer ", "bearer\t", "Bearer a b", "Basic YTpi", "Bearer \xff\xfe", "Bearer " + "a" * 30_000,
    "Token x", "Bearer Bearer x", "Bearer ' OR 1=1", "Bearer null",
)  # fmt: skip


def of_bodies(ground: Ground, route: Route) -> Iterator[Attack]:
    path = ground.path(route)
    for name, body in BODIES.items():
        yield name, request(route.method, path, ground.headers, body)
    sensible = json.dumps(body_of(ground.dialect, route)).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "a/b; charset=\xff"):
        yield f"as {kind!r}", request(route.method, path, {**ground.headers, "Content-Type": kind}, b"x" + sensible)
    chunked = {**ground.headers, "Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    yield "chunked", request(route.method, path, chunked) + b"1\r\n{\r\n1\r\n]\r\n0\r\n\r\n"
    large = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    yield "chunked and too large", request(route.method, path, chunked) + large * 2 + b"0\r\n\r\n"


def of_members(ground: Ground, route: Route) -> Iterator[Attack]:
    found = list(mutations(body_of(ground.dialect, route)))
    chosen = random.Random(route.operation).sample(found, min(len(found), MUTATIONS_MAX))
    for value in chosen:
        body = json.dumps(value).encode()
        yield f"body {body[:300]!r}", request(route.method, ground.path(route), ground.headers, body)


def of_paths(ground: Ground, route: Route) -> Iterator[Attack]:
    if "{" in route.path:
        for value in VALUES:
            place = ground.path(route, value)
            yield f"path {place[:100]}", request(route.method, place.replace(" ", "%20"), ground.headers, _some(route))
    path = ground.path(route)
    odd = (path + "/", path.replace("/", "//"), path + "/../..", path + "/x", path.upper(), path + ";a=b", path + "%20")
    for place in odd:
        yield f"path {place}", request(route.method, place, ground.headers, _some(route))
    for method in METHODS:
        if method != route.method:
            yield method, request(method, path, ground.headers)


def of_queries(ground: Ground, route: Route) -> Iterator[Attack]:
    path, names = ground.path(route), parameters(ground.dialect, route) or ["limit"]
    odd = ["%00", "%ff", "%ED%A0%80", "-1", "0", "1e9", "9" * 30, "NaN", "", "a" * 5_000, "null", "[]", "2026-13-45"]
    odd += ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01", "9999-12-31"]
    queries = [f"{name}={value}" for name in names for value in odd]
    queries += [f"{name}[]=a&{name}=b&{name}=c" for name in names]
    queries += ["&".join(f"q{n}={n}" for n in range(3_000)), "&&==&=&;", "=" * 5_000, "?" * 50, "%"]
    body = None if route.method == "GET" else b"["
    for query in queries:
        yield f"query {query[:100]}", request(route.method, f"{path}?{query}", ground.headers, body)
    yield "a body where none belongs", request("GET", path, ground.headers, b"{" * 1_000)


def of_callers(ground: Ground, route: Route) -> Iterator[Attack]:
    """Nobody whom the server knows; each must be turned away."""
    path, body = ground.path(route), _some(route)
    for secret in SECRETS:
        yield f"secret {secret[:20]!r}", request(route.method, path, _instead(ground.headers, secret), body)
    without = {name: value for name, value in ground.headers.items() if name.lower() != "authorization"}
    yield "no secret", request(route.method, path, without, body)
    pairs = [(name.encode(), value.encode()) for name, value in ground.headers.items()]
    pairs += [(b"Authorization", b"Bearer somebody else")]
    yield "two secrets", request(route.method, path, pairs, body)


def _some(route: Route) -> bytes | None:
    return None if route.method == "GET" else b"{}"


def _instead(headers: Mapping[str, str], secret: str) -> dict[str, str]:
    return {name: secret if name.lower() == "authorization" else value for name, value in headers.items()}


def known_methods(dialect: Dialect, path: str) -> set[str]:
    return {route.method for route in dialect.routes if route.path == path}
