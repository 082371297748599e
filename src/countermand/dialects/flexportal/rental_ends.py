"""How a subscription ends: cancelled, bought, returned early.

Pages: https://docs.flexportal.io/api-reference/subscriptions/{cancel,buyout,early-return}.md, checked 2026-11-21.

A cancelled rental gives its unit back to the order; one that was bought or returned stays with it. Either way payments to come
are void. The device's own record is its operator's to change: the pages end with "update asset records".
"""

from collections.abc import Callable
from dataclasses import dataclass

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import facts_of, json_answer
from countermand.model.command import Command, Reopen
from countermand.model.order import Order, PortionState
from countermand.model.outcome import Refused, Verdict
from countermand.model.record import Record

from .codes import Rule, refused, ruled
from .instants import moment, stamp
from .lifecycle import ORDER
from .money import minor
from .payments import voided
from .quotes import quote
from .records import PAYMENT, RENTAL, changed, key_of, text
from .rental import ACTIVE, months_between
from .rentals import about_rental, actor, named, stated
from .requests import BuyoutSubscription, CancelSubscription, EarlyReturnSubscription
from .switches import CANCELLED_RENTAL_REOPENS


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How one rental ends: its new status, the members that say more, what it told besides, and the price or fee of it."""

    status: str
    details: dict[str, object]
    notices: tuple[str, ...] = ()
    charge: int | float = 0


def decode_cancel(wire: WireRequest, caller: Caller) -> Ask:
    """The device stays with the customer until it is collected."""
    asked = named(wire, CancelSubscription)

    def judge(rental: Record, held: Held) -> End | Rule:
        if rental.facets.get("status") == "cancelled":
            return Rule.SUBSCRIPTION_ALREADY_CANCELLED
        if rental.facets.get("status") != ACTIVE:
            return Rule.SUBSCRIPTION_ALREADY_ENDED
        said = {"reason": asked.reason, "notes": asked.notes, "processedBy": actor(caller)}
        details = stated({**said, "cancelledAt": stamp(held.now)})
        return End(status="cancelled", details={"cancellationDetails": details})

    return _ending(caller, asked.rental_id, judge)


def decode_buyout(wire: WireRequest, caller: Caller) -> Ask:
    asked = named(wire, BuyoutSubscription)

    def judge(rental: Record, held: Held) -> End | Rule:
        one = quote(facts_of(rental.body), held.now)
        price = one.buyout_minor if asked.buyout_price is None else minor(asked.buyout_price, one.currency)
        if rental.facets.get("status") != ACTIVE:
            return Rule.SUBSCRIPTION_NOT_ACTIVE
        if price <= 0:
            return Rule.INVALID_BUYOUT_PRICE
        said = {"reason": asked.reason, "notes": asked.notes, "processedBy": actor(caller)}
        how = _how(asked.buyout_price)
        details = stated({"buyoutPrice": one.wire(price), **how, **said, "buyoutDate": stamp(held.now)})
        return End(status="ended_buyout", details={"buyoutDetails": details}, charge=one.wire(price))

    return _ending(caller, asked.rental_id, judge)


def decode_early_return(wire: WireRequest, caller: Caller) -> Ask:
    asked = named(wire, EarlyReturnSubscription)

    def judge(rental: Record, held: Held) -> End | Rule:
        body = facts_of(rental.body)
        one = quote(body, held.now)
        fee = one.fee_minor if asked.early_return_fee is None else minor(asked.early_return_fee, one.currency)
        if rental.facets.get("status") != ACTIVE:
            return Rule.SUBSCRIPTION_NOT_ACTIVE
        if fee < 0:
            return Rule.INVALID_FEE
        said = {"returnCondition": asked.return_condition, "reason": asked.reason, "processedBy": actor(caller)}
        more = {"damageAssessment": asked.damage_assessment, "notes": asked.notes}
        charged = {"fee": one.wire(fee), "feeWaived": fee == 0, **_how(asked.early_return_fee)}
        details = stated({**charged, **said, **more, "returnedAt": stamp(held.now)})
        rented = months_between(moment(body.get("startDate")) or held.now, held.now)
        shown = {"earlyReturnDetails": details, "actualMonthsRented": rented}
        return End(status="ended_early_return", details=shown, notices=("asset.returned",), charge=one.wire(fee))

    return _ending(caller, asked.rental_id, judge)


# ------------------------------------------------------------------------------------------------- what they have in common


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """What the encoders need: the rental as it is now, and how it ended."""

    rental: Record
    end: End


def _ending(caller: Caller, rental_id: str, judge: Callable[[Record, Held], End | Rule]) -> Ask:
    key = key_of(caller, RENTAL, rental_id)

    def plan(held: Held) -> Plan | Refused:
        rental = held.records.get(key)
        if rental is None:
            return ruled(Rule.SUBSCRIPTION_UNKNOWN, None)
        end = judge(rental, held)
        return ruled(end, held.order) if isinstance(end, Rule) else _end(rental, end, held=held)

    return Ask(order=key, records=(key,), order_kinds=(PAYMENT.name,), plan=plan)


def _end(rental: Record, end: End, *, held: Held) -> Plan:
    now = held.now
    after = changed(rental, {"status": end.status, "lastModifiedDate": stamp(now), **end.details}, now=now)
    events = ("subscription.ended", *end.notices) if held.order else ()
    gives_back = end.status == "cancelled" and CANCELLED_RENTAL_REOPENS
    return Plan(
        commands=_reopening(held.order, rental.record_id) if gives_back else (),
        records=(after, *voided(held.of_kind(PAYMENT.name), rental_id=rental.record_id, now=now)),
        notices=tuple(about_rental(event, after, at=now) for event in events),
        note=_Ended(rental=after, end=end),
    )


def _reopening(order: Order | None, rental_id: str) -> tuple[Command, ...]:
    if order is None or order.status not in ORDER.allowed["reopen"]:
        return ()
    carried = any(
        portion.shipment_id == rental_id and portion.state is PortionState.SHIPPED
        for line in order.lines
        for portion in line.portions
    )
    return (Reopen(shipment_id=rental_id),) if carried else ()


def _how(stated: float | None) -> dict[str, object]:
    return {"calculationMethod": "auto_calculated" if stated is None else "manual_override"}


# ------------------------------------------------------------------------------------------------- answers


def _answer(verdict: Verdict, told: Callable[[dict[str, object], _Ended], dict[str, object]]) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict)
    ended = verdict.note
    assert isinstance(ended, _Ended)
    body = facts_of(ended.rental.body)
    shown = {"rentalId": ended.rental.record_id, "assetSerialNumber": text(body, "assetSerialNumber")}
    return json_answer(200, {"success": True, **shown, **told(body, ended)})


def encode_cancel(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire

    def told(body: dict[str, object], ended: _Ended) -> dict[str, object]:
        del body
        at = stamp(ended.rental.updated_at)
        return {"previousStatus": ACTIVE, "cancelledAt": at, "message": "Subscription cancelled successfully"}

    return _answer(verdict, told)


def encode_buyout(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire

    def told(body: dict[str, object], ended: _Ended) -> dict[str, object]:
        return {
            "buyoutPrice": ended.end.charge,
            "currency": text(body, "currency"),
            "effectiveDate": stamp(ended.rental.updated_at),
            "message": "Buyout processed successfully",
        }

    return _answer(verdict, told)


def encode_early_return(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire

    def told(body: dict[str, object], ended: _Ended) -> dict[str, object]:
        return {
            "earlyReturnFee": ended.end.charge,
            "currency": text(body, "currency"),
            "actualMonthsRented": body["actualMonthsRented"],
            "returnDate": stamp(ended.rental.updated_at),
            "message": "Early return processed",
        }

    return _answer(verdict, told)
