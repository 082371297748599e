"""A world of this vendor held in memory, and its calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from countermand.api.routing import Router
from countermand.dialects.contract import Account, Caller, CallerFault, WireRequest, World
from countermand.dialects.tecspal import DIALECT
from tests import ledger

NOW = datetime(2025, 4, 10, 8, tzinfo=UTC)
MADE = "2025-04-09T14:35:57.199Z"
ROUTER = Router(DIALECT.routes)

IDS = {
    status: f"00000000-0000-4000-8000-00000000000{number}"
    for number, status in enumerate(("PENDING", "QUOTED", "ACCEPTED", "DELIVERED", "CANCELLED"), start=1)
}
PENDING, QUOTED, ACCEPTED, DELIVERED, CANCELLED = IDS.values()
FOREIGN = "00000000-0000-4000-8000-000000000006"

ORDERS = [
    {
        "id": identity,
        "status": status,
        "companyCode": "DM1",
        "countryCode": "UY" if number % 2 else "BR",
        "orderNumber": 100 + number,
        "createdAt": MADE,
        "updatedAt": MADE,
    }
    for number, (status, identity) in enumerate(IDS.items(), start=1)
]
STRANGERS = {"id": FOREIGN, "companyCode": "ZZZ", "_account": "tok-z"}


def account(token: str, tenant_id: str, *companies: str) -> Account:
    seed = DIALECT.account({"token": token, "tenant_id": tenant_id, "companies": list(companies)})
    return Account(tenant=f"of-{tenant_id}", token=token, seed=seed)


ACCOUNTS = (account("tok-t", "t-1", "DM1", "WWS"), account("tok-z", "t-2", "ZZZ"))


def caller_of(account: Account) -> Caller:
    seed = account.seed
    return Caller(
        tenant=account.tenant, dialect=DIALECT.name, key_id="k", scopes=seed.scopes, attributes=seed.attributes
    )


CALLER, STRANGER = map(caller_of, ACCOUNTS)


def wire(method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> WireRequest:
    sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return WireRequest(method=method, path=path, received_at=NOW, headers=headers or {}, body=sent)


class Ledger(ledger.Ledger):
    """The calls of this vendor, through its transport."""

    def __init__(self, *orders: Mapping[str, object], accounts: tuple[Account, ...] = ACCOUNTS, **more: object) -> None:
        document = {"orders": list(orders) or [*ORDERS, STRANGERS], **more}
        world = World(document=document, accounts=accounts, now=NOW, new_id=ledger.counting("id-{}"))
        super().__init__(DIALECT, world)

    def call(self, method: str, path: str, body: object = None, *, caller: Caller = CALLER) -> tuple[int, Any]:
        asked = replace(wire(method, path, body), received_at=self.now)
        try:
            asked = DIALECT.rewrite(asked)
            match = ROUTER.match(asked.method, asked.path)
            asked = replace(asked, params=match.params)
            answer = self.answer(match.route.handler, asked, caller)
        except CallerFault as error:
            answer = DIALECT.encode_fault(error.fault, asked)
        document = json.loads(answer.body)
        assert document["statusCode"] == answer.status
        assert ("envelop" in document) == (answer.status < 400)
        return answer.status, document

    def read(self, path: str, caller: Caller = CALLER, /, **filters: object) -> tuple[int, Any]:
        return self.call("GET", path, {"filters": filters}, caller=caller)

    def write(self, path: str, caller: Caller = CALLER, /, **data: object) -> tuple[int, Any]:
        return self.call("POST", path, {"data": data}, caller=caller)

    def history(self, order_id: str) -> list[tuple[str | None, str]]:
        kept = [json.loads(one.body) for one in self.records.values() if one.kind == "history"]
        return [(one["from"], one["to"]) for one in kept if one["orderId"] == order_id]
