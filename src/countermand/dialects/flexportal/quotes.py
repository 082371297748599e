"""What ending a subscription before its time costs, when the caller doesn't say: a buyout price, an early-return fee.

Formulas: https://docs.flexportal.io/api-reference/subscriptions/calculate-buyout.md and calculate-early-return.md; both depend on
settings of the business unit that are not public (`switches`). Checked 2026-11-21.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from countermand.dialects.contract import Caller, WireAnswer, WireRequest
from countermand.dialects.wire import decimal_of, facts_of, json_answer
from countermand.model.money import share_minor
from countermand.model.query import Found, GetRecord, Query
from countermand.model.record import Record

from .codes import not_found
from .money import major, minor
from .reading import read
from .records import RENTAL, key_of, text
from .rental import end_of, months_between
from .requests import NamedSubscription
from .switches import EARLY_RETURN_PERCENT, RESIDUAL_PERCENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Where a rental stands: months and money still to come, and what its device will be worth."""

    currency: str
    months: int
    remaining_minor: int
    residual_minor: int

    @property
    def buyout_minor(self) -> int:
        return self.remaining_minor + self.residual_minor

    @property
    def fee_minor(self) -> int:
        return share_minor(self.remaining_minor, EARLY_RETURN_PERCENT, 100)

    def wire(self, amount_minor: int) -> int | float:
        return major(amount_minor, self.currency)


def quote(rental: Mapping[str, object], now: datetime) -> Quote:
    currency = text(rental, "currency")
    months = months_between(now, end_of(rental, now))
    worth = rental.get("listPrice", rental.get("acquisitionCost"))
    return Quote(
        currency=currency,
        months=months,
        remaining_minor=months * _minor(rental.get("monthlyAmount"), currency),
        residual_minor=share_minor(_minor(worth, currency), RESIDUAL_PERCENT, 100),
    )


def _minor(amount: object, currency: str) -> int:
    number = decimal_of(amount)
    return 0 if number is None else minor(float(number), currency)


def decode(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    """Both calculations only read. The prose calls the member `subscriptionId`; the schema wins."""
    return (GetRecord(key=key_of(caller, RENTAL, read(wire.body, NamedSubscription).rental_id)),)


def encode_buyout(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    rental = found[0]
    if not isinstance(rental, Record):
        return not_found("Subscription")
    one = quote(facts_of(rental.body), wire.received_at)
    answer = {
        "success": True,
        "buyoutPrice": one.wire(one.buyout_minor),
        "remainingPayments": one.wire(one.remaining_minor),
        "depreciatedValue": one.wire(one.residual_minor),
    }
    return json_answer(200, answer)


def encode_fee(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    rental = found[0]
    if not isinstance(rental, Record):
        return not_found("Subscription")
    one = quote(facts_of(rental.body), wire.received_at)
    answer = {
        "success": True,
        "earlyReturnFee": one.wire(one.fee_minor),
        "remainingMonths": one.months,
        "penaltyPercentage": EARLY_RETURN_PERCENT,
    }
    return json_answer(200, answer)
