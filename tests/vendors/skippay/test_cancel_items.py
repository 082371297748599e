"""Mark order items as cancelled, judged on a ledger in memory."""

import pytest

from countermand.dialects.skippay.lifecycle import LIFECYCLE, STATE_OF
from tests.vendors.skippay.ledger import (
    CANCEL,
    DELIVER,
    DETAIL,
    ID,
    RETURN,
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


def states(answer) -> list[tuple[str, float, str]]:
    return [(shown["code"], shown["quantity"], shown["state"]) for shown in answer["items"]]


EVERYTHING = [
    ("TEA-100", 3, "CANCELLED"),
    ("MUG-1", 1, "CANCELLED"),
    ("BOOK-9", 2, "CANCELLED"),
    ("SHIP", 1, "CANCELLED"),
]


@pytest.mark.parametrize("body", [None, {}, b"null", {"items": []}, {"items": None}, {"strange": 1}])
def test_an_empty_request_cancels_every_item(body):
    ledger = Ledger()
    status, answer = ledger.put(CANCEL, body)
    assert status == 200
    assert states(answer) == EVERYTHING
    assert answer["applicationInfo"] == {"id": ID, "state": "CANCELLED", "stateReason": "CANCELLED_NOT_PAID"}
    assert answer["state"] == "CANCELLED"
    assert answer["totalPrice"] == czk(0)
    assert answer["totalVat"] == [vat(0, 21), vat(0, 12)]
    assert [shown["totalPrice"]["amount"] for shown in answer["items"]] == [36300, 24200, 22400, 12100]
    assert [event.type for _, event in ledger.events] == ["order.cancelled"]
    assert ledger.notified() == ["CANCELLED_NOT_PAID"]
    assert ledger.obligations[0].address == "https://shop.example/notify?order=AA234"


def test_a_notice_is_recorded_although_nobody_gave_an_address():
    ledger = Ledger(application(merchantUrls={}))
    ledger.put(CANCEL)
    assert [(owed.address, owed.type) for owed in ledger.obligations] == [(None, "application_notification")]


def test_an_answer_has_exactly_the_members_of_the_vendors_schema():
    _, answer = Ledger().put(CANCEL, {"items": [{"code": "MUG-1"}]})
    assert set(answer) == {
        *("number", "variableSymbols", "totalPrice", "totalVat", "state", "sentDate", "deliveryDate"),
        *("deliveryTrackingNumber", "merchantId", "items", "applicationInfo"),
    }
    assert set(answer["items"][0]) == {
        *("code", "ean", "name", "type", "quantity", "unitPrice", "unitVat", "totalPrice", "totalVat", "state"),
        *("sentDate", "deliveryDate", "deliveryTrackingNumber"),
    }


@pytest.mark.parametrize(
    ("selector", "hit"),
    [
        ({"code": "MUG-1"}, ["MUG-1"]),
        ({"ean": "8594000000017"}, ["TEA-100"]),
        ({"name": "Brewing book"}, ["BOOK-9"]),
        ({"type": "SHIPPING_FEE"}, ["SHIP"]),
        ({"type": "PHYSICAL"}, ["TEA-100", "MUG-1", "BOOK-9"]),
        ({"code": "BOOK-9", "ean": "9788000000008", "name": "Brewing book", "type": "PHYSICAL"}, ["BOOK-9"]),
        ({"code": "MUG-1", "ean": None, "name": None, "type": None, "quantity": None}, ["MUG-1"]),
        ({"type": "SHIPPING_FEE", "quantity": 1}, ["SHIP"]),
        ({"code": "MUG-1", "quantity": "1"}, ["MUG-1"]),
    ],
)
def test_an_entry_hits_the_lines_that_fit_all_its_identifiers(selector, hit):
    status, answer = Ledger().put(CANCEL, {"items": [selector]})
    assert status == 200
    assert [shown["code"] for shown in answer["items"] if shown["state"] == "CANCELLED"] == hit
    assert answer["applicationInfo"]["stateReason"] == "READY_TO_SHIP"


def test_part_of_a_quantity_splits_the_line_open_rest_first():
    ledger = Ledger()
    _, answer = ledger.put(CANCEL, {"items": [{"code": "TEA-100", "quantity": 1}]})
    assert states(answer)[:2] == [("TEA-100", 2, "PROCESSING"), ("TEA-100", 1, "CANCELLED")]
    assert [shown["totalPrice"]["amount"] for shown in answer["items"]][:2] == [24200, 12100]
    assert [shown["unitPrice"]["amount"] for shown in answer["items"]][:2] == [12100, 12100]
    assert answer["totalPrice"] == czk(82900)
    assert answer["totalVat"] == [vat(10500, 21), vat(2400, 12)]
    assert [event.type for _, event in ledger.events] == ["order.lines_cancelled"]
    assert ledger.notified() == []


def test_a_price_that_does_not_divide_leaves_its_remainder_with_the_rest():
    ledger = Ledger(
        application({"totalPrice": czk(100), "items": [item("A", name="a", price=100, tax=10, quantity=3)]})
    )
    _, answer = ledger.put(CANCEL, {"items": [{"code": "A", "quantity": 1}]})
    assert [shown["totalPrice"]["amount"] for shown in answer["items"]] == [67, 33]
    _, answer = ledger.put(CANCEL, {"items": [{"code": "A", "quantity": 1}]})
    assert [shown["totalPrice"]["amount"] for shown in answer["items"]] == [33, 34, 33]


def test_two_entries_on_one_line_add_up():
    _, answer = Ledger().put(
        CANCEL, {"items": [{"code": "TEA-100", "quantity": 1}, {"ean": "8594000000017", "quantity": 1}]}
    )
    assert states(answer)[:2] == [("TEA-100", 1, "PROCESSING"), ("TEA-100", 2, "CANCELLED")]


def test_a_quantity_has_up_to_three_decimals():
    _, answer = Ledger().put(CANCEL, {"items": [{"code": "TEA-100", "quantity": 1.125}]})
    assert states(answer)[:2] == [("TEA-100", 1.875, "PROCESSING"), ("TEA-100", 1.125, "CANCELLED")]


#: body, status, code, attribute of the first error
REFUSED = [
    (b"{", 400, "INVALID_REQUEST", ""),
    (b"\xff", 400, "INVALID_REQUEST", ""),
    (b'{"items": NaN}', 400, "INVALID_REQUEST", ""),
    ([], 400, "INVALID_REQUEST", ""),
    ("all", 400, "INVALID_REQUEST", ""),
    (3, 400, "INVALID_REQUEST", ""),
    ({"items": {}}, 400, "INVALID_REQUEST", "items"),
    ({"items": [1]}, 400, "INVALID_REQUEST", "items[0]"),
    ({"items": [{}]}, 400, "INVALID_REQUEST", "items[0]"),
    ({"items": [{"code": "MUG-1"}, {"quantity": 1}]}, 400, "INVALID_REQUEST", "items[1]"),
    ({"items": [{"code": 7}]}, 400, "INVALID_REQUEST", "items[0].code"),
    ({"items": [{"code": "a" * 201}]}, 400, "INVALID_REQUEST", "items[0].code"),
    ({"items": [{"ean": "1" * 65}]}, 400, "INVALID_REQUEST", "items[0].ean"),
    ({"items": [{"name": "n" * 256}]}, 400, "INVALID_REQUEST", "items[0].name"),
    ({"items": [{"type": "GADGET"}]}, 400, "INVALID_REQUEST", "items[0].type"),
    ({"items": [{"type": "physical"}]}, 400, "INVALID_REQUEST", "items[0].type"),
    ({"items": [{"code": "MUG-1", "quantity": 0}]}, 400, "INVALID_REQUEST", "items[0].quantity"),
    ({"items": [{"code": "MUG-1", "quantity": -1}]}, 400, "INVALID_REQUEST", "items[0].quantity"),
    ({"items": [{"code": "MUG-1", "quantity": 0.5}]}, 400, "INVALID_REQUEST", "items[0].quantity"),
    ({"items": [{"code": "MUG-1", "quantity": 1.0005}]}, 400, "INVALID_REQUEST", "items[0].quantity"),
    ({"items": [{"code": "MUG-1", "quantity": "one"}]}, 400, "INVALID_REQUEST", "items[0].quantity"),
    ({"items": [{"code": "MUG-1", "quantity": True}]}, 400, "INVALID_REQUEST", "items[0].quantity"),
    ({"items": [{"code": "MUG-1"}], "totalPrice": 100}, 400, "INVALID_REQUEST", "totalPrice"),
    ({"items": [{"code": "MUG-1"}], "totalPrice": {"amount": 1}}, 400, "INVALID_REQUEST", "totalPrice.currency"),
    (
        {"items": [{"code": "MUG-1"}], "totalPrice": {**czk(1), "amount": 1.5}},
        400,
        "INVALID_REQUEST",
        "totalPrice.amount",
    ),
    ({"items": [{"code": "MUG-1"}], "totalVat": [czk(1)]}, 400, "INVALID_REQUEST", "totalVat[0].vatRate"),
    ({"items": [{"code": "MUG-1"}], "totalPrice": czk(0)}, 422, "UNPROCESSABLE", ""),
    ({"items": [{"code": "MUG-1"}], "totalPrice": czk(-1)}, 422, "UNPROCESSABLE", ""),
    ({"items": [{"code": "MUG-1"}], "totalPrice": czk(95001)}, 422, "UNPROCESSABLE", "totalPrice"),
    ({"items": [{"code": "MUG-1"}], "totalPrice": {"amount": 1, "currency": "EUR"}}, 422, "UNPROCESSABLE", ""),
    ({"items": [{"code": "MUG-1"}], "totalVat": [vat(1, 21)]}, 422, "UNPROCESSABLE", "totalVat"),
    ({"items": [{"code": "MUG-1"}], "totalPrice": czk(100), "totalVat": [vat(12601, 21)]}, 422, "UNPROCESSABLE", ""),
    ({"items": [{"code": "MUG-1"}], "totalPrice": czk(100), "totalVat": [vat(1, 15)]}, 422, "UNPROCESSABLE", ""),
    ({"items": [], "totalPrice": czk(100)}, 422, "NOT_SUPPORTED", "totalPrice"),
    ({"items": [{"code": "NOPE"}]}, 404, "OBJECT_NOT_FOUND", "items[0]"),
    ({"items": [{"code": "MUG-1"}, {"code": "NOPE"}]}, 404, "OBJECT_NOT_FOUND", "items[1]"),
    ({"items": [{"code": "MUG-1", "name": "mug"}]}, 404, "OBJECT_NOT_FOUND", "items[0]"),
    ({"items": [{"code": " MUG-1"}]}, 404, "OBJECT_NOT_FOUND", "items[0]"),
    ({"items": [{"code": "MUG-1", "ean": ""}]}, 404, "OBJECT_NOT_FOUND", "items[0]"),
    ({"items": [{"type": "PHYSICAL", "quantity": 1}]}, 422, "UNPROCESSABLE", "items[0]"),
    ({"items": [{"code": "TEA-100", "quantity": 4}]}, 422, "UNPROCESSABLE", "items[0]"),
    (
        {"items": [{"code": "TEA-100", "quantity": 2}, {"code": "TEA-100", "quantity": 2}]},
        422,
        "UNPROCESSABLE",
        "items[1]",
    ),
    ({"items": [{"code": "TEA-100"}, {"code": "TEA-100"}]}, 422, "UNPROCESSABLE", "items[1]"),
]


@pytest.mark.parametrize(("body", "status", "code", "attribute"), REFUSED)
def test_a_bad_request_is_refused_and_changes_nothing(body, status, code, attribute):
    ledger = Ledger()
    assert ledger.codes(CANCEL, body) == (status, code)
    assert ledger.attribute(CANCEL, body) == attribute


@pytest.mark.parametrize("reason", sorted(STATE_OF))
@pytest.mark.parametrize("financing", ["DEFERRED_PAYMENT", "PAY_IN_THREE"])
def test_only_a_ready_application_has_items_to_cancel(reason, financing):
    ledger = Ledger({**in_substate(reason, state="PROCESSING"), "type": financing})
    ready = STATE_OF[reason] == "READY"
    assert ledger.codes(CANCEL) == ((200, "") if ready else (422, "NOT_SUPPORTED"))


# ------------------------------------------------------------------------------------------------- the order of checks


def test_an_unknown_application_is_reported_before_what_is_wrong_with_the_body():
    wire = request({"items": [{}]}, applicationId="00000000ff")
    status, answer = Ledger().call(CANCEL, wire)
    assert (status, answer["errors"][0]["code"]) == (404, "OBJECT_NOT_FOUND")


def test_bytes_that_are_not_json_are_reported_before_an_unknown_application():
    status, _ = Ledger().call(CANCEL, request(b"{", applicationId="00000000ff"))
    assert status == 400


def test_what_is_wrong_with_the_body_is_reported_before_the_state_of_the_application():
    ledger = Ledger(in_substate("REJECTED"))
    assert ledger.codes(CANCEL, {"items": [{}]}) == (400, "INVALID_REQUEST")


def test_the_state_of_the_application_is_reported_before_an_unknown_item():
    ledger = Ledger(in_substate("REJECTED"))
    assert ledger.codes(CANCEL, {"items": [{"code": "NOPE"}]}) == (422, "NOT_SUPPORTED")


def test_an_unknown_item_is_reported_before_the_state_of_another():
    ledger = Ledger()
    ledger.put(SEND, {"items": [{"code": "MUG-1"}]})
    assert ledger.codes(CANCEL, {"items": [{"code": "MUG-1"}, {"code": "NOPE"}]}) == (404, "OBJECT_NOT_FOUND")


def test_an_unknown_item_is_reported_before_a_tax_without_a_price():
    body = {"items": [{"code": "NOPE"}], "totalVat": [vat(1, 21)]}
    assert Ledger(application()).codes(CANCEL, body) == (404, "OBJECT_NOT_FOUND")


def test_an_application_of_another_partner_does_not_exist():
    status, answer = Ledger().call(CANCEL, request(), STRANGER)
    assert (status, answer["errors"][0]["code"]) == (404, "OBJECT_NOT_FOUND")


# ------------------------------------------------------------------------------------------------- what was sent is left alone


@pytest.mark.parametrize(("operation", "rest"), [(SEND, "READY_SHIPPED"), (DELIVER, "READY_DELIVERED")])
def test_an_empty_request_takes_what_is_open_and_leaves_what_left(operation, rest):
    ledger = Ledger()
    ledger.put(operation, {"items": [{"code": "MUG-1"}]})
    status, answer = ledger.put(CANCEL)
    assert status == 200
    assert answer["applicationInfo"]["stateReason"] == rest
    assert answer["totalPrice"] == czk(24200)
    assert ledger.events[-1][1].type == "order.lines_cancelled"
    assert ledger.notified() == [rest]
    assert ledger.codes(CANCEL) == (422, "NOT_SUPPORTED")


@pytest.mark.parametrize("prepared", [(SEND,), (DELIVER,), (SEND, RETURN), (CANCEL,)])
def test_an_item_that_is_not_open_any_more_can_not_be_cancelled(prepared):
    ledger = Ledger()
    for operation in prepared:
        ledger.put(operation, {"items": [{"code": "MUG-1"}]})
    assert ledger.codes(CANCEL, {"items": [{"code": "MUG-1"}]}) == (422, "NOT_SUPPORTED")


def test_a_repeated_cancel_is_refused():
    ledger = Ledger()
    ledger.put(CANCEL)
    assert ledger.codes(CANCEL) == (422, "NOT_SUPPORTED")
    assert ledger.notified() == ["CANCELLED_NOT_PAID"]


def test_a_paid_application_stays_paid_while_something_is_alive():
    sent = item("S", name="s", price=100, tax=0, state="SENT")
    ledger = Ledger(
        in_substate(
            "READY_PAID",
            totalPrice=czk(300),
            totalVat=[],
            items=[sent, item("O", name="o", price=200, tax=0, state="PROCESSING")],
        )
    )
    _, answer = ledger.put(CANCEL)
    assert answer["applicationInfo"]["stateReason"] == "READY_PAID"
    assert ledger.notified() == []


def test_a_cancelled_line_of_the_same_code_is_not_in_the_way():
    tea = [item("TEA", name="t", price=100, tax=0, state=state) for state in ("PROCESSING", "CANCELLED", "SENT")]
    ledger = Ledger(application({"totalPrice": czk(200), "totalVat": [], "items": tea}))
    status, answer = ledger.put(CANCEL, {"items": [{"code": "TEA", "quantity": 1}]})
    assert status == 200
    assert [state for _, _, state in states(answer)] == ["CANCELLED", "CANCELLED", "SENT"]


# ------------------------------------------------------------------------------------------------- stated amounts


def test_a_stated_amount_leaves_the_order_instead_of_the_items_sum():
    body = {"items": [{"code": "MUG-1"}], "totalPrice": czk(20000), "totalVat": [vat(3471, 21)]}
    _, answer = Ledger().put(CANCEL, body)
    assert answer["totalPrice"] == czk(75000)
    assert answer["totalVat"] == [vat(9129, 21), vat(2400, 12)]
    assert [shown["totalPrice"]["amount"] for shown in answer["items"] if shown["code"] == "MUG-1"] == [24200]


def test_without_a_stated_tax_that_of_the_items_leaves():
    _, answer = Ledger().put(
        CANCEL, {"items": [{"code": "MUG-1"}], "totalPrice": {"amount": "20000", "currency": "CZK"}}
    )
    assert answer["totalPrice"] == czk(75000)
    assert answer["totalVat"] == [vat(8400, 21), vat(2400, 12)]


def test_the_last_items_take_what_earlier_stated_amounts_left():
    ledger = Ledger()
    ledger.put(CANCEL, {"items": [{"code": "MUG-1"}], "totalPrice": czk(20000), "totalVat": [vat(3471, 21)]})
    _, answer = ledger.put(CANCEL)
    assert answer["totalPrice"] == czk(0)
    assert answer["totalVat"] == [vat(0, 21), vat(0, 12)]


def test_a_stated_amount_is_at_most_that_of_the_open_items():
    ledger = Ledger()
    ledger.put(SEND, {"items": [{"code": "TEA-100"}]})
    assert ledger.codes(CANCEL, {"items": [{"code": "MUG-1"}], "totalPrice": czk(58701)}) == (422, "UNPROCESSABLE")
    assert ledger.codes(CANCEL, {"items": [{"code": "MUG-1"}], "totalPrice": czk(58700)}) == (200, "")


def test_a_total_never_falls_below_zero():
    discount = item("D", name="d", price=-50, tax=0, type="DISCOUNT")
    goods = item("G", name="g", price=100, tax=0)
    ledger = Ledger(application({"totalPrice": czk(50), "totalVat": [], "items": [goods, discount]}))
    assert ledger.codes(CANCEL, {"items": [{"code": "G"}]}) == (422, "UNPROCESSABLE")
    _, answer = ledger.put(CANCEL, {"items": [{"code": "D"}]})
    assert answer["totalPrice"] == czk(100)
    _, answer = ledger.put(CANCEL)
    assert answer["totalPrice"] == czk(0)


def test_an_application_without_items_can_be_cancelled_whole():
    ledger = Ledger(application({"items": []}))
    _, answer = ledger.put(CANCEL)
    assert (answer["totalPrice"], answer["state"], answer["items"]) == (czk(0), "CANCELLED", [])


def test_the_detail_shows_what_the_cancel_answered():
    ledger = Ledger()
    _, answer = ledger.put(CANCEL, {"items": [{"code": "TEA-100", "quantity": 2}]})
    _, detail = ledger.put(DETAIL)
    assert {**detail["order"], "applicationInfo": answer["applicationInfo"]} == answer


def test_every_status_of_the_lifecycle_has_a_state():
    assert set(STATE_OF) == LIFECYCLE.statuses
