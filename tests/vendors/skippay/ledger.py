"""A world of this vendor held in memory, and its calls.

Every answer is held against the type that describes it, so a member too many or too few fails any test that sees it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from countermand.dialects.contract import (
    Account,
    Caller,
    Notice,
    WireRequest,
    World,
)
from countermand.dialects.skippay import DIALECT
from countermand.dialects.skippay.answers import ErrorsResponse
from countermand.dialects.skippay.openapi import DESCRIBED
from countermand.model.order import Order
from tests import ledger

NOW = datetime(2024, 5, 2, 10, tzinfo=UTC)
ID = "11b00a1ef1"
ROUTES = {route.operation: route for route in DIALECT.routes}

CANCEL = "Markorderitemsascancelled"
CANCEL_APPLICATION = "Cancelapplication"
SEND = "Markorderitemsassent"
DELIVER = "Markorderitemsasdelivered"
RETURN = "Markorderitemsasreturned"
CHANGE = "Changeapplicationorder"
DETAIL = "Getapplicationdetail"


def czk(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "CZK"}


def vat(amount: int, rate: float) -> dict[str, object]:
    return {"amount": amount, "currency": "CZK", "vatRate": rate}


def item(code: str, *, name: str, price: int, tax: int, rate: float = 21, **more: object) -> dict[str, object]:
    return {
        "code": code,
        "name": name,
        "type": "PHYSICAL",
        "totalPrice": czk(price),
        "totalVat": vat(tax, rate),
        **more,
    }


TEA = item("TEA-100", name="Green tea 100 g", price=36300, tax=6300, ean="8594000000017", quantity=3)
MUG = item("MUG-1", name="Mug", price=24200, tax=4200, quantity=1)
BOOK = item("BOOK-9", name="Brewing book", price=22400, tax=2400, rate=12, ean="9788000000008", quantity=2)
SHIP = item("SHIP", name="Courier delivery", price=12100, tax=2100, type="SHIPPING_FEE", quantity=1)

#: An application ready to ship: 950 CZK, four items, two rates.
APPLICATION: Mapping[str, Any] = {
    "id": ID,
    "state": "READY",
    "stateReason": "READY_TO_SHIP",
    "type": "DEFERRED_PAYMENT",
    "order": {
        "number": "AA234",
        "variableSymbols": ["1234567890"],
        "totalPrice": czk(95000),
        "totalVat": [vat(12600, 21), vat(2400, 12)],
        "items": [TEA, MUG, BOOK, SHIP],
    },
    "merchantUrls": {"notificationEndpoint": "https://shop.example/notify?order=AA234"},
}

URLS = {
    "approvedRedirect": "https://shop.example/ok",
    "rejectedRedirect": "https://shop.example/no",
    "notificationEndpoint": "https://shop.example/notify?order=AA235",
}
CREATE: Mapping[str, Any] = {
    "type": "DEFERRED_PAYMENT",
    "customer": {"firstName": "Eva", "lastName": "Nova", "email": "eva@example.com", "phone": "+420601000000"},
    "order": {
        "number": "AA235",
        "variableSymbols": ["1234567890"],
        "totalPrice": czk(24200),
        "totalVat": [vat(4200, 21)],
        "items": [MUG],
    },
    "merchantUrls": URLS,
}


def application(order: Mapping[str, object] | None = None, **members: object) -> dict[str, Any]:
    """The sample with some members replaced."""
    document = {**copy.deepcopy(dict(APPLICATION)), **members}
    document["order"] = {**document["order"], **(order or {})}
    return document


def in_substate(reason: str, **order: object) -> dict[str, Any]:
    return application(order, state=None, stateReason=reason)


def account(token: str, **more: str) -> Account:
    return Account(tenant=f"t-{token}", token=token, seed=DIALECT.account({"token": token, **more}))


ACCOUNTS = (account("tok-a", username="shop-a", password="pass-a"), account("tok-b"))
CALLER = Caller(tenant="t-tok-a", dialect=DIALECT.name, key_id="k", scopes=ACCOUNTS[0].seed.scopes)
STRANGER = Caller(tenant="t-tok-b", dialect=DIALECT.name, key_id="l", scopes=ACCOUNTS[1].seed.scopes)


def request(body: object = None, *, query: str = "", **params: str) -> WireRequest:
    pairs = tuple((name, value) for name, _, value in (part.partition("=") for part in query.split("&") if part))
    return WireRequest(
        method="PUT",
        path="/",
        received_at=NOW,
        params=params or {"applicationId": ID},
        query=pairs,
        body=body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode(),
        base_url="https://pay.example",
    )


class Ledger(ledger.Ledger):
    """The calls of this vendor, by the names of their operations."""

    def __init__(self, *applications: Mapping[str, object]) -> None:
        document = {"applications": list(applications) or [APPLICATION]}
        new_id = ledger.counting("018f-{:012x}", 0x1000)
        super().__init__(DIALECT, World(document=document, accounts=ACCOUNTS, now=NOW, new_id=new_id))
        self.told: list[Notice] = []

    def order(self, order_id: str = ID) -> Order:
        return super().order(order_id)

    def put(self, operation: str, body: object = None) -> tuple[int, Any]:
        return self.call(operation, request(body))

    def call(self, operation: str, wire: WireRequest, caller: Caller = CALLER) -> tuple[int, Any]:
        answer = self.answer(ROUTES[operation].handler, wire, caller)
        body = json.loads(answer.body)
        described = DESCRIBED[operation]
        assert answer.status in {*described.yes, *described.no, 400}, f"{operation} may not answer {answer.status}"
        model = described.answer if answer.status in described.yes else ErrorsResponse
        model.model_validate_json(answer.body)
        return answer.status, body

    def codes(self, operation: str, body: object = None) -> tuple[int, str]:
        """Status and the code of the first error, after making sure that a refusal changed nothing."""
        held, events = dict(self.orders), len(self.events)
        status, answer = self.put(operation, body)
        if status == 200:
            return status, ""
        assert (self.orders, len(self.events)) == (held, events)
        return status, str(answer["errors"][0]["code"])

    def attribute(self, operation: str, body: object) -> str:
        _, answer = self.put(operation, body)
        return str(answer["errors"][0].get("attribute", ""))

    def notified(self) -> list[str]:
        """The substates of which the partner was told, and the word payment for each payment."""
        bodies = [json.loads(owed.body) for owed in self.obligations]
        return [body.get("stateReason", "payment") for body in bodies]
