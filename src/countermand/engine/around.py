"""What a decision may look at besides the order: the tenant's policy, and the order's cancellations and obligations."""

from dataclasses import dataclass
from typing import Final

from countermand.model.obligation import Obligation
from countermand.model.outcome import Cancellation
from countermand.model.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Absent members were not loaded, because the command does not need them."""

    policy: Policy | None = None
    cancellations: tuple[Cancellation, ...] = ()
    obligations: tuple[Obligation, ...] = ()

    def cancellation(self, cancellation_id: str) -> Cancellation | None:
        return next((one for one in self.cancellations if one.cancellation_id == cancellation_id), None)

    def obligation(self, obligation_id: str) -> Obligation | None:
        return next((one for one in self.obligations if one.obligation_id == obligation_id), None)


NOTHING: Final = Around()
