"""The OpenAPI document, and the server held to it with generated requests."""

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from countermand.dialects.native import DIALECT
from tests.native.client import CAPTURED, document, new_order, put_world

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
QUICK = settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def test_every_operation_is_described(server):
    served = document(server)
    described = {
        operation["operationId"]
        for item in served["paths"].values()
        for method, operation in item.items()
        if method in {"get", "post", "put", "delete", "patch"}
    }
    assert described == {route.operation for route in DIALECT.routes}


def test_a_client_can_be_made_of_it(server):
    """Each operation has a name of its own, its parameters and what it takes and gives, down to the last member."""
    served = document(server)
    for path, item in served["paths"].items():
        for method, operation in item.items():
            named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path)), path
            successes = [said for status, said in operation["responses"].items() if status.startswith("2")]
            assert successes, (method, path)
            for said in operation["responses"].values():
                (content,) = [one for name, one in said["content"].items() if "json" in name]
                assert "$ref" in content["schema"], (method, path)
    for name, schema in served["components"]["schemas"].items():
        assert schema.get("properties") or schema.get("enum"), name


def test_what_is_a_page_for_people_is_said_to_be_one(server):
    """Elsewhere there is nothing but JSON."""
    kinds = {
        operation["operationId"]: set(said["content"])
        for item in document(server)["paths"].values()
        for operation in item.values()
        for status, said in operation["responses"].items()
        if status.startswith("2")
    }
    assert kinds.pop("explainProblem") == {"application/json", "text/html"}
    assert {media for one in kinds.values() for media in one} == {"application/json"}


def test_every_reference_leads_somewhere(server):
    served = document(server)
    names = set(served["components"]["schemas"])
    referred = {
        str(value).rpartition("/")[2]
        for value in _values(served)
        if isinstance(value, str) and value.startswith("#/components/schemas/")
    }
    assert referred - names == set()


def _values(node: object) -> list[object]:
    if isinstance(node, dict):
        return [found for value in node.values() for found in _values(value)]
    if isinstance(node, list):
        return [found for value in node for found in _values(value)]
    return [node]


@pytest.mark.serial
@pytest.mark.slow
def test_no_generated_request_gets_a_bug_or_an_answer_outside_the_document(server):
    put_world(server, orders=[new_order("o1"), new_order("o2", payments=CAPTURED)])
    schema = schemathesis.openapi.from_url(f"{server}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == len(DIALECT.routes)
    for operation in operations:
        _hammer(operation)


def _hammer(operation: Any) -> None:
    """Half of the requests are for orders that there are, so that more than "no such order" is tried."""

    @QUICK
    @given(case=operation.as_strategy(), order=st.sampled_from(["o1", "o2", None]))
    def ask(case: Any, order: str | None) -> None:
        if order is not None and "order" in case.path_parameters:
            case.path_parameters["order"] = order
        case.call_and_validate(headers={"Authorization": "Bearer k1"}, checks=CHECKS, timeout=30)

    ask()
