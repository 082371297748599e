"""Who may call, what a broken message gets, and that garbage is a fault and never a crash."""

import contextlib
import json

import pytest
from hypothesis import given, strategies as st

from countermand.dialects.contract import CallerFault, Fault, FaultKind, FieldFault, Read, World, Write
from countermand.dialects.flexportal import DIALECT
from countermand.dialects.flexportal.codes import FAULTS, RULES, Rule
from countermand.dialects.flexportal.requests import CreateOrder
from tests.vendors.flexportal.ledger import (
    ACCOUNTS,
    NOW,
    ROUTES,
    Ledger,
    asset,
    caller,
    order,
    rental,
    request,
    validator,
)

WRITES = sorted(name for name, route in ROUTES.items() if isinstance(route.handler, Write))
READS = sorted(name for name, route in ROUTES.items() if isinstance(route.handler, Read))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


def names_of(operation: str) -> list[str]:
    return ["x" for step in ROUTES[operation].path.split("/") if step.startswith("{")]


# ------------------------------------------------------------------------------------------------- faults


def test_every_fault_and_every_rule_has_an_answer():
    assert set(FAULTS) == set(FaultKind)
    assert set(RULES) == set(Rule)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (FaultKind.NO_CREDENTIAL, 401, "AUTH_REQUIRED"),
        (FaultKind.BAD_CREDENTIAL, 401, "INVALID_TOKEN"),
        (FaultKind.WRONG_TENANT, 403, "NO_TENANT_ACCESS"),
        (FaultKind.FORBIDDEN, 403, "INSUFFICIENT_PERMISSIONS"),
        (FaultKind.RATE_LIMITED, 429, "RATE_LIMITED"),
        (FaultKind.NO_ROUTE, 404, "NOT_FOUND"),
        (FaultKind.WRONG_METHOD, 405, "METHOD_NOT_ALLOWED"),
        (FaultKind.BODY_TOO_LARGE, 413, "PAYLOAD_TOO_LARGE"),
        (FaultKind.MALFORMED, 400, "VALIDATION_ERROR"),
        (FaultKind.INVALID, 400, "VALIDATION_ERROR"),
        (FaultKind.UNAVAILABLE, 500, "INTERNAL_ERROR"),
        (FaultKind.INTERNAL, 500, "INTERNAL_ERROR"),
    ],
)
def test_a_fault_has_its_status_and_code_in_the_one_envelope(kind, status, code):
    fields = (FieldFault(path="a.0", message="m", code="too_big"),) if kind is FaultKind.INVALID else ()
    answer = DIALECT.encode_fault(Fault(kind=kind, fields=fields), request("getOrder", None, "x"))
    error = json.loads(answer.body)["error"]
    assert validator("#/components/schemas/Error").is_valid(json.loads(answer.body))
    assert (answer.status, error["code"]) == (status, code)
    assert ("details" in error) == (kind in {FaultKind.MALFORMED, FaultKind.INVALID})


def test_headers_say_when_to_come_back_what_is_allowed_and_who_to_be():
    wire = request("getOrder", None, "x")

    def headers(fault: Fault) -> dict[str, str]:
        return dict(DIALECT.encode_fault(fault, wire).headers)

    assert headers(Fault(kind=FaultKind.RATE_LIMITED, retry_after_s=17)) == {"Retry-After": "17"}
    assert headers(Fault(kind=FaultKind.RATE_LIMITED, retry_after_s=0)) == {"Retry-After": "1"}
    assert headers(Fault(kind=FaultKind.WRONG_METHOD, allow=("GET", "POST"))) == {"Allow": "GET, POST"}
    assert headers(Fault(kind=FaultKind.NO_CREDENTIAL)) == {"WWW-Authenticate": "Bearer"}
    assert headers(Fault(kind=FaultKind.FORBIDDEN)) == {}


# ------------------------------------------------------------------------------------------------- callers


def presented(**headers: str):
    wire = request("getOrder", None, "x")
    wire = type(wire)(method=wire.method, path=wire.path, received_at=wire.received_at, headers=headers)
    return DIALECT.credential(wire)


def test_a_key_is_shown_with_its_tenant():
    shown = presented(authorization="Bearer pk_1", **{"tenant-id": "bu_nl"})
    assert (shown.secret, shown.claims) == ("pk_1", {"tenant": "bu_nl"})
    assert presented(authorization="bearer pk_1").claims == {}


@pytest.mark.parametrize("headers", [{}, {"authorization": ""}, {"authorization": "  "}])
def test_no_header_is_no_credential(headers):
    with pytest.raises(CallerFault) as raised:
        presented(**headers)
    assert raised.value.fault.kind is FaultKind.NO_CREDENTIAL


@pytest.mark.parametrize("header", ["Basic abc", "pk_1", "Bearer", "Bearer a b"])
def test_a_header_without_a_bearer_token_is_no_key_whatever_it_holds(header):
    with pytest.raises(CallerFault) as raised:
        presented(authorization=header)
    assert raised.value.fault.kind is FaultKind.BAD_CREDENTIAL


def test_an_account_is_a_token_a_tenant_and_perhaps_a_limit():
    seed = DIALECT.account({"token": "t", "tenant": "bu", "rate_limit_per_minute": 100})
    assert (seed.realm, seed.secret, seed.claims) == ("bu", "t", {"tenant": "bu"})
    assert seed.rate_limit is not None
    assert (seed.rate_limit.requests_max, seed.rate_limit.window_s) == (100, 60)
    assert DIALECT.account({"token": "t", "tenant": "bu"}).rate_limit is None
    assert DIALECT.account({"token": "t", "tenant": "bu", "scopes": ["orders:read"]}).scopes == {"orders:read"}


@pytest.mark.parametrize("document", [{}, {"token": "t"}, {"token": "", "tenant": "b"}, {"token": 1, "tenant": "b"}])
def test_an_account_without_token_or_tenant_is_none(document):
    with pytest.raises(CallerFault) as raised:
        DIALECT.account(document)
    assert raised.value.fault.kind is FaultKind.INVALID


# ------------------------------------------------------------------------------------------------- garbage


@pytest.mark.parametrize("operation", WRITES)
@given(body=st.binary(max_size=80) | JSON.map(lambda value: json.dumps(value).encode()))
def test_garbage_is_a_fault_and_never_a_crash(operation, body):
    ledger = Ledger(order(status="partial"), rentals=[rental("x")], assets=[asset("x")], payments=[{"paymentId": "x"}])
    ledger.call(operation, body, *names_of(operation))


@pytest.mark.parametrize("operation", READS)
@given(query=st.lists(st.tuples(st.text(max_size=10), st.text(max_size=10)), max_size=4), body=JSON)
def test_any_query_is_understood_or_refused(operation, query, body):
    wire = request(operation, body, *names_of(operation))
    known = ("limit", "startAfter", "sortBy", "sortDir", "endDateFrom", "dueDateTo", "customField_a", "status")
    pairs = tuple((known[len(name) % len(known)], value) for name, value in query)
    wire = type(wire)(
        method=wire.method,
        path=wire.path,
        received_at=wire.received_at,
        params=wire.params,
        query=pairs,
        body=wire.body,
    )
    handler = ROUTES[operation].handler
    assert isinstance(handler, Read)
    try:
        queries = handler.decode(wire, caller())
    except CallerFault:
        return
    handler.encode(tuple(None for _ in queries), wire)


@pytest.mark.parametrize("name", ["orders", "rentals", "assets", "payments", "variants", "customers"])
@given(value=JSON)
def test_a_world_of_garbage_is_a_fault(name, value):
    part = {"orderId": "o", "rentalId": "r", "serialNumber": "s", "items": value, "customer": value, "totals": value}
    for collection in (value, [value], [part]):
        with contextlib.suppress(CallerFault):
            DIALECT.world(World(document={name: collection}, accounts=ACCOUNTS, now=NOW, new_id=lambda: "id"))


def test_numbers_beyond_all_reason_are_refused():
    big = json.dumps({"customer": {}, "items": [{"sku": "a", "quantity": 1, "contractLength": 10**400}]}).encode()
    ledger = Ledger()
    assert ledger.code("createOrder", big) == (400, "VALIDATION_ERROR")
    assert ledger.code("createOrder", b'{"items": 1e999}') == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(("serial", "code"), [("a\0b", "invalid_string"), ("a" * 257, "too_big")])
def test_a_name_that_no_index_holds_is_refused(serial, code):
    status, answer = Ledger(order()).call("createAsset", {"serialNumber": serial, "sku": "LAP-1"})
    assert (status, answer["error"]["details"][0]["code"]) == (400, code)


def test_a_custom_field_that_no_index_holds_is_kept_all_the_same():
    fields = {"long": "x" * 5000, "n\0l": "y", "po": "7"}
    ledger = Ledger(order(customFields=fields))
    assert ledger.shown()["customFields"] == fields
    assert [name for name in ledger.order().facets if name.startswith("customField_")] == ["customField_po"]


def test_what_is_not_in_the_schema_is_ignored():
    assert "surprise" not in CreateOrder.model_json_schema()["properties"]
    ledger = Ledger(order())
    assert ledger.call("cancelOrder", {"surprise": {"a": [1]}}, "ord_1")[0] == 200


@pytest.mark.parametrize("which", ACCOUNTS)
def test_the_tenant_that_answers_name_is_the_key_s_own(which):
    assert caller(which).attributes["tenant"] == which.seed.claims["tenant"]
