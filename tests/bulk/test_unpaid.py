"""Unpaid expiry: off unless a policy says so, exact, and only after the payment side has said "unpaid"."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.process import Client, Process, sqlite

Document = dict[str, Any]
HOUR = 3_600


class Shop:
    """One tenant in a sandbox whose clock stands still."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.asked = 0

    def call(self, method: str, path: str, document: object = None) -> Document:
        self.asked += 1
        headers = {"Authorization": "Bearer n", "Idempotency-Key": f"k{self.asked}"}
        answer = self.client.call(method, f"/v1{path}", document, headers=headers)
        assert answer.status < 300, (path, answer.body)
        return dict(json.loads(answer.body))

    def allow(self, seconds: int | None) -> None:
        members = {"author": "ann"} | ({} if seconds is None else {"unpaid_expiry_seconds": seconds})
        self.call("PUT", "/policies/native", members)

    def place(self, order_id: str, **members: object) -> None:
        lines = [{"sku": "a", "price": 1000}]
        self.call("POST", "/orders", {"id": order_id, "currency": "EUR", "lines": lines, **members})

    def pass_s(self, seconds: float) -> None:
        answer = self.client.call("POST", "/sandbox/clock", {"advance_seconds": seconds})
        assert answer.status == 204

    def status(self, order_id: str) -> str:
        return str(self.call("GET", f"/orders/{order_id}")["status"])

    def inquiries(self, order_id: str) -> list[Document]:
        owed = self.call("GET", f"/orders/{order_id}/obligations")["items"]
        return [one for one in owed if one["kind"] == "payment_inquiry"]

    def answer(self, order_id: str, word: str, verb: str = "settle") -> None:
        (inquiry,) = self.inquiries(order_id)
        body = {"by": "payments", "reason": word}
        self.call("POST", f"/orders/{order_id}/obligations/{inquiry['id']}:{verb}", body)
        self.pass_s(30)


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with Process(sqlite(tmp_path_factory.mktemp("unpaid")), "--sandbox") as server, Client(server.url) as client:
        world = {"clock": "2026-01-01T00:00:00Z", "accounts": [{"token": "n"}]}
        assert client.call("PUT", "/sandbox/native/world", world).status == 204
        yield Shop(client)


def test_nothing_expires_unless_a_policy_says_so(shop: Shop):
    shop.place("before")
    shop.pass_s(1_000 * HOUR)
    assert (shop.status("before"), shop.inquiries("before")) == ("placed", [])
    shop.allow(HOUR)
    shop.pass_s(1_000 * HOUR)
    assert (shop.status("before"), shop.inquiries("before")) == ("placed", [])


def test_it_asks_exactly_when_due_and_cancels_only_on_an_explicit_unpaid(shop: Shop):
    shop.allow(HOUR)
    for name in ("unpaid", "paid", "unknown", "waived", "unanswered"):
        shop.place(name)
    shop.pass_s(HOUR - 0.000001)
    assert shop.inquiries("unpaid") == []
    shop.pass_s(0.000001)
    assert len(shop.inquiries("unpaid")) == 1
    assert shop.status("unpaid") == "placed"
    for name, word in (("unpaid", "unpaid"), ("paid", "paid"), ("unknown", "UNPAID?")):
        shop.answer(name, word)
    shop.answer("waived", "unpaid", "waive")
    shop.pass_s(100 * HOUR)
    statuses = {name: shop.status(name) for name in ("unpaid", "paid", "unknown", "waived", "unanswered")}
    assert statuses.pop("unpaid") == "cancelled"
    assert set(statuses.values()) == {"placed"}
    assert len(shop.inquiries("unanswered")) == 1
    (made,) = shop.call("GET", "/orders/unpaid/cancellations")["items"]
    assert (made["reason"], made["executed_by"]) == ("payment_expired", "unpaid expiry")


def test_money_that_is_known_of_asks_nobody(shop: Shop):
    shop.allow(HOUR)
    shop.place("late")
    shop.place("reported")
    report = {"amount": 1000, "step": "authorised"}
    shop.call("POST", "/orders/reported/payments/p/reports", report)
    shop.pass_s(HOUR)
    assert shop.inquiries("reported") == []
    shop.call("POST", "/orders/late/payments/p/reports", report)
    shop.answer("late", "unpaid")
    assert shop.status("late") == "placed"


def test_a_policy_taken_back_or_stretched_holds_for_orders_that_are_waiting(shop: Shop):
    shop.allow(HOUR)
    shop.place("one")
    shop.allow(2 * HOUR)
    shop.pass_s(HOUR)
    assert shop.inquiries("one") == []
    shop.pass_s(HOUR)
    assert len(shop.inquiries("one")) == 1
    shop.place("two")
    shop.allow(None)
    shop.pass_s(10 * HOUR)
    assert shop.inquiries("two") == []
    shop.answer("one", "unpaid")
    assert shop.status("one") == "placed"
