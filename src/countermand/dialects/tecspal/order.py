"""An order as the vendor shows it, and as we keep it.

A hardware request of the vendor is a line of ours: its id is the line's, its `amount` the units that are neither cancelled nor
removed. After a cancel of the whole order the vendor still shows what had been asked for, so the last `amount` is kept in the
facts as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from countermand.dialects.wire import decimal_of, iso_millis, minor_of
from countermand.model.order import UNIT_MILLI, Line, Order, Portion, PortionState

from .documents import Facts, Open, OrderItem
from .lifecycle import CANCELLED, DELIVERED
from .name import NAME
from .switches import AMOUNT_MAX

#: By which name of a line the vendor's callers select it.
REQUEST_ID: Final = "hardwareRequestId"

_encoder: Final = msgspec.json.Encoder()
_facts: Final = msgspec.json.Decoder(Facts)

_FATE: Final = {CANCELLED: PortionState.CANCELLED, DELIVERED: PortionState.DELIVERED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Of a new order, what the engine knows."""

    tenant: str
    order_id: str
    status: str
    created_at: datetime
    updated_at: datetime
    currency: str


def new_order(head: Head, facts: Facts) -> Order:
    lines = lines_of(facts.hardwares, head.status)
    cancelled = head.status == CANCELLED
    return Order(
        tenant=head.tenant,
        dialect=NAME,
        order_id=head.order_id,
        status=head.status,
        placed_at=head.created_at,
        updated_at=head.updated_at,
        currency=head.currency,
        lines=lines,
        total_minor=0 if cancelled else sum(portion.price_minor for line in lines for portion in line.portions),
        cancelled_at=head.updated_at if cancelled else None,
        facets=_facets(facts),
        facts=encoded(facts),
    )


def encoded(facts: Facts) -> bytes:
    return _encoder.encode(facts)


def facts_of(order: Order) -> Facts:
    return _facts.decode(order.facts)


def facets(order: Order) -> dict[str, str]:
    """Lists filter by company and country (Get All Orders page)."""
    return _facets(facts_of(order))


def _facets(facts: Facts) -> dict[str, str]:
    return {"companyCode": facts.company_code, "countryCode": facts.country_code}


def company_of(order: Order) -> str:
    return order.facets.get("companyCode", "")


# ----------------------------------------------------------------------------------------------------------------- lines


def lines_of(hardwares: Sequence[Open], status: str) -> tuple[Line, ...]:
    return tuple(line_of(hardware, _FATE.get(status, PortionState.OPEN)) for hardware in hardwares)


def line_of(hardware: Open, state: PortionState = PortionState.OPEN) -> Line:
    """The line of a hardware request that has an `id` and an `amount`; `price` is that of one piece."""
    identity, amount = str(hardware["id"]), amount_of(hardware)
    price = minor_of(hardware.get("price")) or 0
    portion = Portion(state=state, quantity_milli=amount * UNIT_MILLI, price_minor=price * amount)
    return Line(line_id=identity, sku=_sku(hardware), portions=(portion,), names={REQUEST_ID: identity})


def _sku(hardware: Open) -> str:
    named = (hardware.get(name) for name in ("commonModelId", "name", "hardwareType", "id"))
    return str(next(name for name in named if name))


def amount_of(hardware: Mapping[str, object]) -> int:
    """How many pieces a hardware request asks for; one, where nothing says so or what says so is no such number."""
    for name in ("amount", "quantity"):
        number = decimal_of(hardware.get(name))
        if number is not None and number == number.to_integral_value() and 1 <= number <= AMOUNT_MAX:
            return int(number)
    return 1


def counted(hardware: Open, amount: int) -> Open:
    """The hardware request with another amount, also where a world calls it `quantity`."""
    return {**hardware, **({"quantity": amount} if "quantity" in hardware else {}), "amount": amount}


# ----------------------------------------------------------------------------------------------------------------- shown


def shown(order: Order) -> OrderItem:
    facts = facts_of(order)
    return OrderItem(
        id=order.order_id,
        order_number=facts.order_number or 0,
        created_at=iso_millis(order.placed_at),
        updated_at=iso_millis(order.updated_at),
        status=order.status,
        date=facts.date,
        eta=facts.eta,
        max_eta=facts.max_eta,
        min_eta=facts.min_eta,
        local_invoice=facts.local_invoice,
        tracking_link=facts.tracking_link,
        tracking_code=facts.tracking_code,
        country_code=facts.country_code,
        send_to=facts.send_to,
        currency=order.currency,
        date_completed=facts.date_completed,
        requester_email=facts.requester_email,
        company_name=facts.company_name or facts.company_code,
        employee_profile=facts.employee_profile,
        hardwares=_hardwares(order, facts),
        created_hardwares=facts.created_hardwares,
        api_client_requester_name=facts.api_client_requester_name,
        po_number=facts.po_number,
        reseller_ids=facts.reseller_ids,
    )


def _hardwares(order: Order, facts: Facts) -> list[Open]:
    if order.status == CANCELLED or not facts.hardwares:
        return facts.hardwares
    lines = {line.line_id: line for line in order.lines}
    live = [(hardware, _live(lines.get(str(hardware["id"])))) for hardware in facts.hardwares]
    return [counted(hardware, amount) for hardware, amount in live if amount]


def _live(line: Line | None) -> int:
    if line is None:
        return 0
    return (line.quantity_milli() - line.quantity_milli(PortionState.CANCELLED)) // UNIT_MILLI
