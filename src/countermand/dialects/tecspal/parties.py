"""For which company and which employee a call is: by code and address, or as new ones (Quote Order, offboarding pages).

"Either companyCode (for an existing company) or a company object (to create/update company information)"; an `employee` object
whose address is known stands for that employee.
"""

from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from countermand.dialects.contract import Caller, Held
from countermand.dialects.wire import iso_millis
from countermand.model.keys import RecordKey
from countermand.model.outcome import Refused
from countermand.model.record import Record

from . import membership, people
from .codes import rule
from .documents import Company, KeptEmployee
from .keeping import company_facets, record
from .requests import CompanyBody, Parties

#: What a new company must have, by the Create Company page.
_REQUIRED: Final = ("name", "country_code", "legal_number", "contact_email", "phone")
_UPDATED: Final = (*_REQUIRED, "abm_code")


class Resolved(Struct, frozen=True, kw_only=True):
    """The parties, and the records of those that are new or have changed."""

    code: str
    company: Company | None
    employee: KeptEmployee | None = None
    records: tuple[Record, ...] = ()

    @property
    def company_name(self) -> str:
        return self.company.name if self.company else self.code


def needed(caller: Caller, body: Parties) -> tuple[RecordKey, ...]:
    company = membership.company_key(caller, body.code)
    return (company,) if body.email is None else (company, people.key_of(caller, body.email))


def resolve(held: Held, caller: Caller, body: Parties) -> Resolved | Refused:
    found = _company(held, caller, body)
    return found if isinstance(found, Refused) else _with_employee(found, held, caller, body)


def _company(held: Held, caller: Caller, body: Parties) -> Resolved | Refused:
    before = membership.known(held, caller, body.code)
    if body.company is None:
        if not membership.manages(held, caller, body.code):
            return rule("COMPANY_UNKNOWN")
        return Resolved(code=body.code, company=before)
    company = _merged(before, body.company, held)
    if isinstance(company, Refused) or company == before:
        return company if isinstance(company, Refused) else Resolved(code=body.code, company=company)
    key = membership.company_key(caller, body.code)
    kept = record(key, held.now, body=company, facets=company_facets(company))
    if (earlier := held.records.get(key)) is not None:
        kept = replace(kept, created_at=earlier.created_at)
    return Resolved(code=body.code, company=company, records=(kept,))


def _merged(before: Company | None, body: CompanyBody, held: Held) -> Company | Refused:
    given = {name: value for name in _UPDATED if (value := getattr(body, name)) is not None}
    if before is not None:
        return msgspec.structs.replace(before, **given)
    for name in _REQUIRED:
        if name not in given:
            alias = CompanyBody.model_fields[name].alias
            return rule("COMPANY_INCOMPLETE", f"company.{alias} is required")
    return Company(id=held.new_id(), created_at=iso_millis(held.now), company_code=body.company_code, **given)


def _with_employee(found: Resolved, held: Held, caller: Caller, body: Parties) -> Resolved | Refused:
    if body.email is None:
        return found
    employee = people.known(held, people.key_of(caller, body.email))
    if employee is not None and employee.company_code == found.code:
        return replace(found, employee=employee)
    if body.employee is None:
        return rule("EMPLOYEE_UNKNOWN")
    if employee is not None:
        return rule("EMPLOYEE_EXISTS")
    employee = people.new_employee(body.employee, held, code=found.code, company_name=found.company_name)
    return replace(found, employee=employee, records=(*found.records, *people.records_of(employee, held, caller)))
