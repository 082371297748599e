"""The same server that the hostile client gets."""

from tests.hostile.conftest import victim

__all__ = ["victim"]
