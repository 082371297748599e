"""The OpenAPI document: whole, and true to the routes, the types and the answers."""

import json

import jsonschema_rs
import pytest

from countermand.dialects.contract import Fault, FaultKind
from countermand.dialects.fastpod import DIALECT
from countermand.dialects.fastpod.codes import encode_fault
from countermand.dialects.fastpod.openapi import DESCRIBED, openapi
from countermand.dialects.fastpod.routes import routes
from countermand.dialects.fastpod.switches import Switches
from tests.vendors.fastpod.ledger import CREATE, SAMPLE, UPDATE, Ledger, request

DOCUMENT = json.loads(json.dumps(DIALECT.openapi()))
OPERATIONS = {
    operation["operationId"]: operation for methods in DOCUMENT["paths"].values() for operation in methods.values()
}


def validator(name: str):
    return jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}, validate_formats=True
    )


def answer_of(operation: str, status: int):
    schema = OPERATIONS[operation]["responses"][str(status)]["content"]["application/json"]["schema"]
    return validator(schema["$ref"].rpartition("/")[2])


def test_every_route_is_described_and_nothing_else():
    served = {(route.path, route.method.lower()): route.operation for route in DIALECT.routes}
    described = {
        (path, method): operation["operationId"]
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }
    assert described == served
    assert set(DESCRIBED) == set(served.values())


def test_every_reference_leads_somewhere():
    text = json.dumps(DOCUMENT)
    names = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names == set(DOCUMENT["components"]["schemas"])


def test_every_path_parameter_is_declared():
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            declared = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
            assert declared == (["id"] if "{id}" in path else [])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_says_how_it_refuses(operation):
    declared = set(OPERATIONS[operation]["responses"])
    assert {"200", "401", "403", "413", "429", "500", "503"} <= declared
    # The one that is told nothing at all.
    assert ("422" in declared) == (operation != "listWebhooks")


def test_the_labels_of_the_cancel_page_are_kept():
    answers = OPERATIONS["cancelOrder"]["responses"]
    assert [answers[status]["description"] for status in ("200", "422", "500")] == [
        "Success",
        "Parameter Error",
        "Server Error",
    ]
    assert "requestBody" not in OPERATIONS["cancelOrder"]


def test_a_cancelled_order_is_required_to_have_its_31_members():
    schema = DOCUMENT["components"]["schemas"]["CancelledOrder"]
    assert len(set(schema["required"]) - {"boost_production"}) == 31
    assert schema["properties"]["cancelled_at"]["type"] == "string"


@pytest.mark.parametrize(
    ("operation", "wire"),
    [
        ("cancelOrder", request("POST", order_id=str(SAMPLE["id"]))),
        ("getOrder", request(order_id=str(SAMPLE["id"]))),
        ("listOrders", request(query="search=R-1")),
        ("createOrder", request("POST", body=CREATE)),
        ("updateOrder", request("PUT", order_id=str(SAMPLE["id"]), body=UPDATE)),
        ("updateOrderStatus", request("PUT", order_id="F237-120723-000002", body={"order_status": "new_order"})),
        ("estimateOrderPrice", request("POST", body={**CREATE, "shipping_method": "2"})),
        ("estimateLineItemPrice", request("POST", body={"sku": "S", "quantity": 1, "print_areas": {"front": "u"}})),
        ("listCatalogs", request(path="/v1/catalogs")),
        (
            "subscribeWebhook",
            request("POST", body={"url": "https://s.example/h", "event": "order_notify", "name": "n"}),
        ),
        ("unsubscribeWebhook", request("DELETE", body={"event": "shipment_notify"})),
    ],
)
def test_what_is_answered_is_what_is_described(operation, wire):
    hook = {"event": "shipment_notify", "url": "https://s.example/h"}
    ledger = Ledger(SAMPLE, {"id": "F237-120723-000002", "order_status": "draft"}, webhooks=[hook])
    status, body = ledger.call(operation, wire)
    assert status == 200, body
    answer_of(operation, 200).validate(body)


@pytest.mark.parametrize(
    "body", [CREATE, {**CREATE, "boost_production": True, "gift_message": None, "shipping_method": "3"}]
)
def test_what_is_taken_is_what_is_described(body):
    validator("CreateOrder").validate(body)


def test_an_edit_without_either_name_of_rush_is_against_the_document():
    body = {name: value for name, value in UPDATE.items() if name != "rush_production"}
    assert not validator("UpdateOrder").is_valid(body)
    assert validator("UpdateOrder").is_valid(UPDATE)


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_fault_is_described(kind):
    validator("Failure").validate(json.loads(encode_fault(Fault(kind=kind), request()).body))


def test_switches_show_in_the_document():
    bare = openapi(routes(Switches(webhooks=False)), Switches(webhooks=False, boost_alias=False))
    text = json.dumps(bare)
    assert "webhook" not in text.lower()
    schemas = json.loads(text)["components"]["schemas"]
    assert "boost_production" not in schemas["CancelledOrder"]["properties"]
