"""Memory that the workers of one server share, so that whichever of them is asked for the figures knows all of them.

Each worker has a seat, writes only there, and reads everywhere. A seat that is being written is read again.
"""

import mmap
import struct
from typing import Final

#: The figures of one worker take some tens of kilobytes; memory that is never written costs nothing.
SEAT_BYTES: Final = 1024 * 1024

#: How often a seat that is being written is read again: writing takes microseconds.
READS_MAX: Final = 100

#: Number of the writing (odd while it goes on), and how long the text is.
_HEAD: Final = struct.Struct("QQ")


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
        if len(text) > SEAT_BYTES - _HEAD.size:
            return
        start = self._seat * SEAT_BYTES
        number, _ = _HEAD.unpack_from(self._memory, start)
        number |= 1  # a worker that was killed while it wrote left an odd one behind
        _HEAD.pack_into(self._memory, start, number, 0)
        self._memory[start + _HEAD.size : start + _HEAD.size + len(text)] = text
        _HEAD.pack_into(self._memory, start, number + 1, len(text))

    def others(self) -> list[bytes]:
        """What the other workers have shown, empty ones left out."""
        found = (self._read(seat) for seat in range(self._seats) if seat != self._seat)
        return [text for text in found if text]

    def _read(self, seat: int) -> bytes:
        start = seat * SEAT_BYTES
        for _ in range(READS_MAX):
            number, length = _HEAD.unpack_from(self._memory, start)
            text = self._memory[start + _HEAD.size : start + _HEAD.size + length]
            if number % 2 == 0 and _HEAD.unpack_from(self._memory, start)[0] == number:
                return text
        return b""
