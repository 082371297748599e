"""An employee, as kept: under the address, which is unique in a tenant ("must be unique", Create Employee page).

A second record leads from the id to the same. No call changes an employee, so the two can't part.
"""

from typing import Final

import msgspec

from countermand.dialects.contract import Caller, Held
from countermand.dialects.wire import iso_millis
from countermand.model.keys import RecordKey
from countermand.model.record import Record

from .documents import KeptEmployee, Open
from .keeping import EMPLOYEE, EMPLOYEE_BY_ID, employee_facets, record
from .requests import EmployeeBody

#: The only status that a new employee can have; INACTIVE is the other one on the page.
ACTIVE: Final = "ACTIVE"


def key_of(caller: Caller, email: str) -> RecordKey:
    return caller.record(EMPLOYEE, email)


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
    facets = employee_facets(employee)
    return (
        record(key_of(caller, employee.email), held.now, body=employee, facets=facets),
        record(caller.record(EMPLOYEE_BY_ID, employee.id), held.now, body=employee, facets=facets),
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
