"""A collector: takes what OTLP over HTTP brings, and keeps it for the test."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import HistogramDataPoint
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Proto

#: The SDK sends what there is a fifth of a second after it came, and not after five.
SOON: Final = {"OTEL_BSP_SCHEDULE_DELAY": "200", "OTEL_METRIC_EXPORT_INTERVAL": "500"}
COME_S_MAX: Final = 20

Value = str | int | bool | float


def values(pairs: Iterator[KeyValue]) -> dict[str, Value]:
    found = {}
    for pair in pairs:
        kind = pair.value.WhichOneof("value")
        found[pair.key] = getattr(pair.value, kind) if kind else ""
    return found


@dataclass(frozen=True)
class Span:
    """A span that has arrived."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    attributes: Mapping[str, Value]
    resource: Mapping[str, Value]
    status: str
    links: tuple[str, ...]


def _span(sent: Proto, resource: Mapping[str, Value]) -> Span:
    return Span(
        name=sent.name,
        kind=Proto.SpanKind.Name(sent.kind).removeprefix("SPAN_KIND_"),
        trace=sent.trace_id.hex(),
        id=sent.span_id.hex(),
        parent=sent.parent_span_id.hex(),
        attributes=values(iter(sent.attributes)),
        resource=resource,
        status=("UNSET", "OK", "ERROR")[sent.status.code],
        links=tuple(link.span_id.hex() for link in sent.links),
    )


class Collector:
    """Listens while the block lasts. `status`: what it answers."""

    def __init__(self, status: int = 200) -> None:
        self.spans: list[Span] = []
        self.durations: dict[str, list[HistogramDataPoint]] = {}
        self.paths: list[str] = []
        self.status = status
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                coding = self.headers.get("Content-Encoding", "")
                collector.take(self.path, gzip.decompress(body) if coding == "gzip" else body)
                self.send_response(collector.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def take(self, path: str, body: bytes) -> None:
        self.paths.append(path)
        if path == "/v1/traces":
            for group in ExportTraceServiceRequest.FromString(body).resource_spans:
                resource = values(iter(group.resource.attributes))
                self.spans += [_span(span, resource) for scope in group.scope_spans for span in scope.spans]
        else:
            for measured in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                instance = str(values(iter(measured.resource.attributes))["service.instance.id"])
                for metric in (one for scope in measured.scope_metrics for one in scope.metrics):
                    assert (metric.name, metric.unit) == ("http.server.request.duration", "s")
                    self.durations[instance] = list(metric.histogram.data_points)

    def environ(self, **more: str) -> dict[str, str]:
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url, **SOON, **more}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def until(self, come: Callable[[Span], bool], count: int = 1) -> list[Span]:
        """The spans of a kind, once so many have come."""
        over = time.monotonic() + COME_S_MAX
        while len(found := list(filter(come, self.spans))) < count:
            assert time.monotonic() < over, self.spans
            time.sleep(0.05)
        return found

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
