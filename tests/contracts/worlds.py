"""For each dialect a world in which there is something to find, a caller, and the ids that paths can name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.native.client import CAPTURED, new_order
from tests.vendors.fastpod.ledger import SAMPLE
from tests.vendors.flexportal import test_journeys as flexportal
from tests.vendors.frontpayment import test_journeys as frontpayment
from tests.vendors.frontpayment.ledger import SENT
from tests.vendors.skippay import test_journeys as skippay
from tests.vendors.skippay.ledger import ID, application
from tests.vendors.tecspal import test_journeys as tecspal
from tests.vendors.tecspal.ledger import IDS, ORDERS
from tests.vendors.tecspal.test_edits import ALTERNATIVES
from tests.vendors.tecspal.test_neighbours import MODEL
from tests.vendors.tecspal.test_openapi import HELD, NAMES


@dataclass(frozen=True, kw_only=True)
class Stage:
    """`ids` are values for the names in paths, `at` those of paths with a certain part. `words` are values of members and
    query parameters that something is found by.
    """

    world: Mapping[str, object]
    headers: Mapping[str, str]
    ids: Mapping[str, tuple[str, ...]]
    at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, object] = field(default_factory=dict)

    def choices(self, name: str, path: str) -> tuple[str, ...]:
        return next((ids for part, ids in self.at.items() if part in path), self.ids.get(name, ()))


def _bearer(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _fastpod(order_id: str, status: str) -> dict[str, Any]:
    return {**SAMPLE, "id": order_id, "reference_id": order_id, "order_status": status}


_APPLICATIONS: Final = ("READY_TO_SHIP", "READY_SHIPPED", "PROCESSING_PREAPPROVED")

STAGES: Final[Mapping[str, Stage]] = {
    "fastpod": Stage(
        world={
            "accounts": [{"token": "tok-a", "merchant": "F237"}],
            "orders": [_fastpod(f"F237-{status}", status) for status in ("draft", "new_order", "in_production")],
        },
        headers=_bearer("tok-a"),
        ids={"id": ("F237-draft", "F237-new_order", "F237-in_production")},
    ),
    "flexportal": Stage(
        world=flexportal.WORLD,
        headers=flexportal.NL,
        ids={"orderId": ("ord_p", "ord_c", "ord_t")},
        at={"subscriptions/": ("sub_1", "sub_2"), "payments/": ("pay_1", "pay_2"), "assets/": ("SN-1", "SN-2")},
        words={"orderId": "ord_c", "assetSerialNumber": "SN-1", "sku": "LAP-1", "rentalId": "sub_1"},
    ),
    "frontpayment": Stage(
        world=frontpayment.WORLD,
        headers=_bearer("tok-a"),
        ids={"uuid": (SENT, "ODR2")},
        at={"reservation": ("RES1",), "terminal": ("ODR4",), "subscription": ("SUB1",)},
    ),
    "native": Stage(
        world={
            "accounts": [{"token": "key-a"}],
            "orders": [new_order("o1"), new_order("o2", payments=CAPTURED)],
        },
        headers=_bearer("key-a"),
        ids={"order": ("o1", "o2", "native~o1"), "dialect": ("native", "fastpod")},
    ),
    "skippay": Stage(
        world={
            **skippay.WORLD,
            "applications": [
                application({"number": f"AA{number}"}, id=f"{ID[:-1]}{number}", state=None, stateReason=reason)
                for number, reason in enumerate(_APPLICATIONS)
            ],
        },
        headers=_bearer(skippay.TOKEN),
        words={"orderNumber": "AA0", "username": "shop-a", "password": "pass-a"},
        ids={"applicationId": tuple(f"{ID[:-1]}{number}" for number, _ in enumerate(_APPLICATIONS))},
    ),
    "tecspal": Stage(
        world={
            **tecspal.WORLD,
            "orders": [{**ORDERS[0], "hardwares": ALTERNATIVES}, *ORDERS[1:]],
            "catalog": [MODEL],
            "employees": [{"id": NAMES["employeeId"], "email": "ana@example.com", "companyCode": "DM1"}],
            "hardwares": [HELD],
        },
        headers={**_bearer("tok-t"), "tenant_id": "t-1"},
        words={"companyCode": "DM1", "id": IDS["PENDING"], "countryCode": "UY", "hardwareRequestId": "h-1"},
        ids={"orderId": tuple(IDS.values()), **{name: (value,) for name, value in NAMES.items() if name != "orderId"}},
    ),
}
