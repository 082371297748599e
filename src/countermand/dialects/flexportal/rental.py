"""The Rental document ("subscription" in the prose): what it is when it begins, and when its payments fall due.

Shape: https://docs.flexportal.io/api-reference/subscriptions/get.md, checked 2026-11-21. The schema's names win over the prose:
`rentalId` and `assetSerialNumber`, not `subscriptionId` and `serialNumber`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from countermand.dialects.wire import decimal_of

from .instants import moment, months_after, stamp
from .records import text

ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long a rental runs."""

    start: datetime
    months: int

    @property
    def end(self) -> datetime:
        return months_after(self.start, self.months)


def begun(order: Mapping[str, object], item: Mapping[str, object], term: Term) -> dict[str, object]:
    """What a rental takes from its order, its item and its term."""
    customer = order.get("customer")
    customer = customer if isinstance(customer, dict) else {}
    totals = order.get("totals")
    currency = text(totals, "currency") if isinstance(totals, dict) else ""
    kept = ("productId", "variantId", "productImageUrl", "listPrice", "acquisitionCost")
    return {
        **{member: item[member] for member in kept if member in item},
        "orderId": text(order, "orderId"),
        "customerId": text(customer, "customerId"),
        "customerEmail": text(customer, "email"),
        "customerName": f"{text(customer, 'firstName')} {text(customer, 'lastName')}".strip(),
        "sku": text(item, "sku"),
        "productName": text(item, "productName"),
        "monthlyAmount": item.get("unitPrice", 0),
        "currency": currency,
        "status": ACTIVE,
        "originalContractLength": term.months,
        "contractLength": term.months,
        "startDate": stamp(term.start),
        "endDate": stamp(term.end),
        "nextBillingDate": stamp(months_after(term.start, 1)),
        "createdBy": "api",
    }


def months_between(start: datetime, end: datetime) -> int:
    """Whole months, none when the end comes first."""
    months = (end.year - start.year) * 12 + end.month - start.month
    while months > 0 and months_after(start, months) > end:
        months -= 1
    return max(0, months)


def months_of(body: Mapping[str, object]) -> int:
    """The contract length of a rental or an item; at least one month."""
    number = decimal_of(body.get("contractLength"))
    return 1 if number is None or number < 1 else int(number)


def end_of(body: Mapping[str, object], now: datetime) -> datetime:
    start = moment(body.get("startDate")) or now
    return moment(body.get("endDate")) or months_after(start, months_of(body))


def device_alias(serial: str) -> tuple[str, str]:
    """The name under which the order that rents a device is found. An order may hold many, so each has a name of its own."""
    return f"device:{serial}", serial
