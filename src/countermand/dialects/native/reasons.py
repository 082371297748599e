"""The canonical reasons. How each vendor spells them is in the vendor's folder."""

from countermand.dialects.contract import WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.reason import Reason


def encode(wire: WireRequest) -> WireAnswer:
    del wire
    return json_answer(200, {"items": [{"reason": reason} for reason in Reason]})
