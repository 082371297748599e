"""Answers of ours that the stories of `tests/native` have no use for."""

import pytest

from countermand.dialects import catalog
from countermand.model.reason import Reason
from tests.native.client import CAPTURED, Api, new_order, put_world
from tests.process import Client

OPS = {"author": "ops"}


@pytest.fixture
def api(server: str) -> Api:
    put_world(server, orders=[new_order(), new_order("o2", payments=CAPTURED)])
    return Api(server)


def test_a_legal_move_is_told_with_what_happened(api, server):
    with Client(server) as client:
        world = {
            "clock": "2026-03-01T12:00:00Z",
            "accounts": [{"token": "tok-a", "merchant": "F1", "_tenant": "t1"}],
            "orders": [{"id": "F1-1", "order_status": "new_order", "reference_id": "R"}],
        }
        assert client.call("PUT", "/sandbox/fastpod/world", world).status == 204
    moved = api.post("/orders/fastpod~F1-1:transition", {"action": "produce"})
    assert (moved.status, moved["order"]["status"]) == (201, "in_production"), moved


@pytest.mark.parametrize("on_timeout", ["approved", "rejected"])
def test_a_policy_shows_what_happens_when_nobody_decides(api, on_timeout):
    rules = {**OPS, "approval": {"timeout_seconds": 60, "on_timeout": on_timeout}}
    put = api("PUT", "/policies/native", rules)
    assert put.status == 200, put
    assert api.get("/policies/native")["approval"]["on_timeout"] == on_timeout


def test_what_is_owed_is_tried_again_when_somebody_says_so(api):
    api.cancel("o2")
    owed = api.owed("o2")["refund"]
    again = api.post(f"/orders/o2/obligations/{owed['id']}:retry", {"by": "Kim"})
    assert (again.status, again["id"]) == (200, owed["id"])


def test_what_became_of_a_policy_and_the_list_of_reasons(api):
    for hours in (1, 2):
        assert api("PUT", "/policies/native", {**OPS, "undo_window_seconds": hours * 3600}).status == 200
    assert len(api.get("/policies/native/events")["items"]) == 2
    assert api.get("/reasons")["items"]


def test_reasons_are_told_to_and_from_the_words_of_every_vendor(api):
    told = api.get("/reasons")
    assert [one["reason"] for one in told["items"]] == [reason.value for reason in Reason]
    vendors = {one["dialect"]: {word["word"]: word["reason"] for word in one["words"]} for one in told["vendors"]}
    for one in told["vendors"]:
        assert sorted(reason for word in one["words"] for reason in word["told_for"]) in ([], sorted(Reason))
        assert (one["list_in"] is None) == (one["words"] == [])
    assert set(vendors) == {name for name in catalog.load() if name != "native"}
    for one in told["items"]:
        assert set(one["vendors"]) == {name for name, words in vendors.items() if words}
        assert [name for name, word in one["vendors"].items() if word not in vendors[name]] == []


@pytest.mark.parametrize("path", ["/orders/o1/holds/h1:release", "/orders/o1/fulfilment-claims/c1:release"])
def test_a_key_that_is_too_long_is_out_of_form(api, path):
    assert api.post(path, key="k" * 256).status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/orders/o1/events",
        "/orders/o1/obligations",
        "/orders/o1/cancellations",
        "/cancellations",
        "/policies/native/events",
        "/bulk-cancellations",
        "/bulk-cancellations/b1/items",
    ],
)
def test_a_page_of_nothing_is_refused(api, path):
    assert api.get(f"{path}?page_size=0").status == 422
