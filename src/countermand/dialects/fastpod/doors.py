"""How callers prove themselves, and what every answer carries: `Authorization: Bearer <token>` on every call (all
pages).

`Accept` is declared required on every page; a request without it is answered all the same, always in JSON.
"""

from countermand.dialects.contract import CallerFault, Fault, FaultKind, Presented, RateState, WireRequest
from countermand.dialects.wire import bearer


def credential(wire: WireRequest) -> Presented:
    token = bearer(wire)
    if token is None:
        raise CallerFault(Fault(kind=FaultKind.NO_CREDENTIAL))
    return Presented(secret=token)


def rewrite(wire: WireRequest) -> WireRequest:
    """There is one transport."""
    return wire


def limit_headers(state: RateState) -> tuple[tuple[str, str], ...]:
    """No page knows a rate limit; a key that was given one sees Laravel's headers."""
    return (
        ("x-ratelimit-limit", str(state.limit.requests_max)),
        ("x-ratelimit-remaining", str(state.remaining)),
    )
