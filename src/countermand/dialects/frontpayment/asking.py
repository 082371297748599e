"""What every write has in common: a payload whose rules hold, and an order of the right kind."""

from collections.abc import Callable

from countermand.dialects.contract import Ask, Caller, Held, WireAnswer, WireRequest
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused, Verdict

from . import codes
from .envelope import tell
from .payload import Payload, payload_of
from .rules import Fields
from .validation import check

Decode = Callable[[WireRequest, Caller], Ask]
Encode = Callable[[Verdict, WireRequest], WireAnswer]


def checked(wire: WireRequest, fields: Fields) -> Payload:
    """The payload of a request whose rules all hold. Raises CallerFault with what is wrong."""
    payload = payload_of(wire)
    sentences = check(payload, fields)
    if sentences:
        raise codes.invalid(sentences)
    return payload


def found(held: Held, kind: str) -> Order | Refused:
    """The held order. One that is unknown, another merchant's, or of another kind is not found."""
    order = held.order
    return Refused(refusal=Refusal.UNKNOWN_ORDER) if order is None or order.kind != kind else order


def answering(status: int, message: str, *, is_data: bool, messages: codes.Messages, data: object = None) -> Encode:
    """An encoder whose success is always the same; `messages` say what each status of the order refuses."""

    def encode(verdict: Verdict, _wire: WireRequest) -> WireAnswer:
        if isinstance(verdict, Refused):
            return codes.refused(verdict, messages)
        return tell(status, message, is_data=is_data, data=data)

    return encode
