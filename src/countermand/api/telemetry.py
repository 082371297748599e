"""Spans and metrics of requests for OpenTelemetry, by its own SDK. Imported only when they are asked for (record 0017).

Rule 1: made after the fork, in the process that serves: the SDK's threads don't survive one.
Rule 2: names and attributes are those of the semantic conventions for HTTP; ours begin with `countermand.`.
Rule 3: a refusal is an answer, not an error. Only a 5xx, or what breaks off, is one; success leaves the status of a span unset.
"""

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import Histogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, NoOpTracer, SpanKind, StatusCode, Tracer, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from countermand import __version__
from countermand.api.front import App, Call, Front, Message, Receive, Scope, Send, Served, Shared
from countermand.api.routing import Match
from countermand.dialects.contract import Fault, WireAnswer
from countermand.service.log import Log

#: The boundaries that the conventions give for `http.server.request.duration`.
_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)

#: Methods that a span is named by; any other would be a name that the caller chose.
_METHODS: Final = frozenset("CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE".split())  # noqa: SIM905
_OTHER: Final = "_OTHER"

#: Longest path or host name in a span. Heads may have 64 KiB, and spans wait in memory until they are sent.
LETTERS_MAX: Final = 1_024

_FAILED_FROM: Final = 500

_PROPAGATOR: Final = TraceContextTextMapPropagator()
_NOWHERE: Final = Context()

_log = Log("countermand.telemetry")


class _Told(logging.Handler):
    """What the SDK has to say goes to our log, in the form that everything there has."""

    def emit(self, record: logging.LogRecord) -> None:
        _log.warning("telemetry", reason=record.getMessage())


@dataclass(slots=True, kw_only=True)
class Asked:
    """A request as it is told of. `headers` by lower-case name; `route` is its path with names in it, once that is known."""

    method: str
    scheme: str
    path: str
    headers: Mapping[str, str]
    route: str = ""


class Request:
    """One request while it is served: its span, and the time that it takes. Whoever serves it sets `status`."""

    def __init__(self, tracer: Tracer, durations: Histogram, asked: Asked) -> None:
        self._durations = durations
        self._started = time.perf_counter()
        self.asked = asked
        self.status = 0
        parent = _PROPAGATOR.extract(asked.headers, context=_NOWHERE)
        known = {**self._place(), "url.path": asked.path[:LETTERS_MAX], **_server(asked.headers.get("host", ""))}
        if asked.method not in _METHODS:
            known["http.request.method_original"] = asked.method
        self._span = tracer.start_span(self._name(), context=parent, kind=SpanKind.SERVER, attributes=known)
        self._context = set_span_in_context(self._span, parent)

    def _name(self) -> str:
        method = self.asked.method if self.asked.method in _METHODS else "HTTP"
        return f"{method} {self.asked.route}" if self.asked.route else method

    def _place(self) -> dict[str, str]:
        """What is told of a request in its span and among the figures: nothing that a caller could choose freely."""
        asked = self.asked
        method = asked.method if asked.method in _METHODS else _OTHER
        place = {"http.request.method": method, "url.scheme": asked.scheme}
        return {**place, "http.route": asked.route} if asked.route else place

    def continued(self) -> dict[str, str]:
        """The headers as if the caller had sent them from inside this span."""
        sent = dict(self.asked.headers)
        _PROPAGATOR.inject(sent, context=self._context)
        return sent

    def routed(self, route: str) -> None:
        """It has turned out where the request leads."""
        self.asked.route = route
        if route:
            self._span.update_name(self._name())
            self._span.set_attribute("http.route", route)

    def tell(self, **ours: str) -> None:
        """What only we know. Members without a value are left out."""
        self._span.set_attributes({f"countermand.{name}": value for name, value in ours.items() if value})

    def end(self, broken: BaseException | None) -> None:
        outcome: dict[str, str | int] = {"http.response.status_code": self.status} if self.status else {}
        if broken is not None or self.status >= _FAILED_FROM:
            outcome["error.type"] = str(self.status) if broken is None else type(broken).__qualname__
            self._span.set_status(StatusCode.ERROR)
        self._span.set_attributes(outcome)
        self._span.end()
        seconds = time.perf_counter() - self._started
        self._durations.record(seconds, {**self._place(), **outcome}, context=self._context)


class Telemetry:
    """What one process tells. What is told where, how much and how often is for the `OTEL_` variables, which the SDK reads."""

    def __init__(self, *, traces: bool, metrics: bool) -> None:
        logger = logging.getLogger("opentelemetry")
        logger.handlers, logger.propagate = [_Told()], False
        ours = {"service.name": "countermand", "service.version": __version__, "service.instance.id": str(uuid4())}
        resource = Resource.create(ours).merge(OTELResourceDetector().detect())
        self._spans = TracerProvider(resource=resource, shutdown_on_exit=False)
        if traces:
            self._spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        readers = [PeriodicExportingMetricReader(OTLPMetricExporter())] if metrics else []
        self._figures = MeterProvider(readers, resource, shutdown_on_exit=False)
        # Whoever wants no spans has the caller's trace handed on as it came.
        self._tracer = self._spans.get_tracer("countermand", __version__) if traces else NoOpTracer()
        self._durations = self._figures.get_meter("countermand", __version__).create_histogram(
            "http.server.request.duration",
            unit="s",
            description="Duration of HTTP server requests.",
            explicit_bucket_boundaries_advisory=_BUCKETS_S,
        )

    @contextmanager
    def request(self, asked: Asked) -> Iterator[Request]:
        """Serve one request inside."""
        request = Request(self._tracer, self._durations, asked)
        try:
            yield request
        except BaseException as error:
            request.end(error)
            raise
        request.end(None)

    @contextmanager
    def batch(self, traces: Sequence[str]) -> Iterator[None]:
        """Commit a batch inside: a span below that of its first ask that is traced, linked to those of the others."""
        asked = [_PROPAGATOR.extract({"traceparent": trace}, context=_NOWHERE) for trace in traces if trace]
        sampled = [one for one in asked if get_current_span(one).get_span_context().trace_flags.sampled]
        if not sampled:
            yield
            return
        span = self._tracer.start_span(
            "commit",
            context=sampled[0],
            links=[Link(get_current_span(one).get_span_context()) for one in sampled[1:]],
            attributes={"countermand.batch.asks": len(traces)},
        )
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
            raise
        finally:
            span.end()

    async def aclose(self) -> None:
        """Send what has not been sent, or give up when nobody takes it (`OTEL_EXPORTER_OTLP_TIMEOUT`)."""
        await asyncio.gather(asyncio.to_thread(self._spans.shutdown), asyncio.to_thread(self._figures.shutdown))

    def around(self, rest: App) -> App:
        """The rest of the house, with a span for each of its requests."""

        async def observed(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await rest(scope, receive, send)
                return
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            asked = Asked(method=scope["method"], scheme=scope["scheme"], path=scope["path"], headers=headers)
            with self.request(asked) as request:

                async def noting(message: Message) -> None:
                    if message["type"] == "http.response.start":
                        request.status = message["status"]
                    await send(message)

                try:
                    await rest(scope, receive, noting)
                finally:
                    request.routed(getattr(scope.get("route"), "path", ""))
                    request.tell(request_id=scope.get("request_id", ""))

        return observed


class ObservedFront(Front):
    """As the front, with a span for each call. What is owed because of a call belongs to its span."""

    telemetry: Telemetry

    async def answer(self, call: Call, body: bytes, fault: Fault | None = None) -> tuple[WireAnswer, str]:
        route = f"{call.mount}{call.found.route.path}" if isinstance(call.found, Match) else ""
        path = call.mount + call.path
        asked = Asked(method=call.method, scheme=call.scheme, path=path, headers=call.headers, route=route)
        with self.telemetry.request(asked) as request:
            call.headers = request.continued()
            answer, request_id = await super().answer(call, body, fault)
            request.status = answer.status
            request.tell(dialect=call.exchange.dialect.name, operation=call.operation, request_id=request_id)
        return answer, request_id


def observed(
    telemetry: Telemetry, *, served: tuple[Served, ...], hosts: Mapping[str, str], rest: App, house: Shared
) -> Front:
    """The front of a house that is watched."""
    front = ObservedFront(served=served, hosts=hosts, rest=telemetry.around(rest), house=house)
    front.telemetry = telemetry
    return front


def _server(host: str) -> dict[str, str]:
    """Where the caller meant to call, without a port, if it says."""
    name = host[:LETTERS_MAX] if host.endswith("]") else host[:LETTERS_MAX].rpartition(":")[0] or host[:LETTERS_MAX]
    return {"server.address": name} if name else {}
