"""Countermand cancels orders, completely, through every vendor's own API.

The packages in reading order, which is also the order in which they may import each other: each knows only those
above it in this list, and those that share a line don't know each other.

    model                            frozen data: orders, cancellations, money, obligations; standard library only
    engine | dialects | store        decides, purely | speaks each vendor's wire language | keeps what was decided
    service                          accepts a command, applies what came back, answers questions
    api | console | relay | sdk      ASGI in | pages for operators | settles what is owed | the Python client
    settings                         the one reader of the environment
    bootstrap                        the one module that names concrete classes
    cli                              commands for people

Start with `engine`: everything else is there so that its decisions can be asked for, kept and carried out.
"""

from typing import Final

__all__ = ["__version__"]

__version__: Final = "0.1.0"
