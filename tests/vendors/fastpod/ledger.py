"""A world of this vendor held in memory, on which real asks are judged by the real desk's judge: no store, no server."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from countermand.dialects.contract import (
    Account,
    Caller,
    CallerFault,
    Read,
    Route,
    WireAnswer,
    WireRequest,
    World,
    Write,
)
from countermand.dialects.fastpod import DIALECT
from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation
from countermand.model.order import Order
from countermand.model.query import Found, GetOrder, Query
from countermand.service.judgement import Sheet
from countermand.store.port import Loaded

NOW = datetime(2023, 12, 7, 9, tzinfo=UTC)
HEADERS = {"authorization": "Bearer tok-a", "accept": "application/json"}
ROUTES = {route.operation: route for route in DIALECT.routes}

ADDRESS = {
    "name": "Ann Roe",
    "company": "Acme",
    "email": "ann@example.com",
    "phone": "555-0100",
    "street1": "1 Main St",
    "street2": None,
    "city": "Milwaukee",
    "state": "WI",
    "country": "US",
    "zip": "53202",
}
LINE = {"item_id": "a", "sku": "UABSTAQUBXL3", "quantity": 1, "print_areas": {"front": "https://img.example/f.png"}}
CREATE = {"reference_id": "N-1", "shipping_method": 1, "address": ADDRESS, "line_items": [LINE]}
UPDATE = {**CREATE, "order_status": "new_order", "rush_production": False}

#: The order of the Cancel page's example, before it was cancelled.
SAMPLE: Mapping[str, object] = {
    "id": "F237-120723-000001",
    "order_type": "1",
    "reference_id": "R-1",
    "order_status": "new_order",
    "test_order": False,
    "item_total": 14.4,
    "shipping_total": 24,
    "surcharge_total": 0,
    "labeling_fee": 0,
    "peak_season_surchage": 0,
    "order_total": 38.4,
    "payment_method": "cash",
    "payment_status": "unpaid",
    "point_earned": 0,
    "point_used": 3840,
    "quantity_total": 1,
    "shipping_method": "3",
    "rush_production": True,
    "gift_message": None,
    "tax_id": None,
    "tax_id_type": None,
    "created_at": "2023-12-07T07:54:35.000000Z",
    "updated_at": "2023-12-07T07:54:35.000000Z",
    "rejected_at": None,
    "rejected_status": None,
    "cancelled_at": None,
    "address": ADDRESS,
    "line_items": [
        {
            "id": 100009,
            "item_id": "1",
            "name": "Line Item 1",
            "sku": "UABSTAQUBXL3",
            "style": "3001",
            "color": "AQUA",
            "size": "3XL",
            "unit_price": 14,
            "quantity": 1,
            "point_earned": 1440,
            "price": 14.4,
            "discount": 0,
            "print_areas": {"front": "url"},
            "preview_areas": {"front": "url"},
        }
    ],
    "shipments": [],
    "label_url": "",
    "coupon_code": "",
    "discount_total": 0,
    "discount_labeling_fee": 0,
}


def account(token: str, merchant: str) -> Account:
    return Account(tenant=f"t-{merchant}", token=token, seed=DIALECT.account({"token": token, "merchant": merchant}))


ACCOUNTS = (account("tok-a", "F237"), account("tok-b", "F255"))
CALLER = Caller(
    tenant=ACCOUNTS[0].tenant,
    dialect=DIALECT.name,
    key_id="k",
    scopes=ACCOUNTS[0].seed.scopes,
    attributes=ACCOUNTS[0].seed.attributes,
)


def request(
    method: str = "GET", path: str = "/v1/orders", *, body: object = None, query: str = "", order_id: str = ""
) -> WireRequest:
    pairs = tuple((name, value) for name, _, value in (part.partition("=") for part in query.split("&") if part))
    return WireRequest(
        method=method,
        path=path,
        received_at=NOW,
        params={"id": order_id} if order_id else {},
        query=pairs,
        headers=HEADERS,
        body=body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode(),
        base_url="https://pod.example",
    )


class Ledger:
    """What is held, and the calls on it."""

    def __init__(self, *orders: Mapping[str, object], **collections: object) -> None:
        ids = itertools.count(1)
        self.now = NOW
        self.new_id = lambda: f"id-{next(ids)}"
        world = World(document={"orders": list(orders), **collections}, accounts=ACCOUNTS, now=NOW, new_id=self.new_id)
        seeded = DIALECT.world(world)
        self.orders = {order.key: order for order in seeded.orders}
        self.records = {record.key: record for record in seeded.records}
        self.obligations: list[Obligation] = []

    def later(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def call(self, operation: str, wire: WireRequest, caller: Caller = CALLER) -> tuple[int, Any]:
        wire = replace(wire, received_at=self.now)
        try:
            answer = self._answer(ROUTES[operation], wire, caller)
        except CallerFault as error:
            answer = DIALECT.encode_fault(error.fault, wire)
        return answer.status, json.loads(answer.body)

    def order(self, order_id: str) -> Order:
        return next(order for order in self.orders.values() if order.order_id == order_id)

    def _answer(self, route: Route, wire: WireRequest, caller: Caller) -> WireAnswer:
        if isinstance(route.handler, Read):
            return route.handler.encode(tuple(self._find(query) for query in route.handler.decode(wire, caller)), wire)
        assert isinstance(route.handler, Write)
        names: dict[AliasKey | RecordKey, OrderKey] = {
            AliasKey(order.tenant, order.dialect, name, value): key
            for key, order in self.orders.items()
            for name, value in order.aliases.items()
        }
        sheet = Sheet(Loaded(orders=dict(self.orders), names=names, records=dict(self.records)), self.new_id)
        verdict = sheet.judge(DIALECT, route.handler.decode(wire, caller), self.now)
        self.orders.update({key: after for key, (_, after) in sheet.writes.orders.items()})
        for key, (_, record) in sheet.writes.records.items():
            self.records[key] = record
            if record.deleted:
                del self.records[key]
        self.obligations += sheet.writes.obligations
        return route.handler.encode(verdict, wire)

    def _find(self, query: Query) -> Found:
        assert isinstance(query, GetOrder), "lists are tested over the real store"
        if isinstance(query.key, OrderKey):
            return self.orders.get(query.key)
        assert isinstance(query.key, AliasKey)
        wanted = (query.key.name, query.key.value, query.key.tenant)
        found = (order for order in self.orders.values() if order.tenant == wanted[2])
        return next((order for order in found if order.aliases.get(wanted[0]) == wanted[1]), None)
