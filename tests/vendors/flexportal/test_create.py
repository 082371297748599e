"""Create an order: customer, prices, and the same request twice."""

import pytest

from tests.vendors.flexportal.ledger import ACCOUNTS, ADDRESS, BUYER, CREATE, CUSTOMER, Ledger, order

VARIANTS: list[dict[str, object]] = [
    {"variantSku": "LAP-1", "variantName": "Laptop", "pricing": [{"contractLength": 24, "monthlyPrice": 59}]},
    {
        "variantSku": "TAB-1",
        "pricing": [{"contractLength": 6, "monthlyPrice": 30.05}, {"contractLength": 12, "monthlyPrice": 25.1}],
    },
    {"variantSku": "OLD-1", "status": "inactive"},
]


def create(ledger: Ledger, **members: object):
    return ledger.call("createOrder", {**CREATE, **members})


def items(*rows: tuple[object, ...]) -> list[dict[str, object]]:
    return [dict(zip(("sku", "quantity", "contractLength"), row, strict=False)) for row in rows]


def test_an_order_begins_pending_with_everything_that_was_sent():
    ledger = Ledger(variants=VARIANTS)
    status, answer = create(ledger, customFields={"po": {"n": 1}}, notes="rush", orderType="upgrade")
    made = answer["order"]
    assert (status, answer["success"], answer["message"]) == (201, True, "Order created successfully")
    assert answer["orderId"] == made["orderId"]
    assert (made["status"], made["orderType"], made["notes"]) == ("pending", "upgrade", "rush")
    assert made["customFields"] == {"po": {"n": 1}}
    assert made["shippingAddress"] == made["billingAddress"] == ADDRESS
    assert made["customer"]["customerType"] == "individual"
    assert made["rentalProgress"] == {"totalDevices": 2, "rentedDevices": 0}
    assert made["tenantId"] == "bu_nl"
    assert ledger.call("getOrder", None, answer["orderId"]) == (200, made)
    assert ledger.told() == ["order.created"]
    assert ledger.reserved(answer["orderId"]) == 2


def test_an_address_to_ship_to_is_kept_apart():
    elsewhere = {**ADDRESS, "city": "Rotterdam", "postalCode": None}
    made = create(Ledger(variants=VARIANTS), shippingAddress=elsewhere)[1]["order"]
    assert (made["shippingAddress"], made["billingAddress"]) == (elsewhere, ADDRESS)


def test_prices_come_from_the_tier_of_the_contract_length():
    made = create(Ledger(variants=VARIANTS), items=items(("TAB-1", 3, 6), ("TAB-1", 1, 12), ("LAP-1", 1)))[1]["order"]
    assert [(item["unitPrice"], item["contractLength"]) for item in made["items"]] == [(30.05, 6), (25.1, 12), (59, 24)]
    assert made["totals"] == {
        "subtotal": 174.25,
        "taxAmount": 0,
        "total": 174.25,
        "currency": "EUR",
        "totalDevices": 5,
    }


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("NOPE", 1)], "VARIANT_NOT_FOUND"),
        ([("LAP-1", 1), ("NOPE", 1)], "VARIANT_NOT_FOUND"),
        ([("OLD-1", 1)], "VARIANT_INACTIVE"),
        ([("LAP-1", 1, 12)], "INVALID_CONTRACT_LENGTH"),
        ([("LAP-1", 1, 0)], "INVALID_CONTRACT_LENGTH"),
        ([("LAP-1", 1, 24.5)], "INVALID_CONTRACT_LENGTH"),
        ([("LAP-1", 1, -24)], "INVALID_CONTRACT_LENGTH"),
    ],
)
def test_what_the_catalogue_does_not_sell_is_refused_in_its_words(rows, code):
    ledger = Ledger(variants=VARIANTS)
    assert ledger.code("createOrder", {**CREATE, "items": items(*rows)}) == (400, code)
    assert not ledger.orders


def test_a_world_without_a_catalogue_sells_what_its_orders_name():
    ledger = Ledger(order())
    made = create(ledger, items=items(("LAP-1", 1, 24), ("MON-1", 1, 36)))[1]["order"]
    assert [(item["productName"], item["unitPrice"]) for item in made["items"]] == [
        ("Laptop 14", 59),
        ("Monitor 27", 12.5),
    ]
    assert ledger.code("createOrder", {**CREATE, "items": items(("LAP-1", 1, 121))})[1] == "INVALID_CONTRACT_LENGTH"


def test_a_customer_is_known_by_email_whatever_its_capitals():
    ledger = Ledger(order())
    known = create(ledger, customer={**BUYER, "email": "SAM@example.com"})[1]["order"]
    assert known["customer"]["customerId"] == CUSTOMER["customerId"]
    first = create(ledger)[1]["order"]["customer"]["customerId"]
    ledger.later(61)
    assert create(ledger)[1]["order"]["customer"]["customerId"] == first != CUSTOMER["customerId"]


# ------------------------------------------------------------------------------------------------- twice


def test_the_same_request_within_the_window_is_the_same_order():
    ledger = Ledger(variants=VARIANTS)
    mixed = items(("LAP-1", 1, 24), ("TAB-1", 2, 6))
    first = create(ledger, items=mixed)
    ledger.later(60)
    assert create(ledger, items=mixed[::-1], notes="ignored") == first
    assert ledger.told() == ["order.created"]


@pytest.mark.parametrize(
    "change",
    [
        {"items": items(("LAP-1", 1, 24))},
        {"items": items(("LAP-1", 2))},
        {"customer": {**BUYER, "email": "else@example.com"}},
    ],
)
def test_another_customer_or_other_items_are_another_order(change):
    ledger = Ledger(variants=VARIANTS)
    assert create(ledger)[1]["orderId"] != create(ledger, **change)[1]["orderId"]


def test_after_the_window_it_is_another_order_and_begins_a_window_of_its_own():
    ledger = Ledger(variants=VARIANTS)
    first = create(ledger)[1]["orderId"]
    ledger.later(61)
    second = create(ledger)[1]["orderId"]
    ledger.later(60)
    assert create(ledger)[1]["orderId"] == second != first


def test_a_cancelled_order_is_never_the_same_order():
    ledger = Ledger(variants=VARIANTS)
    first = create(ledger)[1]["orderId"]
    ledger.call("cancelOrder", None, first)
    assert create(ledger)[1]["orderId"] != first


def test_another_tenants_order_is_never_the_same_order():
    ledger = Ledger(variants=[*VARIANTS, {**VARIANTS[0], "_account": ACCOUNTS[1].token}])
    mine = create(ledger)[1]["orderId"]
    status, theirs = ledger.call("createOrder", CREATE, by=ACCOUNTS[1])
    assert (status, theirs["order"]["tenantId"]) == (201, "bu_us")
    assert theirs["orderId"] != mine


# ------------------------------------------------------------------------------------------------- bodies


NAMELESS = {"email": "x"}
EXTENSION = {"originalOrderId": "o", "extensionMonths": 0, "previousEndDate": "a", "newEndDate": "b"}


@pytest.mark.parametrize(
    ("member", "value", "details"),
    [
        ("customer", None, {"customer": "invalid_type"}),
        (
            "customer",
            NAMELESS,
            {
                "customer.email": "invalid_string",
                "customer.firstName": "invalid_type",
                "customer.lastName": "invalid_type",
            },
        ),
        ("items", [], {"items": "too_small"}),
        ("items", {"sku": "a"}, {"items": "invalid_type"}),
        ("items", [{"sku": "", "quantity": 0}], {"items.0.sku": "too_small", "items.0.quantity": "too_small"}),
        ("items", [{"sku": "a", "quantity": 1.5}], {"items.0.quantity": "invalid_type"}),
        ("items", [{"sku": "a", "quantity": 10**6}], {"items.0.quantity": "too_big"}),
        ("items", [{"sku": "a", "quantity": 1}, 7], {"items.1": "invalid_type"}),
        ("orderType", "gift", {"orderType": "invalid_enum_value"}),
        ("billingAddress", {**ADDRESS, "city": None}, {"billingAddress.city": "invalid_type"}),
        ("shippingAddress", None, {"shippingAddress": "invalid_type"}),
        ("customFields", [], {"customFields": "invalid_type"}),
        ("extensionDetails", EXTENSION, {"extensionDetails.extensionMonths": "too_small"}),
    ],
)
def test_every_problem_is_told_with_its_dotted_path(member, value, details):
    status, answer = Ledger().call("createOrder", {**CREATE, member: value})
    assert (status, answer["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert {one["path"]: one["code"] for one in answer["error"]["details"]} == details


def test_a_whole_number_may_be_written_with_a_fraction():
    assert create(Ledger(variants=VARIANTS), items=[{"sku": "LAP-1", "quantity": 2.0}])[0] == 201


def test_custom_fields_may_be_null_and_may_not_be_bottomless():
    nested: object = "x"
    for _ in range(20):
        nested = {"a": nested}
    ledger = Ledger(variants=VARIANTS)
    assert create(ledger, customFields=None)[0] == 201
    assert ledger.code("createOrder", {**CREATE, "customFields": {"deep": nested}}) == (400, "VALIDATION_ERROR")
