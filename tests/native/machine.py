"""Two clients, a warehouse, a clock and a simple model of one order: what the server should say, in counts of units.

The model knows nothing of portions, events or rows. Each unit of a line costs the same, so amounts are exact.
"""

import asyncio
import itertools
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from countermand.api.routing import Router
from countermand.bootstrap import new_id
from countermand.dialects import catalog
from countermand.dialects.contract import EVERY_SCOPE, Caller, CallerFault, Read, WireAnswer, WireRequest, Write
from countermand.dialects.native import DIALECT
from countermand.dialects.native.problems import encode_fault
from countermand.service.desk import Desk
from countermand.store.port import Store

PRICES = {"a": 700, "b": 45}
ORDERED = {"a": 4, "b": 3}
TENANTS = itertools.count()
ROUTER = Router(DIALECT.routes)

lines = st.sampled_from(["a", "b"])
units = st.integers(1, 5)
clients = st.sampled_from(["one", "two"])


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self, dialect: str) -> datetime:
        del dialect
        return self.at


class OrderMachine(RuleBasedStateMachine):
    """Made for one store by `machine_of`."""

    runner: ClassVar[asyncio.Runner]
    store: ClassVar[Store]

    @initialize()
    def place(self) -> None:
        self.clock = HandClock()
        self.desk = Desk(self.store, self.clock, new_id, dialects=catalog.load())
        self.tenant = f"machine{next(TENANTS)}-{new_id()}"
        self.keys = itertools.count()
        self.units: dict[str, Counter[str]] = {name: Counter(open=count) for name, count in ORDERED.items()}
        self.lease_until: datetime | None = None
        self.lease_id = ""
        self.last: tuple[str, str, Any, WireAnswer] | None = None
        shown = [
            {"id": name, "sku": name.upper(), "quantity": count, "price": count * PRICES[name]}
            for name, count in ORDERED.items()
        ]
        total = sum(ORDERED[name] * price for name, price in PRICES.items())
        paid = [{"id": "p", "method": "card", "captured": total}]
        answer = self.ask("POST", "/orders", {"id": "o", "currency": "EUR", "lines": shown, "payments": paid})
        assert answer.status == 201

    # ------------------------------------------------------------------------------------------------------- clients

    @rule(line=lines, count=units, client=clients)
    def cancel_some(self, line: str, count: int, client: str) -> None:
        body = {"lines": [{"line_id": line, "quantity": count}]}
        answer = self.cancel(body, client)
        if self.expect_restrained(answer):
            return
        left = self.units[line]["open"]
        if left == 0 or count > left:
            assert (answer.status, self.code(answer)) == (
                (409, "LINE_CLOSED") if left == 0 else (422, "QUANTITY_TOO_LARGE")
            )
            return
        assert (answer.status, json.loads(answer.body)["amount"]) == (202, count * PRICES[line])
        self.move(line, count, "open", "cancelled")

    @rule(client=clients)
    def cancel_all(self, client: str) -> None:
        answer = self.cancel({}, client)
        if self.expect_restrained(answer):
            return
        amount = sum(self.units[line]["open"] * price for line, price in PRICES.items())
        assert (answer.status, json.loads(answer.body)["amount"]) == (202, amount)
        for line in self.units:
            self.move(line, self.units[line]["open"], "open", "cancelled")

    @precondition(lambda self: self.last is not None)
    @rule()
    def ask_the_same_again(self) -> None:
        assert self.last is not None
        client, key, body, first = self.last
        again = self.ask("POST", "/orders/o/cancellations", body, client=client, key=key)
        assert (again.status, again.body) == (first.status, first.body)
        assert ("Idempotent-Replayed", "true") in again.headers

    @precondition(lambda self: self.last is not None)
    @rule()
    def ask_something_else_under_the_same_key(self) -> None:
        assert self.last is not None
        client, key, _, _ = self.last
        answer = self.ask("POST", "/orders/o/cancellations", {"note": "else"}, client=client, key=key)
        assert (answer.status, self.code(answer)) == (422, "KEY_REUSED")

    # ----------------------------------------------------------------------------------------------------- warehouse

    @rule(line=lines, count=units)
    def ship(self, line: str, count: int) -> None:
        answer = self.ask("POST", "/orders/o/shipments", {"lines": [{"line_id": line, "quantity": count}]})
        there = self.units[line]["open"] + self.units[line]["cancelled"]
        if there == 0 or count > there:
            assert answer.status in {409, 422}
            return
        assert answer.status == 201
        late = max(0, count - self.units[line]["open"])
        assert bool(json.loads(answer.body)["conflicts"]) is bool(late)
        self.move(line, count - late, "open", "shipped")
        self.move(line, late, "cancelled", "shipped")

    @rule(line=lines, count=units)
    def come_back(self, line: str, count: int) -> None:
        answer = self.ask("POST", "/orders/o/returns", {"lines": [{"line_id": line, "quantity": count}]})
        if self.status() not in {"part_shipped", "shipped"} or count > self.units[line]["shipped"]:
            assert answer.status in {409, 422}
            return
        assert answer.status == 201
        self.move(line, count, "shipped", "returned")

    @rule(seconds=st.sampled_from([30, 300]))
    def claim(self, seconds: int) -> None:
        answer = self.ask("POST", "/orders/o/fulfilment-claims", {"holder": "wh", "seconds": seconds})
        if self.status() not in {"placed", "part_shipped"}:
            assert answer.status == 409
            return
        assert answer.status == 201
        self.lease_until = self.clock.at + timedelta(seconds=seconds)
        self.lease_id = json.loads(answer.body)["id"]

    @rule()
    def release(self) -> None:
        if self.lease_id:
            assert self.ask("POST", f"/orders/o/fulfilment-claims/{self.lease_id}:release", {}).status == 200
            self.lease_until = None

    @rule(seconds=st.integers(1, 400))
    def time_passes(self, seconds: int) -> None:
        self.clock.at += timedelta(seconds=seconds)

    # ------------------------------------------------------------------------------------------------------ must hold

    @invariant()
    def the_order_is_what_the_model_says(self) -> None:
        order = json.loads(self.ask("GET", "/orders/o").body)
        for line in order["lines"]:
            count = self.units[line["id"]]
            left = count["shipped"] + count["returned"]
            seen = (line["open"], line["shipped"], line["returned"], line["cancelled"], line["reserved"])
            assert seen == (count["open"], left, count["returned"], count["cancelled"], count["open"])
        assert order["status"] == self.status()
        still = {line: count["open"] + count["shipped"] for line, count in self.units.items()}
        assert order["total"] == sum(still[line] * price for line, price in PRICES.items())
        payment = order["payments"][0]
        assert 0 <= payment["to_refund"] <= payment["captured"]

    @invariant()
    def events_have_no_gap_and_tell_the_amounts(self) -> None:
        events = json.loads(self.ask("GET", "/orders/o/events?page_size=200").body)["items"]
        assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
        owed = json.loads(self.ask("GET", "/orders/o/obligations?page_size=200").body)["items"]
        refunds = sum(one["amount"] for one in owed if one["kind"] == "refund")
        assert refunds <= sum(ORDERED[line] * price for line, price in PRICES.items())

    # --------------------------------------------------------------------------------------------------------- helpers

    def cancel(self, body: dict[str, Any], client: str) -> WireAnswer:
        key = f"k{next(self.keys)}"
        answer = self.ask("POST", "/orders/o/cancellations", body, client=client, key=key)
        self.last = (client, key, body, answer)
        return answer

    def expect_restrained(self, answer: WireAnswer) -> bool:
        """Whether the order as a whole says something else than a cancel: it is over, has left, or is being picked."""
        status = self.status()
        if status == "cancelled":
            assert answer.status == 200
        elif status not in {"placed", "part_shipped"}:
            assert (answer.status, self.code(answer)) == (409, "STATUS_FORBIDS")
        elif self.lease_until is not None and self.clock.at < self.lease_until:
            if (answer.status, self.code(answer)) != (409, "FULFILMENT_CLAIMED"):
                # Nothing of the line is open, so the lease is not about it either.
                assert self.code(answer) == "LINE_CLOSED"
        else:
            return False
        return True

    def status(self) -> str:
        live = Counter[str]()
        for count in self.units.values():
            live += Counter({state: number for state, number in count.items() if state != "cancelled"})
        if not live:
            return "cancelled"
        if live["open"]:
            return "placed" if live["open"] == live.total() else "part_shipped"
        return "shipped" if live["shipped"] else "returned"

    def move(self, line: str, count: int, before: str, after: str) -> None:
        self.units[line][before] -= count
        self.units[line][after] += count

    def code(self, answer: WireAnswer) -> str:
        return str(json.loads(answer.body).get("code", ""))

    def ask(self, method: str, path: str, body: Any = None, *, client: str = "one", key: str = "") -> WireAnswer:
        return self.runner.run(self._ask(method, path, body, client=client, key=key))

    async def _ask(self, method: str, path: str, body: Any, *, client: str, key: str) -> WireAnswer:
        plain, _, query = path.partition("?")
        match = ROUTER.match(method, plain)
        wire = WireRequest(
            method=method,
            path=plain,
            received_at=self.clock.at,
            params=match.params,
            query=tuple(pair.split("=", 1) for pair in query.split("&")) if query else (),  # type: ignore[misc] # pairs
            headers={"idempotency-key": key or f"own-{next(self.keys)}"},
            body=b"" if body is None else json.dumps(body).encode(),
        )
        caller = Caller(tenant=self.tenant, dialect="native", key_id=client, scopes=EVERY_SCOPE)
        handler = match.route.handler
        try:
            if isinstance(handler, Write):
                encode = handler.encode
                asked = handler.decode(wire, caller)
                return await self.desk.submit(
                    asked, tenant=self.tenant, dialect=DIALECT, encode=lambda verdict: encode(verdict, wire)
                )
            assert isinstance(handler, Read)
            found = [await self.store.find(query) for query in handler.decode(wire, caller)]
            return handler.encode(tuple(found), wire)
        except CallerFault as fault:
            return encode_fault(fault.fault, wire)


def machine_of(runner: asyncio.Runner, store: Store) -> type[OrderMachine]:
    return type("Machine", (OrderMachine,), {"runner": runner, "store": store})
