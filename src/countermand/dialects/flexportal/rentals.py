"""Subscriptions, "rentals" on the wire: create, get, list. How they end is in `rental_ends`.

Pages: https://docs.flexportal.io/api-reference/subscriptions/{create,get,list}.md, checked 2026-11-21.

A rental is a unit of its order that left, with the rental's id as shipment. So it and a cancel of the order never both win the
unit: both are decided on the locked order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from countermand.dialects.contract import Ask, Caller, FieldFault, Held, Notice, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import facts_of, json_answer, to_facts
from countermand.model.command import Amend, Selector, Ship
from countermand.model.order import UNIT_MILLI, Line, Order, Shipment
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import Found, GetRecord, Query
from countermand.model.record import Record

from .caller import owner_of
from .codes import Rule, not_found, refused, ruled
from .instants import moment, stamp
from .lifecycle import RENTABLE, Status
from .notices import told
from .payments import about_payment, scheduled
from .reading import invalid, read
from .record_lists import Range, RecordList, listed
from .records import ASSET, RENTAL, Owner, changed, fresh_id, key_of, new, shown, text
from .rental import Term, begun, device_alias, months_of
from .requests import CreateSubscription, NamedSubscription, UpdateSubscriptionNotes

_FILTERS: Final = ("status", "customerId", "orderId", "serialNumber", "sku")

LIST: Final = listed(
    RecordList(
        kind=RENTAL,
        key="rentals",
        sorts={
            "createdAt": "created_at",
            **{name: name for name in ("updatedAt", "startDate", "endDate", "status", "sku")},
        },
        filters=_FILTERS,
        ranges=(Range(first="endDateFrom", last="endDateTo", member="endDate"),),
    )
)


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return (GetRecord(key=key_of(caller, RENTAL, wire.params["subscriptionId"])),)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    """The bare Rental."""
    del wire
    rental = found[0]
    return json_answer(200, shown(rental)) if isinstance(rental, Record) else not_found("Subscription")


def decode_notes(wire: WireRequest, caller: Caller) -> Ask:
    """Replaces, never appends (subscriptions/notes.md)."""
    notes = read(wire.body, UpdateSubscriptionNotes).notes
    key = key_of(caller, RENTAL, wire.params["subscriptionId"])

    def plan(held: Held) -> Plan | Refused:
        rental = held.records.get(key)
        if rental is None:
            return ruled(Rule.SUBSCRIPTION_UNKNOWN, None)
        return Plan(records=(changed(rental, {"notes": notes}, now=held.now),))

    return Ask(records=(key,), plan=plan)


def encode_notes(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    if isinstance(verdict, Refused):
        return refused(verdict)
    rental_id = wire.params["subscriptionId"]
    answer = {"success": True, "message": "Subscription notes updated successfully", "rentalId": rental_id}
    return json_answer(200, answer)


# ------------------------------------------------------------------------------------------------- create


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The unit that is rented: of which order and item, and on which device."""

    order: Order
    line: Line
    asset: Record


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    """One call per unit of the order, with the device that fulfils it."""
    asked = read(wire.body, CreateSubscription)
    asset_key = key_of(caller, ASSET, asked.asset_serial_number)

    def plan(held: Held) -> Plan | Refused:
        unit = unit_for(held.order, held.records.get(asset_key))
        if isinstance(unit, Rule):
            return ruled(unit, held.order)
        return _rent(unit, asked, owner=owner_of(caller), held=held)

    return Ask(order=caller.order(asked.order_id), records=(asset_key,), plan=plan)


def unit_for(order: Order | None, asset: Record | None) -> Unit | Rule:
    """The unit of the order that the device fulfils, or why there is none; checked in the order of the page's table.

    A fulfilled order was confirmed: what it lacks is an open unit.
    """
    if order is None:
        return Rule.ORDER_NOT_FOUND
    if order.status not in RENTABLE | {Status.FULFILLED}:
        return Rule.ORDER_NOT_CONFIRMED
    if not any(line.open for line in order.lines):
        return Rule.ITEM_FULLY_FULFILLED
    if asset is None:
        return Rule.ASSET_NOT_FOUND
    if asset.facets.get("status") != "available":
        return Rule.ASSET_NOT_AVAILABLE
    same = [line for line in order.lines if line.sku == asset.facets.get("sku")]
    if not same:
        return Rule.SKU_MISMATCH
    line = next((line for line in same if line.open), None)
    return Rule.ITEM_FULLY_FULFILLED if line is None else Unit(order=order, line=line, asset=asset)


def _rent(unit: Unit, asked: CreateSubscription, *, owner: Owner, held: Held) -> Plan:
    """The unit leaves with the rental."""
    rental_id, serial = fresh_id("sub", held), unit.asset.record_id
    facts, item = _listing(unit, rental_id)
    body = _body(asked, {**facts, "orderId": unit.order.order_id}, item, now=held.now) | {"rentalId": rental_id}
    start = begin(owner, body, unit.asset, held=held)
    aliases = {**unit.order.aliases, **dict([device_alias(serial)])}
    return Plan(
        commands=(
            Ship(
                shipment=Shipment(shipment_id=rental_id, tracking=serial, shipped_on=stamp(held.now)),
                selectors=(Selector(names={"line_id": unit.line.line_id}, quantity_milli=UNIT_MILLI),),
            ),
            Amend(facts=to_facts(facts), aliases=aliases, what="rented"),
        ),
        records=start.records,
        notices=start.notices,
        note=start.rental,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A rental that begins, with the device that goes with it and the first payment it schedules."""

    rental: Record
    records: tuple[Record, ...]
    notices: tuple[Notice, ...]


def begin(owner: Owner, body: Mapping[str, object], asset: Record, *, held: Held) -> Start:
    now, order_id = held.now, text(body, "orderId")
    rental = new(owner, RENTAL, {**body, "assetSerialNumber": asset.record_id}, at=now, order_id=order_id)
    payment = scheduled(owner, rental, payment_id=fresh_id("pay", held), now=now)
    rented = {"status": "rented_out", "rentalId": rental.record_id, "customerId": text(body, "customerId")}
    return Start(
        rental=rental,
        records=(rental, changed(asset, rented, now=now), payment),
        notices=(
            about_rental("subscription.created", rental, at=now),
            about_payment("payment.scheduled", payment, at=now),
            about_rental("asset.assigned", rental, at=now),
        ),
    )


def _listing(unit: Unit, rental_id: str) -> tuple[dict[str, object], dict[str, object]]:
    """The order's facts with the rental in its lists, and the item that it fulfils."""
    facts = facts_of(unit.order.facts)
    items, ids = facts["items"], facts["rentalIds"]
    assert isinstance(items, list)
    assert isinstance(ids, list)
    place = int(unit.line.line_id)
    item: dict[str, object] = {**items[place], "rentalIds": [*items[place]["rentalIds"], rental_id]}
    after = {**facts, "items": [*items[:place], item, *items[place + 1 :]], "rentalIds": [*ids, rental_id]}
    return after, item


def _body(
    asked: CreateSubscription, order: Mapping[str, object], item: Mapping[str, object], *, now: datetime
) -> dict[str, object]:
    start = moment(asked.start_date) or now
    term = Term(start=start, months=asked.contract_length or months_of(item))
    kept = stated({"billingGroupId": asked.billing_group_id, "notes": asked.notes})
    return {**begun(order, item, term), "customerId": asked.customer_id, **kept}


def encode_create(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    if isinstance(verdict, Refused):
        return refused(verdict)
    assert isinstance(verdict.note, Record)
    answer = {
        "success": True,
        "message": "Subscription created successfully",
        "rentalId": verdict.note.record_id,
        "rental": shown(verdict.note),
    }
    return json_answer(201, answer)


def about_rental(event: str, rental: Record, *, at: datetime) -> Notice:
    """The prose calls the id `subscriptionId`, in the payload of its one example too."""
    body = facts_of(rental.body)
    members = ("customerId", "orderId", "assetSerialNumber", "status")
    data = {"subscriptionId": rental.record_id, **{name: text(body, name) for name in members}}
    return told(event, at=at, data=data)


# ------------------------------------------------------------------------------------------------- what every change needs

_Asked = TypeVar("_Asked", bound=NamedSubscription)


def named(wire: WireRequest, message: type[_Asked]) -> _Asked:
    """The request; its body must repeat the id of the path. No page says what happens when it doesn't."""
    asked = read(wire.body, message)
    if asked.rental_id != wire.params["subscriptionId"]:
        raise invalid(FieldFault(path="rentalId", message="Differs from the subscription in the path", code="custom"))
    return asked


def actor(caller: Caller) -> dict[str, object]:
    """Who carried a change out."""
    return {"userId": caller.key_id}


def stated(members: Mapping[str, object]) -> dict[str, object]:
    """Members that were given."""
    return {name: value for name, value in members.items() if value is not None}
