"""The OpenAPI document."""

from collections.abc import Mapping


def openapi() -> Mapping[str, object]:
    return {"openapi": "3.1.0", "info": {"title": "FastPOD", "version": "1"}, "paths": {}}
