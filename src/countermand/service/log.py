"""How the program tells what it does: one line of JSON per event on standard error, a traceback as one text in it.

The library that writes the lines comes in with the first of them: with what it imports for its own colours it takes a seventh
of the time of a start, and a server that is well has nothing to tell.
"""

from __future__ import annotations

import logging
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import structlog


class Log:
    """The events of one part of the program."""

    def __init__(self, name: str) -> None:
        self._name = name

    def info(self, event: str, **facts: object) -> None:
        _writer(self._name).info(event, **facts)

    def warning(self, event: str, **facts: object) -> None:
        _writer(self._name).warning(event, **facts)

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
