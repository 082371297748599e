"""Movement requests: hardware that goes to an employee or comes back (Get All Movement Requests, Get Movement Request By Id,
Create Onboarding Movement, Create Offboarding Movement pages).

They are kept and shown; nothing moves, because no page says what follows PROCESSING. The path of the offboarding couldn't be
read and follows the onboarding's.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import iso_millis
from countermand.model.keys import RecordKey
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import Found
from countermand.model.record import Record

from . import parties
from .codes import answer_refused, rule
from .documents import Hardware, KeptMovement, Movement, Open
from .envelope import answer_yes, open_envelope
from .history import actor_of
from .keeping import COUNTER, HARDWARE, MOVEMENT, MOVEMENT_NUMBER, movement_facets, next_number, record
from .lifecycle import IN_STORAGE, PROCESSING, WITH_EMPLOYEE
from .people import profile
from .requests import Offboarding, Onboarding, Parties, check
from .shelf import item_in, item_of, items_in, list_of
from .switches import HANDLED_BY


def movement_in(kept: Record) -> Movement:
    return msgspec.json.decode(kept.body, type=Movement)


# ----------------------------------------------------------------------------------------------------------------- reads

decode_list: Final = list_of(MOVEMENT, "type", "status")
decode_get: Final = item_of(MOVEMENT, "movementRequestId")


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    return answer_yes(*map(movement_in, items_in(found)))


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    kept = item_in(found, wire)
    return answer_refused(rule("MOVEMENT_UNKNOWN")) if kept is None else answer_yes(movement_in(kept))


# ---------------------------------------------------------------------------------------------------------------- create


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What the two kinds of request say in different words. `start` is where the hardware must be now."""

    body: Parties
    type: str
    send_to: str
    start: str
    hardware_ids: tuple[str, ...]
    handled_by: str
    factory_reset: bool
    expected_date: str | None
    country_code: str | None


def decode_onboarding(wire: WireRequest, caller: Caller) -> Ask:
    body = check(Onboarding, open_envelope(wire).data)
    wish = _Wish(
        body=body,
        type="ONBOARDING",
        send_to="EMPLOYEE",
        start=IN_STORAGE,
        hardware_ids=body.hardware_ids,
        handled_by=HANDLED_BY,
        factory_reset=False,
        expected_date=body.expected_date,
        country_code=body.country_code,
    )
    return _ask(caller, wish)


def decode_offboarding(wire: WireRequest, caller: Caller) -> Ask:
    body = check(Offboarding, open_envelope(wire).data)
    wish = _Wish(
        body=body,
        type="OFFBOARDING",
        send_to="STORAGE",
        start=WITH_EMPLOYEE,
        hardware_ids=body.hardwares.hardware_ids,
        handled_by=body.handled_by,
        factory_reset=body.factory_reset,
        expected_date=body.expected_date,
        country_code=None,
    )
    return _ask(caller, wish)


def _ask(caller: Caller, wish: _Wish) -> Ask:
    numbers = caller.record(COUNTER, MOVEMENT_NUMBER)
    wanted = tuple(dict.fromkeys(caller.record(HARDWARE, identity) for identity in wish.hardware_ids))

    def plan(held: Held) -> Plan | Refused:
        found = parties.resolve(held, caller, wish.body)
        if isinstance(found, Refused):
            return found
        if not all(_is_there(held.records.get(key), found.code, wish.start) for key in wanted):
            return rule("HARDWARE_UNKNOWN")
        number, counter = next_number(held, numbers)
        made = _made(wish, held, found=found, number=number)
        made = msgspec.structs.replace(made, hardwares=_shown(held, wanted), api_client_requester_name=actor_of(caller))
        kept = record(caller.record(MOVEMENT, made.id), held.now, body=made, facets=movement_facets(made))
        return Plan(records=(counter, *found.records, kept), note=movement_in(kept))

    return Ask(plan=plan, records=(numbers, *parties.needed(caller, wish.body), *wanted))


def _is_there(kept: Record | None, code: str, *where: str) -> bool:
    return kept is not None and kept.facets.get("companyCode") == code and kept.facets.get("status") in where


def _shown(held: Held, wanted: tuple[RecordKey, ...]) -> list[Open]:
    found = (msgspec.json.decode(held.records[key].body, type=Hardware) for key in wanted)
    return [{"id": one.id, "name": one.name, "serialNumber": one.serial_number} for one in found]


def _made(wish: _Wish, held: Held, *, found: parties.Resolved, number: int) -> KeptMovement:
    assert found.employee is not None
    who, arrives, now = profile(found.employee), wish.type == "ONBOARDING", iso_millis(held.now)
    return KeptMovement(
        id=held.new_id(),
        movement_request_number=number,
        created_at=now,
        updated_at=now,
        type=wish.type,
        status=PROCESSING,
        send_to=wish.send_to,
        handled_by=wish.handled_by,
        expected_date=wish.expected_date,
        factory_reset=wish.factory_reset,
        to_employee=who if arrives else None,
        from_employee=None if arrives else who,
        country_code=wish.country_code or found.employee.country_code,
        company_name=found.company_name,
        company_code=found.code,
    )


def encode_create(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    return answer_refused(verdict) if isinstance(verdict, Refused) else answer_yes(verdict.note, status=201)
