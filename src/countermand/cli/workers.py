"""Several worker processes behind one port.

The first process opens the sockets, imports everything, and forks: the workers share that memory. It serves nothing itself.
It says that it listens when every worker does, replaces a worker that dies, and passes on the signal to stop; each worker
then answers what it has accepted, and ends. When the first process itself is killed, the workers end as if told to.
"""

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Final

import click

#: How long workers may take to end before they are killed: longer than a server gives its requests (`cli.serve`).
END_TIMEOUT_S: Final = 30

#: A worker that lives shorter than this has not served; after so many of these in a row, something is wrong for good.
SHORT_LIFE_S: Final = 5.0
SHORT_LIVES_MAX: Final = 5

#: How often the first process looks at what it waits for.
LOOK_EVERY_S: Final = 0.1

#: Serves until it is told to stop; calls what it is given once it listens. Gives the exit status.
Work = Callable[[int, Callable[[], None]], int]


class Workers:
    """The workers of one server. `close` gives up the sockets that the first process keeps for them."""

    def __init__(self, count: int, work: Work, *, close: Callable[[], None]) -> None:
        self._count = count
        self._work = work
        self._close = close
        self._seats: dict[int, tuple[int, float]] = {}
        self._told = False
        self._short_lives = 0
        self._ready_from, self._ready_to = os.pipe()
        #: Only the first process has the end that is written to: when it is gone, whoever reads is told so.
        self._alive_from, self._alive_to = os.pipe()

    def run(self, announce: Callable[[], None]) -> int:
        """Until told to stop, or until workers can't live. Gives the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._tell)
        for seat in range(self._count):
            self._fork(seat)
        self._await_ready(announce)
        while self._seats and not self._told and self._short_lives < SHORT_LIVES_MAX:
            self._replace_dead()
            time.sleep(LOOK_EVERY_S)
        lived = self._short_lives < SHORT_LIVES_MAX
        self._end()
        return 0 if lived else 1

    def _tell(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._told = True

    def _fork(self, seat: int) -> None:
        pid = os.fork()
        if pid:
            self._seats[pid] = (seat, time.monotonic())
            return
        status = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            os.close(self._alive_to)
            threading.Thread(target=self._end_with_the_first, daemon=True).start()
            status = self._work(seat, self._say_ready)
        except click.ClickException as error:
            error.show()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _end_with_the_first(self) -> None:
        os.read(self._alive_from, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    def _say_ready(self) -> None:
        os.write(self._ready_to, b"!")

    def _await_ready(self, announce: Callable[[], None]) -> None:
        ready = 0
        while ready < self._count and not self._told and self._short_lives < SHORT_LIVES_MAX:
            if select.select([self._ready_from], [], [], LOOK_EVERY_S)[0]:
                ready += len(os.read(self._ready_from, self._count))
            self._replace_dead()
        if ready >= self._count:
            announce()

    def _replace_dead(self) -> None:
        while self._seats:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            seat, since = self._seats.pop(pid)
            if self._told:
                continue
            short = time.monotonic() - since < SHORT_LIFE_S
            self._short_lives = self._short_lives + 1 if short else 0
            if self._short_lives < SHORT_LIVES_MAX:
                click.echo(f"worker {seat} ended; another takes its place", err=True)
                self._fork(seat)

    def _end(self) -> None:
        self._told = True
        self._close()
        self._signal_all(signal.SIGTERM)
        deadline = time.monotonic() + END_TIMEOUT_S
        while self._seats and time.monotonic() < deadline:
            self._replace_dead()
            time.sleep(LOOK_EVERY_S)
        self._signal_all(signal.SIGKILL)

    def _signal_all(self, number: int) -> None:
        for pid in self._seats:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
