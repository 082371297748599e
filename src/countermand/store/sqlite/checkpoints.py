"""Copies the write-ahead log into the file while others write.

SQLite itself does it within whichever COMMIT finds the log long: that batch, and everybody behind it, waits for thousands of
pages to be written and for the disk. Here a connection of its own copies them in a thread of its own. What is committed
meanwhile is copied afterwards, when nobody writes: a few pages, and then the next writer begins the log anew.
"""

from contextlib import suppress
from typing import Final

import apsw

#: Pages of the log before it is copied: 16 MiB, so that copying is rare, and as many as SQLite finds with one look
#: into its index of the log.
LOG_PAGES_MAX: Final = 4_000


class Checkpoints:
    """When to copy the log of one file, and how. `connection` is used for nothing else, in one thread at a time."""

    def __init__(self, connection: apsw.Connection, writer: apsw.Connection) -> None:
        self._connection = connection
        self._pages = 0
        self._tried = 0
        # A hook takes the place of SQLite's own copying.
        writer.set_wal_hook(self._note)

    def _note(self, _: apsw.Connection, name: str, pages: int) -> int:
        """Called after each commit of the writer, in its thread, with the pages that are in the log."""
        del name
        if pages < self._pages:
            self._tried = 0
        self._pages = pages
        return apsw.SQLITE_OK

    @property
    def due(self) -> bool:
        """Whether so much has been written since the log was begun, or copying it was last tried."""
        return self._pages - self._tried >= LOG_PAGES_MAX

    def copy(self) -> None:
        """Copy what can be copied: not what somebody still reads around, nor while another process does it.

        A failure of the disk loses nothing, and the next commit tells it: the log stays, and this is tried again.
        """
        self._tried = self._pages
        with suppress(apsw.Error):
            self._connection.wal_checkpoint()

    def close(self) -> None:
        self._connection.close()
