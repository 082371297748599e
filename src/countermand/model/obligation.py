"""What is still owed to the outside because of a decision. Committed with the decision, settled by the relay."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field


class ObligationState(StrEnum):
    """OPEN until it comes to an end. A notice nobody asked to receive is settled from the start.

    PARKED ones wait for a person, WITHDRAWN ones are not owed any more because the cancel was undone in time.
    """

    OPEN = "open"
    PARKED = "parked"
    SETTLED = "settled"
    WAIVED = "waived"
    WITHDRAWN = "withdrawn"

    @property
    def over(self) -> bool:
        return self in {ObligationState.SETTLED, ObligationState.WAIVED, ObligationState.WITHDRAWN}


class Owed(Struct, frozen=True, kw_only=True):
    """Something owed because of a decision, before it has an id. `not_before`: the undo window ends then.

    `cancellation_id` is of the earlier cancellation that it belongs to, when the decision makes none.
    """

    kind: str
    type: str
    amount_minor: int = 0
    currency: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    not_before: datetime | None = None
    owner: str = "relay"
    cancellation_id: str | None = None


class Obligation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing owed. `kind` is `notice` for what a vendor itself would tell somebody.

    `address` None: nobody gave one; the notice is recorded and owed to nobody. `data` is enough to build the message.
    `trace` is the caller's `traceparent`: the call that settles it belongs to the same trace.
    `owner` is who has to act: `relay`, or a person. `closed_by` and `closed_because` say who settled or waived it, and why.
    """

    obligation_id: str
    tenant: str
    dialect: str
    order_id: str
    kind: str
    type: str
    created_at: datetime
    address: str | None = None
    body: bytes = b""
    data: Mapping[str, str] = field(default_factory=dict)
    state: ObligationState = ObligationState.OPEN
    cancellation_id: str | None = None
    amount_minor: int = 0
    currency: str = ""
    attempts: int = 0
    next_try_at: datetime | None = None
    owner: str = "relay"
    last_error: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    closed_because: str = ""
    trace: str = ""
