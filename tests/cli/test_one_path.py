"""One command path: whichever door a cancel comes through, the outcome and the effects are the same.

For each kind of order: the vendor's own route, the native API, a bulk, a timer and the command line cancel one of several
orders that are alike. What the ledger then holds of each may differ in names and instants only.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import apsw
import pytest
from click.testing import CliRunner

from countermand.cli import main
from tests.process import Client, Process, sqlite

Document = dict[str, Any]
Door = Callable[["House", str, Document], str]

START = datetime(2026, 1, 1, tzinfo=UTC)
NATIVE = {"Authorization": "Bearer n"}
VENDOR = {"Authorization": "Bearer v", "Accept": "application/json"}
LINES = [{"id": "1", "sku": "a", "quantity": 3, "price": 1000, "tax": 167, "tax_rate": 20}, {"id": "2", "sku": "b"}]

#: What differs between two orders that are alike, and between a cancel now and one that was put off: the latter's event also
#: says that nothing is pending any more (`amendment`).
NAMES = frozenset(
    {"aliases", "facets", "order_id", "cancellation_id", "obligation_id", "created_at", "cancelled_at", "executed_by"}
)
INSTANTS = frozenset(
    {"amendment", "due_at", "command", "at", "sequence", "next_try_at", "undo_until", "closed_at", "decided_at"}
)


class House:
    """A sandbox with orders of two kinds, of one tenant."""

    def __init__(self, database: str, client: Client) -> None:
        self.database, self.client = database, client
        self.asked = 0
        self.now = START

    def native(self, method: str, path: str, document: object = None) -> Document:
        self.asked += 1
        headers = {**NATIVE, "Idempotency-Key": f"k{self.asked}"}
        answer = self.client.call(method, f"/v1{path}", document, headers=headers)
        return {**dict(json.loads(answer.body)), "status": answer.status}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    database = sqlite(tmp_path_factory.mktemp("doors"))
    doors = ("own", "native", "bulk", "timer", "command")
    with Process(database, "--sandbox") as server, Client(server.url) as client:
        house = House(database, client)
        ours = {"accounts": [{"token": "n", "_tenant": "acme"}]}
        theirs = {
            "accounts": [{"token": "v", "merchant": "F1", "_tenant": "acme"}],
            "orders": [
                {"id": f"F1-{kind}-{door}", "order_status": status, "reference_id": f"{kind}-{door}"}
                for kind, status in (("open", "new_order"), ("shipped", "shipped"))
                for door in doors
            ],
        }
        for vendor, world in (("native", ours), ("fastpod", theirs)):
            put = client.call("PUT", f"/sandbox/{vendor}/world", {"clock": START.isoformat(), **world})
            assert put.status == 204, put.body
        for door in doors:
            for kind in ("open", "lines", "shipped"):
                placed = house.native("POST", "/orders", {"id": f"{kind}-{door}", "currency": "EUR", "lines": LINES})
                assert placed["status"] == 201, placed
            shipped = house.native("POST", f"/orders/shipped-{door}/shipments", {"id": "parcel"})
            assert shipped["status"] < 300, shipped
        yield house


def through_its_own_route(house: House, name: str, members: Document) -> str:
    """The vendor's own, which knows no members; for an order of ours that is the native API."""
    if "~" not in name:
        return through_the_native_api(house, name, members)
    answer = house.client.call("POST", f"/fastpod/v1/orders/{name.partition('~')[2]}/cancel", headers=VENDOR)
    return "cancelled" if answer.status == 200 else "refused"


def through_the_native_api(house: House, name: str, members: Document) -> str:
    answer = house.native("POST", f"/orders/{name}/cancellations", members)
    return "cancelled" if answer["status"] < 300 else str(answer["code"])


def through_a_bulk(house: House, name: str, members: Document) -> str:
    bulk = house.native("POST", "/bulk-cancellations", {"order_ids": [name], "cancellation": members})
    over = time.monotonic() + 30
    while (found := house.native("GET", f"/bulk-cancellations/{bulk['id']}"))["state"] != "completed":
        assert time.monotonic() < over, found
        time.sleep(0.02)
    (item,) = house.native("GET", f"/bulk-cancellations/{bulk['id']}/items")["items"]
    return str(item.get("code", item["outcome"]))


def through_a_timer(house: House, name: str, members: Document) -> str:
    later = house.now + timedelta(hours=1)
    put_off = {**members, "effective_at": later.isoformat()}
    set_ = house.native("POST", f"/orders/{name}/cancellations", put_off)
    if set_["status"] >= 300:
        return str(set_["code"])
    assert set_["state"] == "scheduled", set_
    house.client.call("POST", "/sandbox/clock", {"advance_seconds": 3_600})
    house.now = later
    found = house.native("GET", f"/orders/{name}/cancellations/{set_['id']}")
    return "cancelled" if found["state"] in {"completed", "accepted"} else str(found)


def through_the_command_line(house: House, name: str, members: Document) -> str:
    dialect, _, order_id = name.rpartition("~")
    words = ["cancel", order_id, "--tenant", "acme", "--dialect", dialect or "native", "--reason", members["reason"]]
    words += ["--requested-by", members.get("requested_by", "")]
    for line in members.get("lines", []):
        words += ["--line", f"{line['line_id']}={line['quantity']}"]
    told = CliRunner().invoke(main, [*words, "--json", "--database", house.database])
    (outcome,) = json.loads(told.stdout)
    assert (told.exit_code == 0) is (outcome["status"] < 300)
    return "cancelled" if told.exit_code == 0 else str(outcome["answer"]["code"])


DOORS: dict[str, Door] = {
    "own": through_its_own_route,
    "native": through_the_native_api,
    "bulk": through_a_bulk,
    "timer": through_a_timer,
    "command": through_the_command_line,
}


def written(house: House, order_id: str) -> Document:
    """What the ledger holds of an order, without names and instants."""
    ledger = apsw.Connection(house.database.removeprefix("sqlite:///"))
    ((status, body),) = ledger.execute("SELECT status, body FROM orders WHERE order_id = ?", (order_id,))
    rows = {
        table: [
            json.loads(row[0]) for row in ledger.execute(f"SELECT body FROM {table} WHERE order_id = ?", (order_id,))
        ]
        for table in ("events", "cancellations", "obligations")
    }
    ledger.close()
    cancels = ("order.cancelled", "order.lines_cancelled")
    rows["events"] = [event for event in rows["events"] if event["type"] in cancels]
    rows["obligations"].sort(key=lambda owed: (owed["kind"], owed["type"]))
    text = json.dumps(_plain({"status": status, "order": json.loads(body), **rows}))
    return dict(json.loads(text.replace(order_id, "ORDER").replace(order_id.removeprefix("F1-"), "ORDER")))


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items() if name not in NAMES | INSTANTS}
    return [_plain(member) for member in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("name", "members", "doors"),
    [
        ("open-{door}", {"reason": "fraud"}, DOORS.keys()),
        ("lines-{door}", {"reason": "duplicate", "lines": [{"line_id": "1", "quantity": 2}]}, DOORS.keys()),
        ("fastpod~F1-open-{door}", {"reason": "other", "requested_by": "merchant"}, DOORS.keys()),
    ],
)
def test_every_door_leads_to_the_same_outcome_and_effects(name: str, members: Document, doors: list[str], house: House):
    outcomes = {door: DOORS[door](house, name.format(door=door), members) for door in doors}
    assert set(outcomes.values()) == {"cancelled"}, outcomes
    ledgers = {door: written(house, name.format(door=door).rpartition("~")[2]) for door in doors}
    for door, ledger in ledgers.items():
        assert ledger == ledgers["native"], door
    assert len(ledgers["native"]["events"]) == 1
    assert len(ledgers["native"]["cancellations"]) == 1


@pytest.mark.parametrize("name", ["shipped-{door}", "fastpod~F1-shipped-{door}"])
def test_every_door_is_closed_for_the_same_reason_and_changes_nothing(name: str, house: House):
    outcomes = {door: DOORS[door](house, name.format(door=door), {"reason": "other"}) for door in DOORS}
    own = outcomes.pop("own")
    assert len(set(outcomes.values())) == 1, outcomes
    assert own in {"refused", outcomes["native"]}
    for door in DOORS:
        ledger = written(house, name.format(door=door).rpartition("~")[2])
        assert (ledger["events"], ledger["cancellations"]) == ([], []), door
