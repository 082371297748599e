"""Employees of a company (Get All Employees, Get Employee By Id, Create Employee pages).

An address is unique in a tenant ("must be unique"), so it is what an employee is kept under; a second record leads from the id
to the same. No call changes an employee, so the two can't part.
"""

from typing import Final

import msgspec

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import iso_millis
from countermand.model.keys import RecordKey
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import Found, Listing, ListRecords, Query
from countermand.model.record import Record

from . import companies
from .codes import answer_refused, rule
from .documents import Employee, EmployeeItem, Hardware, KeptEmployee, Open
from .envelope import answer_yes, open_envelope
from .keeping import facets_for, record
from .requests import CreateEmployee, EmployeeBody, check
from .shelf import item_in, item_of, items_in, list_of

KIND: Final = "employee"
BY_ID: Final = "employee_id"
HARDWARE: Final = "hardware"

#: The only status that a new employee can have; INACTIVE is the other one on the page.
ACTIVE: Final = "ACTIVE"


def key_of(caller: Caller, email: str) -> RecordKey:
    return caller.record(KIND, email)


def employee_in(kept: Record) -> KeptEmployee:
    return msgspec.json.decode(kept.body, type=KeptEmployee)


def known(held: Held, key: RecordKey) -> KeptEmployee | None:
    kept = held.records.get(key)
    return employee_in(kept) if kept else None


def new_employee(body: EmployeeBody, held: Held, *, code: str, company_name: str) -> KeptEmployee:
    now = iso_millis(held.now)
    return KeptEmployee(
        id=held.new_id(),
        created_at=now,
        updated_at=now,
        first_name=body.first_name,
        last_name=body.last_name,
        email=body.email,
        status=ACTIVE,
        phone=body.phone,
        government_dni=body.government_dni,
        cpf=body.cpf,
        address=body.address,
        address_extra_info=body.address_extra_info,
        post_code=body.post_code,
        country_code=body.country_code,
        company_name=company_name,
        company_code=code,
    )


def records_of(employee: KeptEmployee, held: Held, caller: Caller) -> tuple[Record, Record]:
    facets = facets_for(employee.company_code, employee.country_code)
    return (
        record(key_of(caller, employee.email), held.now, body=employee, facets=facets),
        record(caller.record(BY_ID, employee.id), held.now, body=employee, facets=facets),
    )


def profile(employee: KeptEmployee) -> Open:
    """The employee as shown within an order, a hardware and a movement; the tables there end before its members."""
    return {
        "id": employee.id,
        "firstName": employee.first_name,
        "lastName": employee.last_name,
        "email": employee.email,
        "phone": employee.phone,
    }


# ----------------------------------------------------------------------------------------------------------------- calls

decode_list: Final = list_of(KIND, beside=HARDWARE)


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    owned: dict[str, list[Open]] = {}
    for kept in companies.records_in(found[1]):
        owned.setdefault(kept.facets.get("employee", ""), []).append(_hardware(kept))
    kept_employees = items_in(found, queries=2)
    return answer_yes(*(_item(employee, owned) for employee in map(employee_in, kept_employees)))


def decode_get(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    employee, *company = item_of(BY_ID, "employeeId")(wire, caller)
    listing = Listing(sort="created_at", descending=False, facets={"employee": wire.params["employeeId"]})
    owned = ListRecords(tenant=caller.tenant, dialect=caller.dialect, kind=HARDWARE, listing=listing)
    return (employee, owned, *company)


def encode_get(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    kept = item_in(found, wire, queries=2)
    if kept is None:
        return answer_refused(rule("EMPLOYEE_UNKNOWN"))
    employee = employee_in(kept)
    owned = {employee.id: [_hardware(one) for one in companies.records_in(found[1])]}
    return answer_yes(_item(employee, owned))


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    body = check(CreateEmployee, open_envelope(wire).data)
    key = key_of(caller, body.email)
    company = companies.key_of(caller, body.company_code)

    def plan(held: Held) -> Plan | Refused:
        if not companies.manages(held, caller, body.company_code):
            return rule("COMPANY_UNKNOWN")
        if key in held.records:
            return rule("EMPLOYEE_EXISTS")
        found = companies.known(held, caller, body.company_code)
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
