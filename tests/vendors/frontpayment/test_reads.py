"""Status, list, details and invoice number."""

from typing import Any

import pytest

from tests.vendors.frontpayment.ledger import GONE, NOTE, SENT, STRANGER, Ledger, done, order

RETRIEVED = "Order Status Retrieved Successfully"
LOST = {"status_code": 404, "status_message": "Not Found", "message": "Order Not Found", "is_data": False, "data": None}
STATUSES = ["SENT", "PAID", "CANCELLED", "EXPIRED", "INVOICED", "REFUNDED", "PARTIAL REFUNDED"]


@pytest.mark.parametrize(
    ("status", "refunded"), [("SENT", 0), ("PAID", 0), ("CANCELLED", 0), ("REFUNDED", 40), ("PARTIAL REFUNDED", 20)]
)
def test_a_status_comes_with_what_the_order_cost_and_what_went_back(status: str, refunded: float) -> None:
    data = {"uuid": SENT, "status": status, "orderAmount": 40, "refundedAmount": refunded}
    expected = done(200, RETRIEVED, is_data=True, data=data)
    assert Ledger(order(status, orderAmount=40)).call("getOrderStatusByUuid") == (200, expected)


def test_the_status_calls_say_not_found_in_words_of_their_own() -> None:
    ledger = Ledger(order())
    assert ledger.call("getOrderStatusByUuid", uuid="ODR0") == (404, LOST)
    assert ledger.call("getOrderDetailsByUuid", uuid="ODR0") == (404, GONE)
    assert ledger.call("getInvoiceNumberByUuid", uuid="ODR0") == (404, GONE)


@pytest.mark.parametrize("operation", ["getOrderStatusByUuid", "getOrderDetailsByUuid", "getInvoiceNumberByUuid"])
def test_another_merchants_order_is_not_found_by_any_read(operation: str) -> None:
    assert Ledger(order("INVOICED")).call(operation, by=STRANGER)[0] == 404


def test_a_cancelled_order_reads_cancelled_at_once_and_in_every_read() -> None:
    ledger = Ledger(order())
    ledger.call("cancelOrder", NOTE)
    assert ledger.call("getOrderStatusByUuid")[1]["data"]["status"] == "CANCELLED"
    assert ledger.call("getOrderDetailsByUuid")[1]["data"]["status"] == "CANCELLED"
    assert ledger.call("getAllOrderStatus")[1]["data"] == [{"uuid": SENT, "status": "CANCELLED"}]


# ----------------------------------------------------------------------------------------------------------------- the list


def listed(query: str = "") -> tuple[int, Any]:
    rows = [order(status, uuid=f"ODR{number}") for number, status in enumerate(STATUSES)]
    status, body = Ledger(*rows, order("Purring", uuid="ODR9")).call("getAllOrderStatus", query=query)
    return status, body if status == 404 else [row["status"] for row in body["data"]]


def test_the_list_holds_every_order_in_two_members() -> None:
    assert listed() == (200, ["PURRING", *reversed(STATUSES)])


@pytest.mark.parametrize("status", STATUSES)
def test_the_list_is_filtered_by_status_in_any_case(status: str) -> None:
    for spelled in (status, status.title(), status.lower(), f" {status} "):
        assert listed(f"type={spelled}") == (200, [status])


@pytest.mark.parametrize("query", ["type=", "other=1", "type=%20"])
def test_a_filter_that_says_nothing_filters_nothing(query: str) -> None:
    assert len(listed(query)[1]) == len(STATUSES) + 1


@pytest.mark.parametrize("query", ["type=none", "type=paid;drop", "type=RESERVED", "type=SENT&type=nothing"])
def test_a_status_that_no_order_can_have_finds_nothing(query: str) -> None:
    assert listed(query) == (404, LOST)


def test_an_empty_list_is_not_found() -> None:
    assert Ledger().call("getAllOrderStatus") == (404, LOST)
    assert Ledger(order()).call("getAllOrderStatus", query="type=PAID") == (404, LOST)
    assert Ledger(order()).call("getAllOrderStatus", by=STRANGER) == (404, LOST)


def test_the_newest_order_comes_first() -> None:
    rows = [("ODR1", "1703040812"), ("ODR2", "1803040812"), ("ODR3", "1603040812")]
    ledger = Ledger(*(order(uuid=uuid, createdAt=at) for uuid, at in rows))
    assert [row["uuid"] for row in ledger.call("getAllOrderStatus")[1]["data"]] == ["ODR2", "ODR1", "ODR3"]


# ------------------------------------------------------------------------------------------------------------------ details


def test_details_show_what_the_world_stated_and_complete_the_rest() -> None:
    product = {
        "id": 451,
        "name": "Hair Wash",
        "productId": "VFDDF",
        "quantity": 2,
        "rate": 25.5,
        "tax": 0,
        "amount": 51,
    }
    summary = {"subTotal": 51, "tax": 0, "discount": 0, "grandTotal": 51}
    customer = {"name": "Kari Nordmann", "address": {"street": "Luramyrveien 65", "country": "NO"}}
    ledger = Ledger(order(productList=[product], orderSummary=summary, customerDetails=customer))
    status, body = ledger.call("getOrderDetailsByUuid")
    data = body["data"]
    assert (status, body["message"]) == (200, "orderRetrievedSuccessfully")
    assert data["productList"] == [{**product, "discount": 0}]
    assert data["orderSummary"] == summary
    assert (data["customerDetails"]["name"], data["customerDetails"]["address"]["zip"]) == ("Kari Nordmann", "")
    assert data["customerDetails"]["uuid"].startswith("CSRT")
    assert data["orderDate"].isdigit()
    assert data["paymentLinkDueDate"].isdigit()


def test_an_order_that_does_not_state_how_it_stands_is_sent() -> None:
    ledger = Ledger({"uuid": SENT})
    assert ledger.call("getOrderStatusByUuid")[1]["data"]["status"] == "SENT"
    assert ledger.call("cancelOrder", NOTE)[0] == 202


@pytest.mark.parametrize("stated", [{"orderAmount": 0}, {"orderSummary": {"grandTotal": "0.00"}}])
def test_an_order_that_costs_nothing_is_shown_as_one_and_can_be_cancelled(stated: dict[str, Any]) -> None:
    ledger = Ledger(order(**stated))
    assert ledger.call("getOrderStatusByUuid")[1]["data"]["orderAmount"] == 0
    assert ledger.call("cancelOrder", NOTE)[0] == 202
    data = {"uuid": SENT, "status": "CANCELLED", "orderAmount": 0, "refundedAmount": 0}
    assert ledger.call("getOrderStatusByUuid")[1]["data"] == data


def test_an_order_without_products_gets_one_that_costs_all_of_it() -> None:
    data = Ledger(order(orderAmount="59.50")).call("getOrderDetailsByUuid")[1]["data"]
    assert [product["amount"] for product in data["productList"]] == [59.5]
    assert data["orderSummary"]["grandTotal"] == 59.5


# ----------------------------------------------------------------------------------------------------------- invoice number


@pytest.mark.parametrize("status", ["INVOICED", "Purring", "Inkasso", "PAID", "REFUNDED"])
def test_an_invoiced_order_shows_its_number(status: str) -> None:
    ledger = Ledger(order(status, type="INVOICE", invoiceNumber="99900753"))
    data = {"orderUuid": SENT, "invoiceNumber": "99900753", "status": status.upper()}
    expected = done(200, "orderInvoiceNoRetrievedSuccessfully", is_data=True, data=data)
    assert ledger.call("getInvoiceNumberByUuid") == (200, expected)
    assert ledger.call("getOrderDetailsByUuid")[1]["data"]["invoiceNumber"] == "99900753"


@pytest.mark.parametrize("kind", ["REGULAR", "invoiced"])
def test_a_stated_number_is_shown_whatever_the_type(kind: str) -> None:
    """A checkout session may be paid by an invoice: its type stays what it was."""
    ledger = Ledger(order("PAID", type=kind, invoiceNumber="99900753"))
    status, body = ledger.call("getInvoiceNumberByUuid")
    assert (status, body["data"]["invoiceNumber"]) == (200, "99900753")
    assert ledger.call("getOrderDetailsByUuid")[1]["data"]["invoiceNumber"] == "99900753"
    assert ledger.call("refundOrder", {"type": "invoiced", "grandTotal": 1})[0] == 202


@pytest.mark.parametrize(
    ("status", "kind"), [("SENT", "INVOICE"), ("EXPIRED", "INVOICE"), ("CANCELLED", "INVOICE"), ("PAID", "REGULAR")]
)
def test_an_order_that_is_not_invoiced_shows_none(status: str, kind: str) -> None:
    ledger = Ledger(order(status, type=kind))
    assert ledger.call("getInvoiceNumberByUuid") == (404, GONE)
    assert ledger.call("getOrderDetailsByUuid")[1]["data"]["invoiceNumber"] is None
