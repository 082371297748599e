"""The canonical reasons, to and from the words of each vendor. The words themselves are in the vendors' folders."""

from collections.abc import Mapping

from countermand.dialects.contract import Dialect, Reasons, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.reason import Reason

#: Whose words are the canonical ones.
_OURS = "native"


def encode(dialects: Mapping[str, Dialect], wire: WireRequest) -> WireAnswer:
    """A vendor without words keeps no list; `text_in` says whether it takes a text instead."""
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
            "list_in": one.reasons.list_in or None,
            "text_in": one.reasons.text_in or None,
            "words": [_word(one.reasons, word) for word in one.reasons.ours],
        }
        for one in vendors
    ]
    return json_answer(200, {"items": items, "vendors": known})


def _word(reasons: Reasons, word: str) -> dict[str, object]:
    told_for = [reason for reason, theirs in reasons.theirs.items() if theirs == word]
    return {"word": word, "reason": reasons.ours[word], "told_for": told_for}
