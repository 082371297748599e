"""How the server tells what it does: one line of JSON per event on standard error, a traceback as one text in it."""

import logging
import sys

import structlog


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
