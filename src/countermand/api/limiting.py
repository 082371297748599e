"""Counts requests per key in fixed windows of the dialect's own clock, so that the sandbox's clock moves them too.

Counters live in the process: with several workers or nodes each counts by itself, and a limit is per process.
"""

from datetime import datetime
from typing import Final

from countermand.dialects.contract import RateLimit, RateState

#: Keys counted at once; beyond it, windows that have passed are dropped.
KEYS_COUNTED_MAX: Final = 50_000


class Limiter:
    """The windows of all keys."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[int, int]] = {}

    def count(self, key_id: str, limit: RateLimit, now: datetime) -> tuple[RateState, bool]:
        """Count one request. The second value says whether it is within the limit."""
        seconds = int(now.timestamp())
        window = seconds // limit.window_s
        known, used = self._windows.get(key_id, (window, 0))
        used = used + 1 if known == window else 1
        if len(self._windows) >= KEYS_COUNTED_MAX:
            self._windows.clear()
        self._windows[key_id] = (window, used)
        reset_s = (window + 1) * limit.window_s - seconds
        state = RateState(limit=limit, remaining=max(0, limit.requests_max - used), reset_s=reset_s)
        return state, used <= limit.requests_max
