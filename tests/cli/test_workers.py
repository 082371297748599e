"""`--workers N`: one port, several processes, one page of figures; a worker that dies is replaced, and all end together."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from countermand.cli.workers import SHORT_LIVES_MAX
from tests.process import Client, Process, sqlite

pytestmark = pytest.mark.serial

WORKERS = 3
CALLS = 30

#: Over four workers: fifty each, and fewer than twenty for one is five standard deviations away.
CONNECTIONS = 200
FEWEST = 20


def children(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in listing.stdout.split()]


def counted(url: str) -> float:
    """Calls of an operation, as whichever worker is asked knows them of all."""
    with Client(url) as client:
        page = client.call("GET", "/metrics").body.decode()
    return sum(
        float(line.rpartition(" ")[2]) for line in page.splitlines() if line.startswith("countermand_requests_total")
    )


def settled(url: str) -> float:
    """The same, when every worker has shown what it counted: whichever is asked, again and again, says the same."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        told = {counted(url) for _ in range(8 * WORKERS)}
        if told == {CALLS}:
            return CALLS
        time.sleep(0.1)
    return counted(url)


def test_workers_share_a_socket_and_their_figures_and_outlive_one_of_them(tmp_path: Path) -> None:
    with Process(sqlite(tmp_path), "--workers", str(WORKERS)) as server:
        assert len(children(server.pid)) == WORKERS
        for _ in range(CALLS):
            with Client(server.url) as client:
                assert client.call("GET", "/v1/orders/none").status == 401
        assert settled(server.url) == CALLS
        os.kill(children(server.pid)[0], signal.SIGKILL)
        deadline = time.monotonic() + 10
        while len(children(server.pid)) < WORKERS and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(children(server.pid)) == WORKERS
        assert settled(server.url) == CALLS, "whoever takes a dead worker's place goes on from its counts"
        assert server.stop() == 0


def sockets(pid: int) -> int:
    names = (str(place.readlink()) for place in Path(f"/proc/{pid}/fd").iterdir())
    return sum(name.startswith("socket:") for name in names)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux spreads connections over the sockets of one port")
def test_connections_are_spread_over_the_workers(tmp_path: Path) -> None:
    with Process(sqlite(tmp_path), "--workers", str(WORKERS + 1)) as server, ExitStack() as stack:
        place = urlsplit(server.url)
        workers = children(server.pid)
        before = [sockets(pid) for pid in workers]
        for _ in range(CONNECTIONS):
            stack.enter_context(socket.create_connection((place.hostname, place.port)))
        deadline = time.monotonic() + 10
        held = [0]
        while sum(held) < CONNECTIONS and time.monotonic() < deadline:
            held = [sockets(pid) - own for pid, own in zip(workers, before, strict=True)]
        assert sum(held) == CONNECTIONS
        assert min(held) >= FEWEST, held


def test_connections_that_were_meant_for_a_worker_that_died_are_answered_by_whoever_takes_its_place(
    tmp_path: Path,
) -> None:
    with Process(sqlite(tmp_path), "--workers", str(WORKERS)) as server, ExitStack() as stack:
        place = urlsplit(server.url)
        os.kill(children(server.pid)[0], signal.SIGKILL)
        opened = [socket.create_connection((place.hostname, place.port), timeout=10) for _ in range(CONNECTIONS)]
        for one in map(stack.enter_context, opened):
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
        assert {one.recv(1_024).partition(b"\r\n")[0] for one in opened} == {b"HTTP/1.1 200 OK"}


def test_a_second_server_on_the_port_of_several_workers_is_told_that_it_is_taken(tmp_path: Path) -> None:
    with Process(sqlite(tmp_path), "--workers", "2") as server:
        words = ["serve", "--workers", "2", "--port", server.url.rpartition(":")[2], "--database", sqlite(tmp_path)]
        done = subprocess.run(
            [sys.executable, "-m", "countermand", *words], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 1
        assert "can't listen on" in done.stderr


def test_workers_that_are_told_to_end_as_soon_as_they_serve_end_well(tmp_path: Path) -> None:
    """More of them than may die young one after another: whoever ends because it is told to hasn't died young."""
    with Process(sqlite(tmp_path), "--workers", str(SHORT_LIVES_MAX + 1)) as server:
        assert server.stop() == 0


def test_workers_end_when_the_process_that_made_them_is_killed(tmp_path: Path) -> None:
    with Process(sqlite(tmp_path), "--workers", str(WORKERS)) as server:
        workers = children(server.pid)
        server.kill()
        deadline = time.monotonic() + 10
        while any(map(is_alive, workers)) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not any(map(is_alive, workers))


def is_alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_sandbox_has_one_clock_and_so_one_process(tmp_path: Path) -> None:
    words = ["serve", "--sandbox", "--workers", "2", "--database", sqlite(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "countermand", *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "one clock" in done.stderr
