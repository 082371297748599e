"""The canonical reasons, to and from the words of each vendor. The words themselves are in the vendors' folders."""

from collections.abc import Mapping

from countermand.dialects.contract import Dialect, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.reason import Reason

#: Whose words are the canonical ones.
_OURS = "native"


def encode(dialects: Mapping[str, Dialect], wire: WireRequest) -> WireAnswer:
    """A vendor without words keeps no list."""
    del wire
    vendors = [dialect for name, dialect in dialects.items() if name != _OURS]
    items = [
        {"reason": reason, "vendors": {one.name: one.reasons.theirs[reason] for one in vendors if one.reasons.theirs}}
        for reason in Reason
    ]
    known = [
        {
            "dialect": one.name,
            "title": one.title,
            "words": [{"word": word, "reason": reason} for word, reason in one.reasons.ours.items()],
        }
        for one in vendors
    ]
    return json_answer(200, {"items": items, "vendors": known})
