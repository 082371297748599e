"""Named statements from `.sql` files, so that a database person can read them all without Python.

A statement begins with `-- name: word` on a line of its own; the comment lines after it say what it is for.
"""

import re
from importlib.resources import files
from typing import Final

_NAME: Final = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def statements(package: str, file: str = "queries.sql") -> dict[str, str]:
    """The statements of a package's file by name. A name given twice is a bug of the file."""
    pieces = _NAME.split(files(package).joinpath(file).read_text(encoding="utf-8"))
    names, texts = pieces[1::2], pieces[2::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{package}/{file} names a statement twice")
    return {name: text.strip().rstrip(";") for name, text in zip(names, texts, strict=True)}
