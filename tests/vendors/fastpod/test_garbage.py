"""Whatever arrives, a decoder raises CallerFault or nothing, and a world that can't be read says where."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from countermand.dialects.contract import CallerFault, Fault, FaultKind, Read, World, Write
from countermand.dialects.fastpod import DIALECT
from countermand.dialects.fastpod.lists import decode_list
from countermand.dialects.fastpod.order import document_of, whole_order
from tests.vendors.fastpod.ledger import ACCOUNTS, CALLER, CREATE, NOW, SAMPLE, UPDATE, Ledger, request

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=10,
)
bodies = st.binary(max_size=80) | json_values.map(msgspec.json.encode)

fewer = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def fault_of(call: Callable[[], object]) -> Fault | None:
    """What a call raised, if it was our kind of fault; anything else is a bug and comes through."""
    try:
        call()
    except CallerFault as error:
        return error.fault
    return None


@st.composite
def mutations(draw: st.DrawFn, document: dict[str, object]) -> dict[str, object]:
    """The document with some members replaced, at the top or one level down."""
    changed = dict(document)
    for name in draw(st.lists(st.sampled_from(sorted(document)), max_size=3)):
        value = changed[name]
        if isinstance(value, dict) and value and draw(st.booleans()):
            changed[name] = {**value, draw(st.sampled_from(sorted(value))): draw(json_values)}
        elif isinstance(value, list) and value and isinstance(value[0], dict) and value[0] and draw(st.booleans()):
            changed[name] = [{**value[0], draw(st.sampled_from(sorted(value[0]))): draw(json_values)}]
        else:
            changed[name] = draw(json_values)
    return changed


@pytest.mark.parametrize("route", DIALECT.routes, ids=lambda route: route.operation)
@given(
    body=bodies | mutations(dict(CREATE)).map(msgspec.json.encode) | mutations(dict(UPDATE)).map(msgspec.json.encode)
)
@settings(max_examples=60, deadline=None)
def test_a_decoder_raises_caller_fault_or_nothing(route, body):
    wire = request(route.method, order_id="F237-1", body=body)
    assert isinstance(route.handler, Read | Write)
    fault = fault_of(lambda: route.handler.decode(wire, CALLER))
    assert fault is None or 400 <= DIALECT.encode_fault(fault, wire).status < 500


@given(body=mutations(dict(CREATE)).map(msgspec.json.encode))
@fewer
def test_what_is_accepted_is_created_and_shown_and_cancelled(body):
    ledger = Ledger()
    status, answer = ledger.call("createOrder", request("POST", body=body))
    assert status in {200, 422}
    if status == 200:
        order_id = answer["data"]["id"]
        price = answer["data"].pop("rush_production_price")
        assert price == 0
        assert ledger.call("getOrder", request(order_id=order_id)) == (200, answer["data"])
        assert ledger.call("cancelOrder", request("POST", order_id=order_id))[0] == 200


@given(body=mutations(dict(UPDATE)).map(msgspec.json.encode))
@fewer
def test_what_is_edited_is_shown(body):
    ledger = Ledger(SAMPLE)
    order_id = str(SAMPLE["id"])
    status, answer = ledger.call("updateOrder", request("PUT", order_id=order_id, body=body))
    assert status in {200, 422}
    shown = ledger.call("getOrder", request(order_id=order_id))[1]
    assert shown == (answer["data"] if status == 200 else whole_order(Ledger(SAMPLE).order(order_id)))


@given(document=mutations(dict(SAMPLE)))
@fewer
def test_a_world_is_read_or_told_where_it_is_wrong(document):
    world = World(document={"orders": [document]}, accounts=ACCOUNTS, now=NOW, new_id=str)
    fault = fault_of(lambda: DIALECT.world(world))
    if fault is not None:
        assert fault.kind is FaultKind.INVALID
        assert all(field.path.startswith("orders.0.") for field in fault.fields)
        return
    for order in DIALECT.world(world).orders:
        whole_order(order)
        assert document_of(order).id == order.order_id


@given(minor=st.integers(min_value=0, max_value=10**9))
@fewer
def test_amounts_come_back_to_the_cent(minor):
    [order] = Ledger({"id": "F237-1", "order_total": minor / 100}).orders.values()
    assert order.total_minor == minor
    assert whole_order(order)["order_total"] == minor / 100


@given(
    names=st.lists(st.sampled_from(["page", "limit", "status", "search", "start_date", "end_date", "order_type"])),
    value=st.text(max_size=20),
)
@fewer
def test_garbage_in_a_list_request_is_a_fault_or_a_list(names, value):
    query = "&".join(f"{name}={value.replace('&', '')}" for name in names)
    fault = fault_of(lambda: decode_list(request(query=query), CALLER))
    assert fault is None or fault.kind is FaultKind.INVALID
