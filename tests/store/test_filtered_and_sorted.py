"""A list that is filtered by one thing and sorted by another is the same, however it is found."""

from datetime import timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from countermand.model.query import JOINED, GetOrder, Listing, ListOrders, ListRecords
from countermand.store import listing as listings
from countermand.store.port import Wanted, Writes
from tests.store.ledger import NOW, TENANT, Ledger, key, order, record

STATUSES = ("open", "shipped", "cancelled")
JOINTS = "who total | id total"
#: One of them begins as another does and goes on with what ends a joined value; one is longer than what is joined.
LIKE_A, LONG = "a\x1f0", "a" * 300


@pytest.fixture
def some(ledger: Ledger) -> Ledger:
    dice = Random(7)
    for number in range(80):
        facets = {"who": dice.choice(("a", "b", LIKE_A, LONG)), JOINED: JOINTS, "total": f"{dice.randrange(9):03}"}
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
    *({"facets": {"who": who}, "joined": JOINTS} for who in ("a", "nobody", LIKE_A, LONG)),
    {"facets": {"who": "a", "total": "003"}, "joined": JOINTS},
    {"facets": {"who": "a"}, "statuses": ("open",), "joined": JOINTS},
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


def test_a_change_is_joined_anew(some):
    """What was found by its old value is found by its new one, once."""

    def found(who: str) -> list[str]:
        listing = Listing(sort="total", facets={"who": who}, joined=JOINTS)
        return sorted(
            one.order_id for one in some.find(ListOrders(tenant=TENANT, dialect="native", listing=listing)).items
        )

    first = found("a")[0]
    before = some.find(GetOrder(key=key(first)))
    renamed = replace(before, version=before.version + 1, facets={**before.facets, "who": "else"})
    some.transact(Wanted(orders={key(first)}), lambda _: Writes(orders={key(first): (before, renamed)}))
    assert found("else") == [first]
    assert first not in found("a")


@pytest.mark.parametrize("joined", ["", JOINTS])
@pytest.mark.parametrize("facets", [{}, {"who": "a"}, {"who": LIKE_A}])
@pytest.mark.parametrize("descending", [True, False])
def test_a_stretch_is_the_part_of_the_list_between_two_values(some, facets, joined, descending):
    """Whether what is filtered by is joined, or is looked up row by row."""

    def found(**more: Any) -> list[Any]:
        listing = Listing(sort="total", descending=descending, facets=facets, joined=joined, **more)
        return list(some.find(ListOrders(tenant=TENANT, dialect="native", listing=listing)).items)

    whole = found()
    part = [one for one in whole if "002" <= one.facets["total"] < "006"]
    assert len(part) < len(whole) or not whole
    assert found(stretch=("002", "006")) == part
    assert found(stretch=("002", "006"), limit=2) == part[:2]
    if part:
        assert found(stretch=("002", "006"), after=part[0].order_id) == part[1:]


@pytest.mark.parametrize("joined", ["", JOINTS])
def test_records_are_no_different(some, joined):
    def ids(**more: Any) -> list[str]:
        listing = Listing(sort="total", facets={"who": "a"}, joined=joined, **more)
        query = ListRecords(tenant=TENANT, dialect="native", kind="thing", listing=listing)
        return [one.record_id for one in some.find(query).items]

    every = ids()
    assert len(every) > 8
    assert ids(limit=4) == every[:4]
    assert ids(limit=4, after=every[3]) == every[4:8]
