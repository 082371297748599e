"""What the service needs of a database, as promises. `tests/store` holds every adapter to each of them.

1. A transaction is all or nothing, and durable when `transact` returns: a crash afterwards loses none of it.
2. Everything that a transaction loaded is locked until it ends, or found unchanged when it writes and decided anew otherwise: two
   transactions never both write what they decided on one version of a row.
3. Where rows are locked, in key order, so transactions never deadlock on orders.
4. Reads see every transaction that had returned before they began.
5. A statement never reaches rows of a tenant that its caller did not name.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from msgspec import Struct, field

from countermand.model.event import Event
from countermand.model.keys import AliasKey, ClaimKey, OrderKey, RecordKey
from countermand.model.obligation import Obligation
from countermand.model.order import Order
from countermand.model.outcome import Cancellation
from countermand.model.query import Found, Query
from countermand.model.record import Record
from countermand.model.survey import RefusalCount, Unsettled
from countermand.model.timer import Timer, TimerKey

Value = TypeVar("Value")


class StoreUnavailable(Exception):  # noqa: N818 - it names a state of the world, not a fault of ours
    """The database can't be reached or did not answer in time. Nothing is known to have been changed."""


class StoredClaim(Struct, frozen=True, kw_only=True):
    """An idempotency key that was used: the fingerprint of its request, and the answer that it got."""

    key: ClaimKey
    fingerprint: bytes
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    created_at: datetime


class Wanted(Struct, kw_only=True):
    """What a batch needs to see. `names` are orders to be found by alias or through one of their records."""

    orders: set[OrderKey] = field(default_factory=set)
    names: set[AliasKey | RecordKey] = field(default_factory=set)
    records: set[RecordKey] = field(default_factory=set)
    #: For an order, by key or by name: the kinds of its records to load as well.
    order_kinds: dict[OrderKey | AliasKey | RecordKey, tuple[str, ...]] = field(default_factory=dict)
    claims: set[ClaimKey] = field(default_factory=set)
    timers: set[TimerKey] = field(default_factory=set)
    #: Orders whose cancellations and obligations (notices left out) are wanted too.
    histories: set[OrderKey | AliasKey | RecordKey] = field(default_factory=set)


class History(Struct, kw_only=True):
    """The cancellations of an order and what is or was owed for it, notices left out, each oldest first."""

    cancellations: list[Cancellation] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)


class Loaded(Struct, kw_only=True):
    """What there is of it, locked. Absent members do not exist."""

    orders: dict[OrderKey, Order] = field(default_factory=dict)
    names: dict[AliasKey | RecordKey, OrderKey] = field(default_factory=dict)
    records: dict[RecordKey, Record] = field(default_factory=dict)
    claims: dict[ClaimKey, StoredClaim] = field(default_factory=dict)
    timers: dict[TimerKey, Timer] = field(default_factory=dict)
    #: Cancellations and obligations of the orders whose histories were wanted, oldest first.
    histories: dict[OrderKey, History] = field(default_factory=dict)


class Writes(Struct, kw_only=True):
    """What a batch changes. For orders and records the row before (None: new) stands beside the row after."""

    orders: dict[OrderKey, tuple[Order | None, Order]] = field(default_factory=dict)
    records: dict[RecordKey, tuple[Record | None, Record]] = field(default_factory=dict)
    events: list[tuple[OrderKey, Event]] = field(default_factory=list)
    cancellations: list[Cancellation] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    claims: list[StoredClaim] = field(default_factory=list)
    #: Change of the reserved quantity in thousandths, by (tenant, dialect, SKU).
    stock: dict[tuple[str, str, str], int] = field(default_factory=dict)
    #: Timers that are set, by id the last one wins; None: ended.
    timers: dict[TimerKey, Timer | None] = field(default_factory=dict)
    #: Cancellations and obligations there were before, as they are now; by (tenant, id). Written after the new ones.
    changed_cancellations: dict[tuple[str, str], Cancellation] = field(default_factory=dict)
    changed_obligations: dict[tuple[str, str], Obligation] = field(default_factory=dict)
    #: Orders that go, with everything that is kept of them but their records (`Record.deleted`). In no other member.
    erased: dict[OrderKey, Order] = field(default_factory=dict)
    #: Orders whose events go.
    forgotten: set[OrderKey] = field(default_factory=set)

    def __bool__(self) -> bool:
        changed = self.orders or self.records or self.claims or self.obligations or self.timers
        return bool(changed or self.erased or self.forgotten)


class Judged(Struct, Generic[Value]):
    """What a batch came to: the rows to write, and the value for whoever asked."""

    writes: Writes
    value: Value


class TimerLease(Struct, frozen=True, kw_only=True):
    """For how long due timers are kept for one process alone: from `now` until `until`, in real time; how many at most."""

    now: datetime
    until: datetime
    limit: int


class StoredKey(Struct, frozen=True, kw_only=True):
    """A credential as stored: only the hash of its secret. `expires_at` None: never."""

    key_id: str
    secret_hash: bytes
    tenant: str
    dialect: str
    name: str
    scopes: frozenset[str]
    claims: Mapping[str, str]
    attributes: Mapping[str, object]
    requests_max: int | None
    window_s: int
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class StoredLogin(Struct, frozen=True, kw_only=True):
    """A name and password that can be traded for a token of `key`'s making. `password_hash` holds its own salt."""

    username: str
    password_hash: bytes
    key: StoredKey


class WorldRows(Struct, frozen=True, kw_only=True):
    """Everything a sandbox world writes: it replaces all rows of `dialect` under these tenants and any it wrote before."""

    dialect: str
    keys: tuple[StoredKey, ...]
    logins: tuple[StoredLogin, ...]
    orders: tuple[Order, ...]
    records: tuple[Record, ...]


class Effects(Struct, frozen=True, kw_only=True):
    """What a sandbox vendor has done since its world was put, and what it holds."""

    events: tuple[tuple[str, Event], ...]
    obligations: tuple[Obligation, ...]
    #: (order, SKU, quantity in thousandths), only what is above zero.
    reservations: tuple[tuple[str, str, int], ...]


class Store(Protocol):
    """One database."""

    #: Whether one transaction may carry commands of several tenants. A database that is sharded by tenant says no.
    mixes_tenants: bool
    #: How many transactions may be under way at once: while one waits for the disk, another can be decided.
    lanes: int

    async def transact(self, wanted: Wanted, judge: Callable[[Loaded], Judged[Value]]) -> Value:
        """Load and lock `wanted`, let `judge` decide, write what it says and commit. `judge` may be called again."""

    async def find(self, query: Query) -> Found:
        """Answer one query."""

    async def records_of_kind(self, kind: str) -> tuple[Record, ...]:
        """Every record of a kind of which there are few, whatever its tenant: for what a node has to know of all of them."""

    async def key_by_hash(self, secret_hash: bytes) -> StoredKey | None: ...

    async def login_by_name(self, dialect: str, username: str) -> StoredLogin | None: ...

    async def put_keys(self, keys: Iterable[StoredKey], logins: Iterable[StoredLogin] = ()) -> None:
        """Keep keys and the logins of their making; of a key that is known, only when it ends can change."""

    async def keys(self) -> tuple[StoredKey, ...]: ...

    async def replace_world(self, world: WorldRows) -> None: ...

    async def effects(self, dialect: str) -> Effects: ...

    async def sandboxed(self) -> bool | None:
        """Whether this database was made for the sandbox; None while it holds nothing."""

    async def claim_for(self, *, sandbox: bool) -> None:
        """Say once and for all whether this database is a sandbox."""

    async def claim_timers(self, due: Mapping[str, datetime], lease: TimerLease) -> tuple[Timer, ...]:
        """Timers due by these instants, by dialect, earliest first, and nobody else's until the lease ends.

        Reads only, when none is due. A timer that is set anew is free at once.
        """

    async def next_due(self, dialects: Iterable[str]) -> Mapping[str, datetime]:
        """When the earliest timer of each dialect falls due; absent where there is none."""

    async def add_refusals(self, counts: Iterable[RefusalCount]) -> None:
        """Add to the sums of refusals that `Survey` tells."""

    async def unsettled(self) -> tuple[Unsettled, ...]:
        """What is owed and not settled, whatever its tenant, by kind: sums, for whoever watches the house."""

    async def forget_claims(self, dialects: Iterable[str], before: datetime) -> bool:
        """Delete claims of some dialects older than an instant, the oldest first and a limited number. Whether there are more."""

    async def aged_orders(
        self, before: datetime, *, after: OrderKey | None, limit: int
    ) -> tuple[tuple[Order, ...], OrderKey | None]:
        """Orders unchanged since an instant and with nothing owed, notices included, among the next `limit` in key order.

        Beside them the last key looked at, for the next call; None when there are no more.
        """

    async def belongings(self, key: OrderKey) -> tuple[Record, ...]:
        """Every record of an order."""

    async def ping(self) -> None:
        """Return when the database answers. Raises StoreUnavailable."""

    async def close(self) -> None: ...
