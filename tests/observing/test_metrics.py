"""What `/metrics` tells of cancellations and of what is owed, read from a real server."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from countermand.api.owing import FRESH_S, PATIENCE_S
from countermand.model.reason import Reason
from tests.bulk.conftest import Api, key_of
from tests.cluster import Cluster
from tests.process import Client, Process, sqlite

Samples = dict[tuple[str, ...], float]
WORKERS = 2
CANCELS = 12
PAID = [{"id": "p1", "method": "card", "captured": 1500}]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Api]]:
    database = sqlite(tmp_path)
    with Process(database) as server:
        with Client(server.url, {"Authorization": f"Bearer {key_of(database, 'acme')}"}) as client:
            yield server.url, Api(client)
        assert server.stop() == 0


def samples(url: str, name: str) -> Samples:
    """The values of one metric by their labels, in the alphabetical order of the labels."""
    with Client(url) as client:
        page = client.call("GET", "/metrics").body.decode()
    found = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return {tuple(sample.labels.values()): sample.value for sample in found if sample.name == name}


def place(api: Api, order_id: str, **members: object) -> None:
    lines = [{"id": "a", "sku": "a", "quantity": 1, "price": 1500}]
    api.call("POST", "/orders", {"id": order_id, "currency": "EUR", "lines": lines, **members}, status=201)


def test_cancellations_are_counted_by_the_state_that_they_come_into_and_by_reason(served: tuple[str, Api]) -> None:
    url, api = served
    for order_id in ("o1", "o2", "o3"):
        place(api, order_id)
    api.call("POST", "/orders/o1/cancellations", {"reason": "fraud"}, status=201)
    api.call("POST", "/orders/o2/cancellations", {"reason": "fraud"}, status=201)
    api.call("POST", "/orders/o2/cancellations", {"reason": "fraud"})
    later = api.call("POST", "/orders/o3/cancellations", {"effective_at": "2999-01-01T00:00:00Z"}, status=202)
    api.call("POST", f"/orders/o3/cancellations/{later['id']}:withdraw", {"by": "ann"})
    assert samples(url, "countermand_cancellations_total") == {
        ("native", "completed", "fraud"): 2,
        ("native", "scheduled", "other"): 1,
        ("native", "withdrawn", "other"): 1,
    }


def test_refusals_are_counted_by_their_code(served: tuple[str, Api]) -> None:
    url, api = served
    for _ in range(2):
        api.call("POST", "/orders/nobody/cancellations", {}, status=404)
    assert samples(url, "countermand_cancel_refusals_total") == {("UNKNOWN_ORDER", "native"): 2}
    assert samples(url, "countermand_cancellations_total") == {}


def test_a_bulk_is_counted_like_single_cancels(served: tuple[str, Api]) -> None:
    url, api = served
    bulk = api.begin(order_ids=[*api.place(5), "nobody"], cancellation={"reason": "out_of_stock"})
    api.until(bulk["id"], "completed")
    assert samples(url, "countermand_cancellations_total") == {("native", "completed", "out_of_stock"): 5}
    assert samples(url, "countermand_cancel_refusals_total") == {("UNKNOWN_ORDER", "native"): 1}


def test_a_reason_is_one_of_a_closed_list(served: tuple[str, Api]) -> None:
    url, api = served
    for number, reason in enumerate(Reason):
        place(api, f"o{number}")
        api.call("POST", f"/orders/o{number}/cancellations", {"reason": reason}, status=201)
    told = {reason for _, _, reason in samples(url, "countermand_cancellations_total")}
    assert told == {reason.value for reason in Reason}


def test_what_somebody_writes_is_no_reason_of_its_own(tmp_path: Path) -> None:
    """The vendor takes any text; were it a label, anybody could make as many figures as they like."""
    world = {
        "accounts": [{"token": "pk", "tenant": "bu"}],
        "orders": [{"orderId": "o1", "status": "confirmed", "items": [{"sku": "s", "quantity": 1}]}],
    }
    with Process(sqlite(tmp_path), "--sandbox") as server, Client(server.url) as client:
        assert client.call("PUT", "/sandbox/flexportal/world", world).status == 204
        headers = {"Authorization": "Bearer pk", "Tenant-ID": "bu"}
        path = "/flexportal/v1/orders/o1/cancel"
        assert client.call("POST", path, {"reason": "my cat ate it"}, headers=headers).status == 200
        told = samples(server.url, "countermand_cancellations_total")
        assert [(dialect, reason) for dialect, _, reason in told] == [("flexportal", "other")]


@pytest.mark.slow
def test_what_is_owed_is_there_until_it_is_settled_with_the_age_of_the_oldest(served: tuple[str, Api]) -> None:
    url, api = served
    place(api, "o1", payments=PAID)
    assert samples(url, "countermand_obligations") == {}
    api.call("POST", "/orders/o1/cancellations", {}, status=202)
    (owed,) = api.call("GET", "/orders/o1/obligations")["items"]
    assert until(url, "countermand_obligations", {("native", "refund", "open"): 1})
    ages = samples(url, "countermand_obligation_oldest_age_seconds")
    assert 0 < ages["native", "refund", "open"] < 60
    api.call("POST", f"/orders/o1/obligations/{owed['id']}:settle", {"by": "refunds desk"})
    assert until(url, "countermand_obligations", {})
    assert samples(url, "countermand_ledger_answers") == {(): 1}


@pytest.mark.slow
def test_conflicts_are_there_until_they_are_put_right(served: tuple[str, Api]) -> None:
    url, api = served
    place(api, "o1")
    none = samples(url, "countermand_conflicts")
    assert none["native",] == 0
    api.call("POST", "/orders/o1/cancellations", {}, status=201)
    api.call("POST", "/orders/o1/shipments", {"id": "s1"}, status=201)
    assert until(url, "countermand_conflicts", {**none, ("native",): 1})
    (owed,) = api.call("GET", "/orders/o1/obligations")["items"]
    api.call("POST", f"/orders/o1/obligations/{owed['id']}:waive", {"by": "ann", "reason": "it may stay there"})
    assert until(url, "countermand_conflicts", none)


def until(url: str, name: str, wanted: Samples) -> bool:
    """Whether the page comes to say so: the ledger is asked now and then, and workers show each other theirs each second."""
    over = time.monotonic() + 15
    while (found := samples(url, name)) != wanted:
        if time.monotonic() > over:
            raise AssertionError(found)
        time.sleep(0.2)
    return True


def test_workers_add_up_what_they_decided_and_tell_what_is_owed_once(tmp_path: Path) -> None:
    database = sqlite(tmp_path)
    with Process(database, "--workers", str(WORKERS)) as server:
        token = {"Authorization": f"Bearer {key_of(database, 'acme')}"}
        api = Api(Client(server.url))
        for number in range(CANCELS):
            with Client(server.url, token) as api.client:
                place(api, f"o{number}", payments=PAID)
                api.call("POST", f"/orders/o{number}/cancellations", {"reason": "duplicate"}, status=202)
        for _ in range(4 * WORKERS):
            assert until(server.url, "countermand_cancellations_total", {("native", "accepted", "duplicate"): CANCELS})
            assert until(server.url, "countermand_obligations", {("native", "refund", "open"): CANCELS})
        assert server.stop() == 0


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("blow", [Cluster.stop, Cluster.freeze])
def test_a_ledger_that_does_not_answer_does_not_keep_the_page(blow: Callable[[Cluster], None]) -> None:
    with Cluster(fsync="off") as cluster, Process(cluster.url()) as server:
        assert samples(server.url, "countermand_ledger_answers") == {(): 1}
        with Client(server.url) as client:
            assert client.call("GET", "/v1/orders/none").status == 401
        blow(cluster)
        time.sleep(FRESH_S)
        started = time.monotonic()
        assert samples(server.url, "countermand_ledger_answers") == {(): 0}
        assert time.monotonic() - started < 2 * PATIENCE_S
        assert samples(server.url, "countermand_conflicts") == {}, "nobody knows, and zero would be a lie"
        assert ("native", "getOrder", "401") in samples(server.url, "countermand_requests_total")
        if blow is Cluster.freeze:
            cluster.thaw()
