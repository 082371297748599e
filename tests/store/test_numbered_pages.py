"""Pages with numbers and totals agree with counting on one's fingers, whatever was written before, in both stores."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from countermand.model.order import Order
from countermand.model.query import GROUP, Listing, ListOrders, ListRecords, Page
from countermand.store.port import Wanted, Writes
from tests.store.ledger import NOW, TENANT, Ledger, order, record

#: From one instant over neighbours in the same minute to years.
AGES = [timedelta(0), timedelta(microseconds=1), timedelta(seconds=3), timedelta(hours=5), timedelta(days=900)]
GROUPS = ("a", "b", "c")


def some_orders(dice: Random, count: int) -> list[Order]:
    made = []
    for number in range(count):
        age = dice.choice(AGES) * dice.randrange(1, 4)
        made.append(order(f"o{number:03}", placed_at=NOW - age, facets={GROUP: dice.choice(GROUPS)}))
    return made


def write(ledger: Ledger, changes: Sequence[tuple[Order | None, Order]]) -> None:
    ledger.transact(Wanted(), lambda _: Writes(orders={after.key: (before, after) for before, after in changes}))


def page(ledger: Ledger, **listing: Any) -> Page[Order]:
    asked: dict[str, Any] = {"groups": (), "limit": 7, "count": True}
    found = ledger.find(ListOrders(tenant=TENANT, dialect="native", listing=Listing(**{**asked, **listing})))
    assert isinstance(found, Page)
    return found


def agrees(ledger: Ledger, orders: list[Order], **listing: Any) -> None:
    groups = listing.get("groups") or GROUPS
    lowest, highest = (
        listing.get("from_at", NOW - timedelta(days=9999)),
        listing.get("until_at", NOW + timedelta(days=1)),
    )
    fitting = [one for one in orders if one.facets[GROUP] in groups and lowest <= one.placed_at < highest]
    fitting.sort(key=lambda one: (one.placed_at, one.order_id), reverse=True)
    for offset in range(0, len(fitting) + 8, 3):
        got = page(ledger, offset=offset, **listing)
        assert [one.order_id for one in got.items] == [one.order_id for one in fitting[offset : offset + 7]]
        assert (got.total, got.more) == (len(fitting), len(fitting) > offset + 7)


@pytest.mark.parametrize("seed", range(3))
def test_any_page_is_the_one_that_counting_finds(ledger, seed):
    dice = Random(seed)
    orders = some_orders(dice, 40)
    write(ledger, [(None, one) for one in orders])
    for _ in range(3):
        agrees(ledger, orders)
        agrees(ledger, orders, groups=("a",))
        agrees(ledger, orders, groups=("b", "c", "nobody"))
        agrees(ledger, orders, groups=("a", "b"), from_at=NOW - timedelta(seconds=4))
        agrees(ledger, orders, from_at=NOW - timedelta(days=901), until_at=NOW - timedelta(microseconds=1))
        changed = [
            (one, replace(one, version=one.version + 1, facets={GROUP: dice.choice(GROUPS)}))
            for one in dice.sample(orders, 15)
        ]
        write(ledger, changed)
        after = {one.order_id: one for _, one in changed}
        orders = [after.get(one.order_id, one) for one in orders]


def test_a_group_without_rows_has_an_empty_page(ledger):
    assert page(ledger, groups=("a",)) == Page(items=(), total=0)
    write(ledger, [(None, order(facets={GROUP: "b"}))])
    assert page(ledger, groups=("a",)) == Page(items=(), total=0)


def test_records_are_numbered_too_and_those_that_are_gone_are_not_counted(ledger):
    def total() -> object:
        query = ListRecords(tenant=TENANT, dialect="native", kind="thing", listing=Listing(groups=(), limit=2))
        found = ledger.find(query)
        assert isinstance(found, Page)
        return [one.record_id for one in found.items], found.total

    things = [record(f"r{n}", created_at=NOW + timedelta(seconds=n), facets={GROUP: ""}) for n in range(3)]
    ledger.put(records=things)
    assert total() == (["r2", "r1"], 3)
    gone = replace(things[2], version=2, deleted=True)
    ledger.transact(Wanted(), lambda _: Writes(records={gone.key: (things[2], gone)}))
    assert total() == (["r1", "r0"], 2)


def test_a_dialect_that_does_not_number_its_lists_has_no_counts(ledger):
    write(ledger, [(None, order(facets={"status": "open"}))])
    assert page(ledger).total == 0
