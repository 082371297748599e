"""What all tests share: the real server, in a process of its own."""

from __future__ import annotations

import contextlib
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.coverage.plugin import (  # noqa: F401 - first of all, because it watches what dialects answer; hooks of pytest
    _shows_what_the_page_says,
    pytest_addoption,
    pytest_sessionfinish,
    serving,
)

ROOT = Path(__file__).parents[1]
READY = "listening on "
#: A cold start on a busy machine creates a database and imports everything.
START_S_MAX = 60
STOP_S_MAX = 30


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a server in sandbox mode. It must end with status 0 when it is told to stop."""
    folder = tmp_path_factory.mktemp("server")
    words = ["serve", "--sandbox", "--host", "127.0.0.1", "--port", "0", "--database", f"sqlite:///{folder}/x.db"]
    errors = folder / "stderr.txt"
    with (
        errors.open("wb") as stderr,
        subprocess.Popen(
            [sys.executable, *serving(), *words], stdout=subprocess.PIPE, stderr=stderr, cwd=ROOT
        ) as process,
    ):
        assert process.stdout is not None
        try:
            url = _wait_until_ready(process.stdout)
            assert url, f"the server did not start:\n{errors.read_text(errors='replace')}"
            yield url
            assert process.poll() is None, f"the server died:\n{errors.read_text(errors='replace')}"
            process.send_signal(signal.SIGTERM)
            status = process.wait(STOP_S_MAX)
            assert status == 0, f"the server ended with {status}:\n{errors.read_text(errors='replace')}"
        finally:
            process.kill()


def _wait_until_ready(stdout: IO[bytes]) -> str | None:
    """The URL that the server prints, or None. Whatever it prints later is read too, so that it never blocks on it."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        # The stream is closed below the reader when the server has ended.
        with contextlib.suppress(ValueError):
            for text in stdout:
                lines.put(text.decode(errors="replace"))
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    with contextlib.suppress(queue.Empty):
        while text := lines.get(timeout=START_S_MAX):
            if READY in text:
                return text.partition(READY)[2].strip()
    return None
