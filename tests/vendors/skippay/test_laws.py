"""Laws of this dialect: whatever the order, the sizes and the bytes, sums agree and a bad request is a 400."""

import json
from typing import get_args

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from countermand.dialects.contract import SCOPES, CallerFault, Fault, FaultKind, Write
from countermand.dialects.skippay import DIALECT
from countermand.dialects.skippay.answers import ErrorsResponse, OAuthError
from countermand.dialects.skippay.codes import (
    FAULTS,
    REFUSALS,
    STATUS_OF,
    UNAUTHORIZED,
    encode_refused,
    encode_refused_application,
    refuse,
)
from countermand.dialects.skippay.openapi import DESCRIBED
from countermand.dialects.skippay.requests import ItemType
from countermand.model.outcome import Refusal, Refused
from tests.vendors.skippay.ledger import (
    CALLER,
    CANCEL,
    CREATE,
    DETAIL,
    RETURN,
    ROUTES,
    SEND,
    Ledger,
    application,
    czk,
    item,
    request,
    vat,
)

# ------------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_an_answer(refusal):
    refused = refuse("UNPROCESSABLE", "no") if refusal is Refusal.VENDOR_RULE else Refused(refusal=refusal)
    for answer in (encode_refused(refused), encode_refused_application(refused)):
        ErrorsResponse.model_validate_json(answer.body)
        assert answer.status in set(STATUS_OF.values())
    assert refusal in REFUSALS


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_fault_has_an_answer(kind):
    answer = DIALECT.encode_fault(Fault(kind=kind, allow=("PUT",), retry_after_s=7), request())
    if kind in UNAUTHORIZED:
        assert answer.status == 401
        OAuthError.model_validate_json(answer.body)
        return
    ErrorsResponse.model_validate_json(answer.body)
    assert {("allow", "PUT"), ("retry-after", "7")} <= set(answer.headers)
    assert answer.status == STATUS_OF[FAULTS[kind][0]]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.NO_CREDENTIAL, 401),
        (FaultKind.BAD_CREDENTIAL, 401),
        (FaultKind.FORBIDDEN, 403),
        (FaultKind.NO_ROUTE, 404),
        (FaultKind.WRONG_METHOD, 405),
        (FaultKind.BODY_TOO_LARGE, 400),
        (FaultKind.MALFORMED, 400),
        (FaultKind.INVALID, 400),
        (FaultKind.RATE_LIMITED, 429),
        (FaultKind.INTERNAL, 500),
        (FaultKind.UNAVAILABLE, 503),
    ],
)
def test_every_documented_status_is_reached(kind, status):
    assert DIALECT.encode_fault(Fault(kind=kind), request()).status == status


def test_every_route_is_described_and_needs_a_known_scope():
    assert {route.operation for route in DIALECT.routes} == set(DESCRIBED)
    assert {route.scope for route in DIALECT.routes} == {*SCOPES, "public"}


def test_the_document_names_what_it_refers_to():
    document = json.loads(json.dumps(DIALECT.openapi()))
    names = set(document["components"]["schemas"])
    text = json.dumps(document)
    referred = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred == names
    operations = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(operations) == len(set(operations)) == 16


# ------------------------------------------------------------------------------------------------- amounts

prices = st.integers(min_value=0, max_value=10**9)
quantities = st.integers(min_value=1000, max_value=50_000)


@st.composite
def orders(draw: st.DrawFn) -> dict[str, object]:
    count = draw(st.integers(min_value=1, max_value=3))
    items = []
    for index in range(count):
        price, milli = draw(prices), draw(quantities)
        rate = draw(st.sampled_from([0, 10, 12, 21]))
        tax = draw(st.integers(min_value=0, max_value=price))
        items.append(item(f"I{index}", name=f"i{index}", price=price, tax=tax, rate=rate, quantity=milli / 1000))
    return application({"items": items, "totalPrice": None, "totalVat": None})


def sums(order) -> tuple[int, dict[float, int]]:
    """Price and tax by rate of everything that is neither cancelled nor returned."""
    live = [shown for shown in order["items"] if shown["state"] not in {"CANCELLED", "RETURNED"}]
    taxes = {entry["vatRate"]: 0 for entry in order["totalVat"]}
    for shown in live:
        taxes[shown["totalVat"]["vatRate"]] += shown["totalVat"]["amount"]
    return sum(shown["totalPrice"]["amount"] for shown in live), taxes


def totals(order) -> tuple[int, dict[float, int]]:
    return order["totalPrice"]["amount"], {entry["vatRate"]: entry["amount"] for entry in order["totalVat"]}


@settings(max_examples=60, deadline=None)
@given(document=orders(), data=st.data())
def test_partial_cancels_in_any_order_and_size_add_up_to_the_whole(document, data):
    ledger = Ledger(document)
    _, detail = ledger.put(DETAIL)
    whole = [(shown["code"], shown["totalPrice"]["amount"], shown["quantity"]) for shown in detail["order"]["items"]]
    for _ in range(data.draw(st.integers(min_value=0, max_value=4))):
        code = data.draw(st.sampled_from([code for code, _, _ in whole]))
        quantity = data.draw(st.integers(min_value=1000, max_value=9000)) / 1000
        ledger.put(CANCEL, {"items": [{"code": code, "quantity": quantity}]})
    _, detail = ledger.put(DETAIL)
    assert totals(detail["order"]) == sums(detail["order"])
    for code, price, quantity in whole:
        parts = [shown for shown in detail["order"]["items"] if shown["code"] == code]
        assert sum(shown["totalPrice"]["amount"] for shown in parts) == price
        assert sum(round(shown["quantity"] * 1000) for shown in parts) == round(quantity * 1000)
    ledger.put(CANCEL)
    price, taxes = totals(ledger.put(DETAIL)[1]["order"])
    assert (price, set(taxes.values())) == (0, {0})


@settings(max_examples=60, deadline=None)
@given(document=orders(), data=st.data())
def test_no_total_falls_below_zero_whatever_amounts_are_stated(document, data):
    ledger = Ledger(document)
    for _ in range(4):
        body: dict[str, object] = {}
        if data.draw(st.booleans()):
            body["items"] = data.draw(
                st.sampled_from([[], [{"code": "I0"}], [{"code": "I0", "quantity": 1}], [{"type": "PHYSICAL"}]])
            )
        if data.draw(st.booleans()):
            body["totalPrice"] = czk(data.draw(prices))
        if data.draw(st.booleans()):
            body["totalVat"] = [vat(data.draw(prices), data.draw(st.sampled_from([0, 12, 21])))]
        ledger.put(data.draw(st.sampled_from([CANCEL, SEND, RETURN])), body)
        price, taxes = totals(ledger.put(DETAIL)[1]["order"])
        assert price >= 0
        assert min(taxes.values(), default=0) >= 0


@given(amount=st.integers(min_value=0, max_value=10**15), spelled=st.booleans())
@settings(max_examples=50, deadline=None)
def test_an_amount_survives_the_round_trip(amount, spelled):
    money = {"amount": str(amount) if spelled else amount, "currency": "CZK"}
    order = {**CREATE["order"], "totalPrice": money, "totalVat": [{**money, "vatRate": 12.5}]}
    _, answer = Ledger().call("Createapplication", request({**CREATE, "order": order}))
    assert answer["order"]["totalPrice"] == czk(amount)
    assert answer["order"]["totalVat"] == [vat(amount, 12.5)]


# ------------------------------------------------------------------------------------------------- garbage

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
words = st.sampled_from(["MUG-1", "TEA-100", *get_args(ItemType), "", "1", "-1", "0.5", "1e999", "CZK"])
members = st.sampled_from(
    [
        *("items", "totalPrice", "totalVat", "code", "quantity", "amount", "currency", "vatRate", "reason", "order"),
        *("customer", "type", "state", "merchantUrls", "number", "document", "variableSymbol", "sentDate", "username"),
    ]
)
near_misses = st.recursive(
    words | st.integers(min_value=-5, max_value=10**18) | st.none() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=4),
    max_leaves=12,
)
WRITES = sorted(name for name, route in ROUTES.items() if isinstance(route.handler, Write))


@settings(max_examples=150, deadline=None)
@given(operation=st.sampled_from(WRITES), body=st.binary(max_size=60))
def test_bytes_are_read_or_refused(operation, body):
    handler = ROUTES[operation].handler
    assert isinstance(handler, Write)
    fault = None
    try:
        handler.decode(request(body, applicationId="x", recurrenceId="y"), CALLER)
    except CallerFault as error:
        fault = error.fault
    assert fault is None or DIALECT.encode_fault(fault, request()).status == 400


@settings(max_examples=200, deadline=None)
@given(operation=st.sampled_from(WRITES), document=json_values | near_misses)
def test_any_json_is_answered_in_the_envelope_or_done(operation, document):
    ledger = Ledger(application(recurrence={"id": "r"}))
    body = json.dumps(document).encode()
    status, _ = ledger.call(operation, request(body, applicationId="11b00a1ef1", recurrenceId="r"))
    assert status in {200, 201, 400, 404, 422}


@given(token=st.text(max_size=30))
def test_a_credential_is_read_or_missed(token):
    wire = replace(request(), headers={"authorization": f"Bearer {token}"})
    seen: object
    try:
        seen = DIALECT.credential(wire).secret
    except CallerFault as error:
        seen = error.fault.kind
    assert seen is FaultKind.NO_CREDENTIAL or str(seen) in token
