"""The OpenAPI document of what is served."""

from collections.abc import Mapping


def openapi() -> Mapping[str, object]:
    return {"openapi": "3.1.0", "info": {"title": "FlexPortal API", "version": "1.0.0"}, "paths": {}}
