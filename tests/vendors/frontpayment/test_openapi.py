"""The OpenAPI document says what is served, and nothing else."""

import json
from typing import Any

import jsonschema_rs
import pytest

from countermand.dialects.frontpayment import DIALECT
from countermand.dialects.frontpayment.operations import OPERATIONS
from tests.vendors.frontpayment.ledger import NOTE, creation
from tests.vendors.frontpayment.test_creation import CALLS

DOCUMENT: Any = DIALECT.openapi()
BY_ID = {each["operationId"]: each for methods in DOCUMENT["paths"].values() for each in methods.values()}


def payload_schema(operation: str) -> Any:
    return BY_ID[operation]["requestBody"]["content"]["application/json"]["schema"]


def test_the_document_has_every_route_under_its_own_name() -> None:
    served = {(route.method.lower(), route.path): route.operation for route in DIALECT.routes}
    described = {
        (method, path): each["operationId"]
        for path, methods in DOCUMENT["paths"].items()
        for method, each in methods.items()
    }
    assert served == described
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_every_schema_is_one(operation: Any) -> None:
    described = BY_ID[operation.name]
    for response in described["responses"].values():
        if "$ref" not in response:
            jsonschema_rs.meta.validate(response["content"]["application/json"]["schema"])
    if operation.fields:
        jsonschema_rs.meta.validate(payload_schema(operation.name))


@pytest.mark.parametrize(("operation", "payload", "_status", "_message"), CALLS)
def test_a_payload_that_is_accepted_fits_its_schema(
    operation: str, payload: object, _status: str, _message: str
) -> None:
    jsonschema_rs.Draft202012Validator(payload_schema(operation)).validate(payload)


@pytest.mark.parametrize(
    ("operation", "payload"),
    [
        ("cancelOrder", {}),
        ("cancelOrder", {"cancellationNote": None}),
        ("cancelOrder", {"cancellationNote": " "}),
        ("cancelTerminalOrder", {"type": "all"}),
        ("createCheckoutSession", {**creation(), "products": []}),
        ("createCheckoutSession", {**creation(), "products": [{"name": "x"}]}),
        ("createCheckoutSession", {**creation(), "orderDate": "2 Aug, 2023"}),
        ("refundOrder", {"type": "regular", "grandTotal": 0, "products": [{"id": 1, "amount": 0}]}),
    ],
)
def test_a_payload_that_is_refused_does_not(operation: str, payload: object) -> None:
    assert not jsonschema_rs.Draft202012Validator(payload_schema(operation)).is_valid(payload)


def test_the_cancel_page_example_fits() -> None:
    assert jsonschema_rs.Draft202012Validator(payload_schema("cancelOrder")).is_valid(NOTE)
    assert set(BY_ID["cancelOrder"]["responses"]) == {"202", "400", "401", "403", "404", "413", "417", "429", "510"}
