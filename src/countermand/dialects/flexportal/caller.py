"""Who calls: the key and the tenant it names, and what an account of a world or of `keys create` is.

`Authorization: Bearer <key>` and `Tenant-ID` on every call; a key belongs to one business unit
(https://docs.flexportal.io/api-reference/overview.md and platform/business-units.md, checked 2026-11-21).
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import ConfigDict, Field

from countermand.dialects.contract import (
    SCOPES,
    AccountSeed,
    Caller,
    CallerFault,
    Fault,
    FaultKind,
    Presented,
    RateLimit,
    WireRequest,
)
from countermand.dialects.wire import bearer

from .reading import Wire, check
from .records import Owner
from .scalars import WHOLE, Id, Text

#: The claim that a caller must present, and the attribute from which answers take `tenantId`.
TENANT: Final = "tenant"


class _Account(Wire):
    model_config = ConfigDict(alias_generator=None)  # an account is our own document, not the vendor's

    token: Text
    tenant: Id
    rate_limit_per_minute: Annotated[int, Field(ge=1), WHOLE] | None = None
    #: What the key may do; everything unless stated.
    scopes: list[str] = Field(default_factory=lambda: sorted(SCOPES))


def credential(wire: WireRequest) -> Presented:
    """An absent header is AUTH_REQUIRED; one that holds no bearer token is INVALID_TOKEN, even a key without its scheme."""
    token = bearer(wire)
    if token is None:
        absent = not wire.headers.get("authorization", "").strip()
        raise CallerFault(Fault(kind=FaultKind.NO_CREDENTIAL if absent else FaultKind.BAD_CREDENTIAL))
    tenant = wire.headers.get("tenant-id", "").strip()
    return Presented(secret=token, claims={TENANT: tenant} if tenant else {})


def account(document: Mapping[str, object]) -> AccountSeed:
    """`{"token", "tenant", "rate_limit_per_minute"?, "scopes"?}`; no limit when absent."""
    seed = check(dict(document), _Account)
    limit = seed.rate_limit_per_minute
    return AccountSeed(
        realm=seed.tenant,
        secret=seed.token,
        scopes=frozenset(seed.scopes) & SCOPES,
        claims={TENANT: seed.tenant},
        attributes={TENANT: seed.tenant},
        rate_limit=None if limit is None else RateLimit(requests_max=limit),
    )


def tenant_of(caller: Caller) -> str:
    """The business unit, as answers name it."""
    return str(caller.attributes.get(TENANT, caller.tenant))


def owner_of(caller: Caller) -> Owner:
    """Whose the records are that the caller makes."""
    return Owner(tenant=caller.tenant, dialect=caller.dialect, unit=tenant_of(caller))
