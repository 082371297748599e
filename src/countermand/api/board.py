"""Memory that the workers of one server share, so that whichever of them is asked for the figures knows all of them.

Each worker has a seat, writes only there, and reads everywhere. A seat has two pages: a worker writes the one that is not
shown and then turns over, so that one that is killed while it writes leaves what it showed before.
"""

import mmap
import struct
from typing import Final

#: The figures of one worker take some tens of kilobytes; memory that is never written costs nothing.
SEAT_BYTES: Final = 1024 * 1024

#: How often a seat whose page was turned meanwhile is read again: writing takes microseconds.
READS_MAX: Final = 100

#: Number of the writing; the page that is shown is this number modulo two. And how long the text of a page is.
_NUMBER: Final = struct.Struct("Q")
_LENGTH: Final = struct.Struct("Q")
_PAGE_BYTES: Final = (SEAT_BYTES - _NUMBER.size) // 2


class Board:
    """Made before the workers are; each then takes its seat."""

    def __init__(self, seats: int) -> None:
        self._seats = seats
        self._memory = mmap.mmap(-1, seats * SEAT_BYTES)
        self._seat = 0

    def sit(self, seat: int) -> bytes:
        """Take a seat; gives what a worker that had it before left there."""
        self._seat = seat
        return self._read(seat)

    def publish(self, text: bytes) -> None:
        """Show others the figures of this worker."""
        if len(text) > _PAGE_BYTES - _LENGTH.size:
            return
        (number,) = _NUMBER.unpack_from(self._memory, self._seat * SEAT_BYTES)
        page = _page(self._seat, number + 1)
        self._memory[page + _LENGTH.size : page + _LENGTH.size + len(text)] = text
        _LENGTH.pack_into(self._memory, page, len(text))
        _NUMBER.pack_into(self._memory, self._seat * SEAT_BYTES, number + 1)

    def others(self) -> list[bytes]:
        """What the other workers have shown, empty ones left out."""
        found = (self._read(seat) for seat in range(self._seats) if seat != self._seat)
        return [text for text in found if text]

    def _read(self, seat: int) -> bytes:
        for _ in range(READS_MAX):
            (number,) = _NUMBER.unpack_from(self._memory, seat * SEAT_BYTES)
            page = _page(seat, number)
            (length,) = _LENGTH.unpack_from(self._memory, page)
            text = self._memory[page + _LENGTH.size : page + _LENGTH.size + length]
            if _NUMBER.unpack_from(self._memory, seat * SEAT_BYTES) == (number,):
                return text
        return b""


def _page(seat: int, number: int) -> int:
    """Where the page of a writing begins."""
    return seat * SEAT_BYTES + _NUMBER.size + number % 2 * _PAGE_BYTES
