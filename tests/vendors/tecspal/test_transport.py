"""The envelope and its two transports, credentials, and the answers to broken messages."""

import json

import pytest
from hypothesis import given, settings, strategies as st

from countermand.dialects.contract import CallerFault, Fault, FaultKind, RateLimit, RateState
from countermand.dialects.tecspal import DIALECT
from countermand.dialects.tecspal.codes import REFUSALS, RULES, answer_refused, rule
from countermand.dialects.tecspal.envelope import VERBS, rewrite
from countermand.model.outcome import Refusal, Refused
from tests.vendors.tecspal.ledger import PENDING, QUOTED, Ledger, wire

CANCEL = {
    "data": {"id": PENDING, "companyCode": "DM1"},
    "request": "orders/cancel",
    "vendor": "tecspal",
    "verb": "POST",
}


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def message_of(answer: tuple[int, dict[str, object]]) -> object:
    status, document = answer
    assert status == 400
    assert set(document) == {"error", "message", "statusCode"}
    return document["message"]


# ----------------------------------------------------------------------------------------------------------- the envelope


@pytest.mark.parametrize("absent", [("request",), ("vendor",), ("verb",), ("request", "vendor", "verb")])
def test_what_repeats_the_path_may_be_left_out_of_a_documented_path(ledger, absent):
    body = {name: value for name, value in CANCEL.items() if name not in absent}
    assert ledger.call("POST", "/orders/cancel", body)[0] == 200


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("vendor", "other"),
        ("vendor", "TECSPAL"),
        ("vendor", ""),
        ("vendor", 1),
        ("verb", "GET"),
        ("verb", "post"),
        ("verb", ["POST"]),
        ("request", "orders/confirm"),
        ("request", "orders/cancel/"),
        ("request", ""),
        ("request", 5),
    ],
)
def test_what_contradicts_the_path_is_refused_and_nothing_happens(ledger, member, value):
    assert str(message_of(ledger.call("POST", "/orders/cancel", {**CANCEL, member: value}))).startswith(member)
    assert ledger.order(PENDING).status == "PENDING"


def test_a_contradiction_is_told_before_a_missing_id(ledger):
    body = {**CANCEL, "data": {}, "vendor": "other"}
    assert message_of(ledger.call("POST", "/orders/cancel", body)) == "vendor must be tecspal"


def test_a_leading_slash_and_percent_encoding_name_the_same_path(ledger):
    assert ledger.call("POST", "/orders/cancel", {**CANCEL, "request": "/orders/cancel"})[0] == 200
    body = {"filters": {"companyCode": "DM1"}, "request": "orders/café"}
    assert message_of(ledger.call("GET", "/orders/caf%C3%A9", body)) == "Order request not found"


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"null", b"{", b"\xff", b'{"a":NaN}', b"[" * 5000])
def test_a_body_that_is_no_json_object_is_refused(ledger, body):
    for method, path in (("POST", "/orders/cancel"), ("GET", "/orders"), ("POST", "/"), ("GET", "/companies")):
        assert message_of(ledger.call(method, path, body)) == "The body must be a JSON object"


def test_an_empty_body_is_an_empty_object(ledger):
    assert message_of(ledger.call("POST", "/orders/cancel")) == "id is required"
    assert message_of(ledger.call("GET", "/orders")) == "companyCode is required"
    assert ledger.call("GET", "/companies")[0] == 200


# ------------------------------------------------------------------------------------------------------------ the gateway


def test_the_gateway_does_what_the_documented_path_does():
    for order_id, path in ((PENDING, "orders/cancel"), (QUOTED, "orders/confirm")):
        direct, gateway = Ledger(), Ledger()
        body = {"data": {"id": order_id, "companyCode": "DM1"}, "request": path, "vendor": "tecspal", "verb": "POST"}
        assert gateway.call("POST", "/", body) == direct.call("POST", f"/{path}", body)
        assert gateway.orders == direct.orders


def test_a_read_through_the_gateway_keeps_its_filters(ledger):
    body = {"filters": {"companyCode": "DM1"}, "request": f"orders/{QUOTED}", "vendor": "tecspal", "verb": "GET"}
    status, answer = ledger.call("POST", "/", body)
    assert (status, answer["envelop"][0]["id"]) == (200, QUOTED)
    status, answer = ledger.call("POST", "/", {**body, "request": "orders"})
    assert (status, len(answer["envelop"])) == (200, 5)


@pytest.mark.parametrize("route", DIALECT.routes, ids=lambda route: route.operation)
def test_every_call_can_be_made_through_the_gateway(route):
    path = route.path.replace("{", "x").replace("}", "")
    body = json.dumps({"request": path.removeprefix("/"), "verb": route.method, "data": {"a": [1]}}).encode()
    rewritten = rewrite(wire("POST", "/", body, {"authorization": "Bearer x"}))
    assert (rewritten.method, rewritten.path, rewritten.body) == (route.method, path, body)
    assert rewritten.headers == {"authorization": "Bearer x"}


@pytest.mark.parametrize(
    "request_", ["orders/none/such", "nothing", "orders/", "/", "orders?x=1", "orders//cancel", "é"]
)
def test_an_unknown_request_is_not_found(ledger, request_):
    status, answer = ledger.call("POST", "/", {**CANCEL, "request": request_})
    assert status == 404
    assert answer["error"] == "Not Found"


@pytest.mark.parametrize("verb", ["post", "HEAD", "OPTIONS", "CANCEL", "", None, 5, ["POST"], {}])
def test_an_unknown_verb_is_refused(ledger, verb):
    assert str(message_of(ledger.call("POST", "/", {**CANCEL, "verb": verb}))).startswith("verb must be one of")


@pytest.mark.parametrize("request_", ["", None, 5, ["orders/cancel"]])
def test_a_gateway_call_without_a_request_is_refused(ledger, request_):
    assert str(message_of(ledger.call("POST", "/", {**CANCEL, "request": request_}))).startswith("request must be")


def test_a_known_path_with_another_verb_is_not_found(ledger):
    for verb in set(VERBS) - {"POST", "GET"}:
        status, answer = ledger.call("POST", "/", {**CANCEL, "verb": verb})
        assert (status, answer["message"]) == (404, f"Cannot {verb} /orders/cancel")


def test_only_a_post_to_the_root_is_the_gateway():
    for method, path in (("GET", "/"), ("PUT", "/"), ("POST", "/orders"), ("POST", "//")):
        asked = wire(method, path, b"{}")
        assert rewrite(asked) is asked


@given(st.text(max_size=30))
@settings(deadline=None)
def test_whatever_the_request_says_the_rewritten_path_is_ascii(text):
    try:
        rewritten = rewrite(wire("POST", "/", {"verb": "GET", "request": text}))
    except CallerFault:
        assert text == ""
    else:
        assert rewritten.path.isascii()
        assert rewritten.path.startswith("/")


# ------------------------------------------------------------------------------------------------------------ credentials


@pytest.mark.parametrize(
    ("headers", "claims"),
    [
        ({"tenant_id": "t-1"}, {"tenant_id": "t-1"}),
        ({"tenant-id": "t-1"}, {"tenant_id": "t-1"}),
        ({"tenant_id": "t-1", "tenant-id": "t-2"}, {"tenant_id": "t-1"}),
        ({"tenant_id": "", "tenant-id": "t-1"}, {"tenant_id": ""}),
        ({}, {}),
    ],
)
def test_the_tenant_is_presented_under_either_spelling_of_its_header(headers, claims):
    presented = DIALECT.credential(wire("GET", "/orders", headers={"authorization": "Bearer tok-t", **headers}))
    assert (presented.secret, presented.claims) == ("tok-t", claims)


@pytest.mark.parametrize("value", [None, "", "Basic abc", "Bearer", "Bearer ", "tok-t"])
def test_without_a_bearer_token_there_is_no_credential(value):
    headers = {"tenant_id": "t-1", **({"authorization": value} if value is not None else {})}
    with pytest.raises(CallerFault) as caught:
        DIALECT.credential(wire("GET", "/orders", headers=headers))
    assert caught.value.fault.kind is FaultKind.NO_CREDENTIAL


# ----------------------------------------------------------------------------------------------------------------- tables

BAD = "Bad Request"


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (Fault(kind=FaultKind.NO_CREDENTIAL), 401, {"error": "Unauthorized", "message": "Unauthorized access"}),
        (Fault(kind=FaultKind.BAD_CREDENTIAL), 401, {"error": "Unauthorized", "message": "Unauthorized access"}),
        (Fault(kind=FaultKind.WRONG_TENANT), 401, {"error": "Unauthorized", "message": "Unauthorized access"}),
        (Fault(kind=FaultKind.FORBIDDEN), 403, {"error": "Forbidden", "message": "Forbidden resource"}),
        (Fault(kind=FaultKind.RATE_LIMITED), 429, {"error": "Too Many Requests", "message": "Too many requests"}),
        (Fault(kind=FaultKind.NO_ROUTE), 404, {"error": "Not Found", "message": "Cannot GET /x"}),
        (Fault(kind=FaultKind.WRONG_METHOD), 404, {"error": "Not Found", "message": "Cannot GET /x"}),
        (
            Fault(kind=FaultKind.BODY_TOO_LARGE),
            413,
            {"error": "Payload Too Large", "message": "request entity too large"},
        ),
        (Fault(kind=FaultKind.MALFORMED), 400, {"error": BAD, "message": "The body must be a JSON object"}),
        (Fault(kind=FaultKind.INVALID, detail="d"), 400, {"error": BAD, "message": "d"}),
        (Fault(kind=FaultKind.INVALID), 400, {"error": BAD, "message": "Bad Request"}),
        (Fault(kind=FaultKind.UNAVAILABLE), 503, {"error": "Service Unavailable", "message": "Service unavailable"}),
        (Fault(kind=FaultKind.INTERNAL, detail="secret"), 500, {"message": "Internal server error"}),
    ],
    ids=lambda value: str(getattr(value, "kind", "")),
)
def test_every_fault_has_the_vendors_error_shape(fault, status, body):
    answer = DIALECT.encode_fault(fault, wire("GET", "/x"))
    assert (answer.status, json.loads(answer.body)) == (status, {**body, "statusCode": status})


def test_every_refusal_is_a_400_because_no_page_knows_another_status():
    assert set(REFUSALS) == set(Refusal)
    for refusal in Refusal:
        refused = Refused(refusal=refusal, vendor_code="HARDWARE_LAST" if refusal is Refusal.VENDOR_RULE else "")
        answer = answer_refused(refused, "forbidden")
        document = json.loads(answer.body)
        assert (answer.status, document["statusCode"], document["error"]) == (400, 400, BAD)
        assert document["message"]


def test_every_rule_of_the_vendor_says_something():
    for code in RULES:
        assert json.loads(answer_refused(rule(code, "detail")).body)["message"]


def test_there_are_no_headers_of_a_rate_limit():
    assert DIALECT.limit_headers(RateState(limit=RateLimit(requests_max=1), remaining=0, reset_s=1)) == ()
