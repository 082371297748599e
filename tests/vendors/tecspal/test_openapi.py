"""The OpenAPI document: whole, and true to the routes, the types and the answers."""

import json
from http import HTTPStatus
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings, strategies as st

from countermand.dialects.contract import Fault, FaultKind
from countermand.dialects.tecspal import DIALECT
from tests.vendors.tecspal.ledger import FOREIGN, PENDING, QUOTED, Ledger, wire
from tests.vendors.tecspal.test_edits import ALTERNATIVES
from tests.vendors.tecspal.test_neighbours import HARDWARE, MODEL
from tests.vendors.tecspal.test_orders import COMPANY, EMPLOYEE, QUOTE

DOCUMENT: Any = json.loads(json.dumps(DIALECT.openapi()))
OPERATIONS: dict[str, tuple[str, str, Any]] = {
    operation["operationId"]: (path, method.upper(), operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}

HELD = {"id": "h-9", "companyCode": "DM1", "status": "STORAGE"}

#: For each operation a call that succeeds; its path's parameters are filled in.
GOOD: dict[str, dict[str, object]] = {
    "cancelOrder": {"data": {"id": PENDING, "companyCode": "DM1"}},
    "confirmOrder": {"data": {"id": QUOTED, "companyCode": "DM1"}},
    "quoteOrder": {"data": {**QUOTE, "autoQuote": True}},
    "createOrder": {"data": {**QUOTE, "hardwares": [{"commonModelId": "m-1"}]}},
    "getAllOrders": {"filters": {"companyCode": "DM1"}},
    "getOrderById": {"filters": {"companyCode": "DM1"}},
    "removeHardwareRequests": {
        "data": {"companyCode": "DM1", "hardwareRequests": [{"hardwareRequestId": "h-1", "amount": 1}]}
    },
    "selectHardwareAlternative": {
        "data": {"companyCode": "DM1", "alternativeGroupId": "g-1", "hardwareRequestId": "h-2"}
    },
    "getAllCompanies": {},
    "createCompany": {"data": COMPANY},
    "getAllEmployees": {"filters": {"companyCode": "DM1"}},
    "getEmployeeById": {"filters": {"companyCode": "DM1"}},
    "createEmployee": {"data": {**EMPLOYEE, "companyCode": "DM1"}},
    "getAllHardwares": {"filters": {"companyCode": "DM1"}},
    "getHardwareInStorage": {"filters": {"companyCode": "DM1"}},
    "getHardwareById": {"filters": {"companyCode": "DM1"}},
    "createHardware": {"data": HARDWARE},
    "getCatalog": {"filters": {"countryCode": "UY"}},
    "getAllMovementRequests": {"filters": {"companyCode": "DM1"}},
    "getMovementRequestById": {"filters": {"companyCode": "DM1"}},
    "createOnboardingMovement": {
        "data": {"companyCode": "DM1", "countryCode": "UY", "hardwareIds": ["h-9"], "employee": EMPLOYEE}
    },
    "createOffboardingMovement": {
        "data": {"companyCode": "DM1", "handledBy": "TECSPAL", "hardwares": {}, "employee": EMPLOYEE}
    },
}
NAMES = {"orderId": PENDING, "employeeId": "e-1", "hardwareId": "h-9", "movementRequestId": "r-1"}


def ledger() -> Ledger:
    return Ledger(
        {"id": PENDING, "hardwares": ALTERNATIVES},
        {"id": QUOTED, "status": "QUOTED"},
        {"id": FOREIGN, "_account": "tok-z"},
        catalog=[MODEL],
        employees=[{"id": "e-1", "email": "ana@example.com"}],
        hardwares=[HELD, {"employeeProfile": {"id": "e-1"}}],
        movement_requests=[{"id": "r-1"}],
    )


def schema_of(operation: str, status: int):
    answers = OPERATIONS[operation][2]["responses"]
    schema = answers[str(status)]["content"]["application/json"]["schema"]
    return jsonschema_rs.validator_for({**schema, "components": DOCUMENT["components"]})


def asked_of(operation: str):
    schema = OPERATIONS[operation][2]["requestBody"]["content"]["application/json"]["schema"]
    return jsonschema_rs.validator_for({**schema, "components": DOCUMENT["components"]})


def path_of(operation: str) -> str:
    return OPERATIONS[operation][0].format(**NAMES)


def test_every_route_is_described_and_nothing_else():
    served = {(route.operation, route.path, route.method) for route in DIALECT.routes}
    assert {(name, path, method) for name, (path, method, _) in OPERATIONS.items()} == served
    assert DOCUMENT["openapi"].startswith("3.1")


def test_every_reference_leads_somewhere_and_nothing_is_unused():
    text = json.dumps(DOCUMENT)
    names = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names == set(DOCUMENT["components"]["schemas"])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_says_how_it_refuses_and_what_its_path_names(operation):
    path, _, described = OPERATIONS[operation]
    refusals = {"400", "401", "403", "413", "500", "503"} | ({"404"} if "{" in path else set())
    assert {status for status in described["responses"] if int(status) >= HTTPStatus.BAD_REQUEST} == refusals
    assert [one["name"] for one in described.get("parameters", [])] == [name for name in NAMES if f"{{{name}}}" in path]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_good_call_fits_its_description_and_so_does_its_answer(operation):
    method = OPERATIONS[operation][1]
    asked = {**GOOD[operation], "vendor": "tecspal", "verb": method, "request": path_of(operation)[1:]}
    asked_of(operation).validate(asked)
    status, answer = ledger().call(method, path_of(operation), asked)
    assert status in {200, 201}, answer
    assert answer["envelop"]
    schema_of(operation, status).validate(answer)


@pytest.mark.parametrize("operation", OPERATIONS)
@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    )
)
@settings(max_examples=25, deadline=None)
def test_whatever_is_sent_the_answer_fits_the_description(operation, data):
    member = "filters" if OPERATIONS[operation][1] == "GET" else "data"
    status, answer = ledger().call(OPERATIONS[operation][1], path_of(operation), {member: data})
    assert status in {200, 201, 400}
    schema_of(operation, status).validate(answer)


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not FaultKind.RATE_LIMITED])
def test_every_fault_fits_the_description(kind):
    answer = DIALECT.encode_fault(Fault(kind=kind, detail="x"), wire("GET", "/orders/x"))
    schema_of("getOrderById", answer.status).validate(json.loads(answer.body))
