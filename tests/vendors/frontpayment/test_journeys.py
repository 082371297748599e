"""The whole way over real HTTP: a program that creates, reads, cancels and refunds, strangers, limits, and many at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.process import Answer, Client
from tests.vendors.frontpayment.ledger import GONE, NOTE, SENT, conflict, creation, done, order, wrong

CONNECT = "/api/v1/connect"
CANCEL = f"{CONNECT}/orders/cancel/{SENT}"
WORLD = {
    "clock": "2025-07-28T22:19:00Z",
    "accounts": [{"token": "tok-a", "secretKey": "s"}, {"token": "tok-b"}],
    "orders": [
        order(callbackUrl="https://shop.example/callback"),
        order("PAID", uuid="ODR2", orderAmount=100, productList=[{"id": 5410, "name": "Tea", "amount": 100}]),
        order(uuid="ODR3", _account="tok-b"),
    ],
    "reservations": [order("RESERVED", uuid="RES1")],
    "terminalOrders": [order(uuid="ODR4")],
    "subscriptions": [order("ONGOING", uuid="SUB1")],
}


class Shop:
    """One merchant's client, and the sandbox."""

    def __init__(self, url: str, token: str | None = "tok-a") -> None:
        self.url = url
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, method: str, path: str, document: object = None, body: bytes | None = None) -> Answer:
        with Client(self.url, self.headers) as client:
            answer = client.call(method, f"/frontpayment{path}", document, body=body)
        assert answer.headers["content-type"].startswith("application/json")
        return answer

    def __call__(self, method: str, path: str, document: object = None, body: bytes | None = None) -> tuple[int, Any]:
        answer = self.send(method, path, document, body=body)
        return answer.status, answer.json()

    def effects(self) -> Any:
        with Client(self.url) as client:
            return client.call("GET", "/sandbox/frontpayment/effects").json()


@pytest.fixture
def shop(server: str) -> Shop:
    with Client(server) as client:
        assert client.call("PUT", "/sandbox/frontpayment/world", WORLD).status == 204
    return Shop(server)


def test_an_order_lives_from_its_checkout_session_to_its_cancel(shop: Shop) -> None:
    status, body = shop("POST", f"{CONNECT}/orders/regular/submit", creation())
    assert status == 201
    uuid = body["data"]["orderUuid"]
    assert shop("GET", f"{CONNECT}/orders/status/{uuid}")[1]["data"]["status"] == "SENT"
    assert shop("GET", f"{CONNECT}/orders/details/{uuid}")[1]["data"]["productList"][0]["amount"] == 4500
    assert shop("POST", f"{CONNECT}/orders/resend/{uuid}", {"email": "kari@example.com"})[0] == 202
    assert shop("POST", f"{CONNECT}/orders/cancel/{uuid}", NOTE) == (202, done(202, "cancelledOrderSuccessfully"))
    assert shop("POST", f"{CONNECT}/orders/cancel/{uuid}", NOTE) == (400, conflict("orderStatusAlreadyCancelled"))
    assert shop("GET", f"{CONNECT}/orders/status?type=Cancelled")[1]["data"] == [{"uuid": uuid, "status": "CANCELLED"}]


def test_a_cancel_leaves_one_event_and_no_notification(shop: Shop) -> None:
    shop("POST", CANCEL, NOTE)
    shop("POST", CANCEL, NOTE)
    shop("POST", CANCEL, {})
    effects = shop.effects()
    assert [(event["type"], event["order"]) for event in effects["events"]] == [("order.cancelled", SENT)]
    assert (effects["notifications"], effects["reservations"]) == ([], [])


def test_a_charge_is_told_to_the_merchant_and_ends_the_time_to_cancel(shop: Shop) -> None:
    assert shop("POST", f"{CONNECT}/orders/delayed/charge/{SENT}")[0] == 200
    assert shop("POST", CANCEL, NOTE) == (400, conflict("orderStatusAlreadyPaid"))
    (told,) = shop.effects()["notifications"]
    assert (told["type"], told["order"]) == ("payment.callback", SENT)


def test_a_paid_order_is_refunded_in_parts(shop: Shop) -> None:
    body = {"type": "regular", "grandTotal": 50, "products": [{"id": 5410, "amount": 50}]}
    for status, back in (("PARTIAL REFUNDED", 50), ("REFUNDED", 100)):
        assert shop("POST", f"{CONNECT}/orders/refund/ODR2", body)[0] == 202
        data = shop("GET", f"{CONNECT}/orders/status/ODR2")[1]["data"]
        assert (data["status"], data["orderAmount"], data["refundedAmount"]) == (status, 100, back)


def test_the_siblings_are_cancelled_each_in_its_own_way(shop: Shop) -> None:
    assert shop("GET", f"{CONNECT}/reservations/cancel/RES1", {"note": "x"})[0] == 202
    assert shop("POST", f"{CONNECT}/reservations/cancel/RES1", {"note": "x"})[0] == 400
    assert shop("POST", f"{CONNECT}/terminal/orders/cancel/ODR4", {"type": "payment"})[0] == 200
    assert shop("POST", f"{CONNECT}/subscriptions/cancel/SUB1", {"note": "x"})[0] == 201


CALLS = [
    ("POST", "/connect/orders/cancel/ODR3", NOTE),
    ("POST", "/connect/orders/resend/ODR3", {"email": "kari@example.com"}),
    ("POST", "/connect/orders/delayed/charge/ODR3", None),
    ("POST", "/connect/orders/refund/ODR3", {"type": "regular", "grandTotal": 1, "products": [{"id": 1, "amount": 1}]}),
    ("GET", "/connect/orders/status/ODR3", None),
    ("GET", "/connect/orders/details/ODR3", None),
    ("GET", "/connect/orders/invoice-number/ODR3", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_another_merchants_order_is_not_found_on_any_route(shop: Shop, method: str, path: str, body: object) -> None:
    assert shop(method, f"/api/v1{path}", body)[0] == 404
    assert Shop(shop.url, "tok-b")("GET", f"{CONNECT}/orders/status/ODR3")[1]["data"]["status"] == "SENT"


@pytest.mark.parametrize("token", [None, "nobody", "tok-a-"])
def test_nobody_gets_in_without_a_token_that_is_known(shop: Shop, token: str | None) -> None:
    status, body = Shop(shop.url, token)("POST", CANCEL, NOTE)
    assert (status, body["status_code"], body["message"]) == (401, 401, "Unauthenticated.")
    assert shop("GET", f"{CONNECT}/orders/status/{SENT}")[1]["data"]["status"] == "SENT"


def test_unknown_paths_and_methods_are_told_in_the_vendors_envelope(shop: Shop) -> None:
    assert shop("GET", f"{CONNECT}/orders/nothing")[1]["is_error"] is True
    answer = shop.send("GET", CANCEL)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert shop("DELETE", f"{CONNECT}/orders/status")[1]["status_code"] == 405


def test_a_body_that_is_too_large_is_told_so(shop: Shop) -> None:
    status, body = shop("POST", CANCEL, body=b'{"cancellationNote": "' + b"x" * 2**20 + b'"}')
    assert (status, body["status_code"], body["is_error"]) == (413, 413, True)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"cancellationNote": 1e999}'])
def test_a_body_that_is_no_payload_is_a_payload_error(shop: Shop, body: bytes) -> None:
    assert shop("POST", CANCEL, body=body) == (417, wrong("The cancellation note field is required."))


def test_an_encoded_id_is_decoded_once(shop: Shop) -> None:
    assert shop("POST", f"{CONNECT}/orders/cancel/ODR%31000000001", NOTE)[0] == 202
    assert shop("POST", f"{CONNECT}/orders/cancel/ODR%2531", NOTE) == (404, GONE)


def test_every_answer_counts_down_the_limit_whatever_its_outcome(shop: Shop) -> None:
    left = [
        int(shop.send(method, path, body).headers["x-ratelimit-remaining"])
        for method, path, body in (
            ("POST", CANCEL, {}),
            ("POST", CANCEL, NOTE),
            ("POST", CANCEL, NOTE),
            ("GET", f"{CONNECT}/orders/status", None),
            ("GET", f"{CONNECT}/orders/details/ODR0", None),
        )
    ]
    assert left == [239, 238, 237, 236, 235]
    assert Shop(shop.url, "tok-b").send("GET", f"{CONNECT}/orders/status").headers["x-ratelimit-remaining"] == "239"


def test_the_241st_call_of_a_minute_has_to_wait(shop: Shop) -> None:
    with Client(shop.url, shop.headers) as client:
        for _ in range(240):
            assert client.call("GET", f"/frontpayment{CONNECT}/orders/status/{SENT}").status == 200
        limited = client.call("POST", f"/frontpayment{CANCEL}", NOTE)
        body: Any = limited.json()
        assert (limited.status, body["message"], limited.headers["x-ratelimit-remaining"]) == (
            429,
            "Too Many Attempts.",
            "0",
        )
        assert 0 < int(limited.headers["retry-after"]) <= 60
        assert "x-ratelimit-reset" in limited.headers
        assert client.call("POST", "/sandbox/clock", {"advance_seconds": 61}).status in {200, 204}
        assert client.call("POST", f"/frontpayment{CANCEL}", NOTE).status == 202


@pytest.mark.serial
def test_of_many_cancels_at_once_exactly_one_wins(shop: Shop) -> None:
    with ThreadPoolExecutor(16) as pool:
        statuses = Counter(pool.map(lambda _: shop("POST", CANCEL, NOTE)[0], range(16)))
    assert statuses == {202: 1, 400: 15}
    assert len(shop.effects()["events"]) == 1


@pytest.mark.serial
def test_a_cancel_that_races_a_charge_never_leaves_both(shop: Shop) -> None:
    charge = f"{CONNECT}/orders/delayed/charge/{SENT}"
    calls = [(CANCEL, NOTE), (charge, None)] * 8
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda call: shop("POST", *call)[0], calls))
    won = Counter(status for status in statuses if status < 400)
    status = shop("GET", f"{CONNECT}/orders/status/{SENT}")[1]["data"]["status"]
    assert (won, status) in [({202: 1}, "CANCELLED"), ({200: 1}, "PAID")]


@pytest.mark.serial
def test_refunds_at_once_never_give_back_more_than_was_paid(shop: Shop) -> None:
    body = {"type": "regular", "grandTotal": 30, "products": [{"id": 5410, "amount": 30}]}
    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(lambda _: shop("POST", f"{CONNECT}/orders/refund/ODR2", body)[0], range(8)))
    assert statuses == {202: 3, 417: 5}
    assert shop("GET", f"{CONNECT}/orders/status/ODR2")[1]["data"]["refundedAmount"] == 90
