"""What belongs to no vendor: readiness, metrics, documents, and problems in the shape of RFC 9457."""

from collections.abc import Mapping
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from countermand.api.metrics import Metrics
from countermand.dialects.contract import Dialect
from countermand.store.port import Store, StoreUnavailable

_PROBLEM: Final = "application/problem+json"


def problem(status: int, title: str, detail: str, **members: object) -> Response:
    """An error by RFC 9457."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    return Response(msgspec.json.encode(document), status, media_type=_PROBLEM)


def document(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


async def http_problem(request: Request, error: Exception) -> Response:
    """What Starlette itself refuses: unknown paths, wrong methods."""
    assert isinstance(error, HTTPException)
    detail = f"{request.method} {request.url.path}: {error.detail}"
    found = problem(error.status_code, error.detail, detail, request_id=request.scope["request_id"])
    found.headers.update(error.headers or {})
    return found


async def bug_problem(request: Request, error: Exception) -> Response:
    """What we did wrong; Starlette passes the error on to whoever keeps the log."""
    del error
    return problem(500, "Internal Server Error", "A bug of ours", request_id=request.scope["request_id"])


class Operations:
    """The routes."""

    def __init__(self, *, store: Store, metrics: Metrics, dialects: Mapping[str, Dialect]) -> None:
        self._store = store
        self._metrics = metrics
        self._dialects = dialects

    def routes(self) -> list[Route]:
        return [
            Route("/readyz", self._ready, methods=["GET"]),
            Route("/healthz", self._alive, methods=["GET"]),
            Route("/metrics", self._measure, methods=["GET"]),
            Route("/openapi.json", self._native_openapi, methods=["GET"]),
            Route("/{dialect}/openapi.json", self._openapi, methods=["GET"]),
        ]

    async def _alive(self, request: Request) -> Response:
        del request
        return document({"status": "alive"})

    async def _ready(self, request: Request) -> Response:
        del request
        try:
            await self._store.ping()
        except StoreUnavailable as error:
            return problem(503, "Service Unavailable", str(error))
        return document({"status": "ready"})

    async def _measure(self, request: Request) -> Response:
        del request
        return Response(await self._metrics.page(), media_type="text/plain; version=0.0.4")

    async def _native_openapi(self, request: Request) -> Response:
        return self._describe("native", str(request.base_url).rstrip("/"))

    async def _openapi(self, request: Request) -> Response:
        name = request.path_params["dialect"]
        return self._describe(name, f"{str(request.base_url).rstrip('/')}/{name}")

    def _describe(self, name: str, url: str) -> Response:
        dialect = self._dialects.get(name)
        if dialect is None:
            return problem(404, "Not Found", f"no dialect is named {name!r}")
        return document({**dialect.openapi(), "servers": [{"url": url}]})
