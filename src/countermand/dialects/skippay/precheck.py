"""How likely an approval is: developers.skippay.cz/docs/api/precheck.

Nothing is known here about customers, so the answer is the vendor's own for that: code UNKNOWN, without limits. The one
refusal on the page is kept: a personal id that can't be one.
"""

import re
from typing import Final

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest
from countermand.dialects.wire import json_answer
from countermand.model.outcome import Refused, Verdict

from .codes import JSON, PERSONAL_ID_INVALID, encode_refused, refuse
from .create import short_id
from .reading import demand
from .requests import PrecheckRequest

_PERSONAL_ID: Final = re.compile(r"([0-9]{6})/?([0-9]{3,4})", re.ASCII)


def decode_precheck(wire: WireRequest, caller: Caller) -> Ask:
    del caller
    request = demand(wire.body, PrecheckRequest)

    def plan(held: Held) -> Plan | Refused:
        personal_id = request.customer.personal_id
        if personal_id is not None and not is_personal_id(personal_id):
            return refuse(PERSONAL_ID_INVALID, "the personal id is not valid", attribute="customer.personalId")
        return Plan(note=_result(short_id(held), request.type or "DEFERRED_PAYMENT"))

    return Ask(plan=plan)


def encode_precheck(verdict: Verdict, wire: WireRequest) -> WireAnswer:
    del wire
    return encode_refused(verdict) if isinstance(verdict, Refused) else json_answer(200, verdict.note, JSON)


def _result(precheck_id: str, financing_type: str) -> dict[str, object]:
    """`PrecheckResultsResponse`. The odd last key is in the vendor's specification, among the required ones."""
    result = {
        "type": financing_type,
        "recommendation": True,
        "probabilityOfApproval": 0.5,
        "completeness": 0,
        "code": "UNKNOWN",
        "PrecheckResultResponseSerializer": "UNKNOWN",
    }
    return {"id": precheck_id, "results": [result]}


def is_personal_id(text: str) -> bool:
    """A Czech birth number: nine digits (given until 1953) or ten that 11 divides, with or without the slash."""
    match = _PERSONAL_ID.fullmatch(text)
    if match is None:
        return False
    digits = "".join(match.groups())
    return len(digits) == 9 or int(digits) % 11 == 0 or (int(digits[:9]) % 11 == 10 and digits[9] == "0")  # noqa: PLR2004
