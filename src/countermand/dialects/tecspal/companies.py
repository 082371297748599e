"""Companies: a tenant manages several, each with a code that is unique to it (Get All Companies, Create Company pages).

A caller manages a company whose code its account lists, and every company that the tenant has a record of. What is said of a
company that is not managed never tells whether it exists.
"""

from typing import Final

import msgspec

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import iso_millis
from countermand.model.keys import RecordKey
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import Found, GetRecord, Listing, ListRecords, Page, Query
from countermand.model.record import Record

from .codes import answer_refused, rule
from .documents import Company
from .envelope import answer_yes, open_envelope, wanted
from .keeping import record
from .name import NAME
from .requests import CreateCompany, check

KIND: Final = "company"


def listed(caller: Caller, code: str) -> bool:
    codes = caller.attributes.get("companies")
    return isinstance(codes, list) and code in codes


def key_of(caller: Caller, code: str) -> RecordKey:
    return caller.record(KIND, code)


def key_in(tenant: str, code: str) -> RecordKey:
    return RecordKey(tenant, NAME, KIND, code)


def needed(caller: Caller, code: str) -> tuple[RecordKey, ...]:
    """What must be looked up to know whether the caller manages the company: nothing, if its account says so."""
    return () if listed(caller, code) else (key_of(caller, code),)


def manages(held: Held, caller: Caller, code: str) -> bool:
    return listed(caller, code) or key_of(caller, code) in held.records


def asked(caller: Caller, code: str) -> tuple[Query, ...]:
    """The same for a read: the query, if any, comes last."""
    return tuple(GetRecord(key=key) for key in needed(caller, code))


def managed(found: tuple[Found, ...], queries: int) -> bool:
    """Whether a read of so many queries, not counting `asked`, found the company managed."""
    return len(found) == queries or found[queries] is not None


def known(held: Held, caller: Caller, code: str) -> Company | None:
    kept = held.records.get(key_of(caller, code))
    return company_in(kept) if kept else None


def company_in(kept: Record) -> Company:
    return msgspec.json.decode(kept.body, type=Company)


def facets_of(company: Company) -> dict[str, str]:
    return {"countryCode": company.country_code}


# ----------------------------------------------------------------------------------------------------------------- calls


def decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    country = wanted(open_envelope(wire).filters, "countryCode")
    facets = {} if country is None else {"countryCode": country}
    listing = Listing(sort="created_at", descending=False, facets=facets)
    return (ListRecords(tenant=caller.tenant, dialect=caller.dialect, kind=KIND, listing=listing),)


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    return answer_yes(*(company_in(kept) for kept in records_in(found[0])))


def records_in(page: Found) -> tuple[Record, ...]:
    items = page.items if isinstance(page, Page) else ()
    return tuple(item for item in items if isinstance(item, Record))


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    body = check(CreateCompany, open_envelope(wire).data)
    key = key_of(caller, body.company_code)

    def plan(held: Held) -> Plan | Refused:
        if key in held.records:
            return rule("COMPANY_EXISTS")
        company = new_company(body, held)
        return Plan(records=(record(key, held.now, body=company, facets=facets_of(company)),), note=company)

    return Ask(plan=plan, records=(key,))


def new_company(body: CreateCompany, held: Held) -> Company:
    return Company(
        id=held.new_id(),
        created_at=iso_millis(held.now),
        name=body.name,
        legal_number=body.legal_number,
        country_code=body.country_code,
        company_code=body.company_code,
        contact_email=body.contact_email,
        phone=body.phone,
        abm_code=body.abm_code,
    )


def encode_create(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    """Body `statusCode` 201 and an array, as in the page's example; its table says object."""
    del wire
    return answer_refused(verdict) if isinstance(verdict, Refused) else answer_yes(verdict.note, status=201)
