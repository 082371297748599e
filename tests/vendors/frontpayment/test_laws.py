"""Whatever is sent, the answer is one that the OpenAPI document describes, and it is never a failure of the server."""

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies as st
from schemathesis.core.result import Ok

from countermand.dialects.frontpayment import DIALECT
from countermand.dialects.frontpayment.lifecycle import LIFECYCLES
from countermand.dialects.frontpayment.operations import OPERATIONS
from tests.vendors.frontpayment.ledger import CALLER, SENT, Ledger, described_by, order

SCHEMA = schemathesis.openapi.from_dict(dict(DIALECT.openapi()))
BY_ID: dict[str, Any] = {
    found.ok().definition.raw["operationId"]: found.ok()
    for found in SCHEMA.get_all_operations()
    if isinstance(found, Ok)
}
QUICK = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
STATUSES = sorted(LIFECYCLES["order"].statuses)

names = sorted({name for operation in OPERATIONS for field in operation.fields for name in field.path.split(".")})
documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["1", "NO", "regular"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=20,
)


def answered(operation: str, body: object, *, status: str = "SENT", query: str = "", uuid: str = SENT) -> int:
    ledger = Ledger(order(status), reservations=[order(uuid="R")], terminalOrders=[order(uuid="T")])
    answer = ledger.ask(operation, ledger.request(operation, body, query=query, uuid=uuid), CALLER)
    described_by(operation, answer)
    assert answer.status < 500
    return answer.status


@pytest.mark.parametrize("operation", [each.name for each in OPERATIONS if each.fields])
@QUICK
@given(data=st.data(), status=st.sampled_from(STATUSES))
def test_a_payload_that_fits_its_schema_gets_a_described_answer(
    operation: str, data: st.DataObject, status: str
) -> None:
    case = data.draw(BY_ID[operation].as_strategy())
    answered(operation, case.body, status=status)


@pytest.mark.parametrize("operation", [each.name for each in OPERATIONS])
@QUICK
@given(document=documents, status=st.sampled_from(STATUSES), uuid=st.sampled_from([SENT, "R", "T", "ODR0"]))
def test_any_json_at_all_gets_a_described_answer(operation: str, document: object, status: str, uuid: str) -> None:
    answered(operation, document, status=status, uuid=uuid)


@pytest.mark.parametrize("operation", [each.name for each in OPERATIONS])
@QUICK
@given(body=st.binary(max_size=100), query=st.text(max_size=20).map(lambda text: f"type={text}"))
def test_any_bytes_at_all_get_a_described_answer(operation: str, body: bytes, query: str) -> None:
    answered(operation, body, query=query)


@given(document=documents)
@QUICK
def test_a_world_that_was_read_can_be_shown(document: object) -> None:
    """Whatever else a document of a world states beside its id and status, the order can be read and cancelled."""
    more = document if isinstance(document, dict) else {}
    stated = {**json.loads(json.dumps(more)), "uuid": SENT, "status": "SENT", "type": "REGULAR", "_account": None}
    stated.pop("callback", None)
    stated.pop("callbackUrl", None)
    ledger = Ledger(stated)
    for operation in ("getOrderStatusByUuid", "getOrderDetailsByUuid"):
        assert ledger.call(operation)[0] == 200
    assert ledger.call("cancelOrder", {"cancellationNote": "x"})[0] == 202
