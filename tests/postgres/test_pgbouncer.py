"""A real PgBouncer in transaction mode between two servers and PostgreSQL, where one is installed.

What behaves like a pooler in `test_pooler.py` is stricter, and runs everywhere; this one is what people have.
"""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.cluster import Cluster, free_port, owner
from tests.process import Process
from tests.shopping import shop_while_dying

#: Debian keeps it where only administrators look.
PROGRAM = shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.serial,
    pytest.mark.skipif(PROGRAM is None, reason="no pgbouncer is installed"),
]

START_S_MAX = 10

SETTINGS = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 4
max_client_conn = 100
logfile = {folder}/log
"""


class Bouncer:
    """In front of a cluster, with fewer sessions than its clients have."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._port, self._settings = free_port(), folder / "pgbouncer.ini"
        self._settings.write_text(SETTINGS.format(server=cluster.port, port=self._port, folder=folder))
        (folder / "users").write_text('"postgres" ""\n')
        if (user := owner()) is not None:
            shutil.chown(folder, user)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}?pooler=transaction"

    def start(self) -> None:
        self._process = subprocess.Popen([str(PROGRAM), "-q", str(self._settings)], user=owner())
        until = time.monotonic() + START_S_MAX
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
                return
            time.sleep(0.05)
        raise TimeoutError("pgbouncer did not begin to listen")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def bouncer(cluster: Cluster, tmp_path: Path) -> Iterator[Bouncer]:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    with Bouncer(cluster, tmp_path) as bouncer:
        yield bouncer


@pytest.mark.slow
def test_behind_pgbouncer_nothing_is_lost_or_doubled_whatever_is_killed(cluster: Cluster, bouncer: Bouncer) -> None:
    cluster.create("ledger")
    database = bouncer.url("ledger")
    servers = [Process(database, "--sandbox") for _ in range(2)]
    shop_while_dying(servers, [bouncer, servers[1], bouncer, cluster, bouncer], random.Random(20261128))
