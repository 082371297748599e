"""Finds the dialects: every folder beside this file that exports DIALECT.

All are imported at start, on purpose: a broken vendor stops the process in the morning, not a request at night.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from countermand.dialects.contract import Dialect


@cache
def load() -> Mapping[str, Dialect]:
    """Dialects by name, in alphabetical order. A folder whose DIALECT has another name than the folder is refused."""
    found: dict[str, Dialect] = {}
    for module in sorted(pkgutil.iter_modules([str(Path(__file__).parent)]), key=lambda module: module.name):
        if not module.ispkg:
            continue
        dialect = importlib.import_module(f"{__package__}.{module.name}").DIALECT
        if not isinstance(dialect, Dialect) or dialect.name != module.name:
            raise TypeError(f"dialects/{module.name} must export a Dialect named {module.name!r} as DIALECT")
        found[dialect.name] = dialect
    return MappingProxyType(found)
