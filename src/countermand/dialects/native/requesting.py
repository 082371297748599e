"""What every decoder of ours needs: a body as its type, an idempotency key, the version the caller has seen, pages."""

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec
from pydantic import ValidationError

from countermand.dialects.contract import Caller, CallerFault, Claim, Fault, FaultKind, FieldFault, Held, WireRequest
from countermand.dialects.native.problems import invalid
from countermand.dialects.native.types import LineChoice, Wire
from countermand.dialects.wire import milli_of
from countermand.model.command import Selector
from countermand.model.keys import ClaimKey, OrderKey
from countermand.model.outcome import Refusal, Refused
from countermand.model.query import Listing

Body = TypeVar("Body", bound=Wire)

#: Characters of an idempotency key (Stripe's limit; the IETF draft names none).
KEY_CHARACTERS_MAX: Final = 255

#: What a fault says that is about the key itself.
NO_KEY: Final = "IDEMPOTENCY_KEY"

#: Items of a page: what is given when nothing is asked, and what a larger wish is cut down to.
PAGE_SIZE_DEFAULT: Final = 50
PAGE_SIZE_MAX: Final = 200

_STRING: Final = re.compile(r'^"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$')
_TAG: Final = re.compile(r'^"(\d{1,18})"$')
#: Entity tags of anybody's making, and a list of them; elements may be empty (RFC 9110, section 5.6.1).
_TAGS: Final = re.compile(r'(?:W/)?"[^"\x00-\x20\x7f]*"')
_LIST: Final = re.compile(rf"^[ \t,]*(?:{_TAGS.pattern}[ \t]*(?:,[ \t,]*|$))+$")

#: What no order's version is.
NO_VERSION: Final = -1


def body_of(wire: WireRequest, kind: type[Body]) -> Body:
    """The body as its type; an absent one is an empty object. Raises CallerFault with a pointer for each fault."""
    try:
        return kind.model_validate_json(wire.body or b"{}")
    except ValidationError as error:
        raise invalid(error) from error


def claim_of(wire: WireRequest, caller: Caller) -> Claim:
    """The Idempotency-Key of a request (IETF draft-ietf-httpapi-idempotency-key-header), quoted or bare. Required."""
    key = _unquoted(wire.headers.get("idempotency-key", "").strip())
    if not key or len(key) > KEY_CHARACTERS_MAX:
        detail = f"send an Idempotency-Key of 1 to {KEY_CHARACTERS_MAX} characters"
        field = FieldFault(path="Idempotency-Key", message=detail, code=NO_KEY)
        raise CallerFault(Fault(kind=FaultKind.MALFORMED, detail=detail, fields=(field,)))
    scope = f"{caller.dialect} {caller.key_id} {wire.method} {wire.path}"
    return Claim(key=ClaimKey(caller.tenant, scope, key), fingerprint=hashlib.sha256(wire.body).digest())


def _unquoted(text: str) -> str:
    """The string that a structured field spells (RFC 9651, section 3.3.3), or the bare text; empty for a broken string."""
    if not text.startswith('"'):
        return text
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if _STRING.match(text) else ""


def claim_if_given(wire: WireRequest, caller: Caller) -> Claim | None:
    """Likewise, for calls that are safe to repeat without one."""
    return claim_of(wire, caller) if "idempotency-key" in wire.headers else None


def operation_of(wire: WireRequest, caller: Caller, key: OrderKey, operation_id: str | None) -> Claim | None:
    """The caller's own name for the operation, unique within the order (Google Shopping Content, orders.cancel)."""
    if operation_id is None:
        return None
    scope = f"{caller.dialect} operation {key.dialect} {key.order_id}"
    return Claim(key=ClaimKey(caller.tenant, scope, operation_id), fingerprint=hashlib.sha256(wire.body).digest())


def versions_of(wire: WireRequest) -> frozenset[int] | None:
    """The versions that If-Match allows (RFC 9110, section 13.1.1): one tag or a list; None: any, because of `*` or none at all.

    A tag that isn't ours allows nothing, and neither does a weak one.
    """
    text = wire.headers.get("if-match", "").strip()
    if not text or text == "*":
        return None
    if (match := _TAG.match(text)) is not None:
        return frozenset({int(match[1])})
    tags = _TAGS.findall(text) if _LIST.match(text) else ()
    return frozenset({int(match[1]) for tag in tags if (match := _TAG.match(tag))})


def expected(held: Held, versions: frozenset[int] | None) -> int | None:
    """The version that a command is told to find; one that no order has when the caller has seen another."""
    if versions is None or held.order is None:
        return None
    return held.order.version if held.order.version in versions else NO_VERSION


def stale(held: Held, versions: frozenset[int] | None) -> Refused | None:
    """The refusal of a change whose If-Match does not hold, if it has one that doesn't."""
    if held.order is None or versions is None or held.order.version in versions:
        return None
    return Refused(refusal=Refusal.VERSION_MISMATCH, order=held.order)


def selectors_of(lines: list[LineChoice] | None) -> tuple[Selector, ...] | None:
    return None if lines is None else tuple(_selector(line, at) for at, line in enumerate(lines))


def _selector(given: LineChoice, index: int) -> Selector:
    names = {name: value for name, value in (("line_id", given.line_id), ("sku", given.sku)) if value is not None}
    if not names:
        raise wrong(f"/lines/{index}", "name a line_id or a sku")
    quantity = None if given.quantity is None else milli_of(given.quantity)
    return Selector(names=names, quantity_milli=quantity, pointer=f"/lines/{index}")


def wrong(pointer: str, message: str) -> CallerFault:
    field = FieldFault(path=pointer, message=message, code="VALUE_ERROR")
    return CallerFault(Fault(kind=FaultKind.INVALID, detail=message, fields=(field,)))


# --------------------------------------------------------------------------------------------------------------- pages


def page_size(wire: WireRequest) -> int:
    text = wire.query_value("page_size")
    if text is None:
        return PAGE_SIZE_DEFAULT
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or int(text) == 0:  # noqa: PLR2004 - a billion is absurd
        raise wrong("page_size", f"must be from 1 to {PAGE_SIZE_MAX}")
    return min(int(text), PAGE_SIZE_MAX)


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """After which id a page begins, and with which filters; `back`: it goes towards the beginning of the list."""

    after: str
    filters: str
    back: bool = False


def _token(wire: WireRequest, after: str, *, back: bool = False) -> str:
    """An opaque cursor, bound to the filters of the request: with others it is refused."""
    raw = msgspec.json.encode(Cursor(after, _filters(wire), back))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def page_cursor(wire: WireRequest) -> Cursor | None:
    """Where the page begins. Raises CallerFault for a token that isn't ours or belongs to other filters."""
    text = wire.query_value("page_token")
    if not text:
        return None
    try:
        cursor = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Cursor)
    except (ValueError, msgspec.DecodeError) as error:
        raise wrong("page_token", "is none of ours") from error
    if cursor.filters != _filters(wire):
        raise wrong("page_token", "belongs to other filters")
    return cursor


def page_after(wire: WireRequest) -> str | None:
    """The id after which the page begins, in a list that is only read forwards."""
    cursor = page_cursor(wire)
    return None if cursor is None else cursor.after


def page_start(wire: WireRequest) -> tuple[str | None, bool]:
    """The id after which the page begins, and whether it is read towards the beginning of the list."""
    cursor = page_cursor(wire)
    return (None, False) if cursor is None else (cursor.after, cursor.back)


def listing_of(wire: WireRequest, *, sort: str = "placed_at") -> Listing:
    """A page of a list, newest first, that is read in both directions."""
    after, back = page_start(wire)
    return Listing(sort=sort, descending=not back, after=after, limit=page_size(wire))


def _filters(wire: WireRequest) -> str:
    rest = sorted((name, value) for name, value in wire.query if name not in {"page_token", "page_size"})
    return hashlib.sha256(msgspec.json.encode([wire.path, rest])).hexdigest()[:16]


def paged(
    wire: WireRequest, items: list[object], after: str | None
) -> tuple[dict[str, object], tuple[tuple[str, str], ...]]:
    """A page and its headers: items first, then the token of the next page, absent at the end."""
    document: dict[str, object] = {"items": items}
    if after is None:
        return document, ()
    token = _token(wire, after)
    document["next_page_token"] = token
    return document, (("Link", link(wire, "next", page_token=token)),)


def leafed(
    wire: WireRequest, shown: Sequence[tuple[str, object]], *, more: bool
) -> tuple[dict[str, object], tuple[tuple[str, str], ...]]:
    """Likewise for a list that is read in both directions: the page before has a link too. `shown`: id and document of each."""
    cursor = page_cursor(wire)
    back = cursor is not None and cursor.back
    inner = list(reversed(shown)) if back else list(shown)
    document: dict[str, object] = {"items": [item for _, item in inner]}
    links: list[str] = []
    if inner and (more or back):
        document["next_page_token"] = _token(wire, inner[-1][0])
        links.append(link(wire, "next", page_token=str(document["next_page_token"])))
    if inner and (more if back else cursor is not None):
        links.append(link(wire, "prev", page_token=_token(wire, inner[0][0], back=True)))
    return document, (("Link", ", ".join(links)),) if links else ()


def link(wire: WireRequest, relation: str, **changed: str) -> str:
    """The same request with other query parameters, as a link (RFC 8288)."""
    kept = [(name, value) for name, value in wire.query if name not in changed]
    query = "&".join(f"{name}={_quoted(value)}" for name, value in (*kept, *changed.items()))
    return f'<{wire.base_url}{wire.path}?{query}>; rel="{relation}"'


def _quoted(text: str) -> str:
    safe = re.compile(r"[A-Za-z0-9_.~\-]")
    return "".join(chr(b) if safe.match(chr(b)) else f"%{b:02X}" for b in text.encode("utf-8", "replace"))
