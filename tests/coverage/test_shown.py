"""Whatever a world says, it is shown so: one document for each value that a schema lists and that few journeys meet."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from countermand.dialects import catalog
from countermand.dialects.contract import WireRequest, Write
from countermand.dialects.fastpod.lists import CHOICES
from countermand.dialects.flexportal.requests import BuyoutReason, CancelReason, ReturnCondition
from countermand.dialects.skippay.lifecycle import STATE_OF
from countermand.model.outcome import Refusal, Refused
from tests.coverage.plugin import WATCHER
from tests.process import Client
from tests.vendors.fastpod.ledger import CREATE, SAMPLE
from tests.vendors.flexportal.ledger import LAPTOP, asset, order as rented, rental
from tests.vendors.flexportal.test_journeys import NL, WORLD as PORTAL
from tests.vendors.frontpayment.ledger import NOTE, order as paid
from tests.vendors.frontpayment.test_creation import CALLS, again
from tests.vendors.skippay.ledger import ID, application, item
from tests.vendors.skippay.test_journeys import TOKEN, WORLD as SHOP

CONNECT = "/api/v1/connect"
FINANCING = "/financing/v1"


class Place:
    """A vendor's server with a world, and one caller. Every answer must be as declared."""

    def __init__(self, url: str, name: str, headers: dict[str, str]) -> None:
        self._url = url
        self._headers = headers
        self._name = name

    def put(self, world: dict[str, Any]) -> "Place":
        with Client(self._url) as client:
            answer = client.call("PUT", f"/sandbox/{self._name}/world", world)
        assert answer.status == 204, answer.body
        return self

    def __call__(self, method: str, path: str, document: object = None, body: bytes | None = None) -> tuple[int, Any]:
        with Client(self._url, self._headers) as client:
            answer = client.call(method, f"/{self._name}{path}", document, body=body)
        return answer.status, answer.json()

    def get(self, path: str) -> Any:
        status, answer = self("GET", path)
        assert status == 200, answer
        return answer


# ------------------------------------------------------------------------------------------------------------- fastpod


def fastpod(url: str, *orders: dict[str, object]) -> Place:
    world = {"clock": "2023-12-07T09:00:00Z", "accounts": [{"token": "tok-a", "merchant": "F237"}], "orders": orders}
    return Place(url, "fastpod", {"Authorization": "Bearer tok-a"}).put(world)


MEMBERS = {"status": "order_status"}
LABEL = {"order_type": "2", "label_url": "https://img.example/label.pdf"}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in CHOICES.items() for value in values])
def test_fastpod_shows_what_the_world_says_and_what_is_cancelled(server, name, value):
    member = MEMBERS.get(name, name)
    place = fastpod(server, {**SAMPLE, member: value})
    assert place.get(f"/v1/orders/{SAMPLE['id']}")[member] == value
    status, answer = place("POST", f"/v1/orders/{SAMPLE['id']}/cancel")
    assert (status == 200) == (name != "status" or value in {"draft", "new_order", "on_hold"}), answer
    if status == 200 and name != "status":
        assert answer["data"][member] == value


@pytest.mark.parametrize("method", "1234")
@pytest.mark.parametrize("more", [{}, LABEL, {"order_status": "draft"}])
def test_fastpod_creates_and_estimates_by_every_method(server, method, more):
    place = fastpod(server)
    asked = {**CREATE, "shipping_method": method, **more}
    status, answer = place("POST", "/v1/orders", asked)
    assert (status, answer["data"]["shipping_method"]) == (200, method)
    status, answer = place(
        "POST", "/v1/orders/estimate-price", {key: asked[key] for key in asked if key != "order_status"}
    )
    assert status == 200, answer


@pytest.mark.parametrize("path", ["/v1/orders/%FF", "/v1/orders/%FF/cancel", "/v1/orders/%FF/status"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_fastpod_knows_no_path_that_is_no_text(server, method, path):
    assert fastpod(server)(method, path)[0] in {404, 405}


@pytest.mark.parametrize("path", ["/v1/catalogs", "/v1/webhooks/deliveries", "/v1/orders"])
def test_fastpod_refuses_a_page_of_nothing(server, path):
    assert fastpod(server)("GET", f"{path}?limit=0")[0] == 422


# ---------------------------------------------------------------------------------------------------------- flexportal


def flexportal(url: str, **members: object) -> Place:
    return Place(url, "flexportal", NL).put(
        {**PORTAL, "orders": [], "rentals": [], "payments": [], "assets": [], **members}
    )


def test_flexportal_shows_orders_as_they_are(server):
    sources = [("variant", "variant"), ("manual", "manual"), ("unknown", "list_price"), ("unknown", "unknown")]
    items = [{**LAPTOP, "listPriceSource": mine, "acquisitionCostSource": its} for mine, its in sources]
    person = {"customerId": "c1", "email": "a@example.com", "firstName": "A", "lastName": "B"}
    orders = [
        rented("o1", "pending", items=items, orderType="extension", payment={"status": "pending", "method": "manual"}),
        rented("o2", "pending", orderType="upgrade", payment={"status": "failed", "method": "stripe"}),
        rented("o3", "pending", customer={**person, "customerType": "business"}),
        rented("o4", "pending", customer={**person, "customerType": "individual"}, payment={"status": "paid"}),
    ]
    place = flexportal(server, orders=orders)
    assert len(place.get("/v1/orders")["orders"]) == len(orders)
    shown = [place.get(f"/v1/orders/{one['orderId']}") for one in orders]
    assert [one["listPriceSource"] for one in shown[0]["items"]] == [mine for mine, _ in sources]
    assert [one["acquisitionCostSource"] for one in shown[0]["items"]] == [its for _, its in sources]
    assert shown[2]["customer"]["customerType"] == "business"


ACTOR = {"userId": "u1"}
AT = "2025-01-18T00:00:00Z"


def bought(how: str, why: str) -> dict[str, object]:
    told = {"buyoutPrice": 10, "calculationMethod": how, "reason": why, "processedBy": ACTOR, "buyoutDate": AT}
    return {"status": "ended_buyout", "buyoutDetails": told}


def returned(how: str, condition: str) -> dict[str, object]:
    told = {"fee": 0, "feeWaived": True, "calculationMethod": how, "returnCondition": condition, "reason": "moved"}
    return {"status": "ended_early_return", "earlyReturnDetails": {**told, "processedBy": ACTOR, "returnedAt": AT}}


def given_up(why: str) -> dict[str, object]:
    told = {"reason": why, "processedBy": ACTOR, "cancelledAt": AT}
    return {"status": "cancelled", "cancellationDetails": told}


ENDS: list[Any] = [
    {"status": "ended_completed"},
    *map(bought, ("auto_calculated", "manual_override", "auto_calculated"), get_args(BuyoutReason)),
    *map(returned, ("auto_calculated", "manual_override") * 3, get_args(ReturnCondition)),
    *map(given_up, get_args(CancelReason)),
]


def test_flexportal_shows_every_end_of_a_rental(server):
    rentals = [rental(f"s{number}", "o1", endDate="2025-03-31", **end) for number, end in enumerate(ENDS)]
    place = flexportal(server, orders=[rented("o1", "partial")], rentals=rentals)
    for number, end in enumerate(ENDS):
        shown = place.get(f"/v1/subscriptions/s{number}")
        assert {name: shown[name] for name in end} == end


def test_flexportal_shows_payments_as_they_are(server):
    said = [
        {"status": status, "paymentType": kind, "provider": provider}
        for status, kind, provider in (
            ("processing", "consolidated", "stripe"),
            ("failed", "individual", "adyen"),
            ("paid", "individual", "paypal"),
            ("pending", "individual", "manual"),
        )
    ]
    rows = [{"paymentId": f"p{number}", "rentalId": "s1", **one} for number, one in enumerate(said)]
    stages = {"orders": [rented("o1", "partial")], "rentals": [rental("s1", "o1")], "assets": [asset("SN-9")]}
    place = flexportal(server, **stages, payments=rows)
    for number, one in enumerate(said):
        shown = place.get(f"/v1/payments/p{number}")["payment"]
        assert {name: shown[name] for name in one} == one


# -------------------------------------------------------------------------------------------------------- frontpayment


def frontpayment(url: str, **members: object) -> Place:
    world = {"clock": "2025-07-28T22:19:00Z", "accounts": [{"token": "tok-a", "secretKey": "s"}], **members}
    return Place(url, "frontpayment", {"Authorization": "Bearer tok-a"}).put(world)


TERMINAL = ("SENT", "PAID", "CANCELLED", "EXPIRED", "REFUNDED", "PARTIAL REFUNDED")
STATUSES = ("SENT", "PAID", "CANCELLED", "EXPIRED", "INVOICED", "REFUNDED", "PARTIAL REFUNDED", "PURRING", "INKASSO")


@pytest.mark.parametrize("status", STATUSES)
def test_frontpayment_shows_every_status(server, status):
    order = paid(status, "ODR1", orderAmount=100, refundedAmount=50 if status == "PARTIAL REFUNDED" else 0)
    invoice = {**paid(status, "ODR2", orderAmount=100), "orderType": "invoice", "type": "invoice", "invoiceNumber": "7"}
    terminals = [paid(status, "ODR3")] if status in TERMINAL else []
    place = frontpayment(server, orders=[order, invoice], terminalOrders=terminals)
    assert place.get(f"{CONNECT}/orders/status/ODR1")["data"]["status"] == status
    assert place.get(f"{CONNECT}/orders/details/ODR1")["data"]["status"] == status
    assert {"uuid": "ODR1", "status": status} in place.get(f"{CONNECT}/orders/status")["data"]
    assert place("GET", f"{CONNECT}/orders/invoice-number/ODR2")[0] in {200, 404}
    cancelled, _ = place("POST", f"{CONNECT}/orders/cancel/ODR1", NOTE)
    assert cancelled == (202 if status == "SENT" else 400)
    cancelled, _ = place("POST", f"{CONNECT}/terminal/orders/cancel/ODR3", {"type": "payment"})
    assert cancelled == (200 if status == "SENT" else 400 if terminals else 404)
    updated, _ = place("POST", f"{CONNECT}/orders/invoice/submit", again("ODR1"))
    assert updated == 400


@pytest.mark.parametrize("status", ["SENT", "RESERVED", "COMPLETED", "CAPTURED", "CANCELLED", "EXPIRED", "CHARGED"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_frontpayment_cancels_a_reservation_by_either_method(server, method, status):
    place = frontpayment(server, reservations=[paid(status, "RES1")])
    path = f"{CONNECT}/reservations/cancel/RES1"
    assert place(method, path, {"note": "no"})[0] == (202 if status in {"SENT", "RESERVED"} else 400)
    assert place(method, path, {})[0] == 417
    assert place(method, f"{CONNECT}/reservations/cancel/NOBODY", {"note": "no"})[0] == 404


@pytest.mark.parametrize("operation", dict.fromkeys(call[0] for call in CALLS))
def test_frontpayment_says_so_when_two_new_orders_drew_the_same_id(operation):
    """Ten digits that clash twice in a row: nobody waits for that, so the refusal is put into words here."""
    route = next(route for route in catalog.load()["frontpayment"].routes if route.operation == operation)
    assert isinstance(route.handler, Write)
    wire = WireRequest(method=route.method, path=route.path, received_at=datetime(2025, 7, 28, tzinfo=UTC))
    answer = route.handler.encode(Refused(refusal=Refusal.ALREADY_EXISTS), wire)
    assert answer.status == 400
    assert WATCHER.documents["frontpayment"].faults(operation, "400", answer.body) == []


# ------------------------------------------------------------------------------------------------------------- skippay


def skippay(url: str, *applications: dict[str, Any]) -> Place:
    world = {**SHOP, "applications": list(applications)}
    return Place(url, "skippay", {"Authorization": f"Bearer {TOKEN}"}).put(world)


@pytest.mark.parametrize("reason", STATE_OF)
def test_skippay_shows_every_state(server, reason):
    place = skippay(server, application({"number": "N1"}, state=None, stateReason=reason))
    shown = place.get(f"{FINANCING}/applications/{ID}")
    assert (shown["stateReason"], shown["state"]) == (reason, STATE_OF[reason])
    order = place.get(f"{FINANCING}/orders?orderNumber=N1")
    assert order["applicationInfo"] == {"id": ID, "state": STATE_OF[reason], "stateReason": reason}


DELIVERIES = ("DELIVERY_CARRIER", "PERSONAL_BRANCH", "PERSONAL_PARTNER", "ONLINE")
DOCUMENTS = ("INVOICE", "PROFORMA_INVOICE", "CREDIT_NOTE")
ITEMS = (
    "PHYSICAL",
    "DISCOUNT",
    "SHIPPING_FEE",
    "SALES_TAX",
    "DIGITAL",
    "GIFT_CARD",
    "STORE_CREDIT",
    "FEE",
    "INSURANCE",
)


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_skippay_shows_orders_as_they_are(server, delivery):
    known = {one.value.strip('"') for one in WATCHER.documents["skippay"].items if one.place == "OrderItemResponse"}
    items = [
        item(f"I{number}", name="x", price=0, tax=0, quantity=1, type=kind)
        for number, kind in enumerate(ITEMS)
        if kind in known
    ]
    documents = [
        {"type": kind, "number": "1", "file": {"content": "eA==", "contentType": "text/plain"}} for kind in DOCUMENTS
    ]
    address = {
        "addressType": "CONTACT",
        "name": "Eva",
        "streetAddress": "Main 1",
        "city": "Brno",
        "zip": "60200",
        "country": "CZ",
    }
    members = {"number": "N1", "items": items, "deliveryType": delivery, "documents": documents, "addresses": [address]}
    members |= {"totalPrice": {"amount": 0, "currency": "CZK"}, "totalVat": []}
    place = skippay(server, application(members))
    for order in (
        place.get(f"{FINANCING}/applications/{ID}")["order"],
        place.get(f"{FINANCING}/orders?orderNumber=N1"),
    ):
        assert order["deliveryType"] == delivery
        assert [one["type"] for one in order["documents"]] == list(DOCUMENTS)


@pytest.mark.parametrize("kind", ["DEFERRED_PAYMENT", "PAY_IN_THREE"])
def test_skippay_prechecks_every_type(server, kind):
    place = skippay(server, application())
    customer = {"firstName": "Eva", "lastName": "Nova", "email": "eva@example.com", "phone": "+420601000000"}
    price = {"amount": 1000, "currency": "CZK"}
    status, answer = place(
        "POST", f"{FINANCING}/precheck", {"type": kind, "customer": customer, "order": {"totalPrice": price}}
    )
    assert status == 200, answer
