"""The OpenAPI document: whole, and in agreement with the vendor's own where that is public."""

import json

import pytest

from countermand.dialects.contract import SCOPES
from countermand.dialects.flexportal.openapi import OPERATIONS
from tests.vendors.flexportal.ledger import CREATE, DOCUMENT, ROUTES, validator

#: The vendor's own operations of these resources: path, method, operationId, and the statuses it declares for them.
#: Copied from https://docs.flexportal.io/openapi.json, 2026-11-21.
THEIRS = {
    "createOrder": ("post", "/v1/orders", {201, 400}),
    "listOrders": ("get", "/v1/orders", {200}),
    "getOrder": ("get", "/v1/orders/{orderId}", {200, 404}),
    "cancelOrder": ("post", "/v1/orders/{orderId}/cancel", {200, 400, 404}),
    "updateOrderNotes": ("patch", "/v1/orders/{orderId}/notes", {200, 404}),
    "createSubscription": ("post", "/v1/subscriptions", {201, 400}),
    "listSubscriptions": ("get", "/v1/subscriptions", {200}),
    "getSubscription": ("get", "/v1/subscriptions/{subscriptionId}", {200, 404}),
    "cancelSubscription": ("post", "/v1/subscriptions/{subscriptionId}/cancel", {200, 400, 404}),
    "updateSubscriptionNotes": ("patch", "/v1/subscriptions/{subscriptionId}/notes", {200, 404}),
    "buyoutSubscription": ("post", "/v1/subscriptions/{subscriptionId}/buyout", {200, 400}),
    "earlyReturnSubscription": ("post", "/v1/subscriptions/{subscriptionId}/early-return", {200, 400}),
    "extendSubscription": ("post", "/v1/subscriptions/{subscriptionId}/extend", {200, 400}),
    "upgradeSubscription": ("post", "/v1/subscriptions/{subscriptionId}/upgrade", {200, 400}),
    "calculateBuyoutPrice": ("post", "/v1/subscriptions/calculate-buyout", {200, 404}),
    "calculateEarlyReturnFee": ("post", "/v1/subscriptions/calculate-early-return-fee", {200, 404}),
    "listPayments": ("get", "/v1/payments", {200}),
    "getPayment": ("get", "/v1/payments/{paymentId}", {200, 404}),
    "cancelPayment": ("post", "/v1/payments/{paymentId}/cancel", {200, 400, 404}),
    "markPaymentPaid": ("post", "/v1/payments/{paymentId}/mark-paid", {200, 400, 404}),
    "createAsset": ("post", "/v1/assets", {201, 400, 409}),
    "listAssets": ("get", "/v1/assets", {200}),
    "getAsset": ("get", "/v1/assets/{serialNumber}", {200, 404}),
    "updateAsset": ("patch", "/v1/assets/{serialNumber}", {200}),
    "deleteAsset": ("delete", "/v1/assets/{serialNumber}", {200, 404}),
}

#: Members that the vendor's schemas require, by ours of the same meaning.
REQUIRED = {
    "Order": "orderId tenantId status orderType customer billingAddress shippingAddress items totals rentalProgress rentalIds "
    "createdAt updatedAt createdBy",
    "OrderItem": "sku productName quantity unitPrice contractLength",
    "Totals": "subtotal total currency totalDevices",
    "Customer": "customerId email firstName lastName",
    "OrderChanged": "success message orderId",
    "OrderPage": "orders count limit hasMore nextCursor",
    "Rental": "rentalId tenantId assetSerialNumber customerId sku productName monthlyAmount currency status "
    "originalContractLength contractLength startDate orderId customerEmail customerName createdAt updatedAt createdBy",
    "RentalPage": "rentals count limit hasMore nextCursor",
    "RentalCancelled": "success rentalId assetSerialNumber previousStatus cancelledAt message",
    "RentalBought": "success rentalId assetSerialNumber buyoutPrice currency effectiveDate message",
    "RentalReturned": "success rentalId assetSerialNumber earlyReturnFee currency actualMonthsRented returnDate message",
    "Payment": "paymentId tenantId customerId subtotal total currency paymentType billingPeriod status idempotencyKey dueDate "
    "createdAt updatedAt",
    "PaymentPage": "success payments count hasMore nextCursor",
    "Asset": "serialNumber tenantId sku productName status createdAt updatedAt",
    "AssetPage": "assets count limit hasMore nextCursor",
}


@pytest.mark.parametrize(("operation", "theirs"), THEIRS.items())
def test_every_operation_of_the_vendor_is_served_under_its_own_name_with_every_answer_it_declares(operation, theirs):
    method, path, statuses = theirs
    described = DOCUMENT["paths"][path][method]
    assert described["operationId"] == operation
    assert {str(status) for status in statuses} <= set(described["responses"])


def test_every_route_is_described_and_nothing_else():
    described = {
        one["operationId"]: (method, path)
        for path, methods in DOCUMENT["paths"].items()
        for method, one in methods.items()
    }
    assert described == {name: (route.method.lower(), route.path) for name, route in ROUTES.items()}
    assert set(OPERATIONS) == set(ROUTES) == set(THEIRS)


@pytest.mark.parametrize(("schema", "members"), REQUIRED.items())
def test_what_the_vendor_requires_of_a_document_is_required(schema, members):
    assert set(members.split()) <= set(DOCUMENT["components"]["schemas"][schema]["required"])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_stands_in_front_of_an_operation_is_declared(operation):
    route = ROUTES[operation]
    described = DOCUMENT["paths"][route.path][route.method.lower()]
    assert {"401", "403", "413", "429", "500"} <= set(described["responses"])
    assert any(one["name"] == "Tenant-ID" and one["required"] for one in described["parameters"])


def test_the_body_of_a_cancel_may_be_left_out_and_that_of_a_create_may_not():
    paths = DOCUMENT["paths"]
    assert paths["/v1/orders/{orderId}/cancel"]["post"]["requestBody"]["required"] is False
    assert paths["/v1/orders"]["post"]["requestBody"]["required"] is True


def test_requests_have_the_limits_of_the_pages():
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["CancelOrder"]["properties"]["reason"] == {"type": "string", "maxLength": 1000}
    assert schemas["UpdateOrderNotes"]["properties"]["notes"]["maxLength"] == 5000
    assert schemas["CreateSubscription"]["properties"]["contractLength"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 120,
    }
    assert schemas["CancelSubscription"]["required"] == ["rentalId", "reason"]
    assert schemas["CreateOrder"]["required"] == ["customer", "billingAddress", "items"]


def test_every_reference_leads_somewhere():
    names = {part.partition('"')[0] for part in json.dumps(DOCUMENT).split("#/components/schemas/")[1:]}
    assert names == set(DOCUMENT["components"]["schemas"])


def test_our_own_example_fits_the_schema_of_a_create():
    assert validator("#/components/schemas/CreateOrder").is_valid(CREATE)
    assert not validator("#/components/schemas/CreateOrder").is_valid({**CREATE, "items": []})


def test_routes_ask_for_scopes_that_exist():
    assert {route.scope for route in ROUTES.values()} == SCOPES
