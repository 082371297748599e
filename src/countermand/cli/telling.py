"""How the server tells that it can't start."""

import logging
from typing import Final

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
