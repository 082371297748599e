"""What tenants allow, as this node knows it.

Every policy there is is read at once and trusted for a while: one statement in `POLICY_TRUST_S` however many tenants and
batches there are, and none at all in a batch. A change on this node holds for the next batch, on other nodes within that time.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from countermand.model.keys import RecordKey
from countermand.model.policy import Policy
from countermand.store.port import Store

#: How long a node trusts what it read: a change on another node holds here within this time.
POLICY_TRUST_S: Final = 2.0

#: The kind of the records that hold policies; the id is the dialect whose orders it is for.
KIND: Final = "policy"

_decode: Final = msgspec.json.Decoder(Policy).decode


class Policies:
    """The policies of all tenants."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Mapping[tuple[str, str], Policy] = {}
        self._read_at = float("-inf")

    async def current(self) -> Mapping[tuple[str, str], Policy]:
        """By tenant and dialect; absent: no rule."""
        instant = time.monotonic()
        if instant - self._read_at >= POLICY_TRUST_S:
            self._read_at = instant
            found = await self._store.records_of_kind(KIND)
            self._known = {(record.tenant, record.record_id): _decode(record.body) for record in found}
        return self._known

    def heed(self, written: Iterable[RecordKey]) -> None:
        """Trust nothing that was read before, if one of these records is a policy."""
        if any(key.kind == KIND for key in written):
            self.forget()

    def forget(self) -> None:
        self._read_at = float("-inf")
