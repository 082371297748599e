"""How documents beside orders are kept: under which kinds, found by what, and the numbers that are counted up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from countermand.dialects.contract import Held
from countermand.model.keys import RecordKey
from countermand.model.record import Record

from .documents import Company, KeptEmployee, KeptHardware, KeptMovement

COMPANY: Final = "company"
EMPLOYEE: Final = "employee"
#: Leads from an employee's id to the employee, who is kept under the address.
EMPLOYEE_BY_ID: Final = "employee_id"
HARDWARE: Final = "hardware"
#: Says that a serial number is taken: "Unique serial number of the hardware" (Create Hardware page).
SERIAL: Final = "hardware_serial"
CATALOG: Final = "catalog"
MOVEMENT: Final = "movement"
HISTORY: Final = "history"
COUNTER: Final = "counter"

#: The counters, by the member that they number.
ORDER_NUMBER: Final = "orderNumber"
MOVEMENT_NUMBER: Final = "movementRequestNumber"


class Count(msgspec.Struct, frozen=True):
    last: int


def record(key: RecordKey, at: datetime, *, body: object, facets: Mapping[str, str] | None = None) -> Record:
    """A record that is made, or changed, at this instant."""
    return Record(
        tenant=key.tenant,
        dialect=key.dialect,
        kind=key.kind,
        record_id=key.record_id,
        created_at=at,
        updated_at=at,
        facets=facets or {},
        body=msgspec.json.encode(body),
    )


def next_number(held: Held, key: RecordKey) -> tuple[int, Record]:
    """The next number of a counter that the ask has named, and the counter after it."""
    before = held.records.get(key)
    number = 1 + (msgspec.json.decode(before.body, type=Count).last if before else 0)
    return number, record(key, held.now, body=Count(last=number))


# ---------------------------------------------------------------------------------------------------------------- facets


def company_facets(company: Company) -> dict[str, str]:
    return {"countryCode": company.country_code}


def employee_facets(employee: KeptEmployee) -> dict[str, str]:
    return {"companyCode": employee.company_code, "countryCode": employee.country_code}


def hardware_facets(hardware: KeptHardware, employee_id: str) -> dict[str, str]:
    return {
        "companyCode": hardware.company_code,
        "countryCode": hardware.country_code,
        "status": hardware.status,
        "employee": employee_id,
    }


def movement_facets(movement: KeptMovement) -> dict[str, str]:
    return {
        "companyCode": movement.company_code,
        "countryCode": movement.country_code,
        "type": movement.type,
        "status": movement.status,
    }
