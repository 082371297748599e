"""A subscription goes on otherwise: extended, or upgraded to another device in an order of its own.

Pages: https://docs.flexportal.io/api-reference/subscriptions/{extend,upgrade}.md, checked 2026-11-21. The prose of an upgrade has
the new order fulfilled later; the schema answers with the new rental at once, and the schema wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import decimal_of, facts_of, json_answer, to_facts
from countermand.model.command import Place
from countermand.model.order import Order, PortionState, Shipment
from countermand.model.outcome import Refused, Verdict
from countermand.model.record import Record

from .caller import owner_of
from .catalogue import Offer, offer
from .codes import Rule, refused, ruled
from .instants import months_after, stamp
from .lifecycle import Status
from .money import minor
from .order import Ordered, Sums, Units, lines_of
from .payments import voided
from .records import ASSET, PAYMENT, RENTAL, VARIANT, Owner, changed, fresh_id, key_of, text
from .rental import ACTIVE, Term, begun, device_alias, end_of, months_of
from .rentals import about_rental, actor, begin, named, stated
from .requests import ExtendSubscription, UpgradeSubscription

# ------------------------------------------------------------------------------------------------- extend


def decode_extend(wire: WireRequest, caller: Caller) -> Ask:
    asked = named(wire, ExtendSubscription)
    key = key_of(caller, RENTAL, asked.rental_id)

    def plan(held: Held) -> Plan | Refused:
        rental = held.records.get(key)
        if rental is None:
            return ruled(Rule.SUBSCRIPTION_UNKNOWN, None)
        if rental.facets.get("status") != ACTIVE:
            return ruled(Rule.SUBSCRIPTION_NOT_ACTIVE, held.order)
        if asked.extension_months < 1:
            return ruled(Rule.INVALID_EXTENSION_MONTHS, held.order)
        after = changed(rental, _extended(facts_of(rental.body), asked, caller, held=held), now=held.now)
        notices = (about_rental("subscription.extended", after, at=held.now),) if held.order else ()
        return Plan(records=(after,), notices=notices, note=after)

    return Ask(order=key, records=(key,), plan=plan)


def _extended(
    body: Mapping[str, object], asked: ExtendSubscription, caller: Caller, *, held: Held
) -> dict[str, object]:
    months, end = months_of(body), end_of(body, held.now)
    amount = body.get("monthlyAmount", 0) if asked.new_monthly_amount is None else asked.new_monthly_amount
    history = body.get("extensionHistory")
    entry = {
        "extensionMonths": asked.extension_months,
        "oldContractLength": months,
        "newContractLength": months + asked.extension_months,
        "oldMonthlyAmount": body.get("monthlyAmount", 0),
        "newMonthlyAmount": amount,
        "reason": asked.reason,
        "extendedBy": actor(caller),
        "oldEndDate": stamp(end),
        "newEndDate": stamp(months_after(end, asked.extension_months)),
        "extendedAt": stamp(held.now),
    }
    return {
        "contractLength": entry["newContractLength"],
        "endDate": entry["newEndDate"],
        "monthlyAmount": amount,
        "lastModifiedDate": entry["extendedAt"],
        "extensionHistory": [*(history if isinstance(history, list) else ()), entry | stated({"notes": asked.notes})],
    }


def encode_extend(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    if isinstance(verdict, Refused):
        return refused(verdict)
    assert isinstance(verdict.note, Record)
    body = facts_of(verdict.note.body)
    history = body["extensionHistory"]
    assert isinstance(history, list)
    told = ("oldEndDate", "newEndDate", "extensionMonths", "oldContractLength", "newContractLength")
    answer = {
        "success": True,
        "message": "Subscription extended successfully",
        "rentalId": verdict.note.record_id,
        "assetSerialNumber": text(body, "assetSerialNumber"),
        **{name: history[-1][name] for name in told},
    }
    return json_answer(200, answer)


# ------------------------------------------------------------------------------------------------- upgrade


@dataclass(frozen=True, slots=True, kw_only=True)
class _Upgrade:
    """From which rental of which order, to which device of which variant."""

    order: Order
    rental: Record
    asset: Record
    offer: Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Swap:
    """The rental that ended and the one that began."""

    ended: Record
    begun: Record


def decode_upgrade(wire: WireRequest, caller: Caller) -> Ask:
    """The old rental ends and stays with its order; the new one begins in an order of type `upgrade`, fulfilled by it."""
    asked = named(wire, UpgradeSubscription)
    keys = (
        key_of(caller, RENTAL, asked.rental_id),
        key_of(caller, VARIANT, asked.new_sku),
        key_of(caller, ASSET, asked.new_serial_number),
    )

    def plan(held: Held) -> Plan | Refused:
        rental, variant, asset = (held.records.get(key) for key in keys)
        if rental is None:
            return ruled(Rule.SUBSCRIPTION_UNKNOWN, None)
        if rental.facets.get("status") != ACTIVE:
            return ruled(Rule.SUBSCRIPTION_NOT_ACTIVE, held.order)
        if held.order is None:
            return ruled(Rule.ORDER_NOT_FOUND, None)
        sold = offer(variant, asked.contract_length)
        if isinstance(sold, Rule):
            return ruled(sold, held.order)
        device = _fitting(asset, asked.new_sku)
        if isinstance(device, Rule):
            return ruled(device, held.order)
        upgrade = _Upgrade(order=held.order, rental=rental, asset=device, offer=sold)
        return _upgrade(upgrade, asked, owner=owner_of(caller), held=held)

    return Ask(order=keys[0], records=keys, order_kinds=(PAYMENT.name,), plan=plan)


def _fitting(asset: Record | None, sku: str) -> Record | Rule:
    if asset is None:
        return Rule.ASSET_NOT_FOUND
    if asset.facets.get("status") != "available":
        return Rule.ASSET_NOT_AVAILABLE
    return asset if asset.facets.get("sku") == sku else Rule.SKU_MISMATCH


def _upgrade(upgrade: _Upgrade, asked: UpgradeSubscription, *, owner: Owner, held: Held) -> Plan:
    now, old = held.now, upgrade.rental
    rental_id = fresh_id("sub", held)
    times = {"createdAt": stamp(now), "updatedAt": stamp(now)}
    facts = {**_facts(upgrade, asked, rental_id), "orderId": fresh_id("ord", held), **times}
    body = begun(facts, _item(upgrade, asked, rental_id), Term(start=now, months=asked.contract_length))
    more = {"rentalId": rental_id, "upgradeFromRentalId": old.record_id, **stated({"notes": asked.notes})}
    start = begin(owner, body | more, upgrade.asset, held=held)
    ended = changed(old, {"status": "ended_upgrade", "lastModifiedDate": stamp(now)}, now=now)
    payments = voided(held.of_kind(PAYMENT.name), rental_id=old.record_id, now=now)
    order = _order(upgrade, facts, rental=start.rental, held=held)
    told = tuple(about_rental(event, ended, at=now) for event in ("subscription.upgraded", "subscription.ended"))
    return Plan(
        commands=(Place(order=order),),
        records=(*start.records, ended, *payments),
        notices=(*told, *start.notices),
        note=_Swap(ended=ended, begun=start.rental),
    )


def _item(upgrade: _Upgrade, asked: UpgradeSubscription, rental_id: str) -> dict[str, object]:
    variant = upgrade.offer.variant
    return {
        **{
            name: variant[name]
            for name in ("productId", "variantId", "listPrice", "acquisitionCost")
            if name in variant
        },
        "sku": asked.new_sku,
        "productName": text(variant, "variantName") or asked.new_sku,
        "quantity": 1,
        "unitPrice": asked.new_monthly_amount,
        "contractLength": asked.contract_length,
        "rentalIds": [rental_id],
    }


def _facts(upgrade: _Upgrade, asked: UpgradeSubscription, rental_id: str) -> dict[str, object]:
    """An order for the same customer at the same addresses, with one item that is rented already."""
    before, rental = facts_of(upgrade.order.facts), facts_of(upgrade.rental.body)
    amount = asked.new_monthly_amount
    return {
        **{name: before[name] for name in ("tenantId", "customer", "billingAddress", "shippingAddress")},
        "orderType": "upgrade",
        "items": [_item(upgrade, asked, rental_id)],
        "totals": {
            "subtotal": amount,
            "taxAmount": 0,
            "total": amount,
            "currency": upgrade.order.currency,
            "totalDevices": 1,
        },
        "rentalIds": [rental_id],
        "createdBy": "api",
        "upgradeDetails": {
            "previousDevice": text(rental, "productName"),
            "previousSerialNumber": text(rental, "assetSerialNumber"),
            "previousMonthlyAmount": rental.get("monthlyAmount", 0),
            "previousRentalId": upgrade.rental.record_id,
            "upgradeReason": asked.reason,
        },
    }


def _order(upgrade: _Upgrade, facts: Mapping[str, object], *, rental: Record, held: Held) -> Order:
    """One unit, in its rental from the beginning."""
    owner, device = rental, upgrade.asset
    amount = _amount(facts_of(rental.body), upgrade.order.currency)
    ordered = Ordered(sku=device.facets["sku"], quantity=1, unit_minor=amount)
    left = Units(state=PortionState.SHIPPED, quantity=1, rental_id=rental.record_id)
    return Order(
        tenant=owner.tenant,
        dialect=owner.dialect,
        order_id=text(facts, "orderId"),
        status=Status.FULFILLED,
        placed_at=held.now,
        updated_at=held.now,
        currency=upgrade.order.currency,
        lines=lines_of([ordered], Sums(total_minor=amount, tax_minor=0), fates=[[left]]),
        total_minor=amount,
        shipments=(Shipment(shipment_id=rental.record_id, tracking=device.record_id, shipped_on=stamp(held.now)),),
        aliases=dict([device_alias(device.record_id)]),
        facts=to_facts(facts),
    )


def _amount(rental: Mapping[str, object], currency: str) -> int:
    amount = decimal_of(rental.get("monthlyAmount"))
    return 0 if amount is None else minor(float(amount), currency)


def encode_upgrade(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    if isinstance(verdict, Refused):
        return refused(verdict)
    swap = verdict.note
    assert isinstance(swap, _Swap)
    old, new = facts_of(swap.ended.body), facts_of(swap.begun.body)
    answer = {
        "success": True,
        "message": "Subscription upgraded successfully",
        "oldRentalId": swap.ended.record_id,
        "newRentalId": swap.begun.record_id,
        "oldDevice": text(old, "productName"),
        "newDevice": text(new, "productName"),
        "newMonthlyAmount": new["monthlyAmount"],
        "currency": text(new, "currency"),
    }
    return json_answer(200, answer)
