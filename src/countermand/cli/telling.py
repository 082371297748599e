"""How the server tells what it does: one line of JSON per event on standard error, a traceback as one text in it."""

import logging
import sys
from typing import Final

import structlog

from countermand.settings import BadSettings
from countermand.store.port import StoreUnavailable

#: What a person can mend, as the last line of its traceback begins.
_MENDABLE: Final = tuple(f"{kind.__module__}.{kind.__qualname__}: " for kind in (BadSettings, StoreUnavailable))


class Briefly(logging.Filter):
    """Why the server can't start, in one line where a person can mend it; a traceback is for bugs."""

    def filter(self, record: logging.LogRecord) -> bool:
        last = record.getMessage().rstrip().rpartition("\n")[2]
        for name in _MENDABLE:
            if last.startswith(name):
                record.msg, record.args = last.removeprefix(name), ()
        return record.msg != "Application startup failed. Exiting."


def to_stderr() -> None:
    """Set it up for this process. Tracebacks carry no local variables: those hold customers' data and secrets."""
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
