"""How documents beside orders are kept: what finds them, and the numbers that are counted up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from countermand.dialects.contract import Held
from countermand.model.keys import RecordKey
from countermand.model.record import Record

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


def facets_for(company_code: str, country_code: str, **others: str) -> dict[str, str]:
    """The filters of the vendor's lists."""
    return {"companyCode": company_code, "countryCode": country_code, **others}


def next_number(held: Held, key: RecordKey) -> tuple[int, Record]:
    """The next number of a counter that the ask has named, and the counter after it."""
    before = held.records.get(key)
    number = last_of(before) + 1
    return number, record(key, held.now, body=Count(last=number))


def last_of(counter: Record | None) -> int:
    return msgspec.json.decode(counter.body, type=Count).last if counter else 0
