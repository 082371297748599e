"""Get All Companies and Create Company. A company's code is unique in its tenant."""

import msgspec

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import iso_millis
from countermand.model.outcome import Refused, Verdict
from countermand.model.query import Found, Query

from .codes import answer_refused, rule
from .documents import Company
from .envelope import answer_yes, open_envelope
from .keeping import COMPANY, company_facets, record
from .membership import company_key
from .requests import CreateCompany, check
from .shelf import list_by_country, records_in


def decode_list(wire: WireRequest, caller: Caller) -> tuple[Query, ...]:
    return list_by_country(COMPANY, wire, caller=caller)


def encode_list(found: tuple[Found, ...], wire: WireRequest) -> WireAnswer:
    del wire
    return answer_yes(*(msgspec.json.decode(kept.body, type=Company) for kept in records_in(found[0])))


def decode_create(wire: WireRequest, caller: Caller) -> Ask:
    body = check(CreateCompany, open_envelope(wire).data)
    key = company_key(caller, body.company_code)

    def plan(held: Held) -> Plan | Refused:
        if key in held.records:
            return rule("COMPANY_EXISTS")
        company = _new(body, held)
        return Plan(records=(record(key, held.now, body=company, facets=company_facets(company)),), note=company)

    return Ask(plan=plan, records=(key,))


def _new(body: CreateCompany, held: Held) -> Company:
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
