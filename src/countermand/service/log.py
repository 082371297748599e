"""How the program tells what it does: one line of JSON per event on standard error, a traceback as one text in it.

The library that writes the lines comes in with the first of them: with what it imports for its own colours it takes a seventh
of the time of a start, and a server that is well has nothing to tell.
"""

from __future__ import annotations

import logging
import sys
import time
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import structlog


#: How often a warning is written that may come with every request: writing takes longer than a refusal.
OFTEN_EVERY_S: Final = 1.0


class Log:
    """The events of one part of the program."""

    def __init__(self, name: str) -> None:
        self._name = name
        #: Of each event that may come often: when it may be written again, and how many were not since it was.
        self._next_s: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def info(self, event: str, **facts: object) -> None:
        _writer(self._name).info(event, **facts)

    def warning(self, event: str, **facts: object) -> None:
        _writer(self._name).warning(event, **facts)

    def often(self, event: str, **facts: object) -> None:
        """A warning that may come with every request: written once a second, with the number of those left out before."""
        now_s = time.monotonic()
        if now_s < self._next_s.get(event, 0.0):
            self._left_out[event] = self._left_out.get(event, 0) + 1
            return
        self._next_s[event] = now_s + OFTEN_EVERY_S
        self.warning(event, left_out=self._left_out.pop(event, 0), **facts)

    def error(self, event: str, *, error: BaseException | None = None, **facts: object) -> None:
        """Something is wrong with the program. `error` adds its traceback."""
        _writer(self._name).error(event, exc_info=error, **facts)


@cache
def _writer(name: str) -> structlog.typing.FilteringBoundLogger:
    """Tracebacks carry no local variables: those hold customers' data and secrets."""
    import structlog  # noqa: PLC0415 - see above

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    writer: structlog.typing.FilteringBoundLogger = structlog.get_logger(name)
    return writer
