"""Our own dialect: the canonical API at `/v1`. It has no privileges that the others lack."""

from countermand.dialects.native.dialect import DIALECT

__all__ = ["DIALECT"]
