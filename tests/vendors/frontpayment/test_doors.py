"""Credentials, limits, faults, and accounts and worlds of the sandbox."""

import json

import pytest
from msgspec.structs import replace

from countermand.dialects.contract import (
    CallerFault,
    Fault,
    FaultKind,
    FieldFault,
    RateLimit,
    RateState,
    WireRequest,
    World,
)
from countermand.dialects.frontpayment import DIALECT
from countermand.dialects.frontpayment.codes import RULES, refused
from countermand.dialects.frontpayment.envelope import HEADERS
from countermand.model.outcome import Refusal, Refused
from tests.vendors.frontpayment.ledger import CALLER, MERCHANT, NOTE, NOW, OTHER, Ledger, described_by, order


def wire(path: str = "/api/v1/connect/orders/cancel/ODR1", **headers: str) -> WireRequest:
    return WireRequest(method="POST", path=path, received_at=NOW, headers=headers)


@pytest.mark.parametrize(("header", "token"), [("Bearer fp-demo-token", "fp-demo-token"), ("bearer  x ", "x")])
def test_the_token_is_a_bearers(header: str, token: str) -> None:
    assert DIALECT.credential(wire(authorization=header)).secret == token


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Basic abc"}, {"authorization": "Bearer"}, {"x-api-key": "a"}]
)
def test_anything_else_is_no_credential(headers: dict[str, str]) -> None:
    with pytest.raises(CallerFault) as caught:
        DIALECT.credential(wire(**headers))
    assert caught.value.fault.kind is FaultKind.NO_CREDENTIAL


#: Kind, status, status_message, message, whether `errors` is a list.
FAULTS = [
    (FaultKind.NO_CREDENTIAL, 401, "Unauthorized", "Unauthenticated.", False),
    (FaultKind.BAD_CREDENTIAL, 401, "Unauthorized", "Unauthenticated.", False),
    (FaultKind.WRONG_TENANT, 401, "Unauthorized", "Unauthenticated.", False),
    (FaultKind.FORBIDDEN, 403, "Forbidden", "This action is unauthorized.", False),
    (FaultKind.RATE_LIMITED, 429, "Too Many Requests", "Too Many Attempts.", False),
    (FaultKind.NO_ROUTE, 404, "Not Found", "The route could not be found.", False),
    (FaultKind.WRONG_METHOD, 405, "Method Not Allowed", "The method is not supported for this route.", False),
    (FaultKind.BODY_TOO_LARGE, 413, "Payload Too Large", "The payload is too large.", False),
    (FaultKind.MALFORMED, 417, "Client Error", "payloadValidationErrors", True),
    (FaultKind.INVALID, 417, "Client Error", "payloadValidationErrors", True),
    (FaultKind.UNAVAILABLE, 510, "Execution Exception Occurred", "Something Went Wrong", True),
    (FaultKind.INTERNAL, 510, "Execution Exception Occurred", "Something Went Wrong", True),
]


@pytest.mark.parametrize(("kind", "status", "phrase", "message", "listed"), FAULTS)
def test_every_fault_is_told_in_the_error_envelope(
    kind: FaultKind, status: int, *, phrase: str, message: str, listed: bool
) -> None:
    answer = DIALECT.encode_fault(Fault(kind=kind, detail="SELECT secret FROM keys"), wire())
    body = json.loads(answer.body)
    errors = body.pop("errors")
    head = {"status_code": status, "status_message": phrase, "message": message, "is_error": True}
    assert (answer.status, body) == (status, head)
    assert isinstance(errors, list) if listed else errors is None


def test_the_table_of_faults_is_complete() -> None:
    assert {kind for kind, *_ in FAULTS} == set(FaultKind)


def test_a_failure_of_the_server_never_says_what_failed() -> None:
    for kind in (FaultKind.INTERNAL, FaultKind.UNAVAILABLE):
        answer = DIALECT.encode_fault(
            Fault(kind=kind, detail="SELECT", fields=(FieldFault(path="a", message="b"),)), wire()
        )
        assert len(json.loads(answer.body)["errors"]) == 1
        assert b"SELECT" not in answer.body
        described_by("cancelOrder", answer)


def test_a_delayed_charge_fails_in_words_of_its_own() -> None:
    fault = Fault(kind=FaultKind.INTERNAL)
    answer = DIALECT.encode_fault(fault, wire("/api/v1/connect/orders/delayed/charge/ODR1"))
    assert described_by("delayedCharge", answer)["message"] == "somethingWentWrong"


def test_a_caller_who_is_too_fast_hears_how_long_to_wait_and_until_when() -> None:
    answer = DIALECT.encode_fault(Fault(kind=FaultKind.RATE_LIMITED, retry_after_s=17), wire())
    headers = dict(answer.headers)
    assert (headers["retry-after"], headers["x-ratelimit-reset"]) == ("17", str(int(NOW.timestamp()) + 17))
    described_by("cancelOrder", answer)


def test_every_answer_has_the_recorded_headers() -> None:
    ledger = Ledger(order())
    for body in (NOTE, NOTE, {}):
        answer = ledger.ask("cancelOrder", ledger.request("cancelOrder", body), CALLER)
        assert set(HEADERS) <= set(answer.headers)


def test_the_limit_is_240_a_minute_for_every_account_and_is_shown() -> None:
    assert MERCHANT.seed.rate_limit == OTHER.seed.rate_limit == RateLimit(requests_max=240, window_s=60)
    shown = DIALECT.limit_headers(RateState(limit=RateLimit(requests_max=240), remaining=239, reset_s=9))
    assert shown == (("x-ratelimit-limit", "240"), ("x-ratelimit-remaining", "239"))


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_words_even_those_that_can_not_happen_here(refusal: Refusal) -> None:
    body = json.loads(refused(Refused(refusal=refusal)).body)
    assert body["status_code"] in {400, 404, 417}


@pytest.mark.parametrize("code", list(RULES))
def test_every_rule_of_the_vendor_has_words(code: str) -> None:
    body = json.loads(refused(Refused(refusal=Refusal.VENDOR_RULE, vendor_code=code)).body)
    assert (body["status_code"], body["message"]) == RULES[code]


# ------------------------------------------------------------------------------------------------------------------- worlds


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, "token"),
        ({"token": "a b"}, "token"),
        ({"token": 5}, "token"),
        ({"token": "a", "merchant": ""}, "merchant"),
        ({"token": "a", "secretKey": 1}, "secretKey"),
        ({"token": "a", "weeklyRefundLimit": "lots"}, "weeklyRefundLimit"),
        ({"token": "a", "taxRates": 25}, "taxRates"),
        ({"token": "a", "taxRates": ["x"]}, "taxRates"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused_by_its_member(given: dict[str, object], path: str) -> None:
    with pytest.raises(CallerFault) as caught:
        DIALECT.account(given)
    assert [field.path for field in caught.value.fault.fields] == [path]


def test_two_tokens_share_their_orders_only_if_they_name_one_merchant() -> None:
    realms = [
        DIALECT.account({"token": token, **more}).realm
        for token, more in (("a", {}), ("b", {}), ("c", {"merchant": "a"}))
    ]
    assert realms == ["a", "b", "a"]


@pytest.mark.parametrize(
    ("world", "path"),
    [
        ({"orders": {}}, "orders"),
        ({"orders": [7]}, "orders.0"),
        ({"orders": [{"status": "SENT"}]}, "orders.0.uuid"),
        ({"orders": [order(), order("LOST", uuid="ODR2")]}, "orders.1.status"),
        ({"orders": [order("ONGOING")]}, "orders.0.status"),
        ({"orders": [{"uuid": "ODR1", "status": 5}]}, "orders.0.status"),
        ({"orders": [order(), order()]}, "orders.1.uuid"),
        ({"orders": [order()], "reservations": [order()]}, "reservations.0.uuid"),
        ({"orders": [order(callbackUrl="here")]}, "orders.0.callback.callbackUrl"),
    ],
)
def test_a_world_that_makes_no_sense_is_refused_at_the_place(world: dict[str, object], path: str) -> None:
    with pytest.raises(CallerFault) as caught:
        DIALECT.world(World(document=world, accounts=(MERCHANT, OTHER), now=NOW, new_id=lambda: "id"))
    assert [field.path for field in caught.value.fault.fields] == [path]


def test_documents_of_an_account_that_the_world_has_not_are_left_out() -> None:
    """A world's accounts may be replaced without its documents."""
    orders = [order(), order(uuid="ODR2", _account="gone")]
    world = World(document={"orders": orders}, accounts=(MERCHANT,), now=NOW, new_id=lambda: "id")
    assert [one.order_id for one in DIALECT.world(world).orders] == [order()["uuid"]]
    assert DIALECT.world(replace(world, accounts=())).orders == ()


def test_two_merchants_may_have_orders_of_the_same_id() -> None:
    ledger = Ledger(order("PAID"), order("SENT", _account="fp-b"))
    assert ledger.call("cancelOrder", NOTE)[0] == 400
    assert len(ledger.orders) == 2


def test_a_world_puts_the_same_order_each_time() -> None:
    assert Ledger(order()).orders == Ledger(order()).orders
