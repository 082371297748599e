"""Detail, get order, payments, recurrences, precheck, login and health: codecs judged without a server."""

import json

import pytest

from countermand.dialects.contract import CallerFault, Change, Fixed, Login, SignIn, WireRequest
from countermand.dialects.skippay import DIALECT
from countermand.dialects.skippay.precheck import is_personal_id
from countermand.dialects.skippay.signin import rewrite
from countermand.engine import decide
from countermand.model.command import Move
from countermand.model.outcome import Accepted
from tests.vendors.skippay.ledger import (
    CANCEL,
    CANCEL_APPLICATION,
    CREATE,
    DELIVER,
    DETAIL,
    ID,
    NOW,
    ROUTES,
    SEND,
    STRANGER,
    Ledger,
    application,
    czk,
    in_substate,
    request,
)

ORDERS = "Getorder"
PAYMENTS = "Getpaymentsonspecificapplication"
RECURRENT = "Createapplicationfromrecurrence"


def move(ledger: Ledger, action: str, order_id: str = ID) -> None:
    """What an operator does, through the same table."""
    before = ledger.order(order_id)
    outcome = decide(before, Move(action=action), DIALECT.lifecycles["order"], ledger.now)
    assert isinstance(outcome, Accepted), action
    ledger.orders[before.key] = outcome.order
    ledger.events += [(before.key, event) for event in outcome.events]
    ledger.told += DIALECT.notices(Change(before=before, after=outcome.order, events=outcome.events))


# ------------------------------------------------------------------------------------------------- detail, get order


@pytest.mark.parametrize("wire", [request(applicationId="nope"), request(applicationId="")])
def test_an_unknown_application_has_its_own_code_in_the_detail(wire):
    status, answer = Ledger().call(DETAIL, wire)
    assert (status, answer["errors"][0]["code"]) == (404, "APPLICATION_NOT_FOUND")


def test_the_detail_of_another_partner_does_not_exist():
    assert Ledger().call(DETAIL, request(), STRANGER)[0] == 404


@pytest.mark.parametrize(
    "query",
    [
        "orderNumber=AA234",
        "orderVariableSymbol=1234567890",
        "orderVariableSymbol=001234567890",
        f"applicationId={ID}",
        f"orderNumber=AA234&orderVariableSymbol=1234567890&applicationId={ID}",
        "orderNumber=AA234&orderVariableSymbol=",
    ],
)
def test_an_order_is_found_by_each_of_its_names_and_by_all_of_them(query):
    status, answer = Ledger().call(ORDERS, request(query=query))
    assert (status, answer["applicationInfo"]["id"]) == (200, ID)


@pytest.mark.parametrize(
    "query",
    [
        "orderNumber=AA23",
        "orderVariableSymbol=1",
        "applicationId=x",
        f"orderNumber=AA23&applicationId={ID}",
        "orderNumber=aa234",
    ],
)
def test_an_order_that_does_not_fit_all_parameters_is_not_found(query):
    status, answer = Ledger().call(ORDERS, request(query=query))
    assert (status, answer["errors"][0]["code"]) == (404, "OBJECT_NOT_FOUND")


@pytest.mark.parametrize("query", ["", "orderNumber=", "state=READY"])
def test_at_least_one_parameter_is_needed(query):
    status, answer = Ledger().call(ORDERS, request(query=query))
    assert (status, answer["errors"][0]["code"]) == (422, "UNPROCESSABLE")


def test_an_order_of_another_partner_is_not_found():
    assert Ledger().call(ORDERS, request(query="orderNumber=AA234"), STRANGER)[0] == 404


# ------------------------------------------------------------------------------------------------- payments


def test_no_payment_before_one_was_made():
    assert Ledger().call(PAYMENTS, request()) == (200, {"data": [], "pagingInfo": {"itemsPerPage": 10}})


def test_a_payout_is_a_payment_of_what_the_order_costs_then():
    urls = {"notificationEndpoint": "https://shop.example/n", "paymentsEndpoint": "https://shop.example/p"}
    ledger = Ledger(application(merchantUrls=urls))
    ledger.put(CANCEL, {"items": [{"code": "MUG-1"}]})
    ledger.put(SEND)
    ledger.later(days=2)
    move(ledger, "pay")
    ledger.put(DELIVER)
    ledger.put("Markorderitemsasreturned", {"items": [{"code": "TEA-100"}]})
    _, answer = ledger.call(PAYMENTS, request())
    payment = {"paymentId": f"{ID}-0003", "date": "2024-05-04", "applicationId": ID, "value": czk(70800)}
    assert answer["data"] == [payment]
    assert ledger.put(DETAIL)[1]["stateReason"] == "READY_PAID"
    assert [(told.address, json.loads(told.body)) for told in ledger.told] == [
        ("https://shop.example/n", {"id": ID, "state": "READY", "stateReason": "READY_PAID"}),
        ("https://shop.example/p", payment),
    ]


def test_payments_are_paged_by_their_ids():
    payments = [{"paymentId": f"p{number}", "value": czk(number)} for number in (3, 1, 2, 5, 4)]
    ledger = Ledger({**in_substate("READY_PAID"), "payments": payments})

    def page(query: str):
        _, answer = ledger.call(PAYMENTS, request(query=query))
        return [payment["paymentId"] for payment in answer["data"]], answer["pagingInfo"]

    base = f"/financing/v1/applications/{ID}/payments?limit=2"
    assert page("limit=2") == (["p1", "p2"], {"itemsPerPage": 2, "nextPage": f"{base}&after=p2"})
    assert page("limit=2&after=p2") == (
        ["p3", "p4"],
        {"itemsPerPage": 2, "nextPage": f"{base}&after=p4", "prevPage": f"{base}&before=p3"},
    )
    assert page("limit=2&before=p3") == (["p1", "p2"], {"itemsPerPage": 2, "nextPage": f"{base}&after=p2"})
    assert page("limit=x")[0] == ["p1", "p2", "p3", "p4", "p5"]
    assert page("limit=0")[1] == {"itemsPerPage": 10}
    assert page("limit=100000000000000000000")[1] == {"itemsPerPage": 10}
    assert page("limit=999")[1] == {"itemsPerPage": 100}


def test_an_application_that_begins_paid_has_a_payment():
    _, answer = Ledger(in_substate("READY_PAID")).call(PAYMENTS, request())
    assert [payment["value"] for payment in answer["data"]] == [czk(95000)]


@pytest.mark.parametrize("caller", [None, STRANGER])
def test_payments_of_an_unknown_application_are_not_found(caller):
    wire = request(applicationId=ID if caller else "nope")
    status, answer = Ledger().call(PAYMENTS, wire, *([caller] if caller else []))
    assert (status, answer["errors"][0]["code"]) == (404, "OBJECT_NOT_FOUND")


# ------------------------------------------------------------------------------------------------- recurrences


def recurring(ledger: Ledger) -> tuple[str, str]:
    """The ids of a recurring application and its recurrence."""
    status, answer = ledger.call("Createapplication", request({**CREATE, "isRecurring": True}))
    assert (status, answer["recurrence"]["state"]) == (201, "APPROVING")
    return answer["id"], answer["recurrence"]["id"]


def recurrence(ledger: Ledger, recurrence_id: str) -> str:
    status, answer = ledger.call("Getrecurrence", request(recurrenceId=recurrence_id))
    assert (status, answer["id"]) == (200, recurrence_id)
    return str(answer["state"])


AGAIN = {name: value for name, value in CREATE.items() if name != "customer"} | {
    "order": {**CREATE["order"], "number": "AA236"}
}


def test_a_recurrence_follows_its_application():
    ledger = Ledger()
    application_id, recurrence_id = recurring(ledger)
    assert recurrence(ledger, recurrence_id) == "APPROVING"
    move(ledger, "approve", application_id)
    assert recurrence(ledger, recurrence_id) == "READY"
    ledger.call(CANCEL_APPLICATION, request(applicationId=application_id))
    assert recurrence(ledger, recurrence_id) == "CANCELLED"


def test_a_rejected_application_ends_its_recurrence():
    ledger = Ledger()
    application_id, recurrence_id = recurring(ledger)
    move(ledger, "reject", application_id)
    assert recurrence(ledger, recurrence_id) == "CANCELLED"
    assert [json.loads(told.body)["stateReason"] for told in ledger.told] == ["REJECTED"]


def test_of_a_cancelled_application_even_an_expired_recurrence_is_cancelled():
    ledger = Ledger(application(recurrence={"id": "r1", "state": "EXPIRED"}))
    assert recurrence(ledger, "r1") == "EXPIRED"
    ledger.call(CANCEL_APPLICATION, request(applicationId="11b00a1ef1"))
    assert recurrence(ledger, "r1") == "CANCELLED"


def test_a_recurrence_that_is_ready_gives_further_applications():
    ledger = Ledger()
    application_id, recurrence_id = recurring(ledger)
    wire = request(AGAIN, recurrenceId=recurrence_id)
    assert ledger.call(RECURRENT, wire)[1]["errors"][0]["code"] == "UNPROCESSABLE"
    move(ledger, "approve", application_id)
    status, answer = ledger.call(RECURRENT, wire)
    assert (status, answer["state"], answer["customer"]["fullName"]) == (201, "PROCESSING", "Eva Nova")
    assert "recurrence" not in answer
    assert ledger.call(DETAIL, request(applicationId=answer["id"])) == (200, answer)


def test_a_recurrence_is_ended_once():
    ledger = Ledger()
    application_id, recurrence_id = recurring(ledger)
    move(ledger, "approve", application_id)
    wire = request({"state": "CANCELLED"}, recurrenceId=recurrence_id)
    assert ledger.call("Updaterecurrence", wire) == (200, {"id": recurrence_id, "state": "CANCELLED"})
    assert ledger.call("Updaterecurrence", wire)[0] == 422
    assert ledger.call(RECURRENT, request(AGAIN, recurrenceId=recurrence_id))[0] == 422
    assert recurrence(ledger, recurrence_id) == "CANCELLED"
    assert ledger.call(DETAIL, request(applicationId=application_id))[1]["stateReason"] == "READY_TO_SHIP"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "INVALID_REQUEST"),
        ({}, 400, "INVALID_REQUEST"),
        ({**AGAIN, "type": "PAY_IN_THREE"}, 422, "NOT_SUPPORTED"),
        ({**AGAIN, "order": {**AGAIN["order"], "totalPrice": czk(-1)}}, 422, "UNPROCESSABLE"),
    ],
)
def test_a_bad_application_from_a_recurrence_is_refused(body, status, code):
    ledger = Ledger()
    application_id, recurrence_id = recurring(ledger)
    move(ledger, "approve", application_id)
    got, answer = ledger.call(RECURRENT, request(body, recurrenceId=recurrence_id))
    assert (got, answer["errors"][0]["code"]) == (status, code)


@pytest.mark.parametrize("body", [{}, {"state": "READY"}, []])
def test_a_recurrence_can_only_be_cancelled(body):
    ledger = Ledger()
    _, recurrence_id = recurring(ledger)
    assert ledger.call("Updaterecurrence", request(body, recurrenceId=recurrence_id))[0] == 400


@pytest.mark.parametrize("operation", ["Getrecurrence", "Updaterecurrence", RECURRENT])
@pytest.mark.parametrize("stranger", [False, True])
def test_an_unknown_recurrence_is_not_found(operation, stranger):
    ledger = Ledger()
    _, recurrence_id = recurring(ledger)
    wire = request({}, recurrenceId=recurrence_id if stranger else "nope")
    status, answer = ledger.call(operation, wire, *([STRANGER] if stranger else []))
    assert (status, answer["errors"][0]["code"]) == (404, "OBJECT_NOT_FOUND")


# ------------------------------------------------------------------------------------------------- precheck


def precheck(**customer: object):
    body = {"customer": {"email": "e@example.com", "phone": "+420601000000", **customer}, "order": {"number": "1"}}
    return Ledger().call("Precheck", request(body))


def test_nothing_is_known_of_a_customer():
    status, answer = precheck()
    assert status == 200
    assert [(result["type"], result["code"]) for result in answer["results"]] == [("DEFERRED_PAYMENT", "UNKNOWN")]
    assert answer["id"]


def test_a_personal_id_must_be_one():
    assert precheck(personalId="530101/1234")[0] in {200, 422}
    status, answer = precheck(personalId="12345")
    assert (status, answer["errors"][0]["code"]) == (422, "PERSONAL_ID_INVALID")
    assert answer["errors"][0]["attribute"] == "customer.personalId"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("8501011234", False),
        ("850101/1232", False),
        ("7401040020", True),
        ("530101123", True),
        ("780123/3540", True),
        ("x", False),
    ],
)
def test_a_birth_number_is_checked_by_eleven(text, good):
    assert is_personal_id(text) is good


@pytest.mark.parametrize(
    "body", [b"{", None, {}, {"customer": {}}, {"customer": {"email": "e", "phone": "+4"}, "type": "LEASE"}]
)
def test_a_bad_precheck_is_400(body):
    status, answer = Ledger().call("Precheck", request(body))
    assert (status, answer["errors"][0]["code"]) == (400, "INVALID_REQUEST")


# ------------------------------------------------------------------------------------------------- login, health


def login() -> SignIn:
    handler = ROUTES["Loginpartner"].handler
    assert isinstance(handler, SignIn)
    return handler


def test_a_login_is_a_name_and_a_password_and_gives_two_hours():
    assert login().decode(request({"username": "u", "password": "p"})) == Login(username="u", password="p")
    assert login().lifetime_s == 7200
    answer = login().encode("t" * 43, request())
    assert (answer.status, json.loads(answer.body)) == (200, {"accessToken": "t" * 43, "expiresIn": 7200})


def test_a_failed_login_is_400_in_the_envelope():
    answer = login().encode(None, request())
    assert answer.status == 400
    assert json.loads(answer.body)["errors"][0]["severity"] == "ERROR"


@pytest.mark.parametrize("body", [b"{", None, {}, {"username": "u"}, {"username": 1, "password": "p"}, []])
def test_a_bad_login_is_400(body):
    with pytest.raises(CallerFault) as caught:
        login().decode(request(body))
    assert DIALECT.encode_fault(caught.value.fault, request()).status == 400


@pytest.mark.parametrize(
    ("path", "served"), [("/authentication/v1/partner/", "/authentication/v1/partner"), ("/v1/health/", "/v1/health/")]
)
def test_only_the_login_may_end_in_a_slash(path, served):
    assert rewrite(WireRequest(method="POST", path=path, received_at=NOW)).path == served


def test_the_health_check_names_a_version():
    handler = ROUTES["APIhealthcheck"].handler
    assert isinstance(handler, Fixed)
    answer = handler.encode(request())
    assert (answer.status, list(json.loads(answer.body))) == (200, ["projectVersion"])
