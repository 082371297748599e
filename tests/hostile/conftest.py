"""A server whose rows and errors can be looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile.client import Wire
from tests.hostile.ground import Rows
from tests.process import Process, sqlite


@dataclass(frozen=True)
class Victim:
    """The server under attack."""

    process: Process
    errors: Path
    rows: Rows

    @property
    def url(self) -> str:
        return self.process.url

    def wire(self) -> Wire:
        return Wire(self.url)


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """It must survive the module, without a traceback, and stop when told to."""
    folder = tmp_path_factory.mktemp("hostile")
    errors = folder / "stderr.txt"
    with Process(sqlite(folder), "--sandbox", errors=errors) as process:
        yield Victim(process, errors, Rows(folder / "ledger.db"))
        assert process.stop() == 0
    assert "Traceback" not in errors.read_text(errors="replace")
