"""A world of this vendor held in memory, and its calls.

Every answer is held to the OpenAPI document: its status must be one that the operation declares, its body of that shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jsonschema_rs

from countermand.dialects.contract import (
    Account,
    Caller,
    WireAnswer,
    WireRequest,
    World,
)
from countermand.dialects.flexportal import DIALECT
from countermand.model.keys import RecordKey
from countermand.model.order import Order
from countermand.model.record import Record
from tests import ledger

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
TOKEN, TENANT = "pk_live_nl_ok", "bu_nl"
HEADERS = {"authorization": f"Bearer {TOKEN}", "tenant-id": TENANT}
DOCUMENT: Any = json.loads(json.dumps(DIALECT.openapi()))
ROUTES = {route.operation: route for route in DIALECT.routes}

CUSTOMER = {"customerId": "cust_1", "email": "sam@example.com", "firstName": "Sam", "lastName": "Vries"}
LAPTOP = {"sku": "LAP-1", "productName": "Laptop 14", "quantity": 2, "unitPrice": 59.0, "contractLength": 24}
MONITOR = {"sku": "MON-1", "productName": "Monitor 27", "quantity": 1, "unitPrice": 12.5, "contractLength": 24}
ADDRESS = {"contactName": "Sam", "streetAddress": "Main 1", "city": "Amsterdam", "country": "Netherlands"}
BUYER = {"email": "new@example.com", "firstName": "Noor", "lastName": "Nieuw"}
CREATE: dict[str, object] = {
    "customer": BUYER,
    "billingAddress": ADDRESS,
    "items": [{"sku": "LAP-1", "quantity": 2, "contractLength": 24}],
}


def order(order_id: str = "ord_1", status: str = "confirmed", **members: object) -> dict[str, object]:
    """An order of a world: two laptops and a monitor."""
    shown: dict[str, object] = {"orderId": order_id, "status": status, "customer": CUSTOMER, "items": [LAPTOP, MONITOR]}
    return {**shown, "createdAt": "2025-01-15T10:30:00Z", "updatedAt": "2025-01-15T10:30:00Z", **members}


def rental(rental_id: str = "sub_1", order_id: str = "ord_1", **members: object) -> dict[str, object]:
    return {
        "rentalId": rental_id,
        "orderId": order_id,
        "assetSerialNumber": f"SN-{rental_id}",
        "sku": "LAP-1",
        "startDate": "2025-01-16T00:00:00Z",
        **members,
    }


def asset(serial: str = "SN-1", sku: str = "LAP-1", **members: object) -> dict[str, object]:
    return {"serialNumber": serial, "sku": sku, **members}


def account(token: str = TOKEN, tenant: str = TENANT) -> Account:
    return Account(tenant=f"t-{tenant}", token=token, seed=DIALECT.account({"token": token, "tenant": tenant}))


ACCOUNTS = (account(), account("pk_live_us_ok", "bu_us"))


def caller(which: Account = ACCOUNTS[0]) -> Caller:
    seed = which.seed
    return Caller(
        tenant=which.tenant, dialect=DIALECT.name, key_id="key-1", scopes=seed.scopes, attributes=seed.attributes
    )


def request(operation: str, body: object = None, *params: str, query: str = "", now: datetime = NOW) -> WireRequest:
    """A request for an operation; `params` fill the names in its path in turn."""
    route = ROUTES[operation]
    pairs = tuple((name, value) for name, _, value in (part.partition("=") for part in query.split("&") if part))
    return WireRequest(
        method=route.method,
        path=route.path,
        received_at=now,
        params=dict(zip(re.findall(r"{(\w+)}", route.path), params, strict=True)),
        query=pairs,
        headers=HEADERS,
        body=body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode(),
    )


class Ledger(ledger.Ledger):
    """The calls of this vendor, by the names of their operations."""

    def __init__(self, *orders: Mapping[str, object], **collections: object) -> None:
        document = {"orders": list(orders), **collections}
        new_id = ledger.counting("00000000-{:04}")
        super().__init__(DIALECT, World(document=document, accounts=ACCOUNTS, now=NOW, new_id=new_id))

    def call(self, operation: str, body: object = None, *params: str, by: Account = ACCOUNTS[0]) -> tuple[int, Any]:
        wire = request(operation, body, *params, now=self.now)
        answer = self.answer(ROUTES[operation].handler, wire, caller(by))
        fits(operation, answer)
        return answer.status, json.loads(answer.body)

    def code(self, operation: str, body: object = None, *params: str) -> tuple[int, str]:
        """The status and code of a refusal."""
        status, answer = self.call(operation, body, *params)
        return status, answer["error"]["code"]

    def order(self, order_id: str = "ord_1") -> Order:
        return super().order(order_id)

    def shown(self, order_id: str = "ord_1") -> Any:
        return self.call("getOrder", None, order_id)[1]

    def record(self, kind: str, record_id: str) -> Record:
        return self.records[RecordKey(ACCOUNTS[0].tenant, DIALECT.name, kind, record_id)]

    def told(self) -> list[str]:
        return [one.type for one in self.obligations]

    def reserved(self, order_id: str = "ord_1") -> int:
        return sum(line.reserved_milli for line in self.order(order_id).lines) // 1000


def fits(operation: str, answer: WireAnswer) -> None:
    """The answer is one that the OpenAPI document declares."""
    assert (problem := misfit(operation, answer.status, json.loads(answer.body))) is None, (operation, problem)


def misfit(operation: str, status: int, body: object) -> str | None:
    """Why an answer is none that the OpenAPI document declares for an operation; None when it is one."""
    route = ROUTES[operation]
    declared = DOCUMENT["paths"][route.path][route.method.lower()]["responses"].get(str(status))
    if declared is None:
        return f"{status} is not declared"
    error = next(validator(declared["content"]["application/json"]["schema"]["$ref"]).iter_errors(body), None)
    return None if error is None else f"{list(error.instance_path)}: {error.message}"


@cache
def validator(reference: str) -> jsonschema_rs.Draft202012Validator:
    schema = {"$ref": reference, "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
