"""What a real server tells a real collector, and what it owes because of a call that was traced."""

import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bulk.conftest import Api, key_of
from tests.observing.collector import Collector, Span
from tests.process import Client, Process, sqlite

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
SAMPLED = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
CANCEL = "POST /v1/orders/{order}/cancellations"
ORDER = {"currency": "EUR", "lines": [{"id": "a", "sku": "a", "quantity": 1, "price": 1500}]}
PAID = [{"id": "p1", "method": "card", "captured": 1500}]
CALLS = 20
WORKERS = 2


class House:
    """A server that tells a collector, and a caller of it."""

    def __init__(self, server: Process, client: Client, headers: Mapping[str, str]) -> None:
        self.server, self.client, self.headers = server, client, headers
        self.api = Api(client)

    def place(self, order_id: str, **members: object) -> None:
        self.api.call("POST", "/orders", {"id": order_id, **ORDER, **members}, status=201)

    def cancel(self, order_id: str, headers: Mapping[str, str] = {}, *, status: int = 201) -> None:
        sent = {"Idempotency-Key": f"cancel {order_id}", **headers}
        path = f"/v1/orders/{order_id}/cancellations"
        assert self.client.call("POST", path, {}, headers=sent).status == status

    def owed_trace(self, order_id: str) -> str:
        (owed,) = self.api.call("GET", f"/orders/{order_id}/obligations")["items"]
        return str(owed["traceparent"])


@contextmanager
def watched(folder: Path, environ: Mapping[str, str], *words: str) -> Iterator[House]:
    database = sqlite(folder)
    with Process(database, *words, environ=environ, errors=folder / "stderr.txt") as server:
        yield from called(database, server, "acme")


def called(database: str, server: Process, tenant: str) -> Iterator[House]:
    headers = {"Authorization": f"Bearer {key_of(database, tenant)}"}
    with Client(server.url, headers) as client:
        yield House(server, client, headers)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as listening:
        yield listening


@pytest.fixture
def own(tmp_path: Path, collector: Collector) -> Iterator[House]:
    """A server of the test's own, to be stopped by it."""
    with watched(tmp_path, collector.environ(), "--otel") as house:
        yield house


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Process, Collector]]:
    folder = tmp_path_factory.mktemp("spans")
    with Collector() as listening:
        environ = listening.environ(OTEL_SERVICE_NAME="shop-cancels")
        with Process(sqlite(folder), "--otel", environ=environ, errors=folder / "stderr.txt") as server:
            yield sqlite(folder), server, listening
            assert server.stop() == 0


@pytest.fixture
def told(shared: tuple[str, Process, Collector]) -> Collector:
    """The collector of the shared server, when everything that tests before have caused has come, and is forgotten."""
    _, server, collector = shared
    last = secrets.token_hex(16)
    with Client(server.url, {"traceparent": f"00-{last}-{PARENT}-01"}) as client:
        client.call("GET", "/healthz")
    collector.until(lambda span: span.trace == last)
    collector.spans.clear()
    return collector


@pytest.fixture
def house(shared: tuple[str, Process, Collector], request: pytest.FixtureRequest) -> Iterator[House]:
    """A caller of the shared server, with a tenant of the test's own."""
    database, server, _ = shared
    yield from called(database, server, f"of {request.node.name}"[:100])


def server_span(span: Span) -> bool:
    return span.kind == "SERVER"


def named(name: str):
    return lambda span: span.name == name


def test_a_call_is_a_span_of_its_own_in_the_trace_of_its_caller(house: House, told: Collector):
    house.place("o1")
    house.cancel("o1", SAMPLED)
    (span,) = told.until(named(CANCEL))
    assert (span.kind, span.trace, span.parent, span.status) == ("SERVER", TRACE, PARENT, "UNSET")
    attributes = dict(span.attributes)
    assert re.fullmatch(r"[0-9a-f-]{36}", str(attributes.pop("countermand.request_id")))
    assert attributes == {
        "http.request.method": "POST",
        "http.route": "/v1/orders/{order}/cancellations",
        "http.response.status_code": 201,
        "url.path": "/v1/orders/o1/cancellations",
        "url.scheme": "http",
        "server.address": "127.0.0.1",
        "countermand.dialect": "native",
        "countermand.operation": "createCancellation",
    }
    assert span.resource["service.name"] == "shop-cancels"


def test_what_a_cancel_owes_carries_the_trace_of_its_span(house: House, told: Collector):
    house.place("o1", payments=PAID)
    house.cancel("o1", SAMPLED, status=202)
    (span,) = told.until(named(CANCEL))
    assert house.owed_trace("o1") == f"00-{TRACE}-{span.id}-01"


def begun(span: Span) -> str:
    """As level 2 of the W3C's Trace Context flags it: sampled, and its id was drawn at random."""
    return f"00-{span.trace}-{span.id}-03"


def test_who_sends_no_trace_begins_one(house: House, told: Collector):
    house.place("o1", payments=PAID)
    house.cancel("o1", status=202)
    (span,) = told.until(named(CANCEL))
    assert (span.parent, house.owed_trace("o1")) == ("", begun(span))


@pytest.mark.parametrize("malformed", ["", "00", f"00-{'0' * 32}-{PARENT}-01", f"ff-{TRACE}-{PARENT}-01", "x" * 60_000])
def test_a_malformed_trace_is_none(house: House, told: Collector, malformed: str):
    house.place("o1", payments=PAID)
    house.cancel("o1", {"traceparent": malformed}, status=202)
    (span,) = told.until(named(CANCEL))
    assert span.parent == ""
    assert span.trace != TRACE
    assert house.owed_trace("o1") == begun(span)


def test_who_does_not_sample_is_not_told_of(own: House, collector: Collector):
    own.place("o1", payments=PAID)
    own.cancel("o1", {"traceparent": f"00-{TRACE}-{PARENT}-00"}, status=202)
    assert re.fullmatch(f"00-{TRACE}-[0-9a-f]{{16}}-00", own.owed_trace("o1"))
    assert own.server.stop() == 0
    assert [span for span in collector.spans if span.name in {CANCEL, "commit"} and span.trace == TRACE] == []
    assert list(filter(server_span, collector.spans)), "others were told of"


def test_a_replay_under_another_trace_is_the_same_request(house: House):
    house.place("o1", payments=PAID)
    house.cancel("o1", SAMPLED, status=202)
    before = house.owed_trace("o1")
    house.cancel("o1", status=202)
    assert house.owed_trace("o1") == before


def test_a_refusal_is_no_error(house: House, told: Collector):
    house.cancel("nobody", status=404)
    (span,) = told.until(named(CANCEL))
    assert (span.attributes["http.response.status_code"], span.status) == (404, "UNSET")
    assert "error.type" not in span.attributes


def test_requests_of_the_rest_of_the_house_are_spans_too(house: House, told: Collector):
    for path in ("/readyz", "/fastpod/openapi.json", "/nowhere", "/v1/nowhere"):
        house.client.call("GET", path, headers=SAMPLED)
    house.client.call("POST", "/v1/orders:import", body=b"{}", headers=SAMPLED)
    spans = {str(span.attributes["url.path"]): span for span in told.until(lambda span: span.trace == TRACE, 5)}
    assert {path: (span.name, span.attributes["http.response.status_code"]) for path, span in spans.items()} == {
        "/readyz": ("GET /readyz", 200),
        "/fastpod/openapi.json": ("GET /{dialect}/openapi.json", 200),
        "/nowhere": ("GET", 404),
        "/v1/nowhere": ("GET", 404),
        "/v1/orders:import": ("POST /v1/orders:import", 207),
    }
    assert {span.parent for span in spans.values()} == {PARENT}


def test_a_long_body_is_one_span_whichever_way_it_came(house: House, told: Collector):
    body = b"{" + b" " * 100_000 + b"}"
    house.client.call("POST", "/v1/orders/o1/cancellations", body=body, headers={"Idempotency-Key": "k", **SAMPLED})
    told.until(named(CANCEL))
    time.sleep(1)
    assert len(list(filter(server_span, told.spans))) == 1


def test_a_batch_is_a_span_below_a_call_that_is_in_it(house: House, told: Collector):
    house.place("o1")
    house.cancel("o1", SAMPLED)
    (call,) = told.until(named(CANCEL))
    (commit,) = told.until(lambda span: span.name == "commit" and span.trace == TRACE)
    assert (commit.parent, commit.kind, commit.status) == (call.id, "INTERNAL", "UNSET")
    assert commit.attributes["countermand.batch.asks"] == 1


def test_each_call_that_shares_a_batch_is_linked_with_it_once(own: House, collector: Collector):
    ids = [f"o{number}" for number in range(3 * CALLS)]
    for order_id in ids:
        own.place(order_id)

    def cancel(order_id: str) -> None:
        with Client(own.server.url, own.headers) as client:
            House(own.server, client, own.headers).cancel(order_id)

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(cancel, ids))
    assert own.server.stop() == 0
    calls = [span.id for span in filter(server_span, collector.spans)]
    commits = list(filter(named("commit"), collector.spans))
    assert sorted(one for commit in commits for one in (commit.parent, *commit.links)) == sorted(calls)
    assert any(commit.links for commit in commits), "no two calls ever shared a batch"
    assert all(commit.attributes["countermand.batch.asks"] == 1 + len(commit.links) for commit in commits)


def test_a_method_that_nobody_knows_does_not_name_a_span(house: House, told: Collector):
    house.client.call("PROPFIND", "/v1/orders/o1", headers=SAMPLED)
    (span,) = told.until(lambda span: span.trace == TRACE)
    assert (span.name, span.attributes["http.request.method"]) == ("HTTP", "_OTHER")
    assert span.attributes["http.request.method_original"] == "PROPFIND"


def test_durations_are_told_by_the_conventions(own: House, collector: Collector):
    own.place("o1")
    own.cancel("o1")
    own.cancel("nobody", status=404)
    assert own.server.stop() == 0
    (points,) = collector.durations.values()
    found = {}
    for point in points:
        told = {pair.key: pair.value.string_value or pair.value.int_value for pair in point.attributes}
        found[told["http.route"], told["http.response.status_code"]] = point
        assert told.keys() == {"http.request.method", "url.scheme", "http.route", "http.response.status_code"}
    assert {place: point.count for place, point in found.items()} == {
        ("/v1/orders", 201): 1,
        ("/v1/orders/{order}/cancellations", 201): 1,
        ("/v1/orders/{order}/cancellations", 404): 1,
    }
    assert list(points[0].explicit_bounds) == [
        0.005,
        0.01,
        0.025,
        0.05,
        0.075,
        0.1,
        0.25,
        0.5,
        0.75,
        1,
        2.5,
        5,
        7.5,
        10,
    ]
    assert all(0 < point.sum < 5 for point in points)


def test_what_is_not_sent_yet_is_sent_at_the_end(tmp_path: Path, collector: Collector):
    late = collector.environ(OTEL_BSP_SCHEDULE_DELAY="3600000", OTEL_METRIC_EXPORT_INTERVAL="3600000")
    with watched(tmp_path, late, "--otel") as house:
        for _ in range(CALLS):
            assert house.client.call("GET", "/v1/orders/none").status == 404
        assert collector.paths == []
        assert house.server.stop() == 0
        assert len(list(filter(server_span, collector.spans))) == CALLS
        assert sum(point.count for points in collector.durations.values() for point in points) == CALLS


def test_each_worker_tells_for_itself(tmp_path: Path, collector: Collector):
    with watched(tmp_path, collector.environ(), "--otel", "--workers", str(WORKERS)) as house:
        for _ in range(3 * CALLS):
            with Client(house.server.url) as client:
                client.call("GET", "/v1/orders/none")
        assert house.server.stop() == 0
    spans = list(filter(server_span, collector.spans))
    instances = {span.resource["service.instance.id"] for span in spans}
    assert (len(spans), len({span.id for span in spans}), len(instances)) == (3 * CALLS, 3 * CALLS, WORKERS)
    assert sum(point.count for points in collector.durations.values() for point in points) == 3 * CALLS


@pytest.mark.parametrize(("off", "told"), [("TRACES", "/v1/metrics"), ("METRICS", "/v1/traces")])
def test_either_can_be_left_out(tmp_path: Path, collector: Collector, off: str, told: str):
    with watched(tmp_path, collector.environ(**{f"OTEL_{off}_EXPORTER": "none"}), "--otel") as house:
        house.place("o1", payments=PAID)
        house.cancel("o1", SAMPLED, status=202)
        if off == "TRACES":
            assert house.owed_trace("o1") == SAMPLED["traceparent"]
        assert house.server.stop() == 0
    assert set(collector.paths) == {told}


def test_nobody_is_told_anything_unless_it_is_asked_for(tmp_path: Path, collector: Collector):
    with watched(tmp_path, collector.environ()) as house:
        house.place("o1", payments=PAID)
        house.cancel("o1", SAMPLED, status=202)
        assert house.owed_trace("o1") == SAMPLED["traceparent"]
        time.sleep(1)
        assert house.server.stop() == 0
    assert collector.paths == []


@pytest.mark.parametrize("status", [None, 400, 503])
def test_a_collector_that_takes_nothing_keeps_nobody(tmp_path: Path, status: int | None):
    """It is told of in the log, in one line of JSON each."""
    with Collector(status or 200) as collector:
        environ = collector.environ(OTEL_EXPORTER_OTLP_TIMEOUT="1")
        if status is None:
            collector.__exit__()
        with watched(tmp_path, environ, "--otel") as house:
            house.place("o1")
            house.cancel("o1")
            time.sleep(1)
            assert house.server.stop() == 0
    lines = (tmp_path / "stderr.txt").read_text().splitlines()
    assert lines
    assert [line for line in lines if not line.startswith("{")] == []
    assert any("export" in line for line in lines)


NEVER = """
import sys
from countermand.bootstrap import application
from countermand.cli.serve import serve
from countermand.settings import Settings
application(Settings(database=sys.argv[1]), sandbox=False)
print([name for name in sys.modules if name.startswith(("opentelemetry", "google.protobuf"))])
"""
LACKING = "import sys; sys.modules['opentelemetry'] = None; from countermand.cli import main; main()"


def python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", *words], capture_output=True, text=True, timeout=60, check=False)


def test_nothing_of_it_is_imported_unless_it_is_asked_for(tmp_path: Path):
    assert python(NEVER, sqlite(tmp_path)).stdout == "[]\n"


def test_who_lacks_it_is_told_how_to_get_it(tmp_path: Path):
    done = python(LACKING, "serve", "--otel", "--port", "0", "--database", sqlite(tmp_path))
    assert done.returncode == 2
    assert "pip install 'countermand[otel]'" in done.stderr
    assert "Traceback" not in done.stderr
