"""Worlds and accounts: what a document leaves out follows from what it says, and what is wrong is named by its place."""

import pytest

from countermand.dialects.contract import CallerFault, World
from countermand.dialects.skippay import DIALECT
from countermand.dialects.skippay.lifecycle import STATE_OF
from tests.vendors.skippay.ledger import (
    ACCOUNTS,
    CANCEL,
    DETAIL,
    ID,
    MUG,
    NOW,
    SEND,
    STRANGER,
    Ledger,
    application,
    czk,
    in_substate,
    item,
    request,
    vat,
)


def test_an_application_may_be_nothing_but_an_id():
    ledger = Ledger({"id": "x"})
    status, answer = ledger.call(DETAIL, request(applicationId="x"))
    assert status == 200
    assert (answer["stateReason"], answer["type"], answer["order"]["number"]) == (
        "READY_TO_SHIP",
        "DEFERRED_PAYMENT",
        "x",
    )
    assert answer["order"]["totalPrice"] == czk(0)


def test_what_a_document_says_is_shown():
    document = application(
        {
            "merchantId": "M",
            "addresses": [
                {"country": "CZ", "city": "Brno", "streetAddress": "Nová", "zip": "60200", "addressType": "DELIVERY"}
            ],
            "reservationDate": "2024-06-01T00:00:00+02:00",
            "deliveryType": "ONLINE",
        },
        customer={
            "firstName": "Eva",
            "lastName": "Nova",
            "fullName": "Eva Nova",
            "email": "e@x.example",
            "phone": "+4201",
        },
        agreementTermsAndConditions=False,
        gatewayRedirectUrl="https://gate.example/1",
        recurrence={"id": "r1", "state": "EXPIRED"},
    )
    ledger = Ledger(document)
    _, answer = ledger.put(DETAIL)
    for name in ("customer", "agreementTermsAndConditions", "gatewayRedirectUrl", "recurrence", "type", "state"):
        assert answer[name] == document[name]
    for name in ("merchantId", "addresses", "reservationDate", "deliveryType", "number", "totalPrice", "totalVat"):
        assert answer["order"][name] == document["order"][name]
    assert ledger.call("Getrecurrence", request(recurrenceId="r1")) == (200, {"id": "r1", "state": "EXPIRED"})


@pytest.mark.parametrize(
    ("state", "order_state", "reason"),
    [
        (None, None, "READY_TO_SHIP"),
        ("READY", None, "READY_TO_SHIP"),
        ("READY", "SENT", "READY_SHIPPED"),
        ("READY", "DELIVERED", "READY_DELIVERED"),
        ("PROCESSING", None, "PROCESSING_REDIRECT_NEEDED"),
        ("REJECTED", None, "REJECTED"),
        ("CANCELLED", None, "CANCELLED_NOT_PAID"),
        ("CANCELLED", "RETURNED", "CANCELLED_RETURNED"),
    ],
)
def test_a_substate_follows_from_the_states(state, order_state, reason):
    _, answer = Ledger(application({"state": order_state}, state=state, stateReason=None)).put(DETAIL)
    assert (answer["stateReason"], answer["state"]) == (reason, STATE_OF[reason])


@pytest.mark.parametrize(
    ("reason", "items"),
    [
        ("READY_TO_SHIP", "PROCESSING"),
        ("READY_SHIPPED", "SENT"),
        ("READY_DELIVERED", "DELIVERED"),
        ("READY_PAID", "DELIVERED"),
        ("CANCELLED_NOT_PAID", "CANCELLED"),
        ("CANCELLED_RETURNED", "RETURNED"),
        ("REJECTED", "PROCESSING"),
    ],
)
def test_the_state_of_items_follows_from_the_substate(reason, items):
    _, answer = Ledger(in_substate(reason)).put(DETAIL)
    assert {shown["state"] for shown in answer["order"]["items"]} == {items}
    assert answer["order"]["state"] == items


def test_items_begin_in_the_states_they_name():
    words = ["PROCESSING", "SENT", "DELIVERED", "RETURNED", "CANCELLED"]
    items = [item(word, name=word, price=100, tax=10, state=word) for word in words]
    ledger = Ledger(application({"items": items, "totalPrice": None, "totalVat": None}))
    _, answer = ledger.put(DETAIL)
    assert [shown["state"] for shown in answer["order"]["items"]] == words
    assert answer["order"]["totalPrice"] == czk(300)
    assert answer["order"]["totalVat"] == [vat(30, 21)]
    _, answer = ledger.put(CANCEL)
    assert answer["totalPrice"] == czk(200)


def test_dates_of_an_order_sent_at_once_stay_with_the_order():
    order = {"state": "SENT", "sentDate": "2024-05-01", "deliveryTrackingNumber": "EX1"}
    _, answer = Ledger(application(order, stateReason="READY_SHIPPED")).put(DETAIL)
    assert (answer["order"]["sentDate"], answer["order"]["deliveryTrackingNumber"]) == ("2024-05-01", "EX1")
    assert {shown["sentDate"] for shown in answer["order"]["items"]} == {None}


def test_dates_of_items_stay_with_the_items():
    sent = {**MUG, "state": "SENT", "sentDate": "2024-05-01", "deliveryTrackingNumber": "EX1"}
    _, answer = Ledger(application({"items": [sent, item("A", name="a", price=1, tax=0)]})).put(DETAIL)
    assert answer["order"]["sentDate"] is None
    assert [shown["sentDate"] for shown in answer["order"]["items"]] == ["2024-05-01", None]


def test_prices_follow_from_each_other():
    items = [
        {"code": "A", "quantity": 3, "unitPrice": czk(100), "unitVat": vat(10, 21)},
        {"code": "B", "quantity": 3, "totalPrice": czk(100), "totalVat": vat(10, 21)},
    ]
    _, answer = Ledger(application({"items": items, "totalPrice": None, "totalVat": None})).put(DETAIL)
    first, second = answer["order"]["items"]
    assert (first["totalPrice"], first["totalVat"], first["name"]) == (czk(300), vat(30, 21), "A")
    assert (second["unitPrice"], second["unitVat"]) == (czk(33), vat(3, 21))
    assert answer["order"]["totalPrice"] == czk(400)


def test_an_order_without_symbols_has_one_unless_it_says_none():
    assert Ledger(application({"variableSymbols": None})).codes(SEND) == (200, "")
    assert Ledger(application({"variableSymbols": []})).codes(SEND) == (400, "INVALID_REQUEST")


def test_an_application_belongs_to_the_account_it_names():
    ledger = Ledger(application(_account="tok-b"))
    assert ledger.put(DETAIL)[0] == 404
    status, answer = ledger.call(DETAIL, request(), STRANGER)
    assert status == 200
    assert "_account" not in answer


def test_of_applications_with_one_number_the_last_alive_holds_it():
    documents = [application(id="a"), application(id="b"), {**in_substate("REJECTED"), "id": "c"}]
    held = {order.order_id: dict(order.aliases) for order in Ledger(*documents).orders.values()}
    assert held == {"a": {}, "b": {"number": "AA234"}, "c": {}}


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"applications": {}}, "applications"),
        ({"applications": [1]}, "applications.0"),
        ({"applications": [{"id": ""}]}, "applications.0.id"),
        ({"applications": [{"stateReason": "READY_TO_GO"}]}, "applications.0.stateReason"),
        ({"applications": [{"state": "READY", "stateReason": "REJECTED"}]}, "applications.0.stateReason"),
        ({"applications": [{"type": "LEASE"}]}, "applications.0.type"),
        ({"applications": [{}, {"order": {"items": [{"quantity": 0}]}}]}, "applications.1.order.items.0.quantity"),
        (
            {"applications": [{"order": {"totalPrice": {"amount": "x", "currency": "CZK"}}}]},
            "applications.0.order.totalPrice.amount",
        ),
        ({"applications": [{"id": ID}, {"id": ID}]}, "applications.1.id"),
    ],
)
def test_what_is_wrong_with_a_world_is_named_by_its_place(document, path):
    with pytest.raises(CallerFault) as caught:
        DIALECT.world(World(document=document, accounts=ACCOUNTS, now=NOW, new_id=lambda: "id"))
    assert caught.value.fault.fields[0].path == path


def test_applications_of_an_account_that_the_world_has_not_are_left_out():
    """A world's accounts may be replaced without its documents."""
    document = {"applications": [{"id": ID}, {"_account": "gone"}]}
    world = World(document=document, accounts=ACCOUNTS, now=NOW, new_id=lambda: "id")
    assert [one.order_id for one in DIALECT.world(world).orders] == [ID]


def test_a_world_may_hold_nothing():
    seeded = DIALECT.world(World(document={}, accounts=(), now=NOW, new_id=lambda: "id"))
    assert (seeded.orders, seeded.records) == ((), ())


# ------------------------------------------------------------------------------------------------- accounts


@pytest.mark.parametrize("document", [{}, {"token": ""}, {"token": 1}, {"token": "t", "username": 1}])
def test_an_account_needs_a_token(document):
    with pytest.raises(CallerFault):
        DIALECT.account(document)


def test_tokens_of_one_user_are_one_partner():
    first, second = (DIALECT.account({"token": token, "username": "shop", "password": "p"}) for token in "ab")
    assert first.realm == second.realm == "shop"
    assert DIALECT.account({"token": "a"}).realm != DIALECT.account({"token": "b"}).realm


def test_a_realm_does_not_tell_the_token():
    assert "secret-token" not in DIALECT.account({"token": "secret-token", "apiKey": "k"}).realm
