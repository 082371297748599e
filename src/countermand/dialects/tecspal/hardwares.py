"""Hardware that a company has, with an employee or in storage (Get All Hardwares, Get Hardware By Id, Get Hardware in Storage,
Create Hardware pages).
"""

from typing import Final

import msgspec

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.model.keys import RecordKey
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import Found
from countermand.model.record import Record

from . import people
from .codes import answer_refused, rule
from .documents import CatalogItem, Hardware, KeptEmployee, KeptHardware
from .envelope import answer_yes, open_envelope
from .keeping import CATALOG, EMPLOYEE_BY_ID, HARDWARE, SERIAL, hardware_facets, record
from .lifecycle import IN_STORAGE, WITH_EMPLOYEE
from .membership import company_key, known, manages
from .requests import CreateHardware, check
from .shelf import item_in, item_of, items_in, list_of


def hardware_in(kept: Record) -> Hardware:
    return msgspec.json.decode(kept.body, type=Hardware)


# ----------------------------------------------------------------------------------------------------------------- reads

decode_list: Final = list_of(HARDWARE)
decode_storages: Final = list_of(HARDWARE, only={"status": IN_STORAGE})
decode_get: Final = item_of(HARDWARE, "hardwareId")


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    return answer_yes(*map(hardware_in, items_in(found)))


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    kept = item_in(found, wire)
    return answer_refused(rule("HARDWARE_UNKNOWN")) if kept is None else answer_yes(hardware_in(kept))


# ---------------------------------------------------------------------------------------------------------------- create


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    body = check(CreateHardware, open_envelope(wire).data)
    serial = caller.record(SERIAL, body.serial_number) if body.serial_number else None
    model = caller.record(CATALOG, body.common_model_id) if body.common_model_id else None
    employee = _employee_key(body, caller)
    company = company_key(caller, body.company_code)

    def plan(held: Held) -> Plan | Refused:
        if not manages(held, caller, body.company_code):
            return rule("COMPANY_UNKNOWN")
        if serial in held.records:
            return rule("HARDWARE_EXISTS")
        modelled = held.records.get(model) if model else None
        if model is not None and modelled is None:
            return rule("MODEL_UNKNOWN")
        who = people.known(held, employee) if employee else None
        if employee is not None and (who is None or who.company_code != body.company_code):
            return rule("EMPLOYEE_UNKNOWN")
        found = known(held, caller, body.company_code)
        name = found.name if found else body.company_code
        made = _made(
            body, held, who=who, model=msgspec.json.decode(modelled.body, type=CatalogItem) if modelled else None
        )
        made = msgspec.structs.replace(made, company_name=name)
        facets = hardware_facets(made, who.id if who else "")
        kept = record(caller.record(HARDWARE, made.id), held.now, body=made, facets=facets)
        taken = (record(serial, held.now, body={"id": made.id}),) if serial else ()
        return Plan(records=(kept, *taken), note=hardware_in(kept))

    return Ask(plan=plan, records=tuple(key for key in (company, serial, model, employee) if key is not None))


def _employee_key(body: CreateHardware, caller: Caller) -> RecordKey | None:
    if body.employee_profile_id is not None:
        return caller.record(EMPLOYEE_BY_ID, body.employee_profile_id)
    return people.key_of(caller, body.employee_email) if body.employee_email else None


def _made(body: CreateHardware, held: Held, *, who: KeptEmployee | None, model: CatalogItem | None) -> KeptHardware:
    """What is stated, and where that says nothing, what the model says."""
    return KeptHardware(
        id=held.new_id(),
        description=body.description,
        serial_number=body.serial_number,
        brand=body.brand or (model.brand if model else None),
        name=body.model or (model.name if model else body.hardware_type),
        ram=body.ram or (model.ram if model else None),
        disk_space=body.disk_space or (model.disk_space if model else None),
        display_size=body.display_size or (model.display_size if model else None),
        processor=body.processor or (model.processor if model else None),
        image=model.image if model else None,
        date_bought=body.date_bought,
        country_code=body.country_code,
        status=WITH_EMPLOYEE if who else IN_STORAGE,
        new_hardware=body.new_hardware,
        external_reference=body.external_reference,
        employee_profile=people.profile(who) if who else None,
        company_name=body.company_code,
        company_code=body.company_code,
    )


def encode_create(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    return answer_refused(verdict) if isinstance(verdict, Refused) else answer_yes(verdict.note, status=201)
