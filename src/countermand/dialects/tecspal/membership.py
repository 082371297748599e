"""Which companies a caller manages: those that its account lists, and every company that its tenant has a record of.

"One of your managed companies" (Get All Orders page). What is said of any other company never tells whether it exists.
"""

import msgspec

from countermand.dialects.contract import Caller, Held
from countermand.model.keys import RecordKey
from countermand.model.query import Found, GetRecord, Query

from .documents import Company
from .keeping import COMPANY


def listed(caller: Caller, code: str) -> bool:
    codes = caller.attributes.get("companies")
    return isinstance(codes, list) and code in codes


def company_key(caller: Caller, code: str) -> RecordKey:
    return caller.record(COMPANY, code)


def needed(caller: Caller, code: str) -> tuple[RecordKey, ...]:
    """What must be looked up to know whether the caller manages the company: nothing, if its account says so."""
    return () if listed(caller, code) else (company_key(caller, code),)


def manages(held: Held, caller: Caller, code: str) -> bool:
    return listed(caller, code) or company_key(caller, code) in held.records


def known(held: Held, caller: Caller, code: str) -> Company | None:
    """What is known of a company whose record the ask has named."""
    kept = held.records.get(company_key(caller, code))
    return msgspec.json.decode(kept.body, type=Company) if kept else None


def asked(caller: Caller, code: str) -> tuple[Query, ...]:
    """What a read must look up to know it; the query, if any, comes last."""
    return tuple(GetRecord(key=key) for key in needed(caller, code))


def managed(found: tuple[Found, ...], queries: int) -> bool:
    """Whether a read of so many queries, not counting `asked`, found the company managed."""
    return len(found) == queries or found[queries] is not None
