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
    assert everything["items"] == [{"count": 4, "whole": 3, "amount": 5000, "fees": 0, "currency": "EUR"}]
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


def test_how_late_cancels_came_and_what_was_left_of_the_orders_then(api: Api):
    line = {"lines": [{"line_id": "1", "quantity": 1}]}
    api.call("POST", "/orders/o00004/shipments", line, status=201)
    api.call("POST", "/orders/o00004/cancellations", {"reason": "fraud"}, status=201)
    api.call("POST", "/orders/o00005/fulfilment-claims", {"holder": "w", "line_ids": ["1"]}, status=201)
    api.call("POST", "/orders/o00005/cancellations", {"lines": [{"line_id": "2"}]}, status=201)
    found = api.call("GET", f"{PATH}?by=stage,status,age")
    assert {(row["stage"], row["status"], row["age"], row["count"]) for row in found["items"]} == {
        ("open", "placed", 0, 4),
        ("part_shipped", "part_shipped", 0, 1),
        ("claimed", "placed", 0, 1),
    }
    assert [(row["stage"], row["count"]) for row in found["lateness"]] == [
        ("claimed", 1),
        ("open", 4),
        ("part_shipped", 1),
    ]
    assert all(0 <= row["median_s"] <= row["p90_s"] <= row["longest_s"] < 60 for row in found["lateness"])


def test_a_cancel_that_waited_counts_as_it_was_asked_for(api_of: Make):
    api = api_of("waiting")
    (order_id,) = api.place(1)
    policy = {"author": "ana", "approval": {"above": 1, "four_eyes": False}}
    api.call("PUT", "/policies/native", policy)
    pending = api.call("POST", f"/orders/{order_id}/cancellations", {}, status=202)
    api.call("POST", f"/orders/{order_id}/shipments", {"lines": [{"line_id": "2"}]}, status=201)
    assert api.call("GET", PATH)["lateness"] == []
    approval = f"/orders/{order_id}/cancellations/{pending['id']}:approve"
    assert api.call("POST", approval, {"by": "bob"})["state"] == "completed"
    (found,) = api.call("GET", f"{PATH}?by=stage,status")["items"]
    assert (found["stage"], found["status"], found["whole"]) == ("open", "placed", 0)


def test_the_rate_against_the_orders_placed(api: Api):
    found = api.call("GET", "/analytics/orders")
    counts = {"placed": 6, "cancelled": 3, "partly_cancelled": 1, "rate": 0.5, "partly_rate": pytest.approx(1 / 6)}
    assert found == {"items": [counts], **counts}
    (row,) = api.call("GET", "/analytics/orders?by=dialect,bucket&bucket=week")["items"]
    assert (row["dialect"], row["placed"]) == ("native", 6)
    assert api.call("GET", "/analytics/orders?dialect=nobody") == {
        "items": [],
        "placed": 0,
        "cancelled": 0,
        "partly_cancelled": 0,
        "rate": None,
        "partly_rate": None,
    }


def test_what_each_reason_gave_back(api_of: Make):
    api = api_of("paying")
    api.call("PUT", "/policies/native", {"author": "ana", "fees": [{"percent": 10}]})
    order = {"currency": "EUR", "lines": [{"sku": "a", "price": 1000}], "payments": [{"id": "p", "captured": 1000}]}
    placed = api.call("POST", "/orders", order, status=201)
    api.call("POST", f"/orders/{placed['id']}/cancellations", {"reason": "fraud"}, status=202)
    found = api.call("GET", f"{PATH}?by=reason")
    assert [(row["reason"], row["amount"], row["fees"]) for row in found["items"]] == [("fraud", 900, 100)]
    assert found["costs"] == [
        {"reason": "fraud", "kind": "refund", "currency": "EUR", "count": 1, "settled": 0, "open": 900, "waived": 0}
    ]


@pytest.mark.parametrize("query", ["by=reason", "bucket=minute", "until=soon"])
def test_nonsense_about_orders_is_refused_by_the_name_of_the_parameter(query: str, api_of: Make):
    told = api_of("acme").call("GET", f"/analytics/orders?{query}", status=422)
    assert (told["code"], told["errors"][0]["parameter"]) == ("INVALID", query.partition("=")[0])


@pytest.mark.parametrize(
    "query", ["by=mood", "bucket=minute", "from=yesterday", "from=2020-01-01T00:00:00Z&by=bucket&bucket=hour"]
)
def test_nonsense_is_refused(query: str, api_of: Make):
    assert api_of("acme").call("GET", f"{PATH}?{query}", status=422)["code"] == "INVALID"


def test_a_stranger_counts_nothing(api: Api, api_of: Make):
    del api
    assert api_of("other").call("GET", PATH)["cancellations"] == 0
