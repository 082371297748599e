"""The instant, per dialect. The sandbox's can be frozen and moved; it reaches every timestamp because there is no other."""

from datetime import UTC, datetime, timedelta
from typing import Final, Protocol


class Clock(Protocol):
    """Where every instant comes from."""

    def now(self, dialect: str) -> datetime:
        """The present of one dialect, aware, in UTC."""


class SystemClock:
    """The real time."""

    def now(self, dialect: str) -> datetime:
        del dialect
        return datetime.now(UTC)


#: A sandbox's clock stays between these, so that what a dialect adds or takes away (terms, months of rent) is an instant too.
FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = datetime(3000, 1, 1, tzinfo=UTC)


class SandboxClock:
    """Per dialect either frozen at an instant or running with the real time, both moved forward by hand."""

    def __init__(self) -> None:
        self._frozen: dict[str, datetime] = {}
        self._ahead: dict[str, timedelta] = {}
        self._everywhere = timedelta()

    def now(self, dialect: str) -> datetime:
        frozen = self._frozen.get(dialect)
        if frozen is not None:
            return frozen
        return datetime.now(UTC) + self._everywhere - self._ahead.get(dialect, timedelta())

    @staticmethod
    def beginning(at: datetime | None) -> datetime:
        """The instant at which a world begins that asks for `at`, whatever the one before it had."""
        return at or datetime.now(UTC)

    def begin(self, dialect: str, at: datetime | None) -> None:
        """A new world begins: frozen at `at`, or with the real time when None."""
        self._frozen.pop(dialect, None)
        self._ahead[dialect] = self._everywhere
        if at is not None:
            self._frozen[dialect] = at

    def advance(self, by: timedelta) -> None:
        """Move every dialect forward. Raises OverflowError, before anything is moved, when that leaves the calendar."""
        moved = {dialect: at + by for dialect, at in self._frozen.items()}
        if max(*moved.values(), datetime.now(UTC) + self._everywhere + by, LAST) > LAST:
            raise OverflowError("the clock would leave the calendar")
        self._frozen.update(moved)
        self._everywhere += by
