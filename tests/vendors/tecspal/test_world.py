"""Accounts and worlds: partial documents are completed, wrong ones are refused with the place of what is wrong."""

import itertools
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings, strategies as st

from countermand.dialects.contract import SCOPES, CallerFault, FaultKind, World
from countermand.dialects.tecspal import DIALECT
from countermand.model.order import PortionState
from tests.vendors.tecspal.ledger import ACCOUNTS, NOW, PENDING, Ledger, account, caller_of


def seeded(**document: object):
    ids = itertools.count()
    return DIALECT.world(World(document=document, accounts=ACCOUNTS, now=NOW, new_id=lambda: f"id-{next(ids)}"))


# -------------------------------------------------------------------------------------------------------------- accounts


def test_an_account_is_a_token_of_a_tenant_that_must_be_presented_with_it():
    seed = DIALECT.account({"token": "tok", "tenant_id": "t-1", "companies": ["DM1"], "further": 1})
    assert (seed.realm, seed.secret, seed.claims, seed.scopes) == ("t-1", "tok", {"tenant_id": "t-1"}, SCOPES)
    assert seed.attributes == {"client": "t-1", "companies": ["DM1"]}
    assert DIALECT.account({"token": "t", "tenant_id": "t-1", "name": "Portal"}).attributes == {"client": "Portal"}


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({}, "token"),
        ({"token": "t"}, "tenant_id"),
        ({"token": "t", "tenant_id": ""}, "tenant_id"),
        ({"token": "t", "tenant_id": 5}, "tenant_id"),
        ({"token": "t", "tenant_id": "x", "companies": "DM1"}, "companies"),
        ({"token": "t", "tenant_id": "x", "companies": [5]}, "companies.0"),
    ],
)
def test_an_account_without_token_or_tenant_is_refused(document, path):
    with pytest.raises(CallerFault) as caught:
        DIALECT.account(document)
    assert [field.path for field in caught.value.fault.fields][:1] == [path]


def test_accounts_of_one_tenant_share_its_orders_and_its_companies():
    accounts = (account("tok-1", "t-1", "DM1"), account("tok-2", "t-1", "WWS"))
    ledger = Ledger({"id": PENDING, "companyCode": "DM1"}, accounts=accounts)
    status, answer = ledger.read(f"/orders/{PENDING}", caller_of(accounts[1]), companyCode="DM1")
    assert (status, answer["envelop"][0]["id"]) == (200, PENDING)


def test_an_account_without_companies_is_for_those_that_its_documents_name():
    seed = DIALECT.account({"token": "tok", "tenant_id": "t-1"})
    free = type(ACCOUNTS[0])(tenant="of-t-1", token="tok", seed=seed)
    ledger = Ledger({"id": PENDING, "companyCode": "DM1"}, accounts=(free,))
    assert ledger.read(f"/orders/{PENDING}", caller_of(free), companyCode="DM1")[0] == 200
    assert [one["companyCode"] for one in ledger.read("/companies", caller_of(free))[1]["envelop"]] == ["DM1"]


# ---------------------------------------------------------------------------------------------------------------- orders


def test_an_empty_order_is_completed():
    (order,) = seeded(orders=[{}]).orders
    assert (order.tenant, order.order_id[:3], order.status, order.currency) == ("of-t-1", "id-", "PENDING", "USD")
    assert order.facets == {"companyCode": "DM1", "countryCode": "UY"}
    assert (order.placed_at, order.updated_at) == (NOW, NOW)
    assert json.loads(order.facts)["orderNumber"] == 1


def test_null_is_the_same_as_absent():
    nothing = dict.fromkeys(
        ["id", "status", "companyCode", "orderNumber", "createdAt", "hardwares", "currency", "_account"]
    )
    assert seeded(orders=[nothing]).orders == seeded(orders=[{}]).orders


def test_documents_of_an_account_that_the_world_has_not_are_left_out():
    """A world's accounts may be replaced without its documents."""
    world = seeded(orders=[{"id": "a"}, {"id": "b", "_account": "gone"}], companies=[{"_account": 5}])
    assert [order.order_id for order in world.orders] == ["a"]


def test_numbers_go_on_after_the_highest_of_the_tenant():
    world = seeded(orders=[{"orderNumber": 7}, {}, {"_account": "tok-z"}, {}])
    assert [json.loads(order.facts)["orderNumber"] for order in world.orders] == [7, 8, 1, 9]
    counters = {one.tenant: json.loads(one.body) for one in world.records if one.record_id == "orderNumber"}
    assert counters == {"of-t-1": {"last": 9}, "of-t-2": {"last": 1}}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("PENDING", PortionState.OPEN),
        ("ACCEPTED", PortionState.OPEN),
        ("ANYTHING", PortionState.OPEN),
        ("DELIVERED", PortionState.DELIVERED),
        ("CANCELLED", PortionState.CANCELLED),
    ],
)
def test_the_units_of_an_order_are_where_its_status_says(status, state):
    (order,) = seeded(orders=[{"status": status, "hardwares": [{"id": "h", "amount": 2, "price": "3.50"}]}]).orders
    (line,) = order.lines
    assert (line.line_id, line.quantity_milli(state), line.names) == ("h", 2000, {"hardwareRequestId": "h"})
    assert line.reserved_milli == 0
    assert order.total_minor == (0 if status == "CANCELLED" else 700)
    assert (order.cancelled_at is not None) == (status == "CANCELLED")


@pytest.mark.parametrize("amount", [None, 0, -1, 1.5, "x", True, [], 10**9])
def test_an_amount_that_counts_nothing_is_one(amount):
    (order,) = seeded(orders=[{"hardwares": [{"id": "h", "amount": amount}]}]).orders
    assert order.quantity_milli() == 1000


def test_an_amount_may_be_called_quantity():
    ledger = Ledger({"id": PENDING, "hardwares": [{"id": "h", "quantity": 3}]})
    data = {"companyCode": "DM1", "hardwareRequests": [{"hardwareRequestId": "h", "amount": 1}]}
    _, answer = ledger.call("PATCH", f"/orders/{PENDING}/hardware-requests/remove", {"data": data})
    assert answer["envelop"][0]["hardwares"] == [{"id": "h", "quantity": 2, "amount": 2}]


@pytest.mark.parametrize("at", ["2025-04-09T14:35:57.199Z", "2025-04-09T11:35:57.199-03:00"])
def test_times_are_shown_in_utc_with_milliseconds(at):
    ledger = Ledger({"id": PENDING, "createdAt": at})
    shown = ledger.read(f"/orders/{PENDING}", companyCode="DM1")[1]["envelop"][0]
    assert shown["createdAt"] == shown["updatedAt"] == "2025-04-09T14:35:57.199Z"


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"orders": {}}, "orders"),
        ({"orders": [5]}, "orders.0"),
        ({"orders": [{"id": "a"}, {"id": "a"}]}, "orders.1.id"),
        ({"orders": [{"id": 5}]}, "orders.0.id"),
        ({"orders": [{"id": "a\x00"}]}, "orders.0.id"),
        ({"orders": [{}, {"status": 5}]}, "orders.1.status"),
        ({"orders": [{"createdAt": "yesterday"}]}, "orders.0.createdAt"),
        ({"orders": [{"orderNumber": "x"}]}, "orders.0.orderNumber"),
        ({"orders": [{"localInvoice": "yes"}]}, "orders.0.localInvoice"),
        ({"orders": [{"employeeProfile": []}]}, "orders.0.employeeProfile"),
        ({"orders": [{"hardwares": {}}]}, "orders.0.hardwares"),
        ({"orders": [{"hardwares": [5]}]}, "orders.0.hardwares.0"),
        ({"orders": [{"hardwares": [{"id": "h"}, {"id": "h"}]}]}, "orders.0.hardwares.1.id"),
        ({"companies": [{"companyCode": "A"}, {"companyCode": "A"}]}, "companies.1.id"),
        ({"companies": [{"companyCode": "A", "webhookUrl": 5}]}, "companies.0.webhookUrl"),
        ({"employees": [{"email": 5}]}, "employees.0.email"),
        ({"hardwares": [{"damaged": 1}]}, "hardwares.0.damaged"),
        ({"catalog": [{"UY": [5]}]}, "catalog.0.UY"),
        ({"movement_requests": [{"movementRequestNumber": "x"}]}, "movement_requests.0.movementRequestNumber"),
    ],
)
def test_what_is_wrong_is_pointed_at(document, path):
    with pytest.raises(CallerFault) as caught:
        seeded(**document)
    fault = caught.value.fault
    assert (fault.kind, [field.path for field in fault.fields]) == (FaultKind.INVALID, [path])


def test_what_belongs_to_nobody_is_left_out():
    world = World(document={"orders": [{}], "catalog": [{}]}, accounts=(), now=NOW, new_id=lambda: "x")
    assert DIALECT.world(world).orders == ()
    assert DIALECT.world(world).records == ()


# ------------------------------------------------------------------------------------------------------------ neighbours


def test_the_catalogue_may_be_given_as_it_is_shown():
    item = {"id": "m", "price": "5000", "stock": "3"}
    ledger = Ledger(catalog=[{"UY": [item], "BR": [{"id": "n"}]}])
    shown = ledger.read("/catalog")[1]["envelop"]
    assert [list(group) for group in shown] == [["BR"], ["UY"]]
    assert shown[1]["UY"][0]["price"] == "5000"


def test_an_employee_and_their_hardware_are_brought_together():
    person = {"id": "e-1", "email": "ana@example.com", "firstName": "Ana", "status": "INACTIVE", "companyCode": "DM1"}
    hardware = {"id": "h-1", "companyCode": "DM1", "employeeProfile": {"id": "e-1"}, "cost": 12.5}
    ledger = Ledger(employees=[person], hardwares=[hardware])
    (shown,) = ledger.read("/employees", companyCode="DM1")[1]["envelop"]
    assert (shown["firstName"], shown["status"], [one["id"] for one in shown["hardwares"]]) == (
        "Ana",
        "INACTIVE",
        ["h-1"],
    )
    (kept,) = ledger.read("/hardwares", companyCode="DM1")[1]["envelop"]
    assert (kept["status"], kept["cost"], kept["employeeProfile"]) == ("EMPLOYEE", 12.5, {"id": "e-1"})


def test_every_company_of_an_account_is_there_even_if_nothing_is_said_of_it():
    ledger = Ledger(companies=[{"companyCode": "WWS", "name": "World Wide"}])
    assert [(one["companyCode"], one["name"]) for one in ledger.read("/companies")[1]["envelop"]] == [
        ("DM1", "DM1"),
        ("WWS", "World Wide"),
    ]


def test_ten_thousand_orders_are_read_at_once():
    orders = [{"id": f"o-{number}", "hardwares": [{"amount": 2}]} for number in range(10_000)]
    started = datetime.now(UTC)
    assert len(seeded(orders=orders).orders) == 10_000
    assert (datetime.now(UTC) - started).total_seconds() < 5


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(
    [
        "id",
        "status",
        "companyCode",
        "hardwares",
        "createdAt",
        "orderNumber",
        "maxEta",
        "_account",
        "email",
        "price",
        "UY",
    ]
)
collections = st.sampled_from(["orders", "companies", "employees", "hardwares", "catalog", "movement_requests"])


@given(
    st.dictionaries(
        collections, st.lists(st.dictionaries(members, json_values) | json_values, max_size=3) | json_values
    )
)
@settings(max_examples=300, deadline=None)
def test_garbage_in_a_world_is_a_fault_that_points_at_it_or_a_world(document):
    try:
        world = seeded(**document)
    except CallerFault as error:
        fields = error.fault.fields
    else:
        assert all(order.facts for order in world.orders)
        return
    assert fields
