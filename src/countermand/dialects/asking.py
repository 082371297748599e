"""What a decoded write asks of the ledger: which rows to lock, and a plan of what should happen to them.

Rule: a plan is pure. It sees what the ask named and nothing else, and is called on the rows as they are when it is decided.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct, field

from countermand.model.command import Command
from countermand.model.keys import AliasKey, ClaimKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation, Owed
from countermand.model.order import Order
from countermand.model.outcome import Cancellation, Done, Refused
from countermand.model.policy import Policy
from countermand.model.record import Record
from countermand.model.timer import Timer, TimerKey


class Held(Struct, frozen=True, kw_only=True):
    """What a plan may look at: the rows that the ask named, locked, as they are at `now`.

    `records` holds the records that the ask named and that exist, and those of its `order_kinds`. `new_id()` gives a fresh
    UUIDv7 string.
    """

    order: Order | None
    records: Mapping[RecordKey, Record]
    now: datetime
    new_id: Callable[[], str]
    #: The timer that the ask named, locked; None when there is none, or no longer.
    timer: Timer | None = None
    #: What the order's tenant allows; None: no rule, or no order.
    policy: Policy | None = None
    #: The order's cancellations and what is or was owed for them, oldest first; None unless the ask wanted its history.
    cancellations: tuple[Cancellation, ...] | None = None
    obligations: tuple[Obligation, ...] = ()

    def of_kind(self, kind: str) -> tuple[Record, ...]:
        """The loaded records of one kind, oldest first."""
        found = [record for record in self.records.values() if record.kind == kind]
        return tuple(sorted(found, key=lambda record: (record.created_at, record.record_id)))


class Notice(Struct, frozen=True, kw_only=True):
    """What the vendor would tell somebody. `address` None: nobody is known; it is recorded all the same."""

    type: str
    body: bytes
    address: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)


class Plan(Struct, frozen=True, kw_only=True):
    """What should happen: commands on the held order, in turn, and records to put. All of it, or nothing.

    The first command that the engine refuses refuses the plan. `notices` are those of record changes; what an order's change
    makes the vendor say comes from `Dialect.notices`. `note` reaches the encoder as `Done.note`.
    """

    commands: tuple[Command, ...] = ()
    records: tuple[Record, ...] = ()
    notices: tuple[Notice, ...] = ()
    note: object = None
    #: Timers to set, each anew when there is one of its id; and those to end, there or not. No row is read for either.
    timers: tuple[Timer, ...] = ()
    ended: tuple[TimerKey, ...] = ()
    #: What is owed for the held order without a command that would say so.
    owed: tuple[Owed, ...] = ()
    #: Nothing is written: the verdict says what would have happened.
    dry: bool = False
    #: Sees what would happen and may refuse it after all.
    veto: Callable[[Done], Refused | None] | None = None


class Claim(Struct, frozen=True, kw_only=True):
    """An idempotency key with the fingerprint of the request that it stands for."""

    key: ClaimKey
    fingerprint: bytes


class Ask(Struct, frozen=True, kw_only=True):
    """A decoded write. `order` names the order to lock: by key, by alias, or as the parent of a record.

    `records` are locked too, and with `order_kinds` every record of these kinds that belongs to the order. `plan` is called
    once with what was found and says what should happen, or why not; it checks what only this vendor demands. What every
    order demands (lifecycle, quantities, amounts) the engine checks when it decides the plan's commands.
    """

    plan: Callable[[Held], Plan | Refused]
    order: OrderKey | AliasKey | RecordKey | None = None
    records: tuple[RecordKey, ...] = ()
    order_kinds: tuple[str, ...] = ()
    claim: Claim | None = None
    #: A timer to lock; only what runs timers names one.
    timer: TimerKey | None = None
    #: Lock the order's cancellations and obligations too; or only when it turns out that nothing changes, in which case the
    #: plan is asked once more: so the ordinary case pays nothing for an answer that it never gives.
    history: bool = False
    history_if_unchanged: bool = False
    #: A name that the caller gave to the operation itself: unique within the order, and kept for ever once it succeeded.
    operation: Claim | None = None
    #: The trace in which it was asked (`traceparent`), for whoever settles what is owed because of it.
    trace: str = ""
