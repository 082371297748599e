"""Create and change applications, judged on a ledger in memory."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.vendors.skippay.ledger import (
    CANCEL,
    CANCEL_APPLICATION,
    CHANGE,
    CREATE,
    DETAIL,
    ID,
    MUG,
    RETURN,
    SEND,
    SHIP,
    STRANGER,
    TEA,
    Ledger,
    application,
    czk,
    in_substate,
    item,
    request,
    vat,
)

CREATE_OPERATION = "Createapplication"


def create(ledger: Ledger, order: Mapping[str, object] | None = None, **members: object):
    body = {**CREATE, **members, "order": {**CREATE["order"], **(order or {})}}
    return ledger.call(CREATE_OPERATION, request(body))


def test_a_new_application_is_201_and_begins_at_the_gateway():
    ledger = Ledger()
    status, answer = create(ledger)
    assert status == 201
    assert (answer["state"], answer["stateReason"]) == ("PROCESSING", "PROCESSING_REDIRECT_NEEDED")
    assert answer["agreementTermsAndConditions"] is False
    assert answer["gatewayRedirectUrl"] == f"https://pay.example/gateway/{answer['id']}"
    assert answer["customer"] == {**CREATE["customer"], "fullName": "Eva Nova"}
    assert answer["order"]["items"][0]["unitPrice"] == czk(24200)
    assert answer["order"]["state"] == "PROCESSING"
    assert "recurrence" not in answer
    assert ledger.call(DETAIL, request(applicationId=answer["id"])) == (200, answer)
    assert ledger.notified() == []


def test_the_same_order_number_is_a_duplicate_while_the_first_is_alive():
    ledger = Ledger()
    _, first = create(ledger)
    assert create(ledger, {"totalPrice": czk(1)}) == (200, first)
    ledger.call(CANCEL_APPLICATION, request(applicationId=first["id"]))
    status, second = create(ledger)
    assert status == 201
    assert second["id"] != first["id"]
    assert create(ledger) == (200, second)


def test_a_rejected_application_does_not_make_a_duplicate():
    ledger = Ledger(in_substate("REJECTED", number="AA235"))
    assert create(ledger)[0] == 201


def test_another_partner_may_use_the_same_number():
    ledger = Ledger()
    create(ledger)
    assert ledger.call(CREATE_OPERATION, request(CREATE), STRANGER)[0] == 201


def test_numbers_may_be_written_as_texts_and_numbers_of_orders_as_numbers():
    money = {"amount": "24200", "currency": "CZK"}
    mug = {
        **MUG,
        "totalPrice": money,
        "quantity": "2",
        "totalVat": {"amount": "4200", "currency": "CZK", "vatRate": "21"},
    }
    status, answer = create(Ledger(), {"number": 777, "variableSymbols": [777], "totalPrice": money, "items": [mug]})
    assert status == 201
    assert answer["order"]["number"] == "777"
    assert answer["order"]["variableSymbols"] == ["777"]
    assert answer["order"]["items"][0]["totalPrice"] == czk(24200)
    assert answer["order"]["items"][0]["unitPrice"] == czk(12100)
    assert answer["order"]["items"][0]["quantity"] == 2


ADDRESS = {"country": "CZ", "city": "Praha", "streetAddress": "Dlouhá", "streetNumber": "1", "zip": "110 00"}


def test_everything_that_is_told_of_an_order_is_shown():
    order = {
        "addresses": [{**ADDRESS, "addressType": "BILLING"}],
        "deliveryType": "DELIVERY_CARRIER",
        "deliveryCarrier": "Our own van",
        "reservationDate": "2024-07-15T00:00:00+02:00",
        "merchantId": "M-1",
    }
    _, answer = create(Ledger(), order, agreementTermsAndConditions=True, precheckIds=["p"])
    assert {name: answer["order"][name] for name in order} == order
    assert answer["agreementTermsAndConditions"] is True


def test_everything_that_is_told_of_an_item_is_shown():
    told = {
        "variant": "red",
        "description": "d",
        "producer": "p",
        "categories": ["c"],
        "productUrl": "https://x.example",
        "unitPrice": czk(24000),
        "unitVat": vat(4000, 21),
    }
    _, answer = create(Ledger(), {"items": [{**MUG, **told, "image": "https://x.example/mug.png"}]})
    shown = answer["order"]["items"][0]
    assert {name: shown[name] for name in told} == told
    assert shown["image"] == {"filename": "mug.png", "url": "https://x.example/mug.png"}


def test_a_document_in_base64_is_shown_as_a_url_that_holds_it():
    _, answer = create(Ledger(), {"documents": [{"type": "OTHER", "file": "aGVsbG8=", "description": "note"}]})
    url = "data:application/octet-stream;base64,aGVsbG8="
    document = {"type": "OTHER", "file": {"filename": "other", "url": url}, "description": "note"}
    assert answer["order"]["documents"] == [document]


def test_everything_that_is_told_of_a_customer_is_shown():
    extra = {
        "transactionsNumber": 3,
        "transactionsSum": czk(100),
        "latestTransactionDate": "2024-01-01",
        "tags": ["vip"],
    }
    customer = {
        **CREATE["customer"],
        "titleBefore": "Ing.",
        "tin": "12345678",
        "addresses": [{**ADDRESS, "addressType": "PERMANENT"}],
        "extraData": extra,
    }
    _, answer = create(Ledger(), customer=customer)
    assert answer["customer"] == {**customer, "fullName": "Eva Nova"}


def test_a_full_name_is_shown_in_parts_too():
    customer = {"fullName": "Ing. Eva Nova", "email": "eva@example.com", "phone": "+420601000000"}
    _, answer = create(Ledger(), customer=customer)
    assert answer["customer"] == {**customer, "firstName": "Ing.", "lastName": "Eva Nova"}


def drop(document: dict[str, Any], *path: str) -> dict[str, Any]:
    """The document without one member."""
    if len(path) == 1:
        return {name: value for name, value in document.items() if name != path[0]}
    return {**document, path[0]: drop(document[path[0]], *path[1:])}


REQUIRED = [
    *(("customer",), ("order",), ("type",), ("merchantUrls",), ("customer", "email"), ("customer", "phone")),
    *(("order", "number"), ("order", "totalPrice"), ("order", "totalVat"), ("order", "items")),
    *(("order", "totalPrice", "amount"), ("order", "totalPrice", "currency")),
    *(
        ("merchantUrls", "approvedRedirect"),
        ("merchantUrls", "rejectedRedirect"),
        ("merchantUrls", "notificationEndpoint"),
    ),
]


@pytest.mark.parametrize("path", REQUIRED)
def test_a_required_member_is_missed_by_its_path(path):
    status, answer = Ledger().call(CREATE_OPERATION, request(drop(dict(CREATE), *path)))
    assert status == 400
    assert (answer["errors"][0]["code"], answer["errors"][0]["attribute"]) == ("INVALID_REQUEST", ".".join(path))


@pytest.mark.parametrize(
    ("order", "attribute"),
    [
        ({"items": []}, "order.items"),
        ({"number": ""}, "order.number"),
        ({"number": "n" * 101}, "order.number"),
        ({"number": "a\x00"}, "order.number"),
        ({"variableSymbols": ["12345678901"]}, "order.variableSymbols[0]"),
        ({"variableSymbols": ["VS"]}, "order.variableSymbols[0]"),
        ({"deliveryType": "PIGEON"}, "order.deliveryType"),
        ({"reservationDate": "tomorrow"}, "order.reservationDate"),
        ({"items": [drop(MUG, "code")]}, "order.items[0].code"),
        ({"items": [drop(MUG, "name")]}, "order.items[0].name"),
        ({"items": [drop(MUG, "totalPrice")]}, "order.items[0].totalPrice"),
        ({"items": [drop(MUG, "totalVat")]}, "order.items[0].totalVat"),
        ({"items": [drop(MUG, "totalVat", "vatRate")]}, "order.items[0].totalVat.vatRate"),
        ({"items": [{**MUG, "totalVat": [vat(1, 21)]}]}, "order.items[0].totalVat"),
        ({"items": [{**MUG, "totalVat": vat(1, -1)}]}, "order.items[0].totalVat.vatRate"),
        ({"items": [{**MUG, "quantity": 0.5}]}, "order.items[0].quantity"),
        ({"items": [{**MUG, "type": "GADGET"}]}, "order.items[0].type"),
        ({"addresses": [{"addressType": "PERMANENT"}]}, "order.addresses[0].country"),
        ({"documents": [{"type": "INVOICE"}]}, "order.documents[0].file"),
        ({"totalPrice": {"amount": 10**16, "currency": "CZK"}}, "order.totalPrice.amount"),
        ({"totalPrice": {"amount": True, "currency": "CZK"}}, "order.totalPrice.amount"),
    ],
)
def test_a_wrong_member_of_the_order_is_named_by_its_path(order, attribute):
    status, answer = create(Ledger(), order)
    assert (status, answer["errors"][0]["attribute"]) == (400, attribute)


@pytest.mark.parametrize(
    ("customer", "attribute"),
    [
        ({"firstName": None}, "customer"),
        ({"phone": "601000000"}, "customer.phone"),
        ({"phone": "+4206010000001"}, "customer.phone"),
        ({"email": "e" * 255}, "customer.email"),
        ({"tin": "1" * 21}, "customer.tin"),
        ({"extraData": {"pageTotalTime": 0}}, "customer.extraData.pageTotalTime"),
        ({"extraData": {"tags": ["long enough"]}}, "customer.extraData.tags[0]"),
    ],
)
def test_a_wrong_member_of_the_customer_is_named_by_its_path(customer, attribute):
    status, answer = create(Ledger(), customer={**CREATE["customer"], **customer})
    assert (status, answer["errors"][0]["attribute"]) == (400, attribute)


@pytest.mark.parametrize("member", [{"type": "LEASE"}, {"agreementTermsAndConditions": "yes"}, {"merchantUrls": {}}])
def test_a_wrong_member_of_the_application_is_400(member):
    assert create(Ledger(), **member)[0] == 400


EUR = {"amount": 24200, "currency": "EUR"}


@pytest.mark.parametrize(
    ("order", "attribute"),
    [
        ({"totalPrice": {"amount": 24200, "currency": "USD"}}, "order.totalPrice"),
        ({"totalPrice": EUR}, "order.totalVat[0]"),
        ({"items": [{**MUG, "totalPrice": EUR}]}, "order.items[0].totalPrice"),
        ({"items": [{**MUG, "unitPrice": EUR}]}, "order.items[0].unitPrice"),
        ({"items": [{**MUG, "totalPrice": czk(-1)}]}, "order.items[0].totalPrice"),
        ({"totalPrice": czk(-1)}, "order.totalPrice"),
    ],
)
def test_amounts_that_can_not_be_are_422(order, attribute):
    status, answer = create(Ledger(), order)
    assert status == 422
    assert (answer["errors"][0]["code"], answer["errors"][0]["attribute"]) == ("UNPROCESSABLE", attribute)


def test_euro_is_a_currency_too():
    tax = {**EUR, "amount": 4200, "vatRate": 21}
    order = {"totalPrice": EUR, "totalVat": [tax], "items": [{**MUG, "totalPrice": EUR, "totalVat": tax}]}
    assert create(Ledger(), order)[0] == 201


@pytest.mark.parametrize("kind", ["DISCOUNT", "STORE_CREDIT", "GIFT_CARD"])
def test_discounts_and_credits_may_be_negative(kind):
    credit = item("D", name="less", price=-200, tax=-35, type=kind)
    assert create(Ledger(), {"totalPrice": czk(24000), "items": [MUG, credit]})[0] == 201


def test_pay_in_three_has_no_recurrence():
    assert create(Ledger(), type="PAY_IN_THREE", isRecurring=True)[0] == 422
    assert create(Ledger(), type="PAY_IN_THREE", isRecurring=False)[0] == 201


# ------------------------------------------------------------------------------------------------- change


def test_only_what_is_sent_changes():
    ledger = Ledger()
    _, before = ledger.put(DETAIL)
    status, answer = ledger.put(
        CHANGE, {"reason": "moved", "order": {"deliveryCarrier": "PPL", "variableSymbols": ["5"]}}
    )
    assert status == 200
    assert answer.pop("applicationInfo") == {"id": ID, "state": "READY", "stateReason": "READY_TO_SHIP"}
    assert answer == {**before["order"], "deliveryCarrier": "PPL", "variableSymbols": ["5"]}
    assert ledger.notified() == []


def test_nothing_sent_is_nothing_changed():
    ledger = Ledger()
    assert ledger.put(CHANGE, {"order": {}})[0] == 200
    assert ledger.put(CHANGE, {"order": {"number": "AA234"}})[0] == 200
    assert ledger.events == []


def test_new_items_bring_their_own_totals():
    _, answer = Ledger().put(CHANGE, {"order": {"items": [TEA, SHIP]}})
    assert [shown["code"] for shown in answer["items"]] == ["TEA-100", "SHIP"]
    assert answer["totalPrice"] == czk(48400)
    assert answer["totalVat"] == [vat(8400, 21)]


def test_stated_totals_win_over_those_of_the_items():
    order = {"items": [MUG], "totalPrice": czk(20000), "totalVat": [vat(1, 21)]}
    _, answer = Ledger().put(CHANGE, {"order": order})
    assert (answer["totalPrice"], answer["totalVat"]) == (czk(20000), [vat(1, 21)])


def test_new_items_are_cancelled_like_the_first_ones():
    ledger = Ledger()
    ledger.put(CANCEL, {"items": [{"code": "MUG-1"}]})
    ledger.put(CHANGE, {"order": {"items": [MUG]}})
    _, answer = ledger.put(CANCEL, {"items": [{"code": "MUG-1"}]})
    assert (answer["totalPrice"], answer["state"]) == (czk(0), "CANCELLED")


def test_a_new_number_is_the_one_by_which_duplicates_are_found():
    ledger = Ledger()
    ledger.put(CHANGE, {"order": {"number": "AA235"}})
    assert create(ledger) == ledger.call(DETAIL, request())
    assert create(ledger, {"number": "AA234"})[0] == 201


@pytest.mark.parametrize("reason", ["REJECTED", "CANCELLED_NOT_PAID", "CANCELLED_RETURNED"])
def test_a_closed_application_is_not_changed(reason):
    assert Ledger(in_substate(reason)).codes(CHANGE, {"order": {"number": "X"}}) == (422, "NOT_SUPPORTED")


@pytest.mark.parametrize("reason", ["PROCESSING_REDIRECT_NEEDED", "PROCESSING_PREAPPROVED", "READY_TO_SHIP"])
@pytest.mark.parametrize("financing", ["DEFERRED_PAYMENT", "PAY_IN_THREE"])
def test_an_open_application_is_changed(reason, financing):
    ledger = Ledger({**in_substate(reason), "type": financing})
    assert ledger.codes(CHANGE, {"order": {"items": [MUG]}}) == (200, "")


def test_items_are_frozen_once_any_was_sent():
    ledger = Ledger()
    ledger.put(SEND, {"items": [{"code": "MUG-1"}]})
    assert ledger.codes(CHANGE, {"order": {"items": [MUG]}}) == (422, "NOT_SUPPORTED")
    assert ledger.codes(CHANGE, {"order": {"number": "X"}}) == (200, "")
    ledger.put(RETURN)
    assert ledger.codes(CHANGE, {"order": {"items": [MUG]}}) == (422, "NOT_SUPPORTED")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (None, 400, "INVALID_REQUEST"),
        (b"null", 400, "INVALID_REQUEST"),
        ({}, 400, "INVALID_REQUEST"),
        ({"order": {"items": []}}, 400, "INVALID_REQUEST"),
        ({"order": {"variableSymbols": ["a"]}}, 400, "INVALID_REQUEST"),
        ({"order": {"totalPrice": EUR}}, 422, "UNPROCESSABLE"),
        ({"order": {"totalPrice": czk(-1)}}, 422, "UNPROCESSABLE"),
        ({"order": {"items": [item("D", name="d", price=-1, tax=0, type="DISCOUNT")]}}, 422, "UNPROCESSABLE"),
    ],
)
def test_a_bad_change_is_refused(body, status, code):
    assert Ledger().codes(CHANGE, body) == (status, code)


def test_an_application_that_does_not_exist_is_not_changed():
    status, answer = Ledger(application(id="other")).put(CHANGE, {"order": 1})
    assert (status, answer["errors"][0]["code"]) == (404, "OBJECT_NOT_FOUND")
