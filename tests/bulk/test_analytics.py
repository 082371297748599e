"""Figures about cancellations, over HTTP."""

import time
from collections.abc import Callable

import pytest

from countermand.service.analytics import WRITE_EVERY_S
from tests.bulk.conftest import Api

Make = Callable[[str], Api]
PATH = "/analytics/cancellations"


@pytest.fixture
def api(api_of: Make) -> Api:
    api = api_of("acme")
    ids = api.place(6)
    line = {"lines": [{"line_id": "1", "quantity": 1}]}
    for number, (reason, cause) in enumerate([("fraud", "shop"), ("fraud", "customer"), ("duplicate", "customer")]):
        members = {"reason": reason, "attributed_to": cause}
        api.call("POST", f"/orders/{ids[number]}/cancellations", members, status=201)
    api.call("POST", f"/orders/{ids[3]}/cancellations", {"reason": "fraud", **line}, status=201)
    return api


def test_cancellations_are_counted_by_what_was_asked_for(api: Api):
    everything = api.call("GET", PATH)
    assert everything["items"] == [{"count": 4, "whole": 3, "amount": 5000, "currency": "EUR"}]
    by_reason = api.call("GET", f"{PATH}?by=reason")["items"]
    assert {row["reason"]: row["count"] for row in by_reason} == {"fraud": 3, "duplicate": 1}
    by_both = api.call("GET", f"{PATH}?by=reason,cause,dialect,bucket&bucket=hour")["items"]
    assert {(row["reason"], row["cause"]): row["count"] for row in by_both if row["cause"]} == {
        ("fraud", "shop"): 1,
        ("fraud", "customer"): 1,
        ("duplicate", "customer"): 1,
    }
    assert {row["dialect"] for row in by_both} == {"native"}


def test_the_period_is_half_open(api: Api):
    assert api.call("GET", f"{PATH}?from=2020-01-01T00:00:00Z&until=2020-02-01T00:00:00Z")["items"] == []


def test_refusals_of_bulks_and_single_cancels_make_the_rate(api: Api):
    api.call("POST", "/orders/nobody/cancellations", {}, status=404)
    bulk = api.begin(order_ids=["nobody", "neither", "o00004"])
    api.until(bulk["id"], "completed")
    over = time.monotonic() + 2 * WRITE_EVERY_S + 10
    while (refusals := api.call("GET", PATH)["refusals"])["count"] < 3:
        assert time.monotonic() < over, refusals
        time.sleep(0.2)
    assert refusals["items"] == [{"dialect": "native", "code": "UNKNOWN_ORDER", "count": 3}]
    assert refusals["rate"] == pytest.approx(3 / 8)


@pytest.mark.parametrize(
    "query", ["by=mood", "bucket=minute", "from=yesterday", "from=2020-01-01T00:00:00Z&by=bucket&bucket=hour"]
)
def test_nonsense_is_refused(query: str, api_of: Make):
    assert api_of("acme").call("GET", f"{PATH}?{query}", status=422)["code"] == "INVALID"


def test_a_stranger_counts_nothing(api: Api, api_of: Make):
    del api
    assert api_of("other").call("GET", PATH)["cancellations"] == 0
