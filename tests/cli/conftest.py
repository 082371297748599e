"""A database of its own for each test, the command line as a person types it, and a server that is no sandbox."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from countermand.cli import main

STOP_S_MAX = 30

Run = Callable[..., Result]


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def run(database: str) -> Run:
    """Run a command on the test's database."""

    def call(*words: str, text: str | None = None) -> Result:
        return CliRunner().invoke(main, [*words, "--database", database], input=text)

    return call


@contextlib.contextmanager
def serving(database: str, *words: str) -> Iterator[str]:
    """The base URL of a live server on the database, for as long as the block lasts."""
    command = [sys.executable, "-m", "countermand", "serve", "--port", "0", "--database", database, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert "listening on " in line, line
            yield line.partition("listening on ")[2].strip()
            process.send_signal(signal.SIGTERM)
            assert process.wait(STOP_S_MAX) == 0
        finally:
            process.kill()


@pytest.fixture
def live(database: str) -> Iterator[str]:
    with serving(database) as url:
        yield url
