"""What we change of the driver: how it recognises an array.

asyncpg asks of each element of an array whether it is an array in its turn, by `isinstance` with abstract base classes. Python
answers that slowly: 12 of the 120 µs that a process takes for a cancel in a full batch. What we send are lists and tuples of
single values, so these two are what is asked for. Should a version of asyncpg ask otherwise, it is slower and nothing else
(tests/postgres/test_driver.py would tell).
"""

from typing import Final

from asyncpg.protocol import protocol

_KINDS: Final = {"IterableABC": (list, tuple), "SizedABC": (list, tuple), "MappingABC": dict}


def recognise_arrays_fast() -> None:
    """Once per process, before the first statement."""
    for name, kinds in _KINDS.items():
        if hasattr(protocol, name):
            setattr(protocol, name, kinds)
