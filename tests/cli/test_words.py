"""What a person sees when something is wrong: one line that says what, an exit status, no traceback."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import Process, sqlite

COMMAND = [sys.executable, "-m", "countermand"]


def run(*words: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **(environ or {})},
    )


def _told(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()
    assert sum(line.lower().startswith("error") for line in last) == 1, done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nonsense"], ["nonsense"]),
        (["serve", "--port", "99999999"], ["--port"]),
        (["serve", "--nonsense"], ["--nonsense"]),
        (["serve", "--port", "0", "--database", "mysql://x"], ["mysql://x", "sqlite:///"]),
        (["serve", "--port", "0", "--database", "sqlite:////proc/nowhere/x.db"], ["/proc/nowhere"]),
        (["serve", "--port", "0", "--database", "sqlite:////"], ["can't open"]),
        (["serve", "--port", "0", "--host", "300.1.2.3", "--database", "sqlite:////tmp/never.db"], ["300.1.2.3"]),
        (["serve", "--port", "0", "--database", "postgresql://127.0.0.1:1/x"], ["refused"]),
        (["serve", "--sandbox", "--workers", "2"], ["--workers"]),
        (["orders", "get", "x", "--tenant", "t", "--database", "nonsense"], ["nonsense"]),
        (["keys", "create", "--database", "nonsense"], ["--"]),
        (["conform", "/nowhere.json", "--base-url", "http://127.0.0.1:1"], ["/nowhere.json"]),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_what_is_wrong_is_told_in_a_line(words: list[str], told: list[str]):
    _told(run(*words), *told)


@pytest.mark.parametrize("words", [["serve", "--port", "0"], ["keys", "list"], ["orders", "list", "--tenant", "t"]])
def test_an_unknown_setting_stops_every_command(words: list[str]):
    _told(run(*words, environ={"COUNTERMAND_DATABSE": "sqlite:///x"}), "COUNTERMAND_DATABSE", "COUNTERMAND_DATABASE")


def test_a_port_that_is_taken_is_named(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        _told(run("serve", "--port", port, "--database", sqlite(tmp_path)), port, "in use")


def test_a_live_database_is_no_sandbox_and_the_other_way_round(tmp_path: Path):
    with Process(sqlite(tmp_path)) as server:
        assert server.stop() == 0
    _told(run("serve", "--sandbox", "--port", "0", "--database", sqlite(tmp_path)), "is live", "--sandbox")
    with Process(sqlite(tmp_path, "other.db"), "--sandbox") as server:
        assert server.stop() == 0
    _told(run("serve", "--port", "0", "--database", sqlite(tmp_path, "other.db")), "is a sandbox", "--sandbox")


@pytest.mark.serial
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_stays_goes_when_it_is_told_to_and_its_server_with_it(told: signal.Signals):
    words = [*COMMAND, "demo", "--serve"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        try:
            shown = ""
            while not (found := re.search(r"curl .*127\.0\.0\.1:(\d+)", shown)):
                line = demo.stdout.readline()
                assert line, demo.stderr.read()
                shown += line
            # A terminal tells everybody in the foreground of a Ctrl-C, a service manager the one process that it knows.
            os.killpg(demo.pid, told) if told is signal.SIGINT else demo.send_signal(told)
            out, errors = demo.communicate(timeout=40)
        finally:
            demo.kill()
    assert demo.returncode == 0, (out, errors)
    assert "Traceback" not in errors
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(found[1])), timeout=5)
