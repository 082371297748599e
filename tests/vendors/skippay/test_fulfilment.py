"""Items sent, delivered and returned, judged on a ledger in memory."""

import pytest

from countermand.dialects.skippay.lifecycle import STATE_OF
from tests.vendors.skippay.ledger import (
    CANCEL,
    DELIVER,
    DETAIL,
    RETURN,
    SEND,
    STRANGER,
    Ledger,
    application,
    czk,
    in_substate,
    request,
    vat,
)

MUG = {"items": [{"code": "MUG-1"}]}
INVOICE = {"type": "INVOICE", "file": "https://shop.example/invoices/7.pdf?a=1", "extraData": {"variableSymbol": "77"}}


def reason(answer) -> str:
    return str(answer["applicationInfo"]["stateReason"])


def states(answer) -> set[str]:
    return {shown["state"] for shown in answer["items"]}


@pytest.mark.parametrize("operation", [SEND, DELIVER])
@pytest.mark.parametrize("body", [None, {}, {"items": []}, b"null"])
def test_an_empty_request_takes_all_that_is_open(operation, body):
    ledger = Ledger()
    ledger.put(CANCEL, MUG)
    status, answer = ledger.put(operation, body)
    word, substate = ("SENT", "READY_SHIPPED") if operation == SEND else ("DELIVERED", "READY_DELIVERED")
    assert status == 200
    assert states(answer) == {word, "CANCELLED"}
    assert (answer["state"], reason(answer)) == (word, substate)
    assert answer["totalPrice"] == czk(70800)
    assert ledger.notified() == [substate]


def test_an_order_is_as_far_as_its_least_advanced_item():
    ledger = Ledger()
    assert reason(ledger.put(DELIVER, MUG)[1]) == "READY_TO_SHIP"
    _, answer = ledger.put(SEND)
    assert (answer["state"], reason(answer)) == ("SENT", "READY_SHIPPED")
    _, answer = ledger.put(DELIVER)
    assert (answer["state"], reason(answer)) == ("DELIVERED", "READY_DELIVERED")
    assert ledger.notified() == ["READY_SHIPPED", "READY_DELIVERED"]


def test_what_was_handled_at_once_is_told_on_the_order():
    ledger = Ledger()
    body = {"sentDate": "2024-05-01", "deliveryTrackingNumber": "EX1", "deliveryCarrier": "DPD", "document": INVOICE}
    _, answer = ledger.put(SEND, body)
    assert (answer["sentDate"], answer["deliveryDate"], answer["deliveryTrackingNumber"]) == ("2024-05-01", None, "EX1")
    assert answer["deliveryCarrier"] == "DPD"
    assert {shown["sentDate"] for shown in answer["items"]} == {None}
    assert answer["documents"] == [
        {
            "type": "INVOICE",
            "file": {"filename": "7.pdf", "url": "https://shop.example/invoices/7.pdf?a=1"},
            "extraData": {"variableSymbol": "77"},
        }
    ]
    _, answer = ledger.put(DELIVER, {"deliveryDate": "2024-05-04"})
    assert (answer["sentDate"], answer["deliveryDate"], answer["deliveryTrackingNumber"]) == (
        "2024-05-01",
        "2024-05-04",
        "EX1",
    )


def test_what_was_handled_in_parts_is_told_on_the_items():
    ledger = Ledger()
    _, answer = ledger.put(SEND, {**MUG, "deliveryTrackingNumber": "EX1"})
    assert (answer["sentDate"], answer["deliveryTrackingNumber"]) == (None, None)
    told = {shown["code"]: (shown["sentDate"], shown["deliveryTrackingNumber"]) for shown in answer["items"]}
    assert told["MUG-1"] == ("2024-05-02", "EX1")
    assert told["SHIP"] == (None, None)
    ledger.later(days=1)
    _, answer = ledger.put(SEND, {"deliveryTrackingNumber": "EX2"})
    assert (answer["sentDate"], answer["deliveryTrackingNumber"]) == ("2024-05-03", None)
    told = {shown["code"]: (shown["sentDate"], shown["deliveryTrackingNumber"]) for shown in answer["items"]}
    assert (told["MUG-1"], told["SHIP"]) == (("2024-05-02", "EX1"), ("2024-05-03", "EX2"))


@pytest.mark.parametrize("operation", [SEND, DELIVER, RETURN])
@pytest.mark.parametrize("substate", sorted(STATE_OF))
@pytest.mark.parametrize("financing", ["DEFERRED_PAYMENT", "PAY_IN_THREE"])
def test_they_are_available_in_ready_only(operation, substate, financing):
    document = in_substate(substate, state="SENT" if operation == RETURN else "PROCESSING")
    ledger = Ledger({**document, "type": financing})
    ready = STATE_OF[substate] == "READY"
    assert ledger.codes(operation) == ((200, "") if ready else (422, "NOT_SUPPORTED"))


@pytest.mark.parametrize("operation", [SEND, DELIVER, RETURN])
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "INVALID_REQUEST"),
        ([], 400, "INVALID_REQUEST"),
        ({"items": [{}]}, 400, "INVALID_REQUEST"),
        ({"variableSymbol": "12345678901"}, 400, "INVALID_REQUEST"),
        ({"variableSymbol": "VS1"}, 400, "INVALID_REQUEST"),
        ({"document": {"type": "INVOICE"}}, 400, "INVALID_REQUEST"),
        ({"document": {"type": "LETTER", "file": "aGk="}}, 400, "INVALID_REQUEST"),
        ({"document": {"type": "OTHER", "file": "not base64!"}}, 400, "INVALID_REQUEST"),
        ({"items": [{"code": "NOPE"}]}, 404, "OBJECT_NOT_FOUND"),
        ({"items": [{"code": "MUG-1", "quantity": 2}]}, 422, "UNPROCESSABLE"),
        ({**MUG, "totalVat": [vat(1, 21)]}, 422, "UNPROCESSABLE"),
        ({**MUG, "totalPrice": {"amount": 1, "currency": "EUR"}}, 422, "UNPROCESSABLE"),
        ({**MUG, "totalPrice": czk(0)}, 422, "UNPROCESSABLE"),
    ],
)
def test_a_bad_request_is_refused_and_changes_nothing(operation, body, status, code):
    document = application({"state": "SENT"}, stateReason="READY_SHIPPED") if operation == RETURN else application()
    assert Ledger(document).codes(operation, body) == (status, code)


@pytest.mark.parametrize(
    "body",
    [
        {"sentDate": "2024-02-30"},
        {"sentDate": "1.5.2024"},
        {"deliveryTrackingNumber": "x" * 65},
        {"specificSymbol": "12345678901"},
        {"deliveryCarrier": "x" * 251},
    ],
)
def test_what_is_told_with_a_shipment_has_limits(body):
    assert Ledger().codes(SEND, body) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("operation", [SEND, DELIVER, RETURN])
def test_an_application_of_another_partner_does_not_exist(operation):
    status, answer = Ledger().call(operation, request({"items": [{}]}), STRANGER)
    assert (status, answer["errors"][0]["code"]) == (404, "OBJECT_NOT_FOUND")


def test_nothing_is_sent_twice():
    ledger = Ledger()
    ledger.put(SEND, MUG)
    assert ledger.codes(SEND, MUG) == (422, "NOT_SUPPORTED")
    ledger.put(SEND)
    assert ledger.codes(SEND) == (422, "NOT_SUPPORTED")
    ledger.put(DELIVER)
    assert ledger.codes(DELIVER) == (422, "NOT_SUPPORTED")


@pytest.mark.parametrize("operation", [SEND, DELIVER])
def test_a_variable_symbol_is_needed_once(operation):
    ledger = Ledger(application({"variableSymbols": []}))
    assert ledger.codes(operation, MUG) == (400, "INVALID_REQUEST")
    assert ledger.attribute(operation, MUG) == "variableSymbol"
    assert ledger.codes(operation, {**MUG, "variableSymbol": "0012"}) == (200, "")
    assert ledger.codes(operation) == (200, "")


def test_all_shipments_together_stay_within_the_order_total():
    ledger = Ledger()
    assert ledger.codes(SEND, {**MUG, "totalPrice": czk(95001)}) == (422, "TOTAL_PRICE_LIMIT_EXCEEDED")
    assert ledger.codes(SEND, {**MUG, "totalPrice": czk(80000)}) == (200, "")
    rest = {"items": [{"code": "SHIP"}], "totalPrice": czk(15001)}
    assert ledger.codes(SEND, rest) == (422, "TOTAL_PRICE_LIMIT_EXCEEDED")
    assert ledger.codes(DELIVER, rest) == (422, "TOTAL_PRICE_LIMIT_EXCEEDED")
    assert ledger.codes(SEND, {**rest, "totalPrice": czk(15000)}) == (200, "")


def test_an_item_that_was_sent_counts_once_when_it_is_delivered():
    ledger = Ledger()
    ledger.put(SEND)
    assert ledger.codes(DELIVER, {"totalPrice": czk(95000)}) == (200, "")


# ------------------------------------------------------------------------------------------------- returned


@pytest.mark.parametrize("sent", [SEND, DELIVER])
@pytest.mark.parametrize("body", [None, {}, {"items": []}])
def test_an_empty_request_returns_everything_that_left(sent, body):
    ledger = Ledger()
    ledger.put(sent)
    _, answer = ledger.put(RETURN, body)
    assert (answer["state"], reason(answer), answer["totalPrice"]) == ("RETURNED", "CANCELLED_RETURNED", czk(0))
    assert states(answer) == {"RETURNED"}
    assert len(ledger.notified()) == 1, "there is no notification for this substate"


def test_some_items_come_back():
    ledger = Ledger()
    ledger.put(DELIVER)
    _, answer = ledger.put(RETURN, {"items": [{"code": "TEA-100", "quantity": 1}], "variableSymbol": "9"})
    assert (answer["state"], reason(answer)) == ("DELIVERED", "READY_DELIVERED")
    assert answer["totalPrice"] == czk(82900)
    assert answer["totalVat"] == [vat(10500, 21), vat(2400, 12)]
    assert [shown["quantity"] for shown in answer["items"] if shown["state"] == "RETURNED"] == [1]


def test_a_stated_price_is_given_back_instead_of_the_items_sum():
    ledger = Ledger()
    ledger.put(DELIVER)
    _, answer = ledger.put(RETURN, {**MUG, "totalPrice": czk(20000), "totalVat": [vat(3000, 21)]})
    assert (answer["totalPrice"], answer["totalVat"][0]) == (czk(75000), vat(9600, 21))
    assert ledger.codes(RETURN, {"items": [{"code": "SHIP"}], "totalPrice": czk(75001)}) == (422, "UNPROCESSABLE")


def test_an_empty_list_with_a_price_gives_money_back_and_moves_nothing():
    ledger = Ledger()
    ledger.put(SEND)
    _, answer = ledger.put(RETURN, {"items": [], "totalPrice": czk(5000)})
    assert (answer["state"], reason(answer), answer["totalPrice"]) == ("SENT", "READY_SHIPPED", czk(90000))
    assert states(answer) == {"SENT"}
    _, answer = ledger.put(RETURN, {})
    assert (answer["state"], answer["totalPrice"]) == ("RETURNED", czk(0))
    assert answer["totalVat"] == [vat(0, 21), vat(0, 12)]


def test_when_all_money_was_given_back_the_goods_can_still_come_back():
    ledger = Ledger()
    ledger.put(SEND)
    ledger.put(RETURN, {"items": [], "totalPrice": czk(95000)})
    assert ledger.put(RETURN, MUG)[1]["totalPrice"] == czk(0)
    _, answer = ledger.put(RETURN)
    assert (answer["totalPrice"], answer["state"]) == (czk(0), "RETURNED")


def test_goods_that_cost_more_than_what_is_left_bring_back_what_is_left():
    ledger = Ledger()
    ledger.put(SEND)
    ledger.put(RETURN, {"items": [], "totalPrice": czk(90000)})
    _, answer = ledger.put(RETURN, MUG)
    assert answer["totalPrice"] == czk(0)


@pytest.mark.parametrize("body", [{}, MUG, {"items": [], "totalPrice": czk(1)}])
def test_nothing_is_returned_before_it_was_sent(body):
    assert Ledger().codes(RETURN, body) == (422, "NOT_SUPPORTED")


def test_when_the_rest_was_returned_a_cancel_ends_the_application():
    ledger = Ledger()
    ledger.put(DELIVER, MUG)
    ledger.put(RETURN)
    _, answer = ledger.put(CANCEL)
    assert (answer["state"], reason(answer), answer["totalPrice"]) == ("RETURNED", "CANCELLED_RETURNED", czk(0))


def test_the_detail_shows_the_order_as_the_last_call_answered():
    ledger = Ledger()
    ledger.put(SEND, MUG)
    _, answer = ledger.put(DELIVER, MUG)
    answer.pop("applicationInfo")
    assert ledger.put(DETAIL)[1]["order"] == answer
