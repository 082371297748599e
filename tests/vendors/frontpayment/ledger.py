"""A world of this vendor held in memory, and its calls.

Every answer is held against the OpenAPI document, so a member too many or too few fails any test that sees it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

from countermand.dialects.contract import (
    Account,
    Ask,
    Caller,
    Plan,
    WireAnswer,
    WireRequest,
    World,
)
from countermand.dialects.frontpayment import DIALECT
from countermand.model.command import Move
from countermand.model.order import Order
from countermand.model.outcome import Done
from tests import ledger

NOW = datetime(2025, 7, 28, 22, 19, tzinfo=UTC)
SENT = "ODR1000000001"
SECRET = "s3cret"
ROUTES = {route.operation: route for route in DIALECT.routes}

NOTE = {"cancellationNote": "Item out of stock"}
GONE = {"status_code": 404, "status_message": "Not Found", "message": "orderNotFound", "is_data": False, "data": None}


def conflict(message: str) -> dict[str, object]:
    head = {"status_code": 400, "status_message": "Conflict of Business Logic", "message": message}
    return {**head, "is_error": False, "errors": None}


def done(status: int, message: str, *, is_data: bool = False, data: object = None) -> dict[str, object]:
    return {"status_code": status, "status_message": "OK", "message": message, "is_data": is_data, "data": data}


def wrong(*sentences: str) -> dict[str, object]:
    head = {"status_code": 417, "status_message": "Client Error", "message": "payloadValidationErrors"}
    return {**head, "is_error": True, "errors": list(sentences)}


CUSTOMER: Mapping[str, Any] = {
    "type": "private",
    "countryCode": "+47",
    "msisdn": "46567468",
    "email": "kari@example.com",
    "name": "Kari Nordmann",
    "preferredLanguage": "en",
    "personalNumber": "12345678901",
    "address": {"street": "Luramyrveien 65", "zip": "4313", "city": "Sandnes", "country": "NO"},
}

#: The example of the checkout page: 12 % of tax are inside the amount.
CREATION: Mapping[str, Any] = {
    "products": [
        {
            "name": "Router",
            "productId": "R_1",
            "quantity": "1",
            "rate": 4500,
            "discount": 0,
            "tax": "12",
            "amount": 4500,
        }
    ],
    "orderSummary": {
        "subTotal": "4017.86",
        "totalTax": "482.14",
        "totalDiscount": "0.00",
        "grandTotal": "4500.00",
        "shippingCost": "0.00",
    },
    "orderDate": "02 Aug, 2023",
    "customerDetails": CUSTOMER,
    "submitPayment": {"via": "visa", "currency": "NOK"},
    "callback": {"callbackUrl": "https://shop.example/callback?order_identifier=rRb%201"},
}


def creation(**members: object) -> dict[str, Any]:
    return {**copy.deepcopy(dict(CREATION)), **members}


def without(path: str) -> dict[str, Any]:
    """The creation payload without one member."""
    document = creation()
    *way, last = path.split(".")
    place: Any = document
    for name in way:
        place = place[int(name) if name.isdigit() else name]
    del place[last]
    return document


def account(token: str, **more: object) -> Account:
    return Account(tenant=f"t-{token}", token=token, seed=DIALECT.account({"token": token, **more}))


def caller(of: Account) -> Caller:
    seed = of.seed
    return Caller(
        tenant=of.tenant, dialect=DIALECT.name, key_id=of.token, scopes=seed.scopes, attributes=seed.attributes
    )


MERCHANT = account("fp-a", secretKey=SECRET, weeklyRefundLimit=1000)
OTHER = account("fp-b")
CALLER, STRANGER = caller(MERCHANT), caller(OTHER)


def order(status: str = "SENT", uuid: str = SENT, **more: object) -> dict[str, Any]:
    return {"uuid": uuid, "status": status, **more}


@cache
def _document() -> Mapping[str, Any]:
    return DIALECT.openapi()


@cache
def _validator(operation: str, status: int) -> jsonschema_rs.Draft202012Validator:
    document = _document()
    described = next(
        each for methods in document["paths"].values() for each in methods.values() if each["operationId"] == operation
    )
    assert str(status) in described["responses"], f"{operation} may not answer {status}"
    response = described["responses"][str(status)]
    if "$ref" in response:
        response = document["components"]["responses"][str(status)]
    schema = response["content"]["application/json"]["schema"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


def described_by(operation: str, answer: WireAnswer) -> Any:
    """The body, after it was held against the schema of its operation and status."""
    body = json.loads(answer.body)
    _validator(operation, answer.status).validate(body)
    assert body["status_code"] == answer.status
    return body


class Ledger(ledger.Ledger):
    """The calls of this vendor, by the names of their operations, and what an operator does on its dashboard."""

    def __init__(self, *orders: Mapping[str, object], **collections: Iterable[Mapping[str, object]]) -> None:
        document = {"orders": list(orders), **{name: list(rows) for name, rows in collections.items()}}
        new_id = ledger.counting("018f-{:012x}")
        super().__init__(DIALECT, World(document=document, accounts=(MERCHANT, OTHER), now=NOW, new_id=new_id))

    def status(self, uuid: str = SENT) -> str:
        return self.order(uuid).status

    def order(self, order_id: str = SENT) -> Order:
        return super().order(order_id)

    def request(self, operation: str, body: object, *, uuid: str = SENT, query: str = "") -> WireRequest:
        route = ROUTES[operation]
        text = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return WireRequest(
            method=route.method,
            path=route.path.replace("{uuid}", uuid),
            received_at=self.now,
            params={"uuid": uuid} if "{uuid}" in route.path else {},
            query=tuple(parse_qsl(query, keep_blank_values=True)),
            headers={"content-type": "application/json"},
            body=text,
            request_id=self.new_id(),
        )

    def call(self, operation: str, body: object = None, *, by: Caller = CALLER, **where: str) -> tuple[int, Any]:
        """Status and body. A refusal must have changed nothing."""
        held, counts = dict(self.orders), (len(self.events), len(self.obligations), len(self.records))
        answer = self.ask(operation, self.request(operation, body, **where), by)
        if answer.status >= 400:
            assert self.orders == held
            assert (len(self.events), len(self.obligations), len(self.records)) == counts
        return answer.status, described_by(operation, answer)

    def ask(self, operation: str, wire: WireRequest, by: Caller) -> WireAnswer:
        return self.answer(ROUTES[operation].handler, wire, by)

    def move(self, action: str, uuid: str = SENT) -> Done:
        """What an operator does on the vendor's dashboard."""
        key = self.order(uuid).key
        verdict = self.decide(Ask(plan=lambda _held: Plan(commands=(Move(action=action),)), order=key))
        assert isinstance(verdict, Done), verdict
        return verdict
