"""P2 and P3 over real HTTP: of many at once exactly one wins, or all do and one thing happened."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from tests.process import Answer, Client

pytestmark = pytest.mark.serial

TIMES = 24


@dataclass(frozen=True)
class Vendor:
    """How one vendor's client cancels one order, and what many at once must come to."""

    name: str
    world: Mapping[str, object]
    method: str
    path: str
    body: object
    order: str
    statuses: Mapping[int, int]
    headers: Mapping[str, str] = field(default_factory=dict)


VENDORS = [
    Vendor(
        "flexportal",
        {"accounts": [{"token": "t", "tenant": "b"}], "orders": [{"orderId": "o", "status": "pending"}]},
        "POST",
        "/v1/orders/o/cancel",
        {},
        "o",
        {200: 1, 400: TIMES - 1},
        {"Authorization": "Bearer t", "Tenant-ID": "b"},
    ),
    Vendor(
        "frontpayment",
        {"accounts": [{"token": "t"}], "orders": [{"uuid": "ODR1", "status": "SENT"}]},
        "POST",
        "/api/v1/connect/orders/cancel/ODR1",
        {"cancellationNote": "n"},
        "ODR1",
        {202: 1, 400: TIMES - 1},
        {"Authorization": "Bearer t"},
    ),
    Vendor(
        "skippay",
        {
            "accounts": [{"token": "t"}],
            "applications": [
                {
                    "id": "a",
                    "state": "READY",
                    "stateReason": "READY_TO_SHIP",
                    "type": "DEFERRED_PAYMENT",
                    "order": {
                        "number": "1",
                        "items": [{"code": "c", "name": "n", "quantity": 1, "state": "PROCESSING"}],
                    },
                }
            ],
        },
        "PUT",
        "/financing/v1/applications/a/order/cancel",
        {},
        "a",
        {200: 1, 422: TIMES - 1},
        {"Authorization": "Bearer t"},
    ),
    Vendor(
        "fastpod",
        {"accounts": [{"token": "t", "merchant": "F1"}], "orders": [{"id": "F1-1", "order_status": "new_order"}]},
        "POST",
        "/v1/orders/F1-1/cancel",
        None,
        "F1-1",
        {200: 1, 422: TIMES - 1},
        {"Authorization": "Bearer t"},
    ),
    Vendor(
        "tecspal",
        {
            "accounts": [{"token": "t", "tenant_id": "i", "companies": ["D"]}],
            "orders": [{"id": "u", "status": "PENDING", "companyCode": "D"}],
        },
        "POST",
        "/orders/cancel",
        {"data": {"id": "u", "companyCode": "D"}, "request": "orders/cancel", "vendor": "tecspal", "verb": "POST"},
        "u",
        {200: TIMES},
        {"Authorization": "Bearer t", "tenant_id": "i"},
    ),
]


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_many_cancels_of_one_order_at_once_have_one_effect(server: str, vendor: Vendor) -> None:
    with Client(server) as client:
        assert client.call("PUT", f"/sandbox/{vendor.name}/world", vendor.world).status == 204
        answers = at_once(server, [vendor] * TIMES)
        assert Counter(answer.status for answer in answers) == vendor.statuses
        effects = client.call("GET", f"/sandbox/{vendor.name}/effects").json()
    assert isinstance(effects, dict)
    events = [event["type"] for event in effects["events"] if event["order"] == vendor.order]
    assert [kind for kind in events if kind.startswith("order.")] == ["order.cancelled"]


def at_once(url: str, asks: list[Vendor]) -> list[Answer]:
    """All of these calls, each on a connection of its own, let go together."""
    barrier, answers, lock = threading.Barrier(len(asks)), list[Answer](), threading.Lock()

    def one(ask: Vendor) -> None:
        with Client(url, ask.headers) as client:
            client.call("GET", "/healthz")
            barrier.wait(30)
            answer = client.call(ask.method, f"/{ask.name}{ask.path}", ask.body)
            with lock:
                answers.append(answer)

    threads = [threading.Thread(target=one, args=(ask,)) for ask in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(asks)
    return answers
