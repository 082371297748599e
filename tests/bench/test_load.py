"""The load generator: each request is answered once, and what is no cancellation spoils the run."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench import bulk, growth, scenarios
from bench.filling import fill
from bench.load import run_load
from bench.measure import native_cancel, sample
from bench.server import Server

#: Just enough for a bulk that a second person has to agree to.
ORDERS = 1_001


@pytest.fixture
def server() -> Iterator[Server]:
    with scenarios.sqlite_file() as url:
        asyncio.run(fill(url, ORDERS))
        with Server(url) as server:
            yield server


def test_every_order_is_cancelled_once(server: Server):
    got = sample(server, map(native_cancel, range(ORDERS)), connections=8, seconds=30)
    assert got.per_second > 0
    assert got.generator_us_per_cancel > 0
    with pytest.raises(RuntimeError, match="200"):
        sample(server, [native_cancel(3).replace(b"bench-3", b"again")], connections=8, seconds=30)


def test_a_bulk_cancels_them_all(server: Server):
    got = bulk.run(server, ORDERS)
    assert min(got.selected_per_second, got.cancelled_per_second) > 0


@pytest.mark.parametrize("size", [growth.SMALLEST, 1_000_000, 10_000_000])
def test_no_two_runs_of_growth_meet_an_order_twice(size: int):
    turns = range(1 if size == growth.SMALLEST else growth.ROUNDS)
    asked = [number for turn in turns for number in growth.recent(size, turn)]
    if size > growth.SMALLEST:
        asked += [number for turn in turns for number in growth.scattered(size, turn)]
    assert len(set(asked)) == len(asked)
    assert 0 <= min(asked) <= max(asked) < size


@contextmanager
def answering(*pieces: bytes) -> Iterator[int]:
    """A server that answers each request in these pieces. Gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        caller, _ = listener.accept()
        with caller:
            caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while caller.recv(1_000):
                for piece in pieces:
                    caller.sendall(piece)
                    threading.Event().wait(0.01)
                if not pieces:
                    return

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    thread.join()
    listener.close()


def test_an_answer_in_pieces_is_one_answer():
    with answering(b"HTTP/1.1 201 Cre", b"ated\r\ncontent-length: 5\r\n\r\n{", b'"":', b"}") as port:
        run = run_load("127.0.0.1", port, iter([b"one", b"two", b"three"]), connections=1, seconds=30)
    assert run.statuses == {201: 3}
    assert len(run.latencies) == 3


def test_a_server_that_hangs_up_spoils_the_run():
    with answering() as port, pytest.raises(ConnectionError):
        run_load("127.0.0.1", port, iter([b"one"]), connections=1, seconds=30)
