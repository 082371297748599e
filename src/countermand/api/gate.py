"""Judges who is calling. The dialect extracts what the caller shows; only here does it become a `Caller`."""

import hmac

from countermand.api.limiting import Limiter
from countermand.dialects.contract import (
    Caller,
    CallerFault,
    Dialect,
    Fault,
    FaultKind,
    RateLimit,
    RateState,
    WireRequest,
)
from countermand.service.keyring import Keyring, alive
from countermand.store.port import StoredKey


class Gate:
    """The one place that lets somebody in."""

    def __init__(self, keyring: Keyring, limiter: Limiter) -> None:
        self._keyring = keyring
        self._limiter = limiter

    async def identify(self, dialect: Dialect, wire: WireRequest) -> StoredKey:
        """The key behind a request. Raises CallerFault: no credential, a bad one, or claims that do not fit it."""
        presented = dialect.credential(wire)
        key = await self._keyring.find(dialect.name, presented.secret)
        if key is None or key.dialect != dialect.name or not alive(key, wire.received_at):
            raise CallerFault(Fault(kind=FaultKind.BAD_CREDENTIAL))
        for name, value in key.claims.items():
            if not hmac.compare_digest(presented.claims.get(name, "").encode(), value.encode()):
                raise CallerFault(Fault(kind=FaultKind.WRONG_TENANT, detail=name))
        if presented.tenant is not None and presented.tenant != key.tenant:
            raise CallerFault(Fault(kind=FaultKind.WRONG_TENANT, detail=presented.tenant))
        return key

    def admit(self, key: StoredKey, scope: str | None) -> Caller:
        """The caller, allowed `scope` (None: there is no operation to be allowed). Raises CallerFault FORBIDDEN."""
        if scope is not None and scope not in key.scopes:
            raise CallerFault(Fault(kind=FaultKind.FORBIDDEN, detail=scope))
        return Caller(
            tenant=key.tenant, dialect=key.dialect, key_id=key.key_id, scopes=key.scopes, attributes=key.attributes
        )

    def count(self, key: StoredKey, wire: WireRequest) -> tuple[RateState, bool] | None:
        """Where the key stands with its rate limit, this request included; None when it has no limit."""
        if key.requests_max is None:
            return None
        limit = RateLimit(requests_max=key.requests_max, window_s=key.window_s)
        return self._limiter.count(key.key_id, limit, wire.received_at)
