"""Cancel against ship against cancel on the same units, from three servers on one PostgreSQL: what each caller saw is written
down, and there must be one order of events that explains all of it.

Open units only get fewer here. So whoever was told that nothing is left must have been told so after the last unit was asked
for; and a call that ended before another began comes before it in the order's own events.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bench.seeding import SECRET, put_keys
from tests.databases import database
from tests.process import Client, Process

pytestmark = [pytest.mark.postgres, pytest.mark.serial]

SERVERS = 3
ORDERS = 40
UNITS = 5

#: What one server's callers do to every order: two take a unit each, one takes what is left.
ONE = [{"line_id": "l", "quantity": 1}]
CALLS: dict[str, dict[str, object]] = {
    "cancel one": {"lines": ONE},
    "ship one": {"lines": ONE},
    "cancel the rest": {},
}


@dataclass(frozen=True)
class Told:
    """One call: when it was asked and answered, and what."""

    what: str
    began: float
    ended: float
    status: int
    body: dict[str, Any]

    @property
    def taken(self) -> int:
        """Units that were still open before."""
        if self.status != 201:
            return 0
        lines = self.body["events"][0]["lines"] if self.ships else self.body["lines"]
        return sum(int(line["released"]) for line in lines)

    @property
    def ships(self) -> bool:
        return self.what == "ship one"


#: What all callers were told of one order; and beside it the order and its events as they were in the end.
History = list[Told]
Played = tuple[History, Any, Any]


class Caller(threading.Thread):
    """Does one thing to each order, at the same instant as everybody else."""

    def __init__(self, server: Process, what: str, histories: list[History], barrier: threading.Barrier) -> None:
        super().__init__()
        self._server, self._what = server, what
        self._histories, self._barrier = histories, barrier

    def run(self) -> None:
        with Client(self._server.url, {"Authorization": f"Bearer {SECRET}"}) as client:
            client.call("GET", "/healthz")
            for number, history in enumerate(self._histories):
                self._barrier.wait(60)
                history.append(self._ask(client, f"o{number}"))

    def _ask(self, client: Client, order_id: str) -> Told:
        name = f"{self._what} of {order_id} at {self._server.pid}"
        ships = self._what == "ship one"
        document = {**CALLS[self._what], **({"id": name} if ships else {})}
        path = f"/v1/orders/{order_id}/{'shipments' if ships else 'cancellations'}"
        began = time.monotonic()
        answer = client.call("POST", path, document, headers={"Idempotency-Key": name})
        body = answer.json()
        assert isinstance(body, dict)
        return Told(self._what, began, time.monotonic(), answer.status, body)


@pytest.fixture(scope="module")
def played(postgres: str) -> Iterator[list[Played]]:
    with database(postgres) as url, contextlib.ExitStack() as stack:
        asyncio.run(put_keys(url))
        servers = [stack.enter_context(Process(url)) for _ in range(SERVERS)]
        client = stack.enter_context(Client(servers[0].url, {"Authorization": f"Bearer {SECRET}"}))
        for number in range(ORDERS):
            line = {"id": "l", "sku": "A", "quantity": UNITS, "price": 1_001}
            document = {"id": f"o{number}", "currency": "EUR", "lines": [line]}
            assert client.call("POST", "/v1/orders", document, headers={"Idempotency-Key": f"n{number}"}).status == 201
        histories: list[History] = [[] for _ in range(ORDERS)]
        barrier = threading.Barrier(SERVERS * len(CALLS))
        callers = [Caller(server, what, histories, barrier) for server in servers for what in CALLS]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        yield [(history, *_ended(client, f"/v1/orders/o{number}")) for number, history in enumerate(histories)]


def _ended(client: Client, path: str) -> tuple[Any, Any]:
    return client.call("GET", path).json(), client.call("GET", f"{path}/events").json()


def test_every_caller_is_told_something_that_can_be(played):
    seen = {(told.what, told.status) for history, *_ in played for told in history}
    assert all(len(history) == SERVERS * len(CALLS) for history, *_ in played)
    assert seen <= {("ship one", 201)} | {(what, status) for what in CALLS for status in (200, 201, 409)}
    assert len({told.taken for history, *_ in played for told in history}) > 2, "they met each other"


def test_each_unit_has_one_winner(played):
    for history, order, _ in played:
        (line,) = order["lines"]
        shipped = sum(told.ships for told in history)
        late = [told for told in history if told.ships and not told.taken]
        cancelled = sum(told.taken for told in history if not told.ships)
        assert sum(told.taken for told in history) + line["open"] == UNITS
        # A shipment is a fact: one that came after the cancel takes the unit back, and says so to whoever reported it.
        assert (line["shipped"], line["cancelled"]) == (shipped, cancelled - len(late))
        assert all([one["kind"] for one in told.body["conflicts"]] == ["shipped_after_cancel"] for told in late)
        assert len(order["conflicts"]) == len(late)


def test_whoever_was_told_that_nothing_is_left_came_after_the_last_unit_was_asked_for(played):
    for history, order, _ in played:
        takers = [told for told in history if told.taken]
        for told in history:
            if told.status != 201:
                assert order["lines"][0]["open"] == 0
                assert all(taker.began < told.ended for taker in takers)


def test_the_events_are_one_order_that_agrees_with_what_was_seen_to_come_first(played):
    for history, _, events in played:
        places = {}
        for event in events["items"]:
            places[event.get("cancellation_id") or event.get("shipment", {}).get("id")] = event["sequence"]
        assert [event["sequence"] for event in events["items"]] == list(range(1, len(events["items"]) + 1))
        done = [told for told in history if told.status == 201]
        at = [places[told.body["events"][0]["shipment"]["id"] if told.ships else told.body["id"]] for told in done]
        for one, first in zip(done, at, strict=True):
            for other, second in zip(done, at, strict=True):
                assert not (one.ended < other.began and first > second), (one, other)
