"""How a subscription ends: cancelled here; the other ends are in this module as they come.

Page: https://docs.flexportal.io/api-reference/subscriptions/cancel.md, checked 2026-11-21.
"""

from countermand.dialects.contract import Ask, Caller, FieldFault, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import facts_of, json_answer
from countermand.model.command import Command, Reopen
from countermand.model.order import Order, PortionState
from countermand.model.outcome import Refused, Verdict
from countermand.model.record import Record

from .codes import Rule, refused, ruled
from .instants import stamp
from .lifecycle import ORDER
from .payments import voided
from .reading import invalid, read
from .records import PAYMENT, RENTAL, changed, key_of, text
from .rental import ACTIVE
from .rentals import about_rental
from .requests import CancelSubscription
from .switches import CANCELLED_RENTAL_REOPENS


def decode_cancel(wire: WireRequest, caller: Caller) -> Ask:
    """The order's unit is open again, payments to come are void, the device stays with the customer until collected."""
    asked = read(wire.body, CancelSubscription)
    key = key_of(caller, RENTAL, named(wire, asked.rental_id))

    def plan(held: Held) -> Plan | Refused:
        rental = held.records.get(key)
        status = None if rental is None else rental.facets.get("status")
        if rental is None:
            return ruled(Rule.SUBSCRIPTION_UNKNOWN, held.order)
        if status == "cancelled":
            return ruled(Rule.SUBSCRIPTION_ALREADY_CANCELLED, held.order)
        if status != ACTIVE:
            return ruled(Rule.SUBSCRIPTION_ALREADY_ENDED, held.order)
        details = {
            "reason": asked.reason,
            **({"notes": asked.notes} if asked.notes else {}),
            "processedBy": {"userId": caller.key_id},
            "cancelledAt": stamp(held.now),
        }
        return ended(held, rental, status="cancelled", details={"cancellationDetails": details})

    return Ask(order=key, records=(key,), order_kinds=(PAYMENT.name,), plan=plan)


def named(wire: WireRequest, rental_id: str) -> str:
    """The id of the path. The body must repeat it; no page says what happens when it doesn't."""
    if rental_id != wire.params["subscriptionId"]:
        problem = FieldFault(path="rentalId", message="Differs from the subscription in the path", code="custom")
        raise invalid(problem)
    return rental_id


def ended(held: Held, rental: Record, *, status: str, details: dict[str, object]) -> Plan:
    """The rental ends with `details` on it; a cancelled one gives its unit back to the order."""
    now = held.now
    change = {"status": status, "lastModifiedDate": stamp(now), **details}
    after = changed(rental, change, now=now)
    payments = voided(held.of_kind(PAYMENT.name), rental_id=rental.record_id, now=now)
    told = () if held.order is None else (about_rental("subscription.ended", after, at=now),)
    gives_back = status == "cancelled" and CANCELLED_RENTAL_REOPENS
    commands = _reopening(held.order, rental.record_id) if gives_back else ()
    return Plan(commands=commands, records=(after, *payments), notices=told, note=after)


def _reopening(order: Order | None, rental_id: str) -> tuple[Command, ...]:
    if order is None or order.status not in ORDER.allowed["reopen"]:
        return ()
    carried = any(
        portion.shipment_id == rental_id and portion.state is PortionState.SHIPPED
        for line in order.lines
        for portion in line.portions
    )
    return (Reopen(shipment_id=rental_id),) if carried else ()


def encode_cancel(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    if isinstance(verdict, Refused):
        return refused(verdict)
    assert isinstance(verdict.note, Record)
    answer = {
        "success": True,
        "rentalId": verdict.note.record_id,
        "assetSerialNumber": text(facts_of(verdict.note.body), "assetSerialNumber"),
        "previousStatus": ACTIVE,
        "cancelledAt": stamp(verdict.note.updated_at),
        "message": "Subscription cancelled successfully",
    }
    return json_answer(200, answer)
