"""What the vendor shows of an application and the engine doesn't know: customer, texts, unit prices, documents, URLs.

Kept as the JSON of these structs in `Order.facts`. Rule: nothing that a cancel, a shipment or a return changes is in here.
"""

from typing import Final

import msgspec


class ItemFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of one line: the price of a piece, and the members that are only shown (`shown`, in wire form)."""

    unit_price: int
    unit_vat: int
    shown: dict[str, object] = {}


class Recurrence(msgspec.Struct, frozen=True, omit_defaults=True):
    """The right to create further applications. `ended` is CANCELLED or EXPIRED once it is; else the state follows."""

    id: str
    ended: str | None = None


class Paid(msgspec.Struct, frozen=True, omit_defaults=True):
    """A payment to the partner that a world brought along; later ones are read off the events."""

    id: str
    date: str
    amount: int


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """`shown` holds optional members of the order in wire form; `placed_total` is the total before anything happened.

    `stated_more` is by how much the prices that partners stated for what left exceed the prices of these items.
    """

    number: str
    type: str
    placed_total: int
    symbols: list[str] = []
    merchant_id: str | None = None
    shown: dict[str, object] = {}
    documents: list[dict[str, object]] = []
    items: dict[str, ItemFacts] = {}
    customer: dict[str, object] = {}
    urls: dict[str, str] = {}
    agreed: bool = False
    gateway: str | None = None
    recurrence: Recurrence | None = None
    payment_symbol: str | None = None
    specific_symbol: str | None = None
    stated_more: int = 0
    payments: list[Paid] = []


_DECODER: Final = msgspec.json.Decoder(Facts)


def facts_in(body: bytes) -> Facts:
    return _DECODER.decode(body)


def facts_out(facts: Facts) -> bytes:
    return msgspec.json.encode(facts)
