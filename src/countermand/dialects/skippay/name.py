"""What this dialect is called: the name of its folder, so that a copy of the folder is a dialect of its own."""

from typing import Final

NAME: Final = (__package__ or "").rpartition(".")[2]
