"""The vendor's ids: three or four letters and ten digits (`ODR1649249709`, `CSRT3672053467`), eight for an invoice number."""

from hashlib import sha256
from typing import Final

from countermand.dialects.contract import WireRequest

_TEN: Final = 9 * 10**9
_EIGHT: Final = 9 * 10**7


def order_uuid(seed: str) -> str:
    return f"ODR{_digits(seed, _TEN)}"


def customer_uuid(seed: str) -> str:
    return f"CSRT{_digits(seed, _TEN)}"


def invoice_no(seed: str) -> str:
    return str(_digits(f"invoice {seed}", _EIGHT))


def first_choice(wire: WireRequest) -> str:
    """The id that a new order gets unless it is taken. It is known before the plan, so that the row can be locked."""
    return order_uuid(f"{wire.request_id} {wire.received_at.isoformat()}")


def _digits(seed: str, span: int) -> int:
    """A number as long as `span` is, never beginning with a zero."""
    return span // 9 + int.from_bytes(sha256(seed.encode()).digest()[:8]) % span
