"""Who is calling: `Authorization: Bearer <token>` and `tenant_id: <client id>`, both on every call (Authentication page).

The tenant must be the token's own. The header has an underscore, which some front ends drop or turn into a hyphen, so
`tenant-id` is read as well where there is no `tenant_id`.
"""

from countermand.dialects.contract import CallerFault, Fault, FaultKind, Presented, RateState, WireRequest
from countermand.dialects.wire import bearer


def credential(wire: WireRequest) -> Presented:
    token = bearer(wire)
    if token is None:
        raise CallerFault(Fault(kind=FaultKind.NO_CREDENTIAL))
    tenant = wire.headers.get("tenant_id", wire.headers.get("tenant-id"))
    return Presented(secret=token, claims={} if tenant is None else {"tenant_id": tenant})


def limit_headers(state: RateState) -> tuple[tuple[str, str], ...]:
    """No page knows a rate limit, so there are no headers of theirs."""
    del state
    return ()
