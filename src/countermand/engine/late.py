"""Truth that comes too late, and is accepted all the same: shipped after the cancel, paid after it, captured after the void.

Rule: what has happened is never refused. What it contradicts becomes a named conflict with a default remedy, and the remedy
is an obligation, so that it can't be forgotten:

| Conflict             | Remedy                                                             |
|----------------------|--------------------------------------------------------------------|
| shipped_after_cancel | `return`: the goods come back; until then the order costs again what they cost |
| shipped_while_held   | `review`: a person looks at why the hold was passed over           |
| paid_after_cancel    | `void` or `refund` of what came too late                           |
| captured_after_void  | `refund` of what was captured                                      |
| refunded_elsewhere   | `review`; what is still promised is cut to what is left of the money |
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from countermand.engine.around import Around
from countermand.engine.evolve import by_key, evolve
from countermand.engine.settlement import closed, finished, put_right
from countermand.engine.standing import standing_of, status_after
from countermand.engine.tenders import MONEY, by_id, kept, refundable_minor, released, voidable_minor, with_payment
from countermand.engine.totals import taxes_of
from countermand.engine.units import OPEN, Choice, States, choose, take
from countermand.model.command import Close, Closing, PaymentStep, ReportPayment, Ship
from countermand.model.event import Amendment, Event, Taking
from countermand.model.lifecycle import Lifecycle
from countermand.model.obligation import Obligation, Owed
from countermand.model.order import Conflict, ConflictKind, Order, Payment, PortionState, TaxTotal
from countermand.model.outcome import Accepted, Refusal, Refused

_CANCELLED: Final[States] = (PortionState.CANCELLED,)
_COULD_LEAVE: Final[States] = (*OPEN, *_CANCELLED)


def conflicted(accepted: Accepted, conflict: Conflict, owed: Owed | None) -> Accepted:
    """With the conflict noted on the order, as an event, and its remedy owed."""
    order = accepted.order
    conflict = replace(conflict, conflict_id=str(order.sequence + 1), remedy=owed.kind if owed else "")
    event = Event(
        type="cancellation.conflict_detected",
        at=conflict.detected_at,
        status=order.status,
        currency=order.currency,
        amendment=Amendment(conflicts=(*order.conflicts, conflict)),
        data={"conflict_id": conflict.conflict_id, "kind": conflict.kind, "remedy": conflict.remedy},
        sequence=order.sequence + 1,
    )
    due = () if owed is None else (replace(owed, data={**owed.data, "conflict_id": conflict.conflict_id}),)
    return replace(accepted, order=evolve(order, event), events=(*accepted.events, event), owed=(*accepted.owed, *due))


# --------------------------------------------------------------------------------------------------------------- goods


def shipped_all_the_same(order: Order, command: Ship, lifecycle: Lifecycle, now: datetime) -> Accepted | Refused:
    """Units have left: open ones first, then cancelled ones. Refused only when there are no such units at all."""
    chosen = _which(order, command)
    if isinstance(chosen, Refused):
        return chosen
    if not chosen:
        return Refused(refusal=Refusal.NOTHING_OPEN, order=order)
    on_time, late = _by_state(chosen)
    takings = _in_order(
        take(on_time, OPEN, into=PortionState.SHIPPED), take(late, _CANCELLED, into=PortionState.SHIPPED)
    )
    late_takings = take(late, _CANCELLED, into=PortionState.SHIPPED)
    event = Event(
        type="units.shipped",
        at=now,
        status=order.status,
        takings=takings,
        amount_minor=-sum(taking.price_minor for taking in late_takings),
        taxes=tuple(
            TaxTotal(rate_milli=tax.rate_milli, amount_minor=-tax.amount_minor)
            for tax in taxes_of(order.lines, late_takings)
        ),
        currency=order.currency,
        shipment=command.shipment,
        data=by_key(command.executed_by),
        sequence=order.sequence + 1,
    )
    event = replace(event, status=status_after(order.status, standing_of(evolve(order, event).lines), lifecycle))
    accepted = Accepted(order=evolve(order, event), events=(event,))
    if late_takings:
        accepted = conflicted(accepted, *_goods_are_out(late_takings, command, now))
    if order.holds:
        review = Owed(kind="review", type="conflict.review", owner="staff")
        accepted = conflicted(accepted, _conflict(ConflictKind.SHIPPED_WHILE_HELD, now), review)
    return accepted


def _which(order: Order, command: Ship) -> tuple[Choice, ...] | Refused:
    if command.selectors is not None:
        return choose(order, command.selectors, _COULD_LEAVE)
    return choose(order, None, OPEN) or choose(order, None, _CANCELLED)


def _by_state(chosen: tuple[Choice, ...]) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Of each choice, as much as is open, and the rest of it."""
    on_time, late = list[Choice](), list[Choice]()
    for choice in chosen:
        open_milli = min(choice.quantity_milli, choice.line.quantity_milli(PortionState.OPEN))
        if open_milli:
            on_time.append(Choice(choice.line, open_milli))
        if choice.quantity_milli > open_milli:
            late.append(Choice(choice.line, choice.quantity_milli - open_milli))
    return tuple(on_time), tuple(late)


def _in_order(*groups: tuple[Taking, ...]) -> tuple[Taking, ...]:
    """All takings, of each line the last portion first, so that splitting one never moves the index of the next."""
    every = [taking for group in groups for taking in group]
    return tuple(sorted(every, key=lambda taking: (taking.line_id, -taking.portion)))


def _goods_are_out(takings: tuple[Taking, ...], command: Ship, now: datetime) -> tuple[Conflict, Owed]:
    amount = sum(taking.price_minor for taking in takings)
    data = {"shipment_id": command.shipment.shipment_id}
    data |= {f"line:{taking.line_id}": str(taking.quantity_milli) for taking in takings}
    lines = tuple(dict.fromkeys(taking.line_id for taking in takings))
    owed = Owed(kind="return", type="goods.return", amount_minor=amount, data=data, owner="staff")
    return replace(_conflict(ConflictKind.SHIPPED_AFTER_CANCEL, now), amount_minor=amount, line_ids=lines), owed


def _conflict(kind: ConflictKind, now: datetime) -> Conflict:
    return Conflict(conflict_id="", kind=kind, detected_at=now)


# --------------------------------------------------------------------------------------------------------------- money


#: Kinds of obligations that give captured money back.
_BACK: Final = MONEY - {"void"}


class _Heard(Struct, frozen=True):
    """A payment as it is now, and what that settled or changed of what was owed for it."""

    payment: Payment
    closed: tuple[Obligation, ...] = ()
    owed: tuple[Owed, ...] = ()
    conflict: ConflictKind | None = None
    amount_minor: int = 0


def report(order: Order, command: ReportPayment, lifecycle: Lifecycle, now: datetime, *, around: Around) -> Accepted:
    """Something happened to the money of one tender."""
    known = by_id(order.payments).get(command.payment_id)
    payment = known or Payment(payment_id=command.payment_id, method=command.method)
    mine = tuple(
        one for one in around.obligations if not one.state.over and one.data.get("payment_id") == command.payment_id
    )
    heard = _HEARD[command.step](payment, command, mine, now)
    told = {"payment_id": command.payment_id, "amount": str(command.amount_minor), "method": payment.method}
    told |= by_key(command.executed_by)
    event = Event(
        type=f"payment.{command.step}",
        at=now,
        status=order.status,
        currency=order.currency,
        amendment=Amendment(
            payments=with_payment(order.payments, heard.payment), conflicts=put_right(order.conflicts, heard.closed)
        ),
        data={name: text for name, text in told.items() if text},
        sequence=order.sequence + 1,
    )
    accepted = Accepted(order=evolve(order, event), events=(event,), obligations=heard.closed, owed=heard.owed)
    if heard.conflict is None and order.status in lifecycle.cancelled and command.step in _INWARDS:
        heard = _too_much(accepted.order, heard, command)
    if heard.conflict is not None:
        accepted = _put_right(accepted, heard, now)
    return finished(accepted, around)


_INWARDS: Final = frozenset({PaymentStep.AUTHORISED, PaymentStep.CAPTURED})


def _authorised(payment: Payment, command: ReportPayment, mine: tuple[Obligation, ...], now: datetime) -> _Heard:
    del mine, now
    after = replace(payment, authorised_minor=payment.authorised_minor + command.amount_minor, voided=False)
    return _Heard(after)


def _captured(payment: Payment, command: ReportPayment, mine: tuple[Obligation, ...], now: datetime) -> _Heard:
    """A capture takes authorised money; what was to be voided and is captured now has to be refunded instead."""
    del now
    captured = payment.captured_minor + command.amount_minor
    after = replace(payment, captured_minor=captured, authorised_minor=max(payment.authorised_minor, captured))
    late = min(after.released_minor, max(0, captured + after.released_minor - payment.authorised_minor))
    if late:
        after = replace(after, released_minor=after.released_minor - late, voided=False)
        return _Heard(after, conflict=ConflictKind.CAPTURED_AFTER_VOID, amount_minor=late)
    turned, owed = list[Obligation](), list[Owed]()
    for one, part in _beyond(mine, {"void"}, after.voiding_minor - _free_minor(after)):
        after = replace(after, voiding_minor=after.voiding_minor - part, refunding_minor=after.refunding_minor + part)
        if part == one.amount_minor:
            turned.append(replace(one, kind="refund", type="payment.refund"))
        else:
            turned.append(replace(one, amount_minor=one.amount_minor - part))
            owed.append(_refund_of(one, part))
    return _Heard(after, closed=tuple(turned), owed=tuple(owed))


def _refund_of(void: Obligation, amount_minor: int) -> Owed:
    """What was captured of the money that was to be voided."""
    data = {name: void.data[name] for name in ("payment_id", "method") if name in void.data}
    return Owed(
        kind="refund",
        type="payment.refund",
        amount_minor=amount_minor,
        currency=void.currency,
        data=data,
        not_before=void.next_try_at,
        cancellation_id=void.cancellation_id,
    )


def _beyond(mine: Iterable[Obligation], kinds: Collection[str], much: int) -> Iterator[tuple[Obligation, int]]:
    """The obligations of which so much is not possible any more, the newest first, each with its part."""
    for one in sorted(mine, key=lambda one: one.obligation_id, reverse=True):
        part = min(much, one.amount_minor)
        if one.kind in kinds and part > 0:
            much -= part
            yield one, part


def _lessened(obligation: Obligation, part: int, now: datetime) -> Obligation:
    """An obligation of which a part is done; with all of it, it is settled."""
    if part == obligation.amount_minor:
        return closed(obligation, _reported(obligation), now)
    return replace(obligation, amount_minor=obligation.amount_minor - part)


def _voided(payment: Payment, command: ReportPayment, mine: tuple[Obligation, ...], now: datetime) -> _Heard:
    """No more can be released than was authorised and not captured; what goes beyond gave back captured money."""
    paid = _settles(command, mine, {"void"})
    if paid is not None:
        after = kept((payment,), paid)[0]
        return _Heard(after, closed=(closed(paid, _reported(paid), now),))
    part = min(command.amount_minor, _free_minor(payment))
    after, done = released(payment, part), list[Obligation]()
    for one, out in _beyond(mine, {"void"}, after.voiding_minor - _free_minor(after)):
        after = replace(after, voiding_minor=after.voiding_minor - out)
        done.append(_lessened(one, out, now))
    beyond = command.amount_minor - part
    if not beyond:
        return _Heard(after, closed=tuple(done))
    after = replace(after, refunded_minor=min(after.captured_minor, after.refunded_minor + beyond))
    after, less = _no_more_than_taken(after, mine, now)
    return _Heard(after, closed=(*done, *less), conflict=ConflictKind.REFUNDED_ELSEWHERE, amount_minor=beyond)


def _free_minor(payment: Payment) -> int:
    """What is authorised and neither captured nor released."""
    return max(0, payment.authorised_minor - payment.captured_minor - payment.released_minor)


def _refunded(payment: Payment, command: ReportPayment, mine: tuple[Obligation, ...], now: datetime) -> _Heard:
    paid = _settles(command, mine, _BACK)
    if paid is not None:
        after = kept((payment,), paid)[0]
        return _Heard(after, closed=(closed(paid, _reported(paid), now),))
    after = replace(payment, refunded_minor=payment.refunded_minor + command.amount_minor)
    after, less = _no_more_than_taken(after, mine, now)
    return _Heard(after, closed=less, conflict=ConflictKind.REFUNDED_ELSEWHERE, amount_minor=command.amount_minor)


def _no_more_than_taken(
    payment: Payment, mine: tuple[Obligation, ...], now: datetime
) -> tuple[Payment, tuple[Obligation, ...]]:
    """What went back elsewhere can't go back again: what is promised beyond what was taken is not owed, the newest first."""
    much = payment.refunding_minor - max(0, payment.captured_minor - payment.refunded_minor)
    less = tuple((one, part) for one, part in _beyond(mine, _BACK, much))
    promised = payment.refunding_minor - sum(part for _, part in less)
    return replace(payment, refunding_minor=promised), tuple(_lessened(one, part, now) for one, part in less)


_HEARD: Final = {
    PaymentStep.AUTHORISED: _authorised,
    PaymentStep.CAPTURED: _captured,
    PaymentStep.VOIDED: _voided,
    PaymentStep.REFUNDED: _refunded,
}


def _settles(command: ReportPayment, mine: tuple[Obligation, ...], kinds: Collection[str]) -> Obligation | None:
    """The obligation that this report settles: the one it names, else the oldest for exactly this amount."""
    fitting = [one for one in mine if one.kind in kinds and one.amount_minor == command.amount_minor]
    if command.obligation_id is not None:
        fitting = [one for one in fitting if one.obligation_id == command.obligation_id]
    return min(fitting, key=lambda one: one.obligation_id, default=None)


def _reported(obligation: Obligation) -> Close:
    return Close(obligation_id=obligation.obligation_id, how=Closing.SETTLE, by="payment side", because="reported")


def _too_much(order: Order, heard: _Heard, command: ReportPayment) -> _Heard:
    """Money that came in for an order that is cancelled: whatever is above what the order still costs."""
    held = sum(voidable_minor(payment) + refundable_minor(payment) for payment in order.payments)
    late = min(command.amount_minor, held - order.total_minor)
    return replace(heard, conflict=ConflictKind.PAID_AFTER_CANCEL, amount_minor=late) if late > 0 else heard


def _put_right(accepted: Accepted, heard: _Heard, now: datetime) -> Accepted:
    """The conflict with its remedy; money that is to go back is promised on the payment in the same event."""
    order, kind, amount = accepted.order, heard.conflict, heard.amount_minor
    assert kind is not None
    payment_id = heard.payment.payment_id
    conflict = replace(_conflict(kind, now), amount_minor=amount, payment_id=payment_id)
    if kind is ConflictKind.REFUNDED_ELSEWHERE:
        review = Owed(kind="review", type="conflict.review", owner="staff", data={"about_payment": payment_id})
        return conflicted(accepted, conflict, review)
    payment = by_id(order.payments)[payment_id]
    void = kind is ConflictKind.PAID_AFTER_CANCEL and voidable_minor(payment) >= amount
    promised = (
        replace(payment, voiding_minor=payment.voiding_minor + amount)
        if void
        else replace(payment, refunding_minor=payment.refunding_minor + amount)
    )
    *before, last = accepted.events
    known = last.amendment or Amendment()
    last = replace(last, amendment=replace(known, payments=with_payment(order.payments, promised)))
    after = replace(order, payments=with_payment(order.payments, promised))
    name = "void" if void else "refund"
    owed = Owed(
        kind=name,
        type=f"payment.{name}",
        amount_minor=amount,
        currency=order.currency,
        data={"payment_id": payment_id, **({"otherwise": "refund"} if void else {})},
    )
    return conflicted(replace(accepted, order=after, events=(*before, last)), conflict, owed)
