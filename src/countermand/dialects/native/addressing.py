"""How an order is named in a path: `{order_id}` for one of ours, `{dialect}~{order_id}` for one of another dialect.

Ids of ours have no `~` (`types.Id`), so the two never look alike.
"""

import re
from typing import Final
from urllib.parse import quote

from countermand.dialects.contract import Caller
from countermand.model.keys import OrderKey
from countermand.model.order import Order

_FOREIGN: Final = re.compile(r"^([a-z][a-z0-9]*)~(.+)$", re.DOTALL)


def address(caller: Caller, text: str) -> OrderKey:
    """The order that a path names, always of the caller's own tenant."""
    match = _FOREIGN.match(text)
    if match is None:
        return caller.order(text)
    return OrderKey(caller.tenant, match[1], match[2])


def name_of(order: Order) -> str:
    """The name by which our API knows the order."""
    return spelled(order.dialect, order.order_id)


def place_of(order: Order) -> str:
    """The same, as a segment of a URL's path (RFC 3986): another vendor's ids may be anything."""
    return quote(name_of(order), safe="")


def spelled(dialect: str, order_id: str) -> str:
    return order_id if dialect == "native" else f"{dialect}~{order_id}"
