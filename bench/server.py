"""A `countermand serve` of its own: how fast it is ready, what it takes of the machine."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

#: One process for each of the two processors that the promises are about, as docs/how-to/several-nodes.md advises.
SEVERAL: Final = ("--workers", "2")

_READY: Final = "listening on "
_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")


class Server:
    """Use it as a context manager."""

    def __init__(self, database: str, *words: str) -> None:
        self._command = [sys.executable, "-m", "countermand", "serve", "--port", "0", "--database", database, *words]
        self.ready_s = 0.0
        self.host, self.port = "127.0.0.1", 0

    def __enter__(self) -> Self:
        started = time.perf_counter()
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.ready_s = time.perf_counter() - started
        if _READY not in line:
            raise RuntimeError("the server did not start; its words are above")
        self.port = urlsplit(line.partition(_READY)[2].strip()).port or 0
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    @property
    def cpu_s(self) -> float:
        """Processor time of the server so far, its workers included."""
        return sum(map(_cpu_s, self._pids))

    @property
    def rss_mb(self) -> float:
        """Memory of the process that serves; of several, the largest."""
        return max(map(_rss_mb, self._pids))

    @property
    def _pids(self) -> list[int]:
        first = self._process.pid
        return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def _rss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
