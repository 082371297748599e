"""The whole way over real HTTP and a real store: the documented calls, lists, strangers, limits, and many at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from tests.process import Answer, Client
from tests.vendors.flexportal.ledger import CREATE, LAPTOP, asset, misfit, order, rental

NL = {"Authorization": "Bearer pk_nl", "Tenant-ID": "bu_nl"}
US = {"Authorization": "Bearer pk_us", "Tenant-ID": "bu_us"}
WORLD: dict[str, Any] = {
    "clock": "2025-01-20T12:00:00Z",
    "accounts": [
        {"token": "pk_nl", "tenant": "bu_nl"},
        {"token": "pk_us", "tenant": "bu_us"},
        {"token": "pk_reads", "tenant": "bu_nl", "scopes": ["orders:read"]},
    ],
    "orders": [
        order("ord_p", "pending", customFields={"po": "PO-7", "n": 7}, totals={"total": 9.5}, updatedAt="2025-01-19T00:00:00Z"),
        order("ord_c", "confirmed", createdAt="2025-01-16T00:00:00Z", totals={"total": 100}),
        order("ord_t", "partial", createdAt="2025-01-17T00:00:00Z", customer={"customerId": "cust_2"}),
        order("ord_us", "pending", _account="pk_us"),
    ],
    "rentals": [rental("sub_1", "ord_t"), rental("sub_2", "ord_t", status="cancelled", endDate="2025-03-31")],
    "assets": [asset(f"SN-{n}") for n in range(1, 5)],
    "payments": [{"paymentId": f"pay_{n}", "rentalId": "sub_1", "dueDate": f"2025-0{n}-01"} for n in range(1, 5)],
}  # fmt: skip
EVERY_CALL = [
    *(("GET", f"/v1/{path}") for path in ("orders/ord_us", "subscriptions/sub_us", "payments/pay_us", "assets/SN-us")),
    ("POST", "/v1/orders/ord_us/cancel"),
    ("PATCH", "/v1/orders/ord_us/notes"),
]


class Portal:
    """One key's client, and the sandbox."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url = url
        self.headers = headers

    def send(self, method: str, path: str, document: object = None, **options: Any) -> Answer:
        with Client(self.url, self.headers) as client:
            return client.call(method, f"/flexportal{path}", document, **options)

    def __call__(self, method: str, path: str, document: object = None, **options: Any) -> tuple[int, Any]:
        answer = self.send(method, path, document, **options)
        assert answer.headers["content-type"] == "application/json"
        return answer.status, answer.json()

    def ids(self, path: str) -> list[str]:
        status, page = self("GET", path)
        key = path.partition("?")[0].rpartition("/")[2].replace("subscriptions", "rentals")
        name = {"orders": "orderId", "rentals": "rentalId", "payments": "paymentId", "assets": "serialNumber"}[key]
        assert status == 200
        operation = {"orders": "listOrders", "rentals": "listSubscriptions"}.get(key, f"list{key.capitalize()}")
        assert misfit(operation, status, page) is None
        assert page["count"] == len(page[key])
        return [one[name] for one in page[key]]

    def effects(self) -> Any:
        with Client(self.url) as client:
            return client.call("GET", "/sandbox/flexportal/effects").json()

    def types(self) -> Counter[str]:
        return Counter(one["type"] for one in self.effects()["events"])


@pytest.fixture
def portal(server: str) -> Portal:
    return put(server)


def put(server: str, **members: object) -> Portal:
    with Client(server) as client:
        assert client.call("PUT", "/sandbox/flexportal/world", {**WORLD, **members}).status == 204
    return Portal(server, NL)


def code(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    return status, body["error"]["code"]


# ------------------------------------------------------------------------------------------------- a whole life


def test_an_order_lives_from_create_to_cancel(portal):
    made = portal("POST", "/v1/orders", {**CREATE, "items": [{"sku": "LAP-1", "quantity": 1}]})
    order_id = made[1]["orderId"]
    assert made[0] == 201
    assert portal("GET", f"/v1/orders/{order_id}") == (200, made[1]["order"])
    assert portal("PATCH", f"/v1/orders/{order_id}/notes", {"notes": "call first"})[0] == 200
    assert portal("POST", f"/v1/orders/{order_id}/cancel", {"reason": "changed mind"})[0] == 200
    shown = portal("GET", f"/v1/orders/{order_id}")[1]
    assert (shown["status"], shown["notes"]) == ("cancelled", "call first")
    assert code(portal("POST", f"/v1/orders/{order_id}/cancel")) == (400, "ALREADY_CANCELLED")


def test_the_remedy_of_the_page_works(portal):
    """ "Cancel subscriptions first": find what blocks the order, cancel it, then cancel the order."""
    assert code(portal("POST", "/v1/orders/ord_t/cancel")) == (400, "ORDER_NOT_CANCELLABLE")
    (blocking,) = portal.ids("/v1/subscriptions?orderId=ord_t&status=active")
    body = {"rentalId": blocking, "reason": "customer_request"}
    assert portal("POST", f"/v1/subscriptions/{blocking}/cancel", body)[0] == 200
    assert portal("GET", "/v1/orders/ord_t")[1]["status"] == "confirmed"
    assert portal("POST", "/v1/orders/ord_t/cancel")[0] == 200
    assert portal.ids("/v1/payments?status=pending") == []
    held = [one for one in portal.effects()["reservations"] if one["order"] == "ord_t"]
    assert held == []


def test_an_asset_is_created_rented_and_freed(portal):
    assert portal("POST", "/v1/assets", {"serialNumber": "a/b ü", "sku": "LAP-1"})[0] == 201
    asked = {"orderId": "ord_c", "assetSerialNumber": "a/b ü", "customerId": "cust_1"}
    rental_id = portal("POST", "/v1/subscriptions", asked)[1]["rentalId"]
    path = f"/v1/assets/{quote('a/b ü', safe='')}"
    assert portal("GET", path)[1]["rentalId"] == rental_id
    assert code(portal("DELETE", path)) == (409, "ASSET_IN_USE")
    ended = {"rentalId": rental_id, "reason": "x", "returnCondition": "good"}
    assert portal("POST", f"/v1/subscriptions/{rental_id}/early-return", ended)[0] == 200
    assert portal("PATCH", path, {"status": "available"})[1]["asset"]["status"] == "available"
    assert portal("DELETE", path)[0] == 200


# ------------------------------------------------------------------------------------------------- many at once


def test_of_many_cancels_at_once_one_wins(portal):
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: portal("POST", "/v1/orders/ord_p/cancel", {"reason": "r"}), range(12)))
    codes = Counter(code(answer) if answer[0] != 200 else (200, "") for answer in answers)
    assert codes == {(200, ""): 1, (400, "ALREADY_CANCELLED"): 11}
    assert portal.types() == {"order.cancelled": 1}


def test_a_cancel_and_a_rental_never_both_win(server):
    for _ in range(5):
        portal = put(server, orders=[order("ord_c", items=[{**LAPTOP, "quantity": 1}])], rentals=[])
        asked = {"orderId": "ord_c", "assetSerialNumber": "SN-1", "customerId": "cust_1"}
        calls = [("/v1/orders/ord_c/cancel", None), ("/v1/subscriptions", asked)]
        with ThreadPoolExecutor(2) as pool:
            cancelled, rented = pool.map(lambda call, portal=portal: portal("POST", call[0], call[1]), calls)
        assert sorted((cancelled[0] == 200, rented[0] == 201)) == [False, True]
        shown = portal("GET", "/v1/orders/ord_c")[1]
        assert (shown["status"], shown["rentalProgress"]["rentedDevices"]) == (
            ("cancelled", 0) if cancelled[0] == 200 else ("fulfilled", 1)
        )


def test_one_device_is_rented_once(portal):
    asked = {"orderId": "ord_c", "assetSerialNumber": "SN-1", "customerId": "cust_1"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: portal("POST", "/v1/subscriptions", asked), range(8)))
    assert Counter(status for status, _ in answers) == {201: 1, 400: 7}
    assert portal("GET", "/v1/orders/ord_c")[1]["rentalProgress"]["rentedDevices"] == 1


def test_the_same_create_many_times_at_once_is_one_order(portal):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: portal("POST", "/v1/orders", CREATE), range(8)))
    assert {status for status, _ in answers} == {201}
    assert len({body["orderId"] for _, body in answers}) == 1
    assert [one["type"] for one in portal.effects()["notifications"]] == ["order.created"]


# ------------------------------------------------------------------------------------------------- lists


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["ord_t", "ord_c", "ord_p"]),
        ("?sortDir=asc", ["ord_p", "ord_c", "ord_t"]),
        ("?sortBy=orderId&sortDir=asc", ["ord_c", "ord_p", "ord_t"]),
        ("?sortBy=totals.total&sortDir=asc", ["ord_p", "ord_c", "ord_t"]),
        ("?sortBy=updatedAt&limit=1", ["ord_p"]),
        ("?sortBy=status&sortDir=asc", ["ord_c", "ord_t", "ord_p"]),
        ("?sortBy=nonsense", ["ord_t", "ord_c", "ord_p"]),
        ("?status=confirmed", ["ord_c"]),
        ("?status=nonsense", []),
        ("?status=", ["ord_t", "ord_c", "ord_p"]),
        ("?customerId=cust_2", ["ord_t"]),
        ("?customerId=cust_1&status=pending", ["ord_p"]),
        ("?customerId=cust_1&sortBy=orderId", ["ord_p", "ord_c"]),
        ("?customerId=cust_1&sortBy=status&sortDir=asc", ["ord_c", "ord_p"]),
        ("?status=pending&sortBy=status&customerId=cust_1&startAfter=ord_p", []),
        ("?customField_po=PO-7&sortBy=totals.total", ["ord_p"]),
        ("?customField_po=PO-7", ["ord_p"]),
        ("?customField_po=PO-7&customField_n=7", ["ord_p"]),
        ("?customField_po=PO-8", []),
        ("?startAfter=ord_c", ["ord_p"]),
        ("?startAfter=nonsense", ["ord_t", "ord_c", "ord_p"]),
    ],
)
def test_orders_are_listed_filtered_and_sorted(portal, query, ids):
    assert portal.ids(f"/v1/orders{query}") == ids


@pytest.mark.parametrize(
    ("asked", "given"),
    [("", 50), ("0", 1), ("-3", 1), ("7", 7), ("100", 100), ("101", 100), ("1e400", 100), ("abc", 50), ("2.9", 2)],
)
def test_a_page_size_is_brought_to_the_nearest_bound(portal, asked, given):
    assert portal("GET", f"/v1/orders?limit={asked}")[1]["limit"] == given


def test_pages_follow_each_other_to_the_end(portal):
    seen, cursor = [], None
    while True:
        page = portal("GET", "/v1/orders?limit=2" + (f"&startAfter={cursor}" if cursor else ""))[1]
        seen += [one["orderId"] for one in page["orders"]]
        cursor = page["nextCursor"]
        assert page["hasMore"] == (cursor is not None)
        if cursor is None:
            break
        assert (page["count"], cursor) == (2, seen[-1])
    assert seen == ["ord_t", "ord_c", "ord_p"]


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/v1/subscriptions?orderId=ord_t&sortDir=asc", ["sub_1", "sub_2"]),
        ("/v1/subscriptions?status=cancelled", ["sub_2"]),
        ("/v1/subscriptions?serialNumber=SN-sub_1", ["sub_1"]),
        ("/v1/subscriptions?sku=LAP-1&sortBy=endDate", ["sub_1", "sub_2"]),
        ("/v1/subscriptions?customerId=cust_2&limit=1&sortDir=asc", ["sub_1"]),
        ("/v1/subscriptions?endDateFrom=2025-03-01&endDateTo=2025-03-31", ["sub_2"]),
        ("/v1/subscriptions?endDateFrom=2025-04-01", ["sub_1"]),
        ("/v1/subscriptions?endDateTo=2027-01-15T23:59:59Z", ["sub_2"]),
        ("/v1/subscriptions?endDateTo=nonsense&sortDir=asc", ["sub_1", "sub_2"]),
        ("/v1/subscriptions?endDateFrom=2025-01-01", ["sub_1", "sub_2"]),
        ("/v1/subscriptions?endDateFrom=2025-01-01&sortBy=createdAt&sortDir=asc", ["sub_2", "sub_1"]),
        ("/v1/subscriptions?endDateFrom=2025-01-01&orderId=ord_t&status=active&limit=1", ["sub_1"]),
        ("/v1/subscriptions?endDateFrom=2025-01-01&startAfter=sub_1", ["sub_2"]),
        ("/v1/payments?sortBy=dueDate&sortDir=asc&limit=2", ["pay_1", "pay_2"]),
        ("/v1/payments?rentalId=sub_1&sortBy=dueDate", ["pay_4", "pay_3", "pay_2", "pay_1"]),
        ("/v1/payments?dueDateFrom=2025-02-01&dueDateTo=2025-03-01&sortBy=dueDate&limit=1", ["pay_3"]),
        ("/v1/payments?dueDateFrom=2025-02-01&dueDateTo=2025-03-01&sortBy=dueDate&startAfter=pay_3", ["pay_2"]),
        ("/v1/payments?status=paid", []),
        ("/v1/assets?sortBy=serialNumber&sortDir=asc&limit=3", ["SN-1", "SN-2", "SN-3"]),
        ("/v1/assets?status=available&sku=LAP-1&startAfter=SN-3&sortBy=serialNumber&sortDir=asc", ["SN-4"]),
        ("/v1/assets?rentalId=sub_1", []),
    ],
)
def test_the_other_lists_are_filtered_and_sorted_too(portal, path, ids):
    assert portal.ids(path) == ids


# ------------------------------------------------------------------------------------------------- who may


@pytest.mark.parametrize(("method", "path"), EVERY_CALL)
def test_what_belongs_to_another_tenant_is_not_found(portal, method, path):
    body = {"notes": "n"} if method == "PATCH" else None
    assert code(portal(method, path, body)) == (404, "NOT_FOUND")
    assert Portal(portal.url, US)("GET", "/v1/orders/ord_us")[1]["status"] == "pending"
    assert "ord_us" not in portal.ids("/v1/orders")


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({"Tenant-ID": "bu_nl"}, (401, "AUTH_REQUIRED")),
        ({**NL, "Authorization": "Bearer nope"}, (401, "INVALID_TOKEN")),
        ({**NL, "Authorization": "Basic cGs6"}, (401, "INVALID_TOKEN")),
        ({**NL, "Authorization": "Bearer"}, (401, "INVALID_TOKEN")),
        ({**NL, "Authorization": NL["Authorization"].removeprefix("Bearer ")}, (401, "INVALID_TOKEN")),
        ({"Authorization": "Bearer pk_nl"}, (403, "NO_TENANT_ACCESS")),
        ({**NL, "Tenant-ID": "bu_us"}, (403, "NO_TENANT_ACCESS")),
        ({**NL, "Authorization": "Bearer pk_reads"}, (403, "INSUFFICIENT_PERMISSIONS")),
    ],
)
def test_who_may_not_cancel_is_told_why_before_anything_is_read(portal, headers, refusal):
    stranger = Portal(portal.url, headers)
    for path in ("/v1/orders/ord_p/cancel", "/v1/orders/ord_nope/cancel"):
        assert code(stranger("POST", path, body=b"{")) == refusal
    assert portal("GET", "/v1/orders/ord_p")[1]["status"] == "pending"


def test_a_key_that_may_only_read_reads(portal):
    reader = Portal(portal.url, {**NL, "Authorization": "Bearer pk_reads"})
    assert reader("GET", "/v1/orders/ord_p")[0] == 200
    assert reader("POST", "/v1/subscriptions/calculate-buyout", {"rentalId": "sub_1"})[0] == 200
    assert code(reader("POST", "/v1/orders", CREATE)) == (403, "INSUFFICIENT_PERMISSIONS")


def test_a_limited_key_waits_and_others_do_not(server):
    limited = [{"token": "pk_nl", "tenant": "bu_nl", "rate_limit_per_minute": 3}, *WORLD["accounts"][1:]]
    portal = put(server, accounts=limited)
    answers = [portal.send("POST", "/v1/orders/ord_p/cancel") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 400, 400, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert code((429, answers[-1].json())) == (429, "RATE_LIMITED")
    assert Portal(server, US)("GET", "/v1/orders/ord_us")[0] == 200
    with Client(server) as client:
        client.call("POST", "/sandbox/clock", {"advance_seconds": 60})
    assert portal("GET", "/v1/orders/ord_p")[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("GET", "/v1/nope", (404, "NOT_FOUND")),
        ("GET", "/v1/orders/ord_p/cancel/", (404, "NOT_FOUND")),
        ("DELETE", "/v1/orders/ord_p", (405, "METHOD_NOT_ALLOWED")),
        ("GET", "/v1/orders/ord_p/cancel", (405, "METHOD_NOT_ALLOWED")),
    ],
)
def test_what_is_not_there_is_refused_in_the_same_envelope(portal, method, path, refusal):
    assert code(portal(method, path)) == refusal


def test_a_body_that_is_too_large_is_refused(portal):
    answer = portal("POST", "/v1/orders/ord_p/cancel", body=b'{"reason":"' + b"a" * 1_100_000 + b'"}')
    assert code(answer) == (413, "PAYLOAD_TOO_LARGE")


def test_the_document_of_what_is_served_is_served(portal):
    status, document = portal("GET", "/openapi.json")
    assert status == 200
    assert document["paths"]["/v1/orders/{orderId}/cancel"]["post"]["operationId"] == "cancelOrder"
