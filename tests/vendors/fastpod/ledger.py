"""A world of this vendor held in memory, and its calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from countermand.dialects.contract import (
    Account,
    Caller,
    WireRequest,
    World,
)
from countermand.dialects.fastpod import DIALECT
from tests import ledger

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


class Ledger(ledger.Ledger):
    """The calls of this vendor, by the names of their operations."""

    def __init__(self, *orders: Mapping[str, object], **collections: object) -> None:
        document = {"orders": list(orders), **collections}
        super().__init__(DIALECT, World(document=document, accounts=ACCOUNTS, now=NOW, new_id=ledger.counting("id-{}")))

    def call(self, operation: str, wire: WireRequest, caller: Caller = CALLER) -> tuple[int, Any]:
        answer = self.answer(ROUTES[operation].handler, replace(wire, received_at=self.now), caller)
        return answer.status, json.loads(answer.body)
