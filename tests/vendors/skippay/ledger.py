"""A world of this vendor held in memory, on which real asks are judged by the real desk's judge: no store, no server.

Every answer is held against the type that describes it, so a member too many or too few fails any test that sees it.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from countermand.dialects.contract import (
    Account,
    Caller,
    CallerFault,
    Notice,
    Read,
    WireAnswer,
    WireRequest,
    World,
    Write,
)
from countermand.dialects.skippay import DIALECT
from countermand.dialects.skippay.answers import ErrorsResponse
from countermand.dialects.skippay.openapi import DESCRIBED
from countermand.model.event import Event
from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation
from countermand.model.order import Order
from countermand.model.query import Found, GetOrder, ListEvents, ListOrders, Page, Query
from countermand.service.judgement import Sheet
from countermand.store.port import Loaded

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


class Ledger:
    """What is held, and the calls on it."""

    def __init__(self, *applications: Mapping[str, object]) -> None:
        ids = itertools.count(0x1000)
        self.now = NOW
        self.new_id = lambda: f"018f-{next(ids):012x}"
        documents = [APPLICATION] if not applications else list(applications)
        world = World(document={"applications": documents}, accounts=ACCOUNTS, now=NOW, new_id=self.new_id)
        seeded = DIALECT.world(world)
        self.orders = {order.key: order for order in seeded.orders}
        self.records = {record.key: record for record in seeded.records}
        self.events: list[tuple[OrderKey, Event]] = []
        self.obligations: list[Obligation] = []
        self.told: list[Notice] = []

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)

    def order(self, order_id: str = ID) -> Order:
        return next(order for order in self.orders.values() if order.order_id == order_id)

    def put(self, operation: str, body: object = None) -> tuple[int, Any]:
        return self.call(operation, request(body))

    def call(self, operation: str, wire: WireRequest, caller: Caller = CALLER) -> tuple[int, Any]:
        try:
            answer = self._answer(operation, wire, caller)
        except CallerFault as error:
            answer = DIALECT.encode_fault(error.fault, wire)
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

    def _answer(self, operation: str, wire: WireRequest, caller: Caller) -> WireAnswer:
        handler = ROUTES[operation].handler
        if isinstance(handler, Read):
            return handler.encode(tuple(self._find(query) for query in handler.decode(wire, caller)), wire)
        assert isinstance(handler, Write)
        sheet = Sheet(Loaded(orders=dict(self.orders), names=self._names(), records=dict(self.records)), self.new_id)
        verdict = sheet.judge(DIALECT, handler.decode(wire, caller), self.now)
        self.orders.update({key: after for key, (_, after) in sheet.writes.orders.items()})
        self.records.update({key: after for key, (_, after) in sheet.writes.records.items()})
        self.events += sheet.writes.events
        self.obligations += sheet.writes.obligations
        return handler.encode(verdict, wire)

    def _names(self) -> dict[AliasKey | RecordKey, OrderKey]:
        names: dict[AliasKey | RecordKey, OrderKey] = {
            AliasKey(order.tenant, order.dialect, name, value): key
            for key, order in self.orders.items()
            for name, value in order.aliases.items()
        }
        for key, record in self.records.items():
            names[key] = OrderKey(record.tenant, record.dialect, record.order_id or "")
        return names

    def _find(self, query: Query) -> Found:
        if isinstance(query, GetOrder):
            key = query.key if isinstance(query.key, OrderKey) else self._names().get(query.key)
            return self.orders.get(key) if key else None
        if isinstance(query, ListEvents):
            return Page(items=tuple(event for key, event in self.events if key == query.key))
        assert isinstance(query, ListOrders)
        wanted = query.listing.facets.items()
        found = [order for order in self.orders.values() if order.tenant == query.tenant]
        return Page(items=tuple(order for order in found if wanted <= DIALECT.facets(order).items())[:1])
