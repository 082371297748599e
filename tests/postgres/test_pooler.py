"""Behind a pooler in transaction mode, nothing may be kept in a session between two database transactions.

The pooler here is stricter than a real one: it gives every database transaction a session that has never been used before,
and refuses whatever is said outside of a database transaction.
"""

import asyncio
from urllib.parse import urlsplit

import pytest

from countermand.model.order import Order
from countermand.model.query import GROUP, GetOrder, Listing, ListOrders, Page
from countermand.store.port import Judged, Wanted, Writes
from countermand.store.postgres.adapter import PostgresStore
from countermand.store.postgres.place import BadUrl, place_of
from tests.postgres.pooler import Pooler
from tests.store.ledger import TENANT, cancelled, claim, key, order

pytestmark = pytest.mark.postgres


#: A page with a number reads several times from one state of the database.
NUMBERED = ListOrders(tenant=TENANT, dialect="native", listing=Listing(groups=(), limit=7, count=True))


async def cancel(store: PostgresStore, one: Order) -> None:
    writes = Writes(orders={one.key: cancelled(one)}, claims=[claim(one.order_id)])
    await store.transact(Wanted(orders={one.key}), lambda _: Judged(writes, None))


def test_everything_goes_through_a_pooler_in_transaction_mode(postgres_url: str) -> None:
    async def work() -> None:
        async with Pooler(postgres_url) as pooler:
            store = PostgresStore(place_of(f"{pooler.url}?pooler=transaction"))
            assert await store.sandboxed() is None
            made = [order(f"o{n}", facets={GROUP: "a"}) for n in range(6)]
            await store.transact(Wanted(), lambda _: Judged(Writes(orders={o.key: (None, o) for o in made}), None))
            for one in made:
                await cancel(store, one)
            found = await store.find(GetOrder(key=key("o5")))
            assert found == cancelled(made[5])[1]
            assert pooler.transactions > 8
            before = pooler.transactions
            page = await store.find(NUMBERED)
            assert isinstance(page, Page)
            assert (page.total, pooler.transactions - before) == (6, 1)
            assert pooler.outside == []
            await store.close()

    asyncio.run(work())


def test_only_one_kind_of_pooler_can_be_named() -> None:
    with pytest.raises(BadUrl, match="session"):
        place_of("postgresql://h/d?pooler=session")
    place = place_of("postgresql://h1,h2/d?sslmode=require&pooler=transaction")
    assert (place.dsn, place.pooled) == ("postgresql://h1,h2/d?sslmode=require", True)


def test_each_host_of_a_url_is_a_place_of_its_own() -> None:
    place = place_of("postgresql://u:p%40@h1:1,[::1]:2,h3/d?sslmode=require")
    assert [urlsplit(host).netloc for host in place.hosts] == ["u:p%40@h1:1", "u:p%40@[::1]:2", "u:p%40@h3"]
    nearby = place_of("postgresql:///d?host=/run/postgresql")
    assert nearby.hosts == (nearby.dsn,)
