"""stub"""

from collections.abc import Mapping


def openapi() -> Mapping[str, object]:
    return {}
