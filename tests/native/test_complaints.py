"""What users of other systems complain about, by number; where each is from stands in docs/explanation/complaints.md."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.native.client import CAPTURED, TWO_KEYS, Api, advance, effects, new_order, put_world


@pytest.mark.serial
def test_01_parallel_requests_move_money_once(placed):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: placed.cancel(), range(8)))
    assert sorted(answer.status for answer in answers) == [200] * 7 + [202]
    assert len({answer["id"] for answer in answers}) == 1
    owed = placed.get("/orders/o1/obligations")["items"]
    assert [(one["kind"], one["amount"]) for one in owed] == [("void", 4492)]


def test_02_a_double_click_refunds_once(api):
    api.post("/orders", new_order(payments=CAPTURED))
    first, second = api.cancel(key="click"), api.cancel(key="click")
    assert (first.status, second.status) == (202, 202)
    assert second.body == first.body
    assert second.headers["idempotent-replayed"] == "true"
    assert api.owed()["refund"]["amount"] == 4492
    assert api.get("/orders/o1")["payments"][0]["to_refund"] == 4492


def test_03_repeated_cancels_release_stock_once(placed, server):
    assert {(one["sku"], one["quantity"]) for one in effects(server)["reservations"]} == {("A", 3), ("B", 1)}
    for _ in range(3):
        placed.cancel()
    assert effects(server)["reservations"] == []
    released = sum(line["released"] for event in placed.events() for line in event["lines"])
    assert released == 4


def test_04_after_a_partial_shipment_only_what_is_open_is_cancelled(placed, server):
    placed.post("/orders/o1/shipments", {"lines": [{"line_id": "a", "quantity": 2}]})
    done = placed.cancel()
    assert [(line["line_id"], line["quantity"]) for line in done["lines"]] == [("a", 1), ("b", 1)]
    assert done["whole"] is False
    assert placed.get("/orders/o1")["status"] == "shipped"
    assert effects(server)["reservations"] == []


def test_05_a_payment_that_finishes_after_the_cancel_is_a_conflict_and_goes_back(api):
    api.post("/orders", new_order(payments=[]))
    api.cancel()
    report = api.post("/orders/o1/payments/p9/reports", {"step": "captured", "amount": 4492})
    assert report.status == 201
    assert [(one["kind"], one["amount"], one["remedy"]) for one in report["conflicts"]] == [
        ("paid_after_cancel", 4492, "refund")
    ]
    assert report["order"]["status"] == "cancelled"
    assert api.owed()["refund"]["amount"] == 4492


def expire_unpaid(api, seconds):
    rules = {"author": "ops", "unpaid_expiry_seconds": seconds}
    assert api("PUT", "/policies/native", rules).status == 200
    assert api.post("/orders", new_order(payments=[])).status == 201


def test_06_a_paid_order_of_which_we_have_not_heard_is_not_swept_up(api, server):
    expire_unpaid(api, 3600)
    advance(server, 3600)
    inquiry = api.owed()["payment_inquiry"]
    assert api.get("/orders/o1")["status"] == "placed"
    api.post(f"/orders/o1/obligations/{inquiry['id']}:settle", {"by": "gateway", "reason": "paid"})
    advance(server, 30 * 86_400)
    assert api.get("/orders/o1")["status"] == "placed"
    assert set(api.owed()) == {"payment_inquiry"}


def test_07_a_payment_that_went_through_before_the_timer_keeps_the_order(api, server):
    expire_unpaid(api, 3600)
    advance(server, 3599)
    api.post("/orders/o1/payments/p1/reports", {"step": "captured", "amount": 4492})
    advance(server, 30 * 86_400)
    assert api.get("/orders/o1")["status"] == "placed"
    assert api.owed() == {}


def test_08_a_cancel_asks_no_promotion_again(api):
    """The discount needed both lines; cancelling one takes its stored share off, and nothing else changes."""
    api.post("/orders", new_order(discounts=[{"id": "two-lines", "amount": 400}]))
    before = {line["id"]: line["price"] for line in api.get("/orders/o1")["lines"]}
    done = api.cancel(lines=[{"line_id": "b"}])
    assert done["amount"] == before["b"]
    assert api.get("/orders/o1")["total"] == before["a"] + before["shipping"]


def test_09_a_refund_is_what_was_paid_after_the_discount(api):
    api.post("/orders", new_order(discounts=[{"id": "d", "amount": 401}], payments=[{"id": "p", "captured": 4091}]))
    amounts = [api.cancel(lines=[{"line_id": "a", "quantity": 1}])["amount"] for _ in range(3)]
    amounts.append(api.cancel()["amount"])
    assert sum(amounts) == 4091
    refunds = [one["amount"] for one in api.get("/orders/o1/obligations")["items"] if one["kind"] == "refund"]
    assert refunds == amounts


def test_10_the_tax_of_the_shipping_goes_back_with_it(placed):
    done = placed.cancel()
    assert {tax["rate"]: tax["amount"] for tax in done["taxes"]} == {21: 606, 9: 83}
    assert placed.get("/orders/o1")["taxes"] == [{"rate": 21, "amount": 0}, {"rate": 9, "amount": 0}]


def test_11_captured_and_refunded_orders_can_be_cancelled(api):
    api.post("/orders", new_order(payments=CAPTURED))
    api.post("/orders/o1/payments/p1/reports", {"step": "refunded", "amount": 1000})
    done = api.cancel()
    assert done.status == 202
    assert api.owed()["refund"]["amount"] == 3492
    api.post("/orders", new_order("o2", payments=CAPTURED))
    api.post("/orders/o2/payments/p1/reports", {"step": "refunded", "amount": 4492})
    assert api.cancel("o2").status == 201
    assert "refund" not in api.owed("o2")


def test_12_cash_is_given_back_by_a_person_and_leaves_no_negative_balance(api):
    api.post("/orders", new_order(payments=[{"id": "till", "method": "cash", "captured": 4492}]))
    api.cancel()
    owed = api.owed()["refund"]
    assert (owed["owner"], owed["state"], owed["amount"]) == ("staff", "parked", 4492)
    settled = api.post(f"/orders/o1/obligations/{owed['id']}:settle", {"by": "Kim"})
    assert (settled["state"], settled["closed_by"]) == ("settled", "Kim")
    payment = api.get("/orders/o1")["payments"][0]
    assert (payment["captured"], payment["refunded"], payment["to_refund"]) == (4492, 4492, 0)
    assert api.get("/orders/o1")["total"] == 0


def test_13_a_refund_that_the_gateway_refused_can_be_tried_again_or_waived(api, server):
    api.post("/orders", new_order(payments=CAPTURED))
    done = api.cancel()
    advance(server, 3600)
    again = api.post(f"/orders/o1/cancellations/{done['id']}:retry", {"by": "Kim"})
    assert (again.status, again["state"]) == (200, "accepted")
    owed = api.owed()["refund"]
    assert (owed["state"], owed["next_try_at"]) == ("open", "2026-03-01T13:00:00Z")
    waived = api.post(f"/orders/o1/obligations/{owed['id']}:waive", {"by": "Kim", "reason": "paid by hand"})
    assert (waived["state"], waived["closed_by"], waived["closed_because"]) == ("waived", "Kim", "paid by hand")
    assert api.get(f"/orders/o1/cancellations/{done['id']}")["state"] == "completed"
    closed = api.post(f"/orders/o1/obligations/{owed['id']}:settle", {"by": "Kim"})
    assert (closed.status, closed["code"]) == (409, "OBLIGATION_CLOSED")


@pytest.mark.parametrize("said", [{"by": "Kim"}, {"by": "Kim", "reason": " "}, {"reason": "goodwill"}])
def test_13_nothing_is_waived_without_a_name_and_a_reason(placed, said):
    placed.cancel()
    owed = placed.owed()["void"]["id"]
    assert placed.post(f"/orders/o1/obligations/{owed}:waive", said).status == 422
    assert placed.owed()["void"]["state"] == "open"


def test_14_what_can_be_voided_is_voided_and_what_was_captured_meanwhile_is_refunded(placed):
    placed.cancel()
    assert placed.owed()["void"]["amount"] == 4492
    placed.post("/orders/o1/payments/p1/reports", {"step": "captured", "amount": 4492})
    owed = placed.owed()
    assert "void" not in owed
    assert owed["refund"]["amount"] == 4492
    report = placed.post("/orders/o1/payments/p1/reports", {"step": "refunded", "amount": 4492})
    assert report["conflicts"] == []
    assert placed.get("/orders/o1/cancellations")["items"][0]["state"] == "completed"


def test_15_a_partly_refunded_order_is_cancelled_without_releasing_twice(api, server):
    api.post("/orders", new_order(payments=CAPTURED))
    api.cancel(lines=[{"line_id": "a", "quantity": 2}])
    api.post("/orders/o1/payments/p1/reports", {"step": "refunded", "amount": 1998})
    api.cancel()
    assert effects(server)["reservations"] == []
    assert sum(line["released"] for event in api.events() for line in event["lines"]) == 4
    assert api.get("/orders/o1")["payments"][0]["to_refund"] == 4492 - 1998


def test_16_what_was_never_reserved_is_never_released(api, server):
    lines = [{"id": "a", "sku": "A", "quantity": 3, "price": 300, "reserve": False}]
    api.post("/orders", new_order(lines=lines, charges=[], payments=[]))
    done = api.cancel()
    assert [line["released"] for line in done["lines"]] == [0]
    assert effects(server)["reservations"] == []


def test_17_order_and_units_say_the_same_after_cancel_and_restore(placed, server):
    done = placed.cancel()
    order = placed.get("/orders/o1")
    assert (order["status"], {line["open"] for line in order["lines"]}) == ("cancelled", {0})
    placed.post(f"/orders/o1/cancellations/{done['id']}:restore", {"by": "Kim"})
    order = placed.get("/orders/o1")
    assert (order["status"], [line["open"] for line in order["lines"]]) == ("placed", [3, 1, 1])
    assert {(one["sku"], one["quantity"]) for one in effects(server)["reservations"]} == {("A", 3), ("B", 1)}
    assert order["payments"][0]["to_void"] == 0


def test_18_shipped_after_the_cancel_is_accepted_and_a_return_opened(placed):
    placed.cancel()
    report = placed.post("/orders/o1/shipments", {"carrier": "post", "lines": [{"line_id": "a"}]})
    assert report.status == 201
    assert [(one["kind"], one["remedy"], one["line_ids"]) for one in report["conflicts"]] == [
        ("shipped_after_cancel", "return", ["a"])
    ]
    assert report["order"]["total"] == 2997
    assert placed.post("/orders/o1/returns", {}).status == 201
    assert placed.get("/orders/o1")["total"] == 0


def test_19_the_restock_choice_is_obeyed(placed):
    done = placed.cancel(restock=False)
    assert done["restock"] is False
    assert placed.owed()["write_off"]["data"] == {"sku:A": "3000", "sku:B": "1000"}
    assert placed.events()[-1]["data"]["restock"] == "no"
    placed.post("/orders", new_order("o2"))
    placed.cancel("o2")
    assert "write_off" not in placed.owed("o2")


def test_20_a_line_is_cancelled_piece_by_piece_to_zero(placed):
    lines = [{"line_id": "a", "quantity": 1}]
    amounts = [placed.cancel(lines=lines)["amount"] for _ in range(3)]
    assert sum(amounts) == 2997
    again = placed.cancel(lines=lines)
    assert (again.status, again["code"]) == (409, "LINE_CLOSED")
    assert again["errors"][0]["pointer"] == "/lines/0"
    assert placed.cancel()["whole"] is True


def test_21_half_a_line_is_cancelled_and_the_order_says_so(placed):
    placed.cancel(lines=[{"sku": "A", "quantity": 1.5}])
    line = placed.get("/orders/o1")["lines"][0]
    assert (line["ordered"], line["open"], line["cancelled"]) == (3, 1.5, 1.5)


def test_22_one_plain_call_and_a_clear_answer_when_it_fails(placed):
    placed.post("/orders/o1/shipments", {})
    refused = placed.cancel()
    assert refused.status == 409
    assert (refused["code"], refused["state"]) == ("STATUS_FORBIDS", "shipped")
    assert placed.get("/problems/" + refused["type"].rpartition("/")[2])["code"] == "STATUS_FORBIDS"


def test_23_the_event_says_which_lines_and_which_shipping(placed):
    placed.cancel()
    event = placed.events()[-1]
    assert {line["line_id"]: (line["amount"], line["tax"]) for line in event["lines"]} == {
        "a": (2997, 520),
        "b": (1000, 83),
        "shipping": (495, 86),
    }
    assert event["amount"] == 4492
    assert [(tender["id"], tender["to_void"], tender["to_refund"]) for tender in event["payments"]] == [("p1", 4492, 0)]


def test_24_nothing_expires_unless_the_tenant_says_so_and_then_to_the_second(api, server):
    api.post("/orders", new_order("o0", payments=[]))
    assert api.get("/policies/native")["unpaid_expiry_seconds"] is None
    advance(server, 365 * 86_400)
    expire_unpaid(api, 90)
    advance(server, 89)
    assert api.owed() == {}
    advance(server, 1)
    assert set(api.owed()) == {"payment_inquiry"}
    assert (api.get("/orders/o0")["status"], api.owed("o0")) == ("placed", {})


def test_24_a_window_is_exact_to_the_second(placed, server):
    put_world(server, orders=[new_order()], policies=[{"author": "ops", "window_seconds": 90}])
    advance(server, 90)
    assert placed.post("/orders/o1/cancellations:preview").status == 200
    advance(server, 1)
    refused = placed.cancel()
    assert (refused.status, refused["code"]) == (409, "WINDOW_CLOSED")


def test_25_a_customer_asks_and_the_shop_decides(api, server):
    policies = [{"author": "ops", "approval": {"timeout_seconds": 3600}}]
    put_world(server, orders=[new_order()], policies=policies, accounts=TWO_KEYS)
    asked = api.cancel(lines=[{"line_id": "b"}], requested_by="customer 7")
    assert (asked.status, asked["state"], asked["requested_by"]) == (202, "requested", "customer 7")
    assert api.get("/orders/o1")["pending_cancellation"] == asked["id"]
    agreed = Api(server, "k2").post(f"/orders/o1/cancellations/{asked['id']}:approve", {"by": "Kim"})
    assert (agreed["state"], agreed["decided_by"]) == ("accepted", "Kim")
    assert api.get("/orders/o1")["lines"][1]["cancelled"] == 1
