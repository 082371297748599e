"""Changes to an order that is PENDING or QUOTED: Remove Hardware Requests and Select Hardware Alternative.

Removing is a cancel of units; the order itself is never cancelled by it, because one request must remain. Selecting puts a
candidate in the place of the request that its group belongs to, for the same number of pieces. Both answer with the whole order
(Select page; the other's answer couldn't be read). The errors are ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.model.command import Actors, Amend, Cancel, Selector
from countermand.model.order import UNIT_MILLI, Line, Order
from countermand.model.outcome import Refusal, Refused, Verdict

from .cancel import on_order
from .codes import answer_refused, rule
from .documents import Facts, Open
from .envelope import answer_yes, open_envelope
from .history import actor_of
from .lifecycle import EDITABLE
from .order import REQUEST_ID, amount_of, counted, encoded, facts_of, line_of, shown
from .requests import Removal, RemoveHardware, SelectAlternative, check


def encode(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    if isinstance(verdict, Refused):
        return answer_refused(verdict)
    assert verdict.order is not None
    return answer_yes(shown(verdict.order))


# ---------------------------------------------------------------------------------------------------------------- remove


def decode_remove(wire: WireRequest, caller: Caller) -> Ask:
    envelope = open_envelope(wire)
    # The page lists the members as those of the "Request Body", without an example that would show them inside of `data`.
    body = check(RemoveHardware, envelope.data or envelope.whole)

    def plan(held: Held, order: Order) -> Plan | Refused:
        if order.status not in EDITABLE:
            return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
        if _takes_all(order, body.hardware_requests):
            return rule("HARDWARE_LAST")
        actors = Actors(requested_by=actor_of(caller), executed_by=actor_of(caller))
        cancel = Cancel(
            cancellation_id=held.new_id(),
            selectors=tuple(map(_selector, enumerate(body.hardware_requests))),
            action="remove",
            actors=actors,
        )
        facts = _without(facts_of(order), body.hardware_requests)
        return Plan(commands=(cancel, Amend(facts=encoded(facts), what="hardware_removed")))

    return on_order(caller, wire.params["orderId"], body.company_code, plan=plan)


def _selector(numbered: tuple[int, Removal]) -> Selector:
    index, removal = numbered
    quantity = None if removal.amount is None else removal.amount * UNIT_MILLI
    names = {REQUEST_ID: removal.hardware_request_id}
    return Selector(names=names, quantity_milli=quantity, pointer=f"hardwareRequests.{index}")


def _takes_all(order: Order, removals: Iterable[Removal]) -> bool:
    """Whether exactly nothing would remain. More than there is, and what is unknown, the engine refuses."""
    left = {line.line_id: line.open.quantity_milli for line in order.lines if line.open}
    if not left:
        return False
    for removal in removals:
        had = left.get(removal.hardware_request_id)
        if had is None:
            return False
        left[removal.hardware_request_id] = 0 if removal.amount is None else had - removal.amount * UNIT_MILLI
    return not any(left.values())


def _without(facts: Facts, removals: Iterable[Removal]) -> Facts:
    hardwares = {str(hardware["id"]): hardware for hardware in facts.hardwares}
    for removal in removals:
        hardware = hardwares.get(removal.hardware_request_id)
        if hardware is None:
            continue
        rest = 0 if removal.amount is None else amount_of(hardware) - removal.amount
        if rest > 0:
            hardwares[removal.hardware_request_id] = counted(hardware, rest)
        else:
            del hardwares[removal.hardware_request_id]
    return msgspec.structs.replace(facts, hardwares=list(hardwares.values()))


# ---------------------------------------------------------------------------------------------------------------- select


@dataclass(frozen=True, slots=True)
class _Choice:
    """The request that is chosen now, and the one to be chosen."""

    place: int
    chosen: Open
    candidate: Open


def decode_select(wire: WireRequest, caller: Caller) -> Ask:
    body = check(SelectAlternative, open_envelope(wire).data)

    def plan(held: Held, order: Order) -> Plan | Refused:
        del held
        if order.status not in EDITABLE:
            return Refused(refusal=Refusal.STATUS_FORBIDS, order=order)
        facts = facts_of(order)
        choice = _choice(facts, body)
        if isinstance(choice, Refused):
            return choice
        line = next((line for line in order.lines if line.line_id == choice.chosen["id"] and line.open), None)
        if line is None:
            return rule("REQUEST_UNKNOWN")
        if choice.chosen["id"] == choice.candidate["id"]:
            return Plan()
        return Plan(commands=(_selected(order, facts, choice=choice, line=line),))

    return on_order(caller, wire.params["orderId"], body.company_code, plan=plan)


def _choice(facts: Facts, body: SelectAlternative) -> _Choice | Refused:
    for place, hardware in enumerate(facts.hardwares):
        group = hardware.get("alternativeGroup")
        if not isinstance(group, dict) or group.get("id") != body.alternative_group_id:
            continue
        for candidate in (hardware, *candidates_of(group)):
            if candidate.get("id") == body.hardware_request_id:
                return _Choice(place, hardware, candidate)
        return rule("REQUEST_UNKNOWN")
    return rule("GROUP_UNKNOWN")


def candidates_of(group: Open) -> list[Open]:
    listed = group.get("candidates")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _selected(order: Order, facts: Facts, *, choice: _Choice, line: Line) -> Amend:
    """The candidate in the place of the request that was chosen, which stays, or becomes, a candidate itself."""
    assert line.open is not None
    chosen = {name: value for name, value in choice.chosen.items() if name != "alternativeGroup"}
    group = choice.chosen["alternativeGroup"]
    assert isinstance(group, dict)
    candidates = candidates_of(group)
    if all(candidate.get("id") != chosen["id"] for candidate in candidates):
        candidates = [chosen, *candidates]
    amount = line.open.quantity_milli // UNIT_MILLI
    taken = {**counted(choice.candidate, amount), "alternativeGroup": {**group, "candidates": candidates}}
    after = line_of(taken)
    hardwares = [taken if place == choice.place else hardware for place, hardware in enumerate(facts.hardwares)]
    return Amend(
        facts=encoded(msgspec.structs.replace(facts, hardwares=hardwares)),
        lines=tuple(after if other is line else other for other in order.lines),
        total_minor=order.total_minor - line.open.price_minor + after.portions[0].price_minor,
        what="alternative_selected",
    )
