"""The whole way over real HTTP: the documented calls, their refusals, strangers, and many at once."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.process import Client
from tests.vendors.tecspal.ledger import (
    ACCEPTED,
    CANCELLED,
    DELIVERED,
    FOREIGN,
    IDS,
    MADE,
    ORDERS,
    PENDING,
    QUOTED,
    STRANGERS,
)
from tests.vendors.tecspal.test_edits import ALTERNATIVES
from tests.vendors.tecspal.test_orders import COMPANY, EMPLOYEE, QUOTE

UNAUTHORIZED = {"error": "Unauthorized", "message": "Unauthorized access", "statusCode": 401}
NOT_FOUND = {"error": "Bad Request", "message": "Order request not found", "statusCode": 400}

WORLD = {
    "clock": "2025-04-10T08:00:00Z",
    "accounts": [
        {"token": "tok-t", "tenant_id": "t-1", "companies": ["DM1", "WWS"]},
        {"token": "tok-t2", "tenant_id": "t-1", "companies": ["DM1"]},
        {"token": "tok-z", "tenant_id": "t-2", "companies": ["ZZZ"]},
    ],
    "companies": [{"companyCode": "DM1", "name": "Demo One", "webhookUrl": "https://dm1.example/hooks"}],
    "orders": [*ORDERS, STRANGERS],
}


class Buyer:
    """One tenant's client, and the sandbox."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.headers = {"Authorization": "Bearer tok-t", "tenant_id": "t-1"} if headers is None else headers

    def __call__(self, method: str, path: str, document: object = None, body: bytes | None = None) -> tuple[int, Any]:
        with Client(self.url, self.headers) as client:
            answer = client.call(method, f"/tecspal{path}", document, body=body)
        assert answer.headers["content-type"] == "application/json"
        shown: Any = answer.json()
        assert shown["statusCode"] == answer.status
        return answer.status, shown

    def cancel(self, order_id: str, code: str = "DM1") -> tuple[int, Any]:
        data = {"id": order_id, "companyCode": code}
        return self("POST", "/orders/cancel", {"data": data, "request": "orders/cancel", "vendor": "tecspal"})

    def confirm(self, order_id: str) -> tuple[int, Any]:
        return self("POST", "/orders/confirm", {"data": {"id": order_id, "companyCode": "DM1"}})

    def order(self, order_id: str) -> Any:
        _, answer = self("GET", f"/orders/{order_id}", {"filters": {"companyCode": "DM1"}})
        return answer["envelop"][0]

    def effects(self) -> Any:
        with Client(self.url) as client:
            return client.call("GET", "/sandbox/tecspal/effects").json()


@pytest.fixture
def buyer(server: str) -> Buyer:
    return put(server)


def put(server: str, **members: object) -> Buyer:
    with Client(server) as client:
        assert client.call("PUT", "/sandbox/tecspal/world", {**WORLD, **members}).status == 204
    return Buyer(server)


def test_an_order_from_quote_to_cancel(buyer):
    assert buyer("POST", "/companies", {"data": COMPANY})[0] == 201
    data = {**QUOTE, "companyCode": "NCY", "sendTo": "EMPLOYEE", "employee": EMPLOYEE}
    status, quoted = buyer("POST", "/orders/quote", {"data": data})
    order_id = quoted["envelop"][0]["id"]
    assert (status, quoted["envelop"][0]["status"], quoted["envelop"][0]["orderNumber"]) == (201, "PENDING", 106)
    listed = buyer("GET", "/orders", {"filters": {"companyCode": "NCY", "countryCode": "UY"}})[1]["envelop"]
    assert listed == quoted["envelop"]
    assert buyer.cancel(order_id) == (400, NOT_FOUND)
    assert buyer.cancel(order_id, "NCY")[0] == 200
    assert [event["type"] for event in buyer.effects()["events"]] == ["lifecycle.placed", "order.cancelled"]
    assert [told["order"] for told in buyer.effects()["notifications"]] == [order_id]
    assert buyer.effects()["reservations"] == []


def test_an_order_from_quote_to_confirmation(buyer):
    data = {**QUOTE, "hardwares": [*QUOTE["hardwares"], {"hardwareType": "EXTENDED_WARRANTY_WINDOWS"}]}
    _, quoted = buyer("POST", "/orders/quote", {"data": {**data, "autoQuote": True}})
    (order,) = quoted["envelop"]
    assert order["status"] == "QUOTED"
    removal = {"companyCode": "DM1", "hardwareRequests": [{"hardwareRequestId": order["hardwares"][1]["id"]}]}
    path = f"/orders/{order['id']}/hardware-requests/remove"
    status, trimmed = buyer("PATCH", path, {"data": removal})
    assert (status, len(trimmed["envelop"][0]["hardwares"])) == (200, 1)
    assert buyer.confirm(order["id"])[1]["envelop"] == [{"id": order["id"], "status": "ACCEPTED"}]
    assert buyer("PATCH", path, {"data": removal})[0] == 400
    assert buyer.cancel(order["id"])[0] == 400
    assert buyer.confirm(order["id"])[0] == 400
    types = [event["type"] for event in buyer.effects()["events"]]
    assert types == ["lifecycle.placed", "order.lines_cancelled", "facts.hardware_removed", "lifecycle.moved"]
    assert buyer.effects()["notifications"] == []


def test_an_alternative_is_selected(server):
    buyer = put(server, orders=[{"id": PENDING, "hardwares": ALTERNATIVES}])
    data = {"companyCode": "DM1", "alternativeGroupId": "g-1", "hardwareRequestId": "h-2"}
    status, answer = buyer("POST", f"/orders/{PENDING}/hardware-alternatives/select", {"data": data})
    assert (status, answer["envelop"][0]["hardwares"][0]["name"]) == (200, "ThinkPad")
    assert buyer.order(PENDING) == answer["envelop"][0]


@pytest.mark.parametrize("status", IDS)
def test_a_cancel_leaves_what_it_should(buyer, status):
    order_id = IDS[status]
    before = buyer.order(order_id)
    code, answer = buyer.cancel(order_id)
    after, effects = buyer.order(order_id), buyer.effects()
    if status in {"PENDING", "QUOTED"}:
        assert (code, answer["envelop"]) == (200, [{"id": order_id, "status": "CANCELLED"}])
        assert after == {**before, "status": "CANCELLED", "updatedAt": "2025-04-10T08:00:00.000Z"}
        assert [event["order"] for event in effects["events"]] == [order_id]
        (told,) = effects["notifications"]
        assert (told["address"], told["body"]["companyCode"]) == ("https://dm1.example/hooks", "DM1")
    else:
        assert code == (200 if status == "CANCELLED" else 400)
        assert (after, effects["events"], effects["notifications"]) == (before, [], [])


def test_a_repeat_an_hour_later_changes_nothing(buyer):
    first = buyer.cancel(PENDING)
    before = buyer.order(PENDING)
    with Client(buyer.url) as client:
        assert client.call("POST", "/sandbox/clock", {"advance_seconds": 3600}).status in {200, 204}
    assert buyer.cancel(PENDING) == first
    assert buyer.order(PENDING) == before
    assert len(buyer.effects()["events"]) == len(buyer.effects()["notifications"]) == 1


# ----------------------------------------------------------------------------------------------------------- who is calling


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"tenant_id": "t-1"},
        {"Authorization": "Bearer tok-t"},
        {"Authorization": "Bearer tok-t", "tenant_id": ""},
        {"Authorization": "Bearer tok-t", "tenant_id": "t-2"},
        {"Authorization": "Bearer tok-t", "tenant_id": "T-1"},
        {"Authorization": "Bearer tok-z", "tenant_id": "t-1"},
        {"Authorization": "Bearer nobody", "tenant_id": "t-1"},
        {"Authorization": "Basic tok-t", "tenant_id": "t-1"},
        {"Authorization": "tok-t", "tenant_id": "t-1"},
    ],
)
def test_without_token_and_tenant_everything_is_unauthorized(buyer, headers):
    stranger = Buyer(buyer.url, headers)
    assert stranger.cancel(PENDING) == (401, UNAUTHORIZED)
    assert stranger("POST", "/orders/cancel", body=b"{") == (401, UNAUTHORIZED)
    assert stranger("GET", f"/orders/{PENDING}") == (401, UNAUTHORIZED)
    body = {"data": {"id": PENDING, "companyCode": "DM1"}, "request": "orders/cancel", "verb": "POST"}
    assert stranger("POST", "/", body) == (401, UNAUTHORIZED)
    assert stranger("POST", "/", {}) == (401, UNAUTHORIZED)
    assert buyer.order(PENDING)["status"] == "PENDING"


@pytest.mark.parametrize("name", ["tenant_id", "tenant-id", "TENANT_ID", "Tenant-Id"])
def test_the_tenant_header_arrives_under_every_spelling(buyer, name):
    assert Buyer(buyer.url, {"Authorization": "bearer tok-t", name: "t-1"}).cancel(PENDING)[0] == 200


def test_another_account_of_the_tenant_sees_the_same_and_another_tenant_nothing(buyer):
    second = Buyer(buyer.url, {"Authorization": "Bearer tok-t2", "tenant_id": "t-1"})
    assert second.order(PENDING)["id"] == PENDING
    stranger = Buyer(buyer.url, {"Authorization": "Bearer tok-z", "tenant_id": "t-2"})
    for code in ("DM1", "ZZZ"):
        assert stranger.cancel(PENDING, code) == (400, NOT_FOUND)
        assert stranger("GET", f"/orders/{PENDING}", {"filters": {"companyCode": code}}) == (400, NOT_FOUND)
    assert stranger("GET", "/orders", {"filters": {"companyCode": "DM1"}})[1]["envelop"] == []
    assert stranger.cancel(FOREIGN, "ZZZ")[0] == 200
    assert buyer.cancel(FOREIGN, "ZZZ") == (400, NOT_FOUND)


# -------------------------------------------------------------------------------------------------------------- transport


@pytest.mark.parametrize(
    ("verb", "request_", "member", "value", "status"),
    [
        ("POST", "orders/cancel", "data", {"id": PENDING, "companyCode": "DM1"}, 200),
        ("POST", "orders/confirm", "data", {"id": QUOTED, "companyCode": "DM1"}, 200),
        ("POST", "orders/quote", "data", QUOTE, 201),
        ("GET", "orders", "filters", {"companyCode": "DM1"}, 200),
        ("GET", f"orders/{ACCEPTED}", "filters", {"companyCode": "DM1"}, 200),
        ("GET", "companies", "filters", {}, 200),
        ("POST", "companies", "data", COMPANY, 201),
        ("GET", "catalog", "filters", {}, 200),
        ("POST", "orders/cancel", "data", {"id": DELIVERED, "companyCode": "DM1"}, 400),
        ("POST", "orders/none", "data", {}, 404),
        ("DELETE", "orders/cancel", "data", {}, 404),
        ("DROP", "orders/cancel", "data", {}, 400),
    ],
)
def test_the_gateway_answers_every_call(buyer, verb, request_, member, value, status):
    body = {"request": request_, "verb": verb, "vendor": "tecspal", member: value}
    for path in ("/", ""):
        put(buyer.url)
        assert buyer("POST", path, body)[0] == status


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/none"), ("PUT", "/orders/cancel"), ("DELETE", "/orders"), ("GET", "/orders/")],
)
def test_an_unknown_path_is_not_found_in_the_frameworks_words(buyer, method, path):
    status, answer = buyer(method, path)
    assert (status, answer) == (404, {"error": "Not Found", "message": f"Cannot {method} {path}", "statusCode": 404})


def test_a_body_that_is_too_large_is_refused_and_nothing_happens(buyer):
    data = {"id": PENDING, "companyCode": "DM1", "x": "a" * 1024 * 1024}
    status, answer = buyer("POST", "/orders/cancel", {"data": data})
    assert (status, answer["error"]) == (413, "Payload Too Large")
    assert buyer.order(PENDING)["status"] == "PENDING"


@pytest.mark.parametrize("order_id", ["é", "a/b", "x" * 2000, "'; DROP TABLE orders; --", "日本", "%", "\U0001f4a5"])
def test_odd_ids_name_no_order_and_break_nothing(buyer, order_id):
    assert buyer.cancel(order_id) == (400, NOT_FOUND)
    body = {"filters": {"companyCode": order_id}, "request": "orders", "verb": "GET"}
    assert buyer("POST", "/", body)[1]["envelop"] == []


# ----------------------------------------------------------------------------------------------------------- many at once


def at_once(*calls):
    with ThreadPoolExecutor(len(calls)) as pool:
        return [job.result() for job in [pool.submit(call) for call in calls]]


def test_eight_cancels_at_once_all_succeed_and_cancel_once(buyer):
    answers = at_once(*[lambda: buyer.cancel(PENDING)] * 8)
    assert Counter(status for status, _ in answers) == {200: 8}
    assert all(answer["envelop"] == [{"id": PENDING, "status": "CANCELLED"}] for _, answer in answers)
    effects = buyer.effects()
    assert [event["type"] for event in effects["events"]] == ["order.cancelled"]
    assert len(effects["notifications"]) == 1


@pytest.mark.parametrize("_", range(5))
def test_of_cancel_and_confirm_at_once_exactly_one_wins(buyer, _):
    cancelled, confirmed = at_once(lambda: buyer.cancel(QUOTED), lambda: buyer.confirm(QUOTED))
    assert {cancelled[0], confirmed[0]} == {200, 400}
    assert buyer.order(QUOTED)["status"] == ("CANCELLED" if cancelled[0] == 200 else "ACCEPTED")
    assert len(buyer.effects()["notifications"]) == (1 if cancelled[0] == 200 else 0)


def test_removals_at_once_never_take_the_last_piece(server):
    buyer = put(server, orders=[{"id": PENDING, "hardwares": [{"id": "h-1", "amount": 4}]}])
    data = {"companyCode": "DM1", "hardwareRequests": [{"hardwareRequestId": "h-1", "amount": 1}]}
    path = f"/orders/{PENDING}/hardware-requests/remove"
    answers = at_once(*[lambda: buyer("PATCH", path, {"data": data})] * 8)
    assert Counter(status for status, _ in answers) == {200: 3, 400: 5}
    assert buyer.order(PENDING)["hardwares"] == [{"id": "h-1", "amount": 1}]
    assert buyer.order(PENDING)["status"] == "PENDING"


def test_quotes_at_once_get_numbers_of_their_own(buyer):
    answers = at_once(*[lambda: buyer("POST", "/orders/quote", {"data": QUOTE})] * 8)
    numbers = [answer["envelop"][0]["orderNumber"] for status, answer in answers if status == 201]
    assert sorted(numbers) == list(range(106, 114))


def test_a_company_created_at_once_is_created_once(buyer):
    answers = at_once(*[lambda: buyer("POST", "/companies", {"data": COMPANY})] * 6)
    assert Counter(status for status, _ in answers) == {201: 1, 400: 5}


def test_everything_about_a_cancelled_order_is_the_worlds(buyer):
    shown = buyer.order(CANCELLED)
    assert (shown["createdAt"], shown["updatedAt"], shown["companyName"]) == (MADE, MADE, "Demo One")
