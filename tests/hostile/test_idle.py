"""How long a connection may say nothing. The timer is set once and looked at when it ends."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from countermand.api.connection import Connection
from tests.hostile.client import Wire, request

IDLE_S = 1


async def _after(call: Request) -> PlainTextResponse:
    await asyncio.sleep(float(call.query_params["s"]))
    return PlainTextResponse("done")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that keeps idle connections for a second, and answers when it is told to."""
    app = Starlette(routes=[Route("/after", _after)])
    config = uvicorn.Config(app, http=Connection, port=0, timeout_keep_alive=IDLE_S, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def _ask(wire: Wire, seconds: float) -> bool:
    wire.send(request("GET", f"/after?s={seconds}"))
    return wire.answer() is not None


def test_a_connection_that_never_says_a_word_is_closed(url: str):
    with Wire(url) as wire:
        started = time.monotonic()
        assert wire.answer() is None
        assert IDLE_S * 0.9 < time.monotonic() - started < IDLE_S * 5


def test_each_request_begins_the_time_anew(url: str):
    with Wire(url) as wire:
        for _ in range(4):
            assert _ask(wire, 0)
            time.sleep(IDLE_S * 0.6)
        assert _ask(wire, 0)
        started = time.monotonic()
        assert wire.answer() is None
        assert IDLE_S * 0.9 < time.monotonic() - started < IDLE_S * 5


def test_who_waits_for_an_answer_is_not_idle(url: str):
    with Wire(url) as wire:
        assert _ask(wire, IDLE_S * 2.5)
        assert _ask(wire, 0)
