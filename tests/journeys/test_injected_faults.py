"""The sandbox can misbehave on purpose, in each vendor's own words, and only as often as it was asked to."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process import Client, Process, sqlite

WORLD = {"accounts": [{"token": "t", "tenant": "b"}], "orders": [{"orderId": "o", "status": "pending"}]}
KEY = {"Authorization": "Bearer t", "Tenant-ID": "b"}
CANCEL: tuple[str, str, object] = ("POST", "/flexportal/v1/orders/o/cancel", {})
FAULTS = "/sandbox/flexportal/faults"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with Process(sqlite(tmp_path), "--sandbox") as server, Client(server.url, KEY) as client:
        assert client.call("PUT", "/sandbox/flexportal/world", WORLD).status == 204
        yield client


def _cancelled(client: Client) -> int:
    effects = client.call("GET", "/sandbox/flexportal/effects").json()
    assert isinstance(effects, dict)
    return sum(event["type"] == "order.cancelled" for event in effects["events"])


def test_a_fault_before_changes_nothing_and_ends_after_its_times(client: Client) -> None:
    rule = {"operation": "cancelOrder", "times": 2, "answer": "unavailable"}
    assert client.call("PUT", FAULTS, {"faults": [rule]}).status == 204
    answers = [client.call(*CANCEL) for _ in range(2)]
    assert {answer.status for answer in answers} == {500}  # this vendor documents no 503
    assert all("error" in answer.body.decode() and answer.headers["retry-after"] for answer in answers)
    assert _cancelled(client) == 0
    assert client.call(*CANCEL).status == 200


def test_a_fault_after_loses_the_answer_but_not_the_cancellation(client: Client) -> None:
    assert client.call("PUT", FAULTS, {"faults": [{"answer": "internal", "when": "after"}]}).status == 204
    assert client.call(*CANCEL).status == 500
    assert _cancelled(client) == 1
    again = client.call(*CANCEL)
    assert (again.status, again.json()["error"]["code"]) == (400, "ALREADY_CANCELLED")  # type: ignore[index]  # JSON


def test_a_slow_answer_is_slow_and_right(client: Client) -> None:
    assert client.call("PUT", FAULTS, {"faults": [{"delay_ms": 300}]}).status == 204
    started = time.monotonic()
    assert client.call(*CANCEL).status == 200
    assert time.monotonic() - started >= 0.3


def test_what_is_left_can_be_read_and_a_new_world_forgets_it(client: Client) -> None:
    client.call("PUT", FAULTS, {"faults": [{"operation": "cancelOrder", "times": 3, "answer": "rate_limited"}]})
    assert client.call(*CANCEL).status == 429
    left = client.call("GET", FAULTS).json()
    assert isinstance(left, dict)
    assert [rule["times"] for rule in left["faults"]] == [2]
    client.call("PUT", "/sandbox/flexportal/world", WORLD)
    assert client.call("GET", FAULTS).json() == {"faults": []}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"faults": [{"operation": "cancelOder"}]},
        {"faults": [{"times": 0}]},
        {"faults": [{"answer": "no"}]},
        {"x": 1},
        [],
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(client: Client, document: object) -> None:
    answer = client.call("PUT", FAULTS, document)
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    assert client.call(*CANCEL).status == 200
