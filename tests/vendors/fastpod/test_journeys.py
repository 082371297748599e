"""The whole way over real HTTP: the documented calls, their refusals, strangers, and many at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.process import Client
from tests.vendors.fastpod.ledger import CREATE, LINE, SAMPLE, UPDATE

ID = str(SAMPLE["id"])
STRANGERS = "F255-010524-000001"
WORLD = {
    "clock": "2023-12-07T09:00:00Z",
    "accounts": [
        {"token": "tok-a", "merchant": "F237"},
        {"token": "tok-a2", "merchant": "F237"},
        {"token": "tok-b", "merchant": "F255"},
    ],
    "orders": [
        SAMPLE,
        {
            "id": "F237-120723-000002",
            "order_status": "draft",
            "reference_id": "R-2",
            "created_at": "2023-12-06T23:59:59Z",
        },
        {"id": STRANGERS, "order_status": "new_order", "reference_id": "R-1"},
    ],
}


class Shop:
    """One merchant's client, and the sandbox."""

    def __init__(self, url: str, token: str | None = "tok-a") -> None:
        self.url = url
        self.headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def __call__(self, method: str, path: str, document: object = None, body: bytes | None = None) -> tuple[int, Any]:
        with Client(self.url, self.headers) as client:
            answer = client.call(method, f"/fastpod{path}", document, body=body)
        assert answer.headers["content-type"] == "application/json"
        return answer.status, answer.json()

    def effects(self) -> Any:
        with Client(self.url) as client:
            return client.call("GET", "/sandbox/fastpod/effects").json()


@pytest.fixture
def shop(server: str) -> Shop:
    return put(server)


def put(server: str, **members: object) -> Shop:
    with Client(server) as client:
        assert client.call("PUT", "/sandbox/fastpod/world", {**WORLD, **members}).status == 204
    return Shop(server)


def test_a_merchants_day(shop):
    status, created = shop("POST", "/v1/orders", {**CREATE, "order_status": "draft"})
    order_id = created["data"]["id"]
    assert (status, order_id) == (200, "F237-120723-000003")
    assert shop("PUT", f"/v1/orders/{order_id}", {**UPDATE, "order_status": "draft", "reference_id": "N-2"})[0] == 200
    assert shop("PUT", f"/v1/orders/{order_id}/status", {"order_status": "new_order"})[0] == 200
    status, cancelled = shop("POST", f"/v1/orders/{order_id}/cancel")
    assert (status, cancelled["data"]["order_status"], cancelled["data"]["reference_id"]) == (200, "cancelled", "N-2")
    assert shop("PUT", f"/v1/orders/{order_id}", UPDATE)[0] == 422
    assert shop("PUT", f"/v1/orders/{order_id}/status", {"order_status": "new_order"})[0] == 422
    assert [event["type"] for event in shop.effects()["events"] if event["order"] == order_id] == [
        "lifecycle.placed",
        "facts.edited",
        "lifecycle.moved",
        "order.cancelled",
    ]
    assert shop.effects()["notifications"] == []
    assert shop.effects()["reservations"] == []


def test_two_tokens_of_a_merchant_see_the_same_orders(server, shop):
    assert Shop(server, "tok-a2")("POST", f"/v1/orders/{ID}/cancel")[0] == 200
    assert shop("GET", f"/v1/orders/{ID}")[1]["order_status"] == "cancelled"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/orders/{id}", None),
        ("POST", "/v1/orders/{id}/cancel", None),
        ("PUT", "/v1/orders/{id}", UPDATE),
        ("PUT", "/v1/orders/{id}/status", {"order_status": "new_order"}),
    ],
)
def test_a_strangers_order_and_one_that_is_not_there_are_told_apart_by_nobody(server, shop, method, path, body):
    answers = [shop(method, path.format(id=order_id), body) for order_id in (STRANGERS, "F255-010524-999999", "R-1")]
    assert answers == [(422, {"status": False, "message": "Order not found."})] * 3
    assert Shop(server, "tok-b")("GET", f"/v1/orders/{STRANGERS}")[1]["order_status"] == "new_order"


def test_a_stranger_lists_only_his_own(server, shop):
    assert [order["id"] for order in Shop(server, "tok-b")("GET", "/v1/orders")[1]["data"]] == [STRANGERS]
    assert STRANGERS not in [order["id"] for order in shop("GET", "/v1/orders")[1]["data"]]


@pytest.mark.parametrize("token", [None, "tok-z"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/orders"),
        ("POST", "/v1/orders"),
        ("GET", f"/v1/orders/{ID}"),
        ("PUT", f"/v1/orders/{ID}"),
        ("PUT", f"/v1/orders/{ID}/status"),
        ("POST", f"/v1/orders/{ID}/cancel"),
        ("POST", "/v1/orders/estimate-price"),
        ("POST", "/v1/orders/estimate-price/line-item"),
        ("GET", "/v1/catalogs"),
        ("GET", "/v1/webhooks"),
        ("POST", "/v1/webhooks/subscribe"),
        ("DELETE", "/v1/webhooks/unsubscribe"),
        ("GET", "/v1/webhooks/deliveries"),
    ],
)
def test_nothing_is_done_without_a_good_token(server, shop, method, path, token):
    status, answer = Shop(server, token)(method, path)
    assert (status, answer) == (401, {"status": False, "message": "Unauthenticated."})
    assert shop.effects()["events"] == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/orders//cancel", 404),
        ("GET", "/v1/orders/", 404),
        ("GET", "/v1", 404),
        ("GET", "/v2/orders", 404),
        ("POST", f"/v1/orders/{ID}/cancel/", 404),
        ("GET", f"/v1/orders/{ID}/cancel", 405),
        ("PUT", f"/v1/orders/{ID}/cancel", 405),
        ("DELETE", f"/v1/orders/{ID}", 405),
        ("PATCH", f"/v1/orders/{ID}", 405),
        ("DELETE", "/v1/orders", 405),
    ],
)
def test_unknown_paths_and_methods_have_the_envelope_too(shop, method, path, status):
    found, answer = shop(method, path)
    assert (found, answer["status"]) == (status, False)
    assert answer["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"NaN", b"{}"])
def test_a_body_that_is_no_order_is_a_parameter_error(shop, body):
    for method, path in (("POST", "/v1/orders"), ("PUT", f"/v1/orders/{ID}"), ("PUT", f"/v1/orders/{ID}/status")):
        status, answer = shop(method, path, body=body)
        assert (status, answer["status"]) == (422, False)
    assert shop.effects()["events"] == []


def test_a_body_of_more_than_a_mebibyte_is_too_large(shop):
    status, answer = shop("POST", "/v1/orders", body=b" " * (2**20 + 1))
    assert (status, answer["status"]) == (413, False)


def test_an_id_is_decoded_once(shop):
    encoded = ID.replace("-", "%2D")
    assert shop("GET", f"/v1/orders/{encoded}")[0] == 200
    assert shop("GET", f"/v1/orders/{encoded.replace('%', '%25')}")[0] == 422


def test_lists_are_paged_newest_first(server):
    orders = [{"id": f"F237-{number:03}", "created_at": f"2023-12-07T{number:02}:00:00Z"} for number in range(23)]
    shop = put(server, orders=orders)
    _, page = shop("GET", "/v1/orders?limit=10")
    found = [order["id"] for order in page["data"]]
    while page["next_page_url"]:
        _, page = shop("GET", page["next_page_url"].partition("/fastpod")[2])
        found += [order["id"] for order in page["data"]]
    assert found == [order["id"] for order in reversed(orders)]
    assert (page["current_page"], page["last_page"], page["from"], page["to"], page["total"]) == (3, 3, 21, 23, 23)
    assert shop("GET", "/v1/orders?page=9&limit=10")[1]["data"] == []


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", [ID, "F237-120723-000002"]),
        ("page=1&limit=25&status=&search=&start_date&end_date", [ID, "F237-120723-000002"]),
        ("status=draft", ["F237-120723-000002"]),
        ("shipping_method=3", [ID]),
        ("order_type=1&payment_method=cash&payment_status=unpaid&shipping_method=1", ["F237-120723-000002"]),
        ("order_type=2", []),
        ("start_date=2023-12-07", [ID]),
        ("end_date=2023-12-06", ["F237-120723-000002"]),
        ("start_date=2023-12-07&end_date=2023-12-06", []),
        ("search=R-2", ["F237-120723-000002"]),
        (f"search={ID}", [ID]),
        (f"search={STRANGERS}", []),
        ("status=cancelled", []),
    ],
)
def test_a_list_has_what_fits_all_its_filters(shop, query, ids):
    status, page = shop("GET", f"/v1/orders?{query}")
    assert (status, [order["id"] for order in page["data"]], page["total"]) == (200, ids, len(ids))


def test_an_edit_moves_the_order_to_its_new_filters(shop):
    assert shop("PUT", f"/v1/orders/{ID}", {**UPDATE, "reference_id": "N-7", "shipping_method": 2})[0] == 200
    assert [order["id"] for order in shop("GET", "/v1/orders?shipping_method=2")[1]["data"]] == [ID]
    assert shop("GET", "/v1/orders?shipping_method=3")[1]["data"] == []
    assert [order["id"] for order in shop("GET", "/v1/orders?search=N-7")[1]["data"]] == [ID]
    assert shop("GET", "/v1/orders?search=R-1")[1]["data"] == []


# ----------------------------------------------------------------------------------------------------------- webhooks

HOOK = {"url": "https://shop.example/hook", "event": "order_notify", "name": "Mine"}


def test_a_subscription_is_listed_replaced_and_ended(server, shop):
    assert shop("GET", "/v1/webhooks") == (200, {"data": []})
    status, answer = shop("POST", "/v1/webhooks/subscribe", HOOK)
    assert (status, answer) == (200, {"status": True, "message": "Updated webhook url successfully!"})
    assert shop("POST", "/v1/webhooks/subscribe", {**HOOK, "url": "https://shop.example/other"})[0] == 200
    assert shop("POST", "/v1/webhooks/subscribe", {**HOOK, "event": "stock_notify"})[0] == 200
    listed = shop("GET", "/v1/webhooks")[1]["data"]
    assert [(hook["event"], hook["url"]) for hook in listed] == [
        ("order_notify", "https://shop.example/other"),
        ("stock_notify", HOOK["url"]),
    ]
    assert Shop(server, "tok-b")("GET", "/v1/webhooks") == (200, {"data": []})
    assert shop("DELETE", "/v1/webhooks/unsubscribe", {"event": "order_notify"})[0] == 200
    assert shop("DELETE", "/v1/webhooks/unsubscribe?event=stock_notify")[0] == 200
    assert shop("GET", "/v1/webhooks")[1]["data"] == []
    status, answer = shop("DELETE", "/v1/webhooks/unsubscribe", {"event": "order_notify"})
    assert (status, list(answer["errors"])) == (422, ["event"])


@pytest.mark.parametrize(
    ("change", "member"),
    [({"url": "ftp://x"}, "url"), ({"url": None}, "url"), ({"event": "order"}, "event"), ({"name": ""}, "name")],
)
def test_a_subscription_that_can_not_be_served_is_refused(shop, change, member):
    status, answer = shop("POST", "/v1/webhooks/subscribe", {**HOOK, **change})
    assert (status, list(answer["errors"])) == (422, [member])


def test_each_change_of_status_is_one_notice_and_one_delivery(server, shop):
    shop("POST", "/v1/webhooks/subscribe", HOOK)
    shop("PUT", "/v1/orders/F237-120723-000002/status", {"order_status": "new_order"})
    shop("POST", "/v1/orders/F237-120723-000002/cancel")
    shop("POST", "/v1/orders/F237-120723-000002/cancel")
    told = shop.effects()["notifications"]
    assert [(one["type"], one["order"]) for one in told] == [("order_notify", "F237-120723-000002")] * 2
    status, page = shop("GET", "/v1/webhooks/deliveries?limit=1")
    assert (status, page["total"], page["last_page"]) == (200, 2, 2)
    every = shop("GET", "/v1/webhooks/deliveries")[1]["data"]
    assert {one["event"]["status"] for one in every} == {"new_order", "cancelled"}
    assert {one["order_id"] for one in every} == {"F237-120723-000002"}
    assert Shop(server, "tok-b")("GET", "/v1/webhooks/deliveries")[1]["total"] == 0


# ------------------------------------------------------------------------------------------------------- many at once


def at_once(times: int, call: Any) -> list[tuple[int, Any]]:
    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(call, number) for number in range(times)]]


@pytest.mark.serial
def test_of_many_cancels_at_once_one_succeeds(shop):
    answers = at_once(16, lambda _: shop("POST", f"/v1/orders/{ID}/cancel"))
    assert Counter(status for status, _ in answers) == {200: 1, 422: 15}
    assert [event["type"] for event in shop.effects()["events"]] == ["order.cancelled"]


@pytest.mark.serial
def test_of_many_creates_with_one_reference_one_succeeds(shop):
    answers = at_once(12, lambda _: shop("POST", "/v1/orders", CREATE))
    assert Counter(status for status, _ in answers) == {200: 1, 422: 11}


@pytest.mark.serial
def test_of_many_edits_to_one_reference_one_succeeds(server):
    shop = put(server, orders=[{"id": f"F237-{number}", "reference_id": f"R-{number}"} for number in range(8)])
    answers = at_once(8, lambda number: shop("PUT", f"/v1/orders/F237-{number}", {**UPDATE, "reference_id": "SAME"}))
    assert Counter(status for status, _ in answers) == {200: 1, 422: 7}


@pytest.mark.serial
def test_many_creates_at_once_get_ids_of_their_own(shop):
    body = {**CREATE, "line_items": [LINE]}
    answers = at_once(12, lambda number: shop("POST", "/v1/orders", {**body, "reference_id": f"M-{number}"}))
    assert {status for status, _ in answers} == {200}
    ids = {answer["data"]["id"] for _, answer in answers}
    assert ids == {f"F237-120723-{serial:06}" for serial in range(3, 15)}


@pytest.mark.serial
def test_a_cancel_and_an_edit_at_once_leave_one_truth(shop: Shop):
    def either(number: int) -> tuple[int, Any]:
        if number % 2:
            return shop("POST", f"/v1/orders/{ID}/cancel")
        return shop("PUT", f"/v1/orders/{ID}", {**UPDATE, "reference_id": f"E-{number}"})

    answers = at_once(10, either)
    assert sum(status == 200 for status, _ in answers[1::2]) == 1
    shown = shop("GET", f"/v1/orders/{ID}")[1]
    assert shown["order_status"] == "cancelled"
    assert shown["cancelled_at"] == shown["updated_at"]
