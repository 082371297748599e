"""What is still owed to the outside because of a decision. Committed with the decision, settled by the relay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ObligationState(StrEnum):
    """OPEN until settled; SETTLED is final. A notice nobody asked to receive is settled from the start."""

    OPEN = "open"
    SETTLED = "settled"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One thing owed. `kind` is `notice` for what a vendor itself would tell somebody.

    `address` None: nobody gave one; the notice is recorded and owed to nobody. `data` is enough to build the message.
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
