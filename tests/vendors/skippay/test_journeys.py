"""This vendor over real sockets: tokens, routes, races, what the sandbox saw. What a call decides is judged in the others."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from countermand.dialects.skippay import DIALECT
from tests.vendors.skippay.ledger import APPLICATION, CREATE, ID, application, czk

TOKEN = "sandbox-access-token-shop-a-0000000001"
OTHER = "sandbox-access-token-shop-b-0000000002"
WORLD = {
    "clock": "2024-05-02T10:00:00Z",
    "accounts": [
        {"token": TOKEN, "username": "shop-a", "password": "pass-a"},
        {"token": OTHER, "username": "shop-b", "password": "pass-b"},
    ],
    "applications": [APPLICATION],
}
APPLICATIONS = "/financing/v1/applications"
CANCEL = f"{APPLICATIONS}/{ID}/order/cancel"
DETAIL = f"{APPLICATIONS}/{ID}"


class Shop:
    """A partner's client, as plain as can be."""

    def __init__(self, base: str) -> None:
        self._base = urlsplit(base)

    def call(self, method: str, path: str, body: object = None, *, token: str | None = TOKEN) -> tuple[int, Any]:
        status, _, answer = self.exchange(method, path, body, token=token)
        return status, answer

    def exchange(self, method: str, path: str, body: object = None, *, token: str | None = TOKEN):
        """Status, headers and body. A path that begins with /sandbox is not this vendor's."""
        connection = http.client.HTTPConnection(self._base.hostname or "", self._base.port, timeout=30)
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            connection.request(method, path if path.startswith("/sandbox") else f"{DIALECT.mount}{path}", data, headers)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, dict(answer.getheaders()), json.loads(content) if content else None
        finally:
            connection.close()

    def put_world(self, *applications: object) -> None:
        world = {**WORLD, **({"applications": list(applications)} if applications else {})}
        assert self.call("PUT", f"/sandbox/{DIALECT.name}/world", world, token=None)[0] == 204

    def effects(self) -> tuple[list[str], list[str]]:
        """The kinds of events and of notifications."""
        _, answer = self.call("GET", f"/sandbox/{DIALECT.name}/effects", token=None)
        assert {entry["order"] for kind in ("events", "notifications") for entry in answer[kind]} <= {ID}
        cancels = [event["type"] for event in answer["events"] if event["type"].startswith("order.")]
        return cancels, [told["type"] for told in answer["notifications"]]


@pytest.fixture
def shop(server: str) -> Shop:
    client = Shop(server)
    client.put_world()
    return client


MISSING = {"error_description": "The access token is missing", "error": "invalid_request"}
WRONG = {"error_description": "The access token is invalid or has expired", "error": "invalid_token"}


@pytest.mark.parametrize("call", [("PUT", CANCEL), ("GET", DETAIL), ("GET", "/nowhere"), ("DELETE", DETAIL)])
def test_without_a_good_token_nothing_is_told_not_even_the_routes(shop, call):
    assert shop.call(*call, token=None) == (401, MISSING)
    assert shop.call(*call, token="expired") == (401, WRONG)


def test_a_token_is_looked_at_before_the_body(shop):
    assert shop.call("PUT", CANCEL, b"{", token="expired") == (401, WRONG)


def test_unknown_routes_and_wrong_methods_have_the_vendors_envelope(shop):
    status, answer = shop.call("GET", "/financing/v2/applications")
    assert (status, answer["errors"][0]["severity"]) == (404, "ERROR")
    status, headers, answer = shop.exchange("POST", CANCEL, {})
    assert (status, answer["errors"][0]["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert {name.lower(): value for name, value in headers.items()}["allow"] == "PUT"
    assert shop.call("GET", f"{APPLICATIONS}//order/cancel")[0] == 404


def test_a_body_that_is_too_large_is_400(shop):
    status, answer = shop.call("PUT", CANCEL, b'"' + b"x" * 1_100_000 + b'"')
    assert (status, answer["errors"][0]["code"]) == (400, "INVALID_REQUEST")
    assert shop.effects() == ([], [])


def test_answers_are_json_in_utf8(shop):
    _, headers, _ = shop.exchange("GET", DETAIL)
    assert {name.lower(): value for name, value in headers.items()}["content-type"] == "application/json; charset=utf-8"


def test_a_login_gives_a_token_for_two_hours(shop):
    body = {"username": "shop-a", "password": "pass-a"}
    status, answer = shop.call("POST", "/authentication/v1/partner", body, token=None)
    assert (status, answer["expiresIn"]) == (200, 7200)
    token = answer["accessToken"]
    assert len(token) >= 30
    assert shop.call("GET", DETAIL, token=token)[0] == 200
    shop.call("POST", "/sandbox/clock", {"advance_seconds": 7199}, token=None)
    assert shop.call("GET", DETAIL, token=token)[0] == 200
    shop.call("POST", "/sandbox/clock", {"advance_seconds": 2}, token=None)
    assert shop.call("GET", DETAIL, token=token) == (401, WRONG)
    assert shop.call("GET", DETAIL)[0] == 200, "a token of the world does not expire"


def test_a_login_works_with_a_slash_and_fails_with_a_wrong_password(shop):
    body = {"username": "shop-b", "password": "pass-b"}
    assert shop.call("POST", "/authentication/v1/partner/", body, token=None)[0] == 200
    for wrong in ({**body, "password": "pass-a"}, {**body, "username": "nobody"}):
        status, answer = shop.call("POST", "/authentication/v1/partner", wrong, token=None)
        assert (status, answer["errors"][0]["severity"]) == (400, "ERROR")


def test_health_needs_no_token(shop):
    status, answer = shop.call("GET", "/v1/health", token=None)
    assert (status, list(answer)) == (200, ["projectVersion"])


@pytest.mark.parametrize(
    "call",
    [
        ("PUT", CANCEL),
        ("PUT", f"{DETAIL}/cancel"),
        ("PUT", f"{DETAIL}/order/send"),
        ("PUT", f"{DETAIL}/order/deliver"),
        ("PUT", f"{DETAIL}/order/return"),
        ("GET", DETAIL),
        ("GET", f"{DETAIL}/payments"),
        ("GET", f"/financing/v1/orders?applicationId={ID}"),
        ("GET", "/financing/v1/orders?orderNumber=AA234"),
        ("GET", "/financing/v1/recurrences/r1"),
    ],
)
def test_another_partner_sees_nothing(shop, call):
    shop.put_world(application(recurrence={"id": "r1"}))
    status, answer = shop.call(*call, token=OTHER)
    assert (status, answer["errors"][0]["severity"]) == (404, "ERROR")
    assert shop.effects() == ([], [])
    assert shop.call("GET", DETAIL)[1]["stateReason"] == "READY_TO_SHIP"


def test_of_many_cancels_at_once_exactly_one_wins(shop):
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: shop.call("PUT", CANCEL, {})[0], range(8)))
    assert sorted(statuses) == [200] + [422] * 7
    assert shop.effects() == (["order.cancelled"], ["application_notification"])


def test_a_unit_is_cancelled_or_sent_and_never_both(shop):
    bodies = [
        ("cancel", {"items": [{"code": "TEA-100", "quantity": 1}]}),
        ("send", {"items": [{"code": "TEA-100", "quantity": 1}]}),
    ] * 3
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda call: shop.call("PUT", f"{DETAIL}/order/{call[0]}", call[1])[0], bodies))
    assert sorted(statuses) == [200] * 3 + [422] * 3
    items = [shown for shown in shop.call("GET", DETAIL)[1]["order"]["items"] if shown["code"] == "TEA-100"]
    assert sum(shown["quantity"] for shown in items) == 3
    assert "PROCESSING" not in {shown["state"] for shown in items}


def test_of_many_creates_of_one_number_one_is_new(shop):
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: shop.call("POST", APPLICATIONS, CREATE), range(6)))
    assert sorted(status for status, _ in answers) == [200] * 5 + [201]
    assert len({answer["id"] for _, answer in answers}) == 1


def test_a_whole_life_from_login_to_return(shop):
    _, login = shop.call("POST", "/authentication/v1/partner", {"username": "shop-a", "password": "pass-a"}, token=None)
    token = login["accessToken"]
    _, created = shop.call("POST", APPLICATIONS, CREATE, token=token)
    path = f"{APPLICATIONS}/{created['id']}"
    assert shop.call("GET", path, token=token) == (200, created)
    found = shop.call("GET", "/financing/v1/orders?orderNumber=AA235", token=token)[1]
    assert found["applicationInfo"]["id"] == created["id"]
    assert shop.call("PUT", f"{path}/order/cancel", {}, token=token)[0] == 422, "it is not approved yet"
    assert shop.call("PUT", f"{path}/order", {"order": {"number": "AA236"}}, token=token)[1]["number"] == "AA236"
    assert shop.call("GET", "/financing/v1/orders?orderNumber=AA235", token=token)[0] == 404
    assert shop.call("PUT", f"{path}/cancel", {}, token=token)[1]["stateReason"] == "CANCELLED_NOT_PAID"


def test_the_newest_order_with_a_symbol_is_found(shop):
    shop.put_world(application(id="a1"), application({"number": "AA1", "variableSymbols": ["1", "77"]}, id="b1"))
    for query, wanted in (
        ("orderVariableSymbol=77", "b1"),
        ("orderVariableSymbol=077&orderNumber=AA1", "b1"),
        ("orderNumber=AA234", "a1"),
    ):
        assert shop.call("GET", f"/financing/v1/orders?{query}")[1]["applicationInfo"]["id"] == wanted
    assert shop.call("GET", "/financing/v1/orders?orderVariableSymbol=77&orderNumber=AA234")[0] == 404
    assert shop.call("GET", "/financing/v1/orders")[0] == 422


def test_a_recurrence_lives_beside_its_application(shop):
    shop.put_world(application(recurrence={"id": "r1"}))
    again = {**{name: value for name, value in CREATE.items() if name != "customer"}}
    status, answer = shop.call("POST", "/financing/v1/recurrences/r1/applications", again)
    assert (status, answer["order"]["number"]) == (201, "AA235")
    assert shop.call("PATCH", "/financing/v1/recurrences/r1", {"state": "CANCELLED"})[1]["state"] == "CANCELLED"
    assert shop.call("POST", "/financing/v1/recurrences/r1/applications", again)[0] == 422
    assert shop.call("GET", "/financing/v1/recurrences/r1")[1] == {"id": "r1", "state": "CANCELLED"}


def test_a_created_recurrence_is_found_by_its_id(shop):
    _, created = shop.call("POST", APPLICATIONS, {**CREATE, "isRecurring": True})
    recurrence = created["recurrence"]
    assert recurrence["state"] == "APPROVING"
    assert shop.call("GET", f"/financing/v1/recurrences/{recurrence['id']}")[1] == recurrence


def test_payments_and_precheck_answer(shop):
    assert shop.call("GET", f"{DETAIL}/payments")[1] == {"data": [], "pagingInfo": {"itemsPerPage": 10}}
    customer = {"email": "e@example.com", "phone": "+420601000000"}
    status, answer = shop.call("POST", "/financing/v1/precheck", {"customer": customer})
    assert (status, answer["results"][0]["code"]) == (200, "UNKNOWN")


def test_partial_cancels_survive_a_reading_back(shop):
    for quantity in (1, 2):
        shop.call("PUT", CANCEL, {"items": [{"code": "TEA-100", "quantity": quantity}]})
    _, detail = shop.call("GET", DETAIL)
    assert detail["order"]["totalPrice"] == czk(58700)
    assert shop.effects() == (["order.lines_cancelled"] * 2, [])


def test_strange_ids_are_unknown_applications_and_not_errors(shop):
    for strange in ("%00", "a%2Fb", "%F0%9F%92%A9", "..", "%25", "a" * 2000):
        status, answer = shop.call("GET", f"{APPLICATIONS}/{strange}")
        assert (status, answer["errors"][0]["severity"]) == (404, "ERROR"), strange


def test_the_document_is_served(shop):
    status, answer = shop.call("GET", "/openapi.json", token=None)
    assert status == 200
    assert set(answer["paths"]) == {route.path for route in DIALECT.routes}
