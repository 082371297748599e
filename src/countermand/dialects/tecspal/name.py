"""What this dialect is called: its folder's name, so that a copy of the folder is another dialect."""

from typing import Final

NAME: Final = __name__.split(".")[-2]
