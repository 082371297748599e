"""A real PgBouncer in front of a cluster, that a test may kill, start again and give orders to."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final, Self

import pytest

from tests.cluster import Cluster, free_port, owner

#: Debian keeps it where only administrators look.
PROGRAM: Final = shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))

where_there_is_one: Final = pytest.mark.skipif(PROGRAM is None, reason="no pgbouncer is installed")

START_S_MAX: Final = 10

#: `postgres` may give orders on its console, which is a database of this name.
CONSOLE: Final = "pgbouncer"

SETTINGS: Final = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
admin_users = postgres
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 100
logfile = {folder}/log
"""


class Bouncer:
    """In transaction mode it has fewer sessions than its clients. Use it as a context manager; it leaves nothing behind."""

    def __init__(self, cluster: Cluster, *, mode: str = "transaction") -> None:
        self._cluster, self.port = cluster, free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="countermand-pgbouncer-"))
        self._folder.chmod(0o755)
        self._settings = self._folder / "pgbouncer.ini"
        size = {"transaction": 4, "session": 20}[mode]
        words = {"server": cluster.port, "port": self.port, "folder": self._folder, "mode": mode, "size": size}
        self._settings.write_text(SETTINGS.format(**words))
        (self._folder / "users").write_text('"postgres" ""\n')
        if (user := owner()) is not None:
            shutil.chown(self._folder, user)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}?pooler=transaction"

    def start(self) -> None:
        self._process = subprocess.Popen([str(PROGRAM), "-q", str(self._settings)], user=owner())
        until = time.monotonic() + START_S_MAX
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise TimeoutError("pgbouncer did not begin to listen")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def order(self, text: str) -> str:
        """On the console, as an administrator would."""
        url = f"postgresql://postgres@127.0.0.1:{self.port}/{CONSOLE}"
        return self._cluster.run("psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", url, "-c", text)
