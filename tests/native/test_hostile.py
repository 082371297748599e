"""A caller with a good key who means no good: nothing of it is a bug of ours, and nobody else notices."""

import base64
import time
import zlib

import pytest

from countermand.engine.units import SELECTORS_FEW, named_by, names_of
from countermand.model.command import Selector
from countermand.model.order import PortionState
from tests.native.client import new_order
from tests.tables.orders import line, order, portion

LINES_MAX = 1_000

#: Texts of instants that are none in UTC, or so far away that no term can be added to them; and what is no text of one.
NO_INSTANTS = (
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "9999-12-31T23:59:59Z",
    "1969-12-31T23:59:59.999999Z",
    "2026-03-01T00:00:00",
    "1772323200",
    1_772_323_200,
    1_772_323_200_000,
)


@pytest.mark.parametrize("text", NO_INSTANTS)
def test_an_instant_that_can_not_be_reckoned_with_is_refused_and_spoils_no_list(placed, text):
    told = placed.post("/orders", new_order("far", placed_at=text))
    assert (told.status, told["errors"][0]["pointer"]) == (422, "/placed_at")
    told = placed.cancel(effective_at=text)
    assert (told.status, told["errors"][0]["pointer"]) == (422, "/effective_at")
    told = placed.post("/bulk-cancellations", {"filter": {"placed_from": text}, "cancellation": {}})
    assert told.status == 422
    assert [one["id"] for one in placed.get("/orders")["items"]] == ["o1"]


@pytest.mark.parametrize("text", ["2026-02-28T23:00:00-01:00", "2026-03-01t00:00:00.000000z", "2026-03-01T00:00:00Z"])
def test_an_instant_may_be_spelled_in_any_way_that_the_standard_knows(api, text):
    assert api.post("/orders", new_order(placed_at=text))["placed_at"] == "2026-03-01T00:00:00Z"


@pytest.mark.parametrize("name", [".", "..", "...", "a/b", "a~b", "", " ", "a\n"])
def test_an_order_has_no_name_that_is_no_part_of_a_path(api, name):
    told = api.post("/orders", new_order(name))
    assert (told.status, told["errors"][0]["pointer"]) == (422, "/id")


@pytest.mark.parametrize("name", [".a", "a.", "1.0", "-", "_", "A..B"])
def test_whatever_else_may_be_a_name(api, name):
    assert api.post("/orders", new_order(name)).status == 201
    assert api.cancel(name)["order_id"] == name


def test_a_discount_on_a_line_that_there_is_not_is_refused_where_it_is_named(api):
    """Given to the others alone, it would change what they cost for ever."""
    discount = {"id": "d", "amount": 10, "line_ids": ["a", "nobody"]}
    told = api.post("/orders", new_order(discounts=[discount]))
    assert (told.status, told["errors"][0]["pointer"]) == (422, "/discounts/0/line_ids/1")


@pytest.mark.parametrize(
    "inside",
    [
        b'{"order_id":"o1","version":1,"request":"x","expires_at":"2026-01-01T00:00:00Z","effects":{"a":'
        + b"[" * 100_000,
        b"[" * 5_000_000,
        b'{"order_id":"\\ud800"}',
    ],
)
def test_a_preview_token_of_somebody_elses_making_is_none(placed, inside):
    text = base64.urlsafe_b64encode(zlib.compress(inside)).decode().rstrip("=")
    told = placed.cancel(preview_token=text)
    assert (told.status, told["errors"][0]["pointer"]) == (422, "/preview_token")


def test_naming_every_line_of_a_large_order_keeps_nobody_waiting(api):
    """With a thousand selectors that each look at a thousand lines, one request would hold up all others for most of a second."""
    lines = [{"id": f"l{at}", "sku": f"s{at}", "price": 10} for at in range(LINES_MAX)]
    assert api.post("/orders", new_order(lines=lines, charges=[], payments=[])).status == 201
    for at in range(3):
        claim = {"holder": f"h{at}", "seconds": 3_600, "line_ids": [f"l{at}"]}
        assert api.post("/orders/o1/fulfilment-claims", claim).status == 201
    some = [{"line_id": f"l{at}", "quantity": 0.5} for at in range(3, LINES_MAX)]
    began = time.monotonic()
    assert api.post("/orders/o1/cancellations:preview", {"lines": some})["amount"] == 5 * len(some)
    assert time.monotonic() - began < 0.5


def test_many_selectors_mean_what_each_of_them_means():
    row = order(*(line(f"l{at}", portion(PortionState.OPEN, 1, 10), sku=f"S{at % 3}") for at in range(9)))
    names = [
        {"line_id": "l4"},
        {"sku": "S1"},
        {"line_id": "l4", "sku": "S2"},
        {"sku": "S1", "line_id": "l4"},
        {},
        {"sku": "-"},
    ]
    selectors = tuple(Selector(names=one) for one in names)
    assert len(selectors) > SELECTORS_FEW
    table = names_of(row, selectors)
    assert table is not None
    together = [[found.line_id for found in named_by(row, one, table)] for one in selectors]
    alone = [[found.line_id for found in named_by(row, one, None)] for one in selectors]
    assert together == alone
    assert [len(lines) for lines in alone] == [1, 3, 0, 1, 9, 0]
