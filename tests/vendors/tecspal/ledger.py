"""A world of this vendor held in memory, on which real asks are judged by the real desk's judge: no store, no server."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from countermand.api.routing import Router
from countermand.dialects.contract import Account, Caller, CallerFault, Read, WireRequest, World, Write
from countermand.dialects.tecspal import DIALECT
from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation
from countermand.model.order import Order
from countermand.model.query import Found, GetOrder, GetRecord, Listing, ListOrders, ListRecords, Page, Query
from countermand.model.record import Record
from countermand.service.judgement import Sheet
from countermand.store.port import Loaded

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


class Ledger:
    """What is held, and the calls on it."""

    def __init__(self, *orders: Mapping[str, object], accounts: tuple[Account, ...] = ACCOUNTS, **more: object) -> None:
        ids = itertools.count(1)
        self.now = NOW
        self.new_id = lambda: f"id-{next(ids)}"
        document = {"orders": list(orders) or [*ORDERS, STRANGERS], **more}
        seeded = DIALECT.world(World(document=document, accounts=accounts, now=NOW, new_id=self.new_id))
        self.orders = {order.key: order for order in seeded.orders}
        self.records = {record.key: record for record in seeded.records}
        self.obligations: list[Obligation] = []
        self.events: list[str] = []

    def later(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def call(self, method: str, path: str, body: object = None, *, caller: Caller = CALLER) -> tuple[int, Any]:
        asked = replace(wire(method, path, body), received_at=self.now)
        try:
            asked = DIALECT.rewrite(asked)
            match = ROUTER.match(asked.method, asked.path)
            asked = replace(asked, params=match.params)
            answer = self._answer(match.route.handler, asked, caller=caller)
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

    def order(self, order_id: str) -> Order:
        return next(order for order in self.orders.values() if order.order_id == order_id)

    def history(self, order_id: str) -> list[tuple[str | None, str]]:
        kept = [json.loads(one.body) for one in self.records.values() if one.kind == "history"]
        return [(one["from"], one["to"]) for one in kept if one["orderId"] == order_id]

    def _answer(self, handler, asked: WireRequest, *, caller: Caller):
        if isinstance(handler, Read):
            return handler.encode(tuple(self._find(query) for query in handler.decode(asked, caller)), asked)
        assert isinstance(handler, Write)
        names: dict[AliasKey | RecordKey, OrderKey] = {}
        ask = handler.decode(asked, caller)
        named = {key: record for key, record in self.records.items() if key in ask.records}
        sheet = Sheet(Loaded(orders=dict(self.orders), names=names, records=named), self.new_id)
        verdict = sheet.judge(DIALECT, ask, self.now)
        self.orders.update({key: after for key, (_, after) in sheet.writes.orders.items()})
        self.records.update({key: record for key, (_, record) in sheet.writes.records.items()})
        self.obligations += sheet.writes.obligations
        self.events += [event.type for _, event in sheet.writes.events]
        return handler.encode(verdict, asked)

    def _find(self, query: Query) -> Found:
        match query:
            case GetOrder(key=OrderKey() as key):
                return self.orders.get(key)
            case GetRecord(key=key):
                return self.records.get(key)
            case ListOrders(tenant=tenant, listing=listing):
                orders = (order for order in self.orders.values() if order.tenant == tenant)
                return Page(items=tuple(sorted(filter(_fits(listing), orders), key=lambda one: one.placed_at)))
            case ListRecords(tenant=tenant, kind=kind, listing=listing):
                kept = (one for one in self.records.values() if (one.tenant, one.kind) == (tenant, kind))
                return Page(items=tuple(sorted(filter(_fits(listing), kept), key=lambda one: one.created_at)))
        raise AssertionError(query)


def _fits(listing: Listing):
    def fits(item: Order | Record) -> bool:
        return all(item.facets.get(name) == value for name, value in listing.facets.items())

    return fits
