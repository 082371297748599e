"""How callers prove themselves, and what every answer to a known caller carries.

`Authorization: Bearer <token>`, a token that Front Payment hands out (Cancel Order). 240 requests a minute, counted down by one
with every call, whatever its outcome: recorded.
"""

from collections.abc import Mapping

from countermand.dialects.contract import (
    CANCEL,
    READ,
    WRITE,
    AccountSeed,
    CallerFault,
    Fault,
    FaultKind,
    FieldFault,
    RateLimit,
    RateState,
)
from countermand.dialects.wire import decimal_of, minor_of

from .create import SECRET_KEY, TAX_RATES
from .refund import WEEKLY_REFUND_LIMIT
from .switches import REQUESTS_MAX, WINDOW_S


def limit_headers(state: RateState) -> tuple[tuple[str, str], ...]:
    return (
        ("x-ratelimit-limit", str(state.limit.requests_max)),
        ("x-ratelimit-remaining", str(state.remaining)),
    )


def account(given: Mapping[str, object]) -> AccountSeed:
    """One account: a token, and perhaps the merchant's settings that no call shows.

    `merchant` lets two tokens share their orders; `secretKey` signs callbacks; `weeklyRefundLimit` and `taxRates` are figures.
    """
    token = given.get("token")
    if not isinstance(token, str) or not token or any(character.isspace() for character in token):
        raise _wrong("token", "must be a text without blanks")
    merchant = given.get("merchant", token)
    if not isinstance(merchant, str) or not merchant:
        raise _wrong("merchant", "must be a text")
    return AccountSeed(
        realm=merchant,
        secret=token,
        scopes=frozenset({READ, WRITE, CANCEL}),
        attributes=_attributes(given),
        rate_limit=RateLimit(requests_max=REQUESTS_MAX, window_s=WINDOW_S),
    )


def _attributes(given: Mapping[str, object]) -> dict[str, object]:
    secret, limit, rates = given.get(SECRET_KEY), given.get(WEEKLY_REFUND_LIMIT), given.get(TAX_RATES)
    if secret is not None and not isinstance(secret, str):
        raise _wrong(SECRET_KEY, "must be a text")
    if limit is not None and minor_of(limit) is None:
        raise _wrong(WEEKLY_REFUND_LIMIT, "must be a number")
    if rates is not None and not (isinstance(rates, list) and all(decimal_of(rate) is not None for rate in rates)):
        raise _wrong(TAX_RATES, "must be an array of numbers")
    named = {SECRET_KEY: secret, WEEKLY_REFUND_LIMIT: limit, TAX_RATES: rates}
    return {name: value for name, value in named.items() if value is not None}


def _wrong(path: str, message: str) -> CallerFault:
    fault = FieldFault(path=path, message=message)
    return CallerFault(Fault(kind=FaultKind.INVALID, detail=f"{path} {message}", fields=(fault,)))
