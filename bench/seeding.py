"""Orders to cancel: two lines over 200 SKUs, reserved, like those of the floor. And the keys that may cancel them."""

from datetime import UTC, datetime
from typing import Final

from countermand.bootstrap import open_store
from countermand.dialects.contract import EVERY_SCOPE, AccountSeed
from countermand.model.order import Line, Order, Portion, PortionState
from countermand.service.keyring import key_of

TENANT: Final = "bench"
SECRET: Final = "bench-secret-that-opens-nothing-else"
#: Of the second person whom a large bulk needs.
OTHER_SECRET: Final = "bench-secret-of-whoever-agrees"
SKUS: Final = 200
PLACED: Final = datetime(2026, 1, 1, tzinfo=UTC)

#: Units of the two lines of every order.
FIRST_UNITS: Final = 2
SECOND_UNITS: Final = 1


def order(number: int) -> Order:
    first = number * 7919 % SKUS
    second = (first + 1 + number * 104729 % (SKUS - 2)) % SKUS
    return order_of(f"o{number}", first=f"SKU-{first}", second=f"SKU-{second}")


def order_of(order_id: str, *, first: str, second: str) -> Order:
    return Order(
        tenant=TENANT,
        dialect="native",
        order_id=order_id,
        status="placed",
        placed_at=PLACED,
        updated_at=PLACED,
        currency="EUR",
        lines=(_line("1", first, FIRST_UNITS), _line("2", second, SECOND_UNITS)),
        total_minor=1500,
    )


def _line(line_id: str, sku: str, units: int) -> Line:
    portion = Portion(state=PortionState.OPEN, quantity_milli=units * 1000, price_minor=units * 500)
    names = {"line_id": line_id, "sku": sku}
    return Line(line_id=line_id, sku=sku, portions=(portion,), names=names, reserved_milli=portion.quantity_milli)


async def put_keys(url: str) -> None:
    """Make the database, with its two keys."""
    store = open_store(url)
    try:
        for key_id, secret in (("bench", SECRET), ("other", OTHER_SECRET)):
            account = AccountSeed(realm=TENANT, secret=secret, scopes=EVERY_SCOPE)
            await store.put_keys([key_of(account, tenant=TENANT, dialect="native", key_id=key_id, now=PLACED)])
        await store.claim_for(sandbox=False)
    finally:
        await store.close()
