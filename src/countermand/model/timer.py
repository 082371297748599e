"""What falls due at an instant: a row that somebody set and that is run once, by whichever process comes first."""

from datetime import datetime

from msgspec import Struct


class TimerKey(Struct, frozen=True, order=True):
    """One timer. The id is chosen by whoever sets it, so that it can be set anew or ended without being read."""

    tenant: str
    dialect: str
    timer_id: str


class Timer(Struct, frozen=True, kw_only=True):
    """`kind` says who runs it (`countermand.service.timers`); `body` is JSON of its own, `order_id` what it is about.

    It falls due on its dialect's clock. Set again under the same id, it takes the new instant and body.
    """

    tenant: str
    dialect: str
    timer_id: str
    kind: str
    due_at: datetime
    order_id: str = ""
    body: bytes = b"{}"

    @property
    def key(self) -> TimerKey:
        return TimerKey(self.tenant, self.dialect, self.timer_id)
