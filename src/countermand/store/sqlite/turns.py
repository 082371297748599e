"""Whose turn it is to write, among the processes that share a file.

SQLite makes a second writer poll, with pauses that grow to a tenth of a second, so that several processes together write less
than one alone. Here they queue instead: two locks of the operating system on a file beside the database. Whoever wants to
write takes the first, waits in it for the second, and gives the first back: so a process that has just written can't
overtake one that waits. The locks of a process that dies are free at once.

Only speed depends on it: that there is one writer is SQLite's own promise.
"""

import fcntl
import os
from pathlib import Path
from typing import Final

#: Bytes of the file that stand for the two locks.
_NEXT: Final = 0
_TURN: Final = 1

#: Beside `-wal` and `-shm`, the names that SQLite gives to its own.
_SUFFIX: Final = "-turn"


class Turns:
    """One process's place in the queue; used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when there can be no such file."""
        self._file = os.open(f"{path}{_SUFFIX}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def take_at_once(self) -> bool:
        """Take the turn if nobody has it and nobody waits for it."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _NEXT)
        except OSError:
            return False
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _TURN)
        except OSError:
            return False
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _NEXT)
        return True

    def wait(self) -> None:
        """Queue, and return when it is our turn."""
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, _NEXT)
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, _TURN)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _NEXT)

    def pass_on(self) -> None:
        """The turn is over."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _TURN)

    def close(self) -> None:
        os.close(self._file)
