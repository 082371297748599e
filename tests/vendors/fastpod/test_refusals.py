"""Every no: the tables are whole, the envelope is one, and the switches have two positions."""

import json

import pytest
from msgspec.structs import replace

from countermand.dialects.contract import CallerFault, Fault, FaultKind, FieldFault, RateLimit, RateState
from countermand.dialects.fastpod import DIALECT
from countermand.dialects.fastpod.codes import FAULTS, REFUSALS, VENDOR_RULES, encode_fault, not_found, refused
from countermand.dialects.fastpod.doors import limit_headers
from countermand.dialects.fastpod.switches import Switches
from countermand.model.outcome import Refusal, Refused
from tests.vendors.fastpod.ledger import HEADERS, request


def test_the_tables_know_every_refusal_and_every_fault():
    assert set(REFUSALS) == set(Refusal)
    assert set(FAULTS) == set(FaultKind)


@pytest.mark.parametrize("refusal", list(Refusal))
def test_a_refusal_is_a_422_in_the_envelope(refusal):
    answer = refused(Refused(refusal=refusal), "cancelled")
    body = json.loads(answer.body)
    assert (answer.status, body["status"]) == (422, False)
    assert body["message"].endswith(".")
    assert "{" not in body["message"]


@pytest.mark.parametrize("code", list(VENDOR_RULES))
def test_a_rule_of_the_vendor_names_the_member_at_fault(code):
    answer = refused(Refused(refusal=Refusal.VENDOR_RULE, vendor_code=code), "updated")
    rule = VENDOR_RULES[code]
    assert json.loads(answer.body) == {"status": False, "message": rule.message, "errors": {rule.path: [rule.message]}}


def test_a_rule_that_nobody_knows_is_still_a_no():
    assert refused(Refused(refusal=Refusal.VENDOR_RULE, vendor_code="?"), "updated").status == 422


@pytest.mark.parametrize("kind", list(FaultKind))
def test_a_fault_has_the_envelope_too(kind):
    answer = encode_fault(Fault(kind=kind, detail="inner words"), request())
    body = json.loads(answer.body)
    assert body == {"status": False, "message": FAULTS[kind].message}
    assert answer.status == FAULTS[kind].status


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.NO_CREDENTIAL, 401),
        (FaultKind.BAD_CREDENTIAL, 401),
        (FaultKind.NO_ROUTE, 404),
        (FaultKind.WRONG_METHOD, 405),
        (FaultKind.MALFORMED, 422),
        (FaultKind.INVALID, 422),
        (FaultKind.INTERNAL, 500),
    ],
)
def test_a_fault_has_the_status_that_the_page_or_http_gives(kind, status):
    assert FAULTS[kind].status == status


def test_what_http_demands_is_in_the_headers():
    assert ("www-authenticate", "Bearer") in encode_fault(Fault(kind=FaultKind.NO_CREDENTIAL), request()).headers
    assert ("allow", "GET, PUT") in encode_fault(
        Fault(kind=FaultKind.WRONG_METHOD, allow=("GET", "PUT")), request()
    ).headers
    assert ("retry-after", "7") in encode_fault(Fault(kind=FaultKind.RATE_LIMITED, retry_after_s=7), request()).headers


def test_several_members_at_fault_are_all_named():
    fields = (
        FieldFault(path="a", message="A."),
        FieldFault(path="b", message="B."),
        FieldFault(path="a", message="A2."),
    )
    body = json.loads(encode_fault(Fault(kind=FaultKind.INVALID, fields=fields), request()).body)
    assert body == {"status": False, "message": "A. (and 2 more)", "errors": {"a": ["A.", "A2."], "b": ["B."]}}


def test_the_switch_for_unknown_orders_makes_it_404():
    switches = Switches(unknown_order_status=404)
    assert not_found(switches).status == 404
    assert refused(Refused(refusal=Refusal.UNKNOWN_ORDER), "cancelled", switches=switches).status == 404
    assert refused(Refused(refusal=Refusal.STATUS_FORBIDS), "cancelled", switches=switches).status == 422
    assert not_found().status == 422


def test_the_token_is_what_follows_bearer():
    assert DIALECT.credential(request()).secret == "tok-a"


@pytest.mark.parametrize("header", [None, "", "tok-a", "Basic dG9r", "Bearer", "Bearer ", "Bearer a b"])
def test_without_a_bearer_token_nobody_is_there(header):
    headers = {name: value for name, value in HEADERS.items() if name != "authorization"}
    wire = replace(request(), headers=headers if header is None else {**headers, "authorization": header})
    with pytest.raises(CallerFault) as raised:
        DIALECT.credential(wire)
    assert raised.value.fault.kind is FaultKind.NO_CREDENTIAL


def test_a_key_with_a_limit_sees_laravels_headers():
    state = RateState(limit=RateLimit(requests_max=60), remaining=59, reset_s=30)
    assert dict(limit_headers(state)) == {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "59"}
