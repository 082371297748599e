"""Get All Employees, Get Employee By Id and Create Employee. An employee is shown with the hardware that they have."""

from typing import Final

import msgspec

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import Found, Query
from countermand.model.record import Record

from .codes import answer_refused, rule
from .documents import Employee, EmployeeItem, Hardware, KeptEmployee, Open
from .envelope import answer_yes, open_envelope
from .keeping import EMPLOYEE, EMPLOYEE_BY_ID, HARDWARE
from .membership import company_key, known, manages
from .people import employee_in, key_of, new_employee, records_of
from .requests import CreateEmployee, check
from .shelf import everything, item_in, item_of, items_in, list_of, records_in

decode_list: Final = list_of(EMPLOYEE, beside=HARDWARE)


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    owned: dict[str, list[Open]] = {}
    for kept in records_in(found[1]):
        owned.setdefault(kept.facets.get("employee", ""), []).append(_hardware(kept))
    kept_employees = items_in(found, queries=2)
    return answer_yes(*(_item(employee, owned) for employee in map(employee_in, kept_employees)))


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    employee, *company = item_of(EMPLOYEE_BY_ID, "employeeId")(wire, caller)
    owned = everything(HARDWARE, caller, facets={"employee": wire.params["employeeId"]})
    return (employee, owned, *company)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    kept = item_in(found, wire, queries=2)
    if kept is None:
        return answer_refused(rule("EMPLOYEE_UNKNOWN"))
    employee = employee_in(kept)
    owned = {employee.id: [_hardware(one) for one in records_in(found[1])]}
    return answer_yes(_item(employee, owned))


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    body = check(CreateEmployee, open_envelope(wire).data)
    key = key_of(caller, body.email)
    company = company_key(caller, body.company_code)

    def plan(held: Held) -> Plan | Refused:
        if not manages(held, caller, body.company_code):
            return rule("COMPANY_UNKNOWN")
        if key in held.records:
            return rule("EMPLOYEE_EXISTS")
        found = known(held, caller, body.company_code)
        name = found.name if found else body.company_code
        employee = new_employee(body, held, code=body.company_code, company_name=name)
        return Plan(records=records_of(employee, held, caller), note=_item(employee, {}))

    return Ask(plan=plan, records=(key, company))


def encode_create(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    """An array, although the table says object: the same table of Create Company says so, and its example has an array."""
    del wire
    return answer_refused(verdict) if isinstance(verdict, Refused) else answer_yes(verdict.note, status=201)


def _item(employee: KeptEmployee, owned: dict[str, list[Open]]) -> EmployeeItem:
    members = {name: getattr(employee, name) for name in Employee.__struct_fields__}
    return EmployeeItem(**members, hardwares=owned.get(employee.id, []))


def _hardware(kept: Record) -> Open:
    hardware = msgspec.json.decode(kept.body, type=Hardware)
    return {
        "id": hardware.id,
        "brand": hardware.brand,
        "description": hardware.description,
        "serialNumber": hardware.serial_number,
        "name": hardware.name,
    }
