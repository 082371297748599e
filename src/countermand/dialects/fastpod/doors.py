"""How callers prove themselves, and what every answer carries: `Authorization: Bearer <token>` on every call (all
pages).

`Accept` is declared required on every page; a request without it is answered all the same, always in JSON.
"""

from countermand.dialects.contract import RateState


def limit_headers(state: RateState) -> tuple[tuple[str, str], ...]:
    """No page knows a rate limit; a key that was given one sees Laravel's headers."""
    return (
        ("x-ratelimit-limit", str(state.limit.requests_max)),
        ("x-ratelimit-remaining", str(state.remaining)),
    )
