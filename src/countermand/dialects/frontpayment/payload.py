"""The body of a request as the vendor's framework sees it: an array of values, whatever was sent.

What is not JSON, or not an object, is no input at all, so that every required field is missing (no 400 or 422 exists). Blanks
around a text are dropped and an empty text is null before any rule looks at it: the framework's defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from countermand.dialects.contract import CallerFault, WireRequest
from countermand.dialects.wire import read_json

from .switches import SWITCHES, Switches

#: What counts as blank beyond white space: the byte order mark and the zero-width space.
_INVISIBLE = "\ufeff\u200b"


@dataclass(frozen=True, slots=True)
class Payload:
    """A decoded body. Values are reached by the keys of objects and the indexes of lists."""

    document: Mapping[str, object]

    def get(self, *path: str) -> object:
        """The value at a path, None when there is none."""
        value: object = self.document
        for name in path:
            value = _step(value, name)
        return tidy(value)

    def keys(self, *path: str) -> tuple[str, ...]:
        """The keys of a list or of an object with numbers as keys: both spellings of a list are in use."""
        value = self.get(*path)
        if isinstance(value, list):
            return tuple(map(str, range(len(value))))
        return tuple(value) if isinstance(value, dict) else ()


def _step(value: object, name: str) -> object:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and name.isascii() and name.isdigit() and len(name) < len(str(len(value))) + 1:
        index = int(name)
        return value[index] if index < len(value) else None
    return None


def tidy(value: object) -> object:
    """A text without the blanks around it, None for an empty one. NUL never reaches the store."""
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")
    trimmed = text.strip()
    while trimmed and (trimmed[0] in _INVISIBLE or trimmed[-1] in _INVISIBLE):
        trimmed = trimmed.strip(_INVISIBLE).strip()
    return trimmed or None


def payload_of(wire: WireRequest, switches: Switches = SWITCHES) -> Payload:
    declared = wire.headers.get("content-type", "").lower()
    if switches.json_by_declaration and declared and "/json" not in declared and "+json" not in declared:
        return Payload({})
    try:
        document = read_json(wire.body)
    except CallerFault:
        return Payload({})
    return Payload(document if isinstance(document, dict) else {})
