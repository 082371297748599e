"""Preview tokens: what was foreseen, until when it may be acted on, and for which order as it stood.

A token grants nothing: whoever shows it needs the permission to cancel all the same. So it is not signed, only checked: the
cancel either does exactly what the token says, or is refused with the difference.
"""

import base64
import hashlib
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from countermand.dialects.native.requesting import wrong
from countermand.dialects.native.showing import show_obligation, show_taking
from countermand.dialects.native.types import NewCancellation
from countermand.dialects.wire import unmilli
from countermand.model.order import Order, PortionState
from countermand.model.outcome import Cancellation, Cause, Done, Refusal, Refused

#: How long a preview may be acted on. Long enough for a person to read it, short enough that prices of fees hold.
PREVIEW_VALID: Final = timedelta(minutes=15)

#: Bytes of a token once unpacked: an order of 1,000 lines takes about 300 KB.
TOKEN_BYTES_MAX: Final = 4 * 1024 * 1024

#: Members that say nothing about what is to happen.
_ASIDE: Final = {"validate_only", "preview_token"}


class Token(msgspec.Struct, frozen=True):
    """What a preview promises."""

    order_id: str
    version: int
    request: str
    expires_at: datetime
    effects: dict[str, object]


def effects_of(done: Done) -> dict[str, object]:
    """What would happen, without anything that is made up anew each time: ids and instants."""
    record = done.cancellation
    if record is None:
        return {"nothing": True}
    obligations = [show_obligation(owed) for owed in done.obligations if owed.kind != "notice"]
    return {
        "state": record.state,
        "whole": record.whole,
        "amount": record.amount_minor,
        "fee": record.fee_minor,
        "currency": record.currency,
        "order_status": done.order.status if done.order else "",
        "left_open": _left_open(done.order, record) if done.order else {},
        "lines": [show_taking(taking) for taking in record.takings],
        "obligations": [{name: owed[name] for name in ("kind", "amount", "data")} for owed in obligations],
    }


def _left_open(order: Order, record: Cancellation) -> dict[str, object]:
    """What is open afterwards of each line that is touched: done a second time, the same cancel leaves less."""
    touched = {taking.line_id for taking in record.takings}
    return {
        line.line_id: unmilli(line.quantity_milli(PortionState.OPEN)) for line in order.lines if line.line_id in touched
    }


def digest_of(given: NewCancellation) -> str:
    """What was asked, whatever its spelling."""
    return hashlib.sha256(given.model_dump_json(exclude=_ASIDE).encode()).hexdigest()


def write(done: Done, given: NewCancellation, order_id: str, now: datetime) -> tuple[str, datetime]:
    """The token for what was foreseen, and when it expires."""
    assert done.order is not None
    expires_at = now + PREVIEW_VALID
    # The foreseen order is a version ahead of the one that was looked at, by as many events as there are.
    version = done.order.version - len(done.events)
    token = Token(order_id, version, digest_of(given), expires_at, effects_of(done))
    packed = zlib.compress(msgspec.json.encode(token), 6)
    return base64.urlsafe_b64encode(packed).decode().rstrip("="), expires_at


def read(text: str, order_id: str, given: NewCancellation) -> Token:
    """The token. Raises CallerFault for one that isn't ours, or was given for another order or another request."""
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        raw = zlib.decompressobj().decompress(packed, TOKEN_BYTES_MAX)
        token = msgspec.json.decode(raw, type=Token)
    except (ValueError, zlib.error, msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        raise wrong("/preview_token", "is none of ours") from error
    if token.order_id != order_id or token.request != digest_of(given) or token.expires_at.tzinfo is None:
        raise wrong("/preview_token", "was given for another request")
    return token


def compare(token: Token, done: Done, order: Order | None) -> Refused | None:
    """The difference between what was foreseen and what would happen now to the order as it stands, as a refusal."""
    effects: Mapping[str, object] = msgspec.json.decode(msgspec.json.encode(effects_of(done)))
    differing = sorted(name for name in {*effects, *token.effects} if effects.get(name) != token.effects.get(name))
    if not differing:
        return None
    note = {
        "previewed": {name: token.effects.get(name) for name in differing},
        "now": {name: effects.get(name) for name in differing},
        "previewed_version": token.version,
    }
    return Refused(
        refusal=Refusal.STATUS_FORBIDS,
        order=order,
        cause=Cause.PREVIEW_DIFFERS,
        detail=f"differing: {', '.join(differing)}",
        note=note,
    )
