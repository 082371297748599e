"""What every dialect owes, whoever wrote it. A new folder is tested by existing."""

import re
from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from countermand.api.routing import Router
from countermand.dialects import catalog
from countermand.dialects.contract import (
    PUBLIC,
    SCOPES,
    Ask,
    Caller,
    CallerFault,
    Dialect,
    Fault,
    FaultKind,
    Fixed,
    Overview,
    RateLimit,
    RateState,
    Read,
    SignIn,
    WireRequest,
    Write,
)
from countermand.dialects.wire import read_json
from countermand.model.order import Order
from countermand.model.outcome import Refusal, Refused

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DIALECTS = list(catalog.load().values())
WRITES = [(d, r) for d in DIALECTS for r in d.routes if isinstance(r.handler, Write)]
READS = [(d, r) for d in DIALECTS for r in d.routes if isinstance(r.handler, Read)]

every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)
every_write = pytest.mark.parametrize(
    ("dialect", "route"), WRITES, ids=lambda x: getattr(x, "operation", None) or x.name
)
every_read = pytest.mark.parametrize(("dialect", "route"), READS, ids=lambda x: getattr(x, "operation", None) or x.name)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def _wire(dialect: Dialect, **members: object) -> WireRequest:
    given: dict[str, object] = {
        "method": "POST",
        "path": "/",
        "received_at": NOW,
        "base_url": f"http://host{dialect.mount}",
    }
    return WireRequest(**{**given, **members})  # type: ignore[arg-type]  # members of a test, checked by the run


def _caller(dialect: Dialect) -> Caller:
    seed = _seed(dialect)
    return Caller(
        tenant="t", dialect=dialect.name, key_id="k", scopes=SCOPES, attributes=seed.attributes if seed else {}
    )


def _seed(dialect: Dialect):
    members = {"token": "tok", "tenant": "t", "tenant_id": "t", "merchant": "M1", "companies": ["C1"], "username": "u"}
    try:
        return dialect.account(members)
    except CallerFault:
        return None


def _or_its_answer(dialect: Dialect, wire: WireRequest, decode):
    """What was decoded; None when it was a fault, whose answer must then be a 4xx."""
    try:
        return decode()
    except CallerFault as error:
        fault = error.fault
    answer = dialect.encode_fault(fault, wire)
    if not 400 <= answer.status < 500:
        raise AssertionError(answer)
    return None


def _params(path: str) -> dict[str, str]:
    return dict.fromkeys(re.findall(r"\{(\w+)\}", path), "x1")


@every_dialect
@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_has_an_answer_that_is_an_error(dialect: Dialect, kind: FaultKind) -> None:
    answer = dialect.encode_fault(Fault(kind=kind, detail="d", retry_after_s=3, allow=("GET",)), _wire(dialect))
    assert 400 <= answer.status <= 599
    read_json(answer.body)


#: What a dialect is only asked to tell when it made it itself: its own rule, a claim it read from the request, an id it chose.
OWN = {Refusal.VENDOR_RULE, Refusal.KEY_REUSED, Refusal.ALREADY_EXISTS}


@every_write
@pytest.mark.parametrize("refusal", [refusal for refusal in Refusal if refusal not in OWN])
def test_every_refusal_has_an_answer_that_is_no_bug(dialect: Dialect, route, refusal: Refusal) -> None:
    lifecycle = dialect.lifecycles["order"]
    order = Order(
        tenant="t", dialect=dialect.name, order_id="o", status=lifecycle.initial, placed_at=NOW, updated_at=NOW
    )
    for held in (None, order):
        refused = Refused(refusal=refusal, order=held, pointer="x", detail="d")
        answer = route.handler.encode(refused, _wire(dialect, params=_params(route.path)))
        assert 400 <= answer.status < 500, (route.operation, refusal)
        read_json(answer.body)


@every_dialect
def test_an_account_without_a_secret_is_refused(dialect: Dialect) -> None:
    with pytest.raises(CallerFault):
        dialect.account({})


@every_dialect
def test_a_request_without_a_credential_is_a_fault(dialect: Dialect) -> None:
    with pytest.raises(CallerFault) as caught:
        dialect.credential(_wire(dialect))
    assert caught.value.fault.kind is FaultKind.NO_CREDENTIAL


@every_dialect
@pytest.mark.parametrize("header", ["secret", "Bearer", "Basic secret", "Bearersecret", "Bearer a secret"])
def test_a_secret_without_its_scheme_is_no_credential(dialect: Dialect, header: str) -> None:
    with pytest.raises(CallerFault) as caught:
        dialect.credential(_wire(dialect, headers={"authorization": header}))
    assert caught.value.fault.kind in {FaultKind.NO_CREDENTIAL, FaultKind.BAD_CREDENTIAL}


@every_dialect
def test_routes_are_well_formed(dialect: Dialect) -> None:
    Router(dialect.routes)
    operations = Counter(route.operation for route in dialect.routes)
    assert [name for name, times in operations.items() if times > 1] == []
    for route in dialect.routes:
        public = isinstance(route.handler, SignIn | Fixed | Overview)
        assert route.scope == PUBLIC if public else route.scope in SCOPES | {route.scope} - {PUBLIC}


@every_dialect
def test_a_lifecycle_only_leads_to_words_that_it_knows(dialect: Dialect) -> None:
    assert "order" in dialect.lifecycles
    for lifecycle in dialect.lifecycles.values():
        assert lifecycle.cancelled, "something must count as cancelled"
        assert lifecycle.initial in lifecycle.statuses
        cancellable = set().union(*(at for action, at in lifecycle.allowed.items() if action.startswith("cancel")))
        assert not cancellable & lifecycle.cancelled
        assert [move for move in lifecycle.moves if move[0] in lifecycle.cancelled] == []


@every_dialect
def test_limit_headers_are_texts(dialect: Dialect) -> None:
    state = RateState(limit=RateLimit(requests_max=10), remaining=3, reset_s=20)
    assert all(isinstance(part, str) for pair in dialect.limit_headers(state) for part in pair)


@every_write
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | json_values.map(msgspec.json.encode))
def test_garbage_in_a_body_is_a_fault_or_an_ask_and_never_a_crash(dialect: Dialect, route, body: bytes) -> None:
    wire = _wire(dialect, method=route.method, path=route.path, params=_params(route.path), body=body)
    ask = _or_its_answer(dialect, wire, lambda: route.handler.decode(wire, _caller(dialect)))
    assert ask is None or isinstance(ask, Ask)


@every_read
@settings(max_examples=30, deadline=None)
@given(
    query=st.lists(
        st.tuples(st.sampled_from(["limit", "page", "status", "after", "type", "sortBy"]), st.text()), max_size=4
    ),
    body=st.binary(max_size=60),
)
def test_garbage_in_a_query_is_a_fault_or_a_query_and_never_a_crash(dialect: Dialect, route, query, body) -> None:
    wire = _wire(dialect, method="GET", path=route.path, params=_params(route.path), query=tuple(query), body=body)
    queries = _or_its_answer(dialect, wire, lambda: route.handler.decode(wire, _caller(dialect)))
    assert queries is None or isinstance(queries, tuple)


@every_dialect
@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=120) | json_values.map(msgspec.json.encode))
def test_rewriting_garbage_is_a_fault_or_a_request_and_never_a_crash(dialect: Dialect, body: bytes) -> None:
    for path in ("/", "/x", "//"):
        wire = _wire(dialect, path=path, body=body)
        plain = _or_its_answer(dialect, wire, lambda wire=wire: dialect.rewrite(wire))
        assert plain is None or isinstance(plain, WireRequest)
