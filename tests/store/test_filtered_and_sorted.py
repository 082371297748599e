"""A list that is filtered by one thing and sorted by another is the same, however it is found."""

from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import pytest

from countermand.model.query import Listing, ListOrders, ListRecords
from countermand.store import listing as listings
from tests.store.ledger import NOW, TENANT, Ledger, order, record

STATUSES = ("open", "shipped", "cancelled")


@pytest.fixture
def some(ledger: Ledger) -> Ledger:
    dice = Random(7)
    for number in range(40):
        facets = {"who": dice.choice("ab"), "total": f"{dice.randrange(9):03}"}
        at = NOW - timedelta(hours=dice.randrange(20))
        ledger.put(
            order(f"o{number:02}", placed_at=at, status=dice.choice(STATUSES), facets=facets),
            records=[record(f"r{number:02}", created_at=at, facets=facets)],
        )
    return ledger


FILTERS: list[dict[str, Any]] = [
    {"facets": {"who": "a"}},
    {"facets": {"who": "a", "total": "003"}},
    {"statuses": ("open",)},
    {"statuses": ("open", "shipped")},
    {"statuses": ("open",), "facets": {"who": "b"}},
    {"facets": {"who": "nobody"}},
]


@pytest.mark.parametrize(("sort", "descending"), list(product(("placed_at", "id", "total"), (True, False))))
@pytest.mark.parametrize("chosen", FILTERS)
def test_pages_joined_are_the_whole_list(some, sort, descending, chosen):
    def page(**more: Any) -> Any:
        listing = Listing(sort=sort, descending=descending, **chosen, **more)
        return some.find(ListOrders(tenant=TENANT, dialect="native", listing=listing))

    every = page().items
    keys = [listings.cursor_of(Listing(sort=sort), one) for one in every]
    assert keys == sorted(keys, reverse=descending)
    assert all(one.facets["who"] == chosen.get("facets", {}).get("who", one.facets["who"]) for one in every)
    assert {one.status for one in every} <= set(chosen.get("statuses", STATUSES))
    seen, after = [], None
    while True:
        found = page(limit=3, after=after)
        seen += found.items
        if not found.more:
            break
        after = found.items[-1].order_id
    assert [one.order_id for one in seen] == [one.order_id for one in every]


def test_records_are_no_different(some):
    def ids(**more: Any) -> list[str]:
        listing = Listing(sort="total", facets={"who": "a"}, **more)
        query = ListRecords(tenant=TENANT, dialect="native", kind="thing", listing=listing)
        return [one.record_id for one in some.find(query).items]

    every = ids()
    assert ids(limit=4) == every[:4]
    assert ids(limit=4, after=every[3]) == every[4:8]
