"""What a change leaves beside a vendor's order does not depend on whose API asked: its records, and whom the vendor tells."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from countermand.bootstrap import new_id
from countermand.dialects import catalog
from countermand.dialects.contract import EVERY_SCOPE, Account, Caller, WireAnswer, WireRequest, World
from countermand.dialects.native import DIALECT as NATIVE, cancellations, reports
from countermand.model.obligation import Obligation
from countermand.model.outcome import Done, Verdict
from countermand.model.query import Listing, ListRecords, Page
from countermand.service.desk import Desk
from countermand.store.port import Judged, Loaded, Wanted, Writes
from countermand.store.sqlite.adapter import SqliteStore

NOW = datetime(2025, 4, 10, 8, tzinfo=UTC)
OURS = Caller(tenant="t", dialect="native", key_id="ops", scopes=EVERY_SCOPE)

ACCOUNTS: dict[str, Any] = {
    "tecspal": {"token": "tok", "tenant_id": "t", "companies": ["DM1"]},
    "fastpod": {"token": "tok", "merchant": "F237"},
}
HOOK = {"event": "order_notify", "url": "https://shop.example/hook"}
POD = "F237-040925-000001"
QUOTED = "00000000-0000-4000-8000-000000000002"


class Still:
    """Always the same instant."""

    def now(self, dialect: str) -> datetime:
        del dialect
        return NOW


class Noting:
    """The store, and what was wanted of it."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.wanted: list[Wanted] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def transact(self, wanted: Wanted, judge: Callable[[Loaded], Judged[Any]]) -> Any:
        self.wanted.append(wanted)
        return self._store.transact(wanted, judge)


class House:
    """A desk over a store that holds a vendor's world, and what it answers to our own API."""

    def __init__(self, store: SqliteStore, runner: asyncio.Runner) -> None:
        self.store, self.run = Noting(store), runner.run
        self.desk = Desk(self.store, Still(), new_id, dialects=catalog.load())
        self.owed: list[Obligation] = []

    def hold(self, vendor: str, **collections: object) -> None:
        dialect = catalog.load()[vendor]
        account = Account(tenant="t", token="tok", seed=dialect.account(ACCOUNTS[vendor]))
        seeded = dialect.world(World(document=collections, accounts=(account,), now=NOW, new_id=new_id))
        writes = Writes(
            orders={order.key: (None, order) for order in seeded.orders},
            records={record.key: (None, record) for record in seeded.records},
        )
        self.run(self.store.transact(Wanted(), lambda _: Judged(writes, None)))

    def post(self, operation: Any, name: str, **body: object) -> None:
        wire = WireRequest(
            method="POST",
            path="/x",
            received_at=NOW,
            params={"order": name},
            headers={"idempotency-key": new_id()},
            body=json.dumps(body).encode(),
        )
        ask = operation.decode(wire, OURS)

        def note(verdict: Verdict) -> WireAnswer:
            self.owed += verdict.obligations if isinstance(verdict, Done) else ()
            answer: WireAnswer = operation.encode(verdict, wire)
            return answer

        self.run(self.desk.submit(ask, tenant="t", dialect=NATIVE, encode=note))

    def beside(self, vendor: str, kind: str) -> list[dict[str, Any]]:
        page = self.run(self.store.find(ListRecords(tenant="t", dialect=vendor, kind=kind, listing=Listing())))
        assert isinstance(page, Page)
        return [json.loads(one.body) for one in page.items]


class Transition:
    """`:transition`, as the routes have it."""

    decode, encode = staticmethod(reports.decode_transition), staticmethod(reports.encode_report)


@pytest.fixture
def house(tmp_path) -> Iterator[House]:
    with asyncio.Runner() as runner:
        store = SqliteStore.open(tmp_path / "traces.db")
        yield House(store, runner)
        runner.run(store.close())


def test_a_cancel_through_our_api_is_a_line_of_the_vendors_history(house):
    house.hold("tecspal", orders=[{"id": QUOTED, "status": "QUOTED", "companyCode": "DM1"}])
    house.post(cancellations, f"tecspal~{QUOTED}")
    assert house.beside("tecspal", "history") == [
        {"orderId": QUOTED, "from": "QUOTED", "to": "CANCELLED", "at": "2025-04-10T08:00:00.000Z", "actor": "ops"}
    ]
    house.post(cancellations, f"tecspal~{QUOTED}")
    assert len(house.beside("tecspal", "history")) == 1


def test_each_transition_through_our_api_is_a_line_of_the_vendors_history(house):
    house.hold("tecspal", orders=[{"id": QUOTED, "status": "PENDING", "companyCode": "DM1"}])
    for action in ("quote", "confirm", "confirm", "deliver"):
        house.post(Transition, f"tecspal~{QUOTED}", action=action)
    lines = house.beside("tecspal", "history")
    assert {(one["from"], one["to"], one["actor"]) for one in lines} == {
        ("PENDING", "QUOTED", "ops"),
        ("QUOTED", "ACCEPTED", "ops"),
        ("ACCEPTED", "DELIVERED", "ops"),
    }
    assert len(lines) == 3


def test_a_subscriber_hears_of_a_cancel_through_our_api(house):
    house.hold("fastpod", orders=[{"id": POD}], webhooks=[HOOK])
    house.post(cancellations, f"fastpod~{POD}")
    (owed,) = house.owed
    (delivery,) = house.beside("fastpod", "delivery")
    told = json.loads(owed.body)
    assert (owed.type, owed.address, told["data"]["order_status"]) == ("order_notify", HOOK["url"], "cancelled")
    assert delivery == {"event": told["event"], "order_id": POD, "url": HOOK["url"]}
    house.post(cancellations, f"fastpod~{POD}")
    assert (len(house.owed), len(house.beside("fastpod", "delivery"))) == (1, 1)


def test_a_subscriber_hears_of_a_transition_through_our_api(house):
    house.hold("fastpod", orders=[{"id": POD, "order_status": "draft"}], webhooks=[HOOK])
    house.post(Transition, f"fastpod~{POD}", action="release")
    assert [one.data["status"] for one in house.owed] == ["new_order"]


def test_who_did_not_subscribe_hears_nothing(house):
    house.hold("fastpod", orders=[{"id": POD}])
    house.post(cancellations, f"fastpod~{POD}")
    assert (house.owed, house.beside("fastpod", "delivery")) == ([], [])


@pytest.mark.parametrize(("vendor", "order", "loaded"), [("tecspal", QUOTED, 0), ("fastpod", POD, 1)])
def test_only_a_dialect_that_names_companions_has_any_loaded(house, vendor, *, order, loaded):
    house.post(cancellations, f"{vendor}~{order}")
    assert len(house.store.wanted[-1].records) == loaded
