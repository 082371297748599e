"""What a dialect is: a record of functions and tables. Nothing is inherited and nothing that grants access has a default.

The journey of a request (`countermand.api.exchange`): `rewrite` - match a `Route` - `credential`, judged by the API - the
handler's `decode` - queries or a plan, run by the service - the handler's `encode`. Whatever goes wrong before the
handler's encoder is a `Fault`, rendered by `encode_fault` in the shape that the vendor's clients expect.

Every function here is pure: the instant, new ids and what is stored arrive as arguments.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct, field

from countermand.model.command import Command
from countermand.model.event import Event
from countermand.model.keys import AliasKey, ClaimKey, OrderKey, RecordKey
from countermand.model.lifecycle import Lifecycle
from countermand.model.obligation import Obligation, Owed
from countermand.model.order import Order
from countermand.model.outcome import Cancellation, Done, Refused, Verdict
from countermand.model.policy import Policy
from countermand.model.query import Found, Query
from countermand.model.reason import Reason
from countermand.model.record import Record
from countermand.model.timer import Timer, TimerKey

#: The scope of a route that anybody may call: a login, a health check. Spelled out at each such route.
PUBLIC: Final = "public"

#: What a key may be allowed to do. A route names one of these.
READ: Final = "orders:read"
WRITE: Final = "orders:write"
CANCEL: Final = "orders:cancel"
#: To agree to or turn down what somebody else asked for, and to waive what is owed.
APPROVE: Final = "cancellations:approve"
#: To report what the outside did: claims of fulfilment, shipments, deliveries, returns, payments.
REPORT: Final = "fulfilment:report"
#: To move an order by its lifecycle table, whatever the reason.
TRANSITION: Final = "orders:transition"
#: To change what the tenant allows.
POLICY: Final = "policy:write"
#: What every dialect's callers may be allowed, and what there is besides.
SCOPES: Final = frozenset({READ, WRITE, CANCEL})
EVERY_SCOPE: Final = SCOPES | {APPROVE, REPORT, TRANSITION, POLICY}

# ------------------------------------------------------------------------------------------------------------ the wire


class WireRequest(Struct, frozen=True, kw_only=True):
    """One HTTP request, as a codec needs it.

    `path` begins below the mount and is percent-decoded per segment in `params` only. Header names are lower case, with
    hyphens and underscores as sent. `query` keeps order and repeats. `base_url` is what the caller would have to put in
    front of a path of this vendor. `received_at` is the dialect's clock.
    """

    method: str
    path: str
    received_at: datetime
    params: Mapping[str, str] = field(default_factory=dict)
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base_url: str = ""
    request_id: str = ""

    def query_value(self, name: str) -> str | None:
        """The last value given for a query parameter, or None when it is absent."""
        found = None
        for key, value in self.query:
            if key == name:
                found = value
        return found


class WireAnswer(Struct, frozen=True, kw_only=True):
    """One HTTP answer. `content-type` is added as JSON unless it is among the headers."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class FaultKind(StrEnum):
    """Why a request never reached a decision. Each dialect has an answer for each."""

    NO_CREDENTIAL = "no_credential"
    BAD_CREDENTIAL = "bad_credential"  # unknown, revoked or expired
    WRONG_TENANT = "wrong_tenant"  # a claim that the key carries was not presented, or differs
    FORBIDDEN = "forbidden"  # the key lacks the scope
    RATE_LIMITED = "rate_limited"
    NO_ROUTE = "no_route"
    WRONG_METHOD = "wrong_method"
    BODY_TOO_LARGE = "body_too_large"
    MALFORMED = "malformed"  # the body is not the JSON that it should be
    INVALID = "invalid"  # it is JSON, but `fields` are not as they should be
    UNAVAILABLE = "unavailable"  # the store can't be reached in time; nothing was changed, as far as we can know
    INTERNAL = "internal"  # a bug


class FieldFault(Struct, frozen=True, kw_only=True):
    """One thing wrong with one member. `path` and `code` are in the dialect's own spelling."""

    path: str
    message: str
    code: str = ""


class Fault(Struct, frozen=True, kw_only=True):
    """A broken message. `retry_after_s` is set when waiting helps, `allow` with WRONG_METHOD."""

    kind: FaultKind
    detail: str = ""
    fields: tuple[FieldFault, ...] = ()
    retry_after_s: int | None = None
    allow: tuple[str, ...] = ()


class CallerFault(Exception):  # noqa: N818 - h11's naming: whose fault it is says more than "error"
    """Raised by decoders, and the only thing they raise."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind, fault.detail)
        self.fault = fault


# ------------------------------------------------------------------------------------------------------------- callers


class Presented(Struct, frozen=True, kw_only=True):
    """What the caller showed: a secret, and what it says about itself (`{"tenant": "bu_nl"}`), absent members left out."""

    secret: str
    claims: Mapping[str, str] = field(default_factory=dict)


class Login(Struct, frozen=True, kw_only=True):
    """A name and a password, presented to get a token."""

    username: str
    password: str


class RateLimit(Struct, frozen=True, kw_only=True):
    """So many requests in each window of so many seconds, counted per key."""

    requests_max: int
    window_s: int = 60


class RateState(Struct, frozen=True, kw_only=True):
    """Where a key stands in its window, this request included. `reset_s` is the time to the window's end."""

    limit: RateLimit
    remaining: int
    reset_s: int


class AccountSeed(Struct, frozen=True, kw_only=True):
    """Credentials of one account at the vendor, as a sandbox world or `countermand keys create` states them.

    `realm` is the unit that shares data: two seeds with one realm see the same orders, two realms never do. The API demands
    that every member of `claims` is presented with equal value. `attributes` are for the dialect's own use (JSON values).
    """

    realm: str
    secret: str
    scopes: frozenset[str]
    claims: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, object] = field(default_factory=dict)
    login: Login | None = None
    rate_limit: RateLimit | None = None


class Caller(Struct, frozen=True, kw_only=True):
    """Who is calling, judged and found good by the API. The only way to a tenant's data."""

    tenant: str
    dialect: str
    key_id: str
    scopes: frozenset[str]
    attributes: Mapping[str, object] = field(default_factory=dict)

    def order(self, order_id: str) -> OrderKey:
        return OrderKey(self.tenant, self.dialect, order_id)

    def alias(self, name: str, value: str) -> AliasKey:
        return AliasKey(self.tenant, self.dialect, name, value)

    def record(self, kind: str, record_id: str) -> RecordKey:
        return RecordKey(self.tenant, self.dialect, kind, record_id)


# -------------------------------------------------------------------------------------------------------------- asking


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


# -------------------------------------------------------------------------------------------------------------- routes


class Write(Struct, frozen=True, kw_only=True):
    """A call that may change something."""

    decode: Callable[[WireRequest, Caller], Ask]
    encode: Callable[[Verdict, WireRequest], WireAnswer]


class Read(Struct, frozen=True, kw_only=True):
    """A call that changes nothing. `encode` gets one found thing per query, in the same order."""

    decode: Callable[[WireRequest, Caller], tuple[Query, ...]]
    encode: Callable[[tuple[Found, ...], WireRequest], WireAnswer]


class SignIn(Struct, frozen=True, kw_only=True):
    """A public call that trades a name and password for a token. `encode` gets the token, or None when refused."""

    decode: Callable[[WireRequest], Login]
    encode: Callable[[str | None, WireRequest], WireAnswer]
    lifetime_s: int


class Fixed(Struct, frozen=True, kw_only=True):
    """A public call whose answer depends on nothing stored."""

    encode: Callable[[WireRequest], WireAnswer]


class LineFault(Struct, frozen=True, kw_only=True):
    """What is wrong with one line, counted from 1. `code` and `detail` are in the dialect's own words."""

    line: int
    code: str
    detail: str
    pointer: str = ""


class Imported(Struct, frozen=True, kw_only=True):
    """What became of the lines of a body. `known` ones were there already, exactly so.

    `faults` are the first of those that were refused. `whole` False: the body broke off, and `faults` says why.
    """

    lines: int = 0
    placed: int = 0
    known: int = 0
    refused: int = 0
    faults: tuple[LineFault, ...] = ()
    whole: bool = True
    rehearsed: bool = False
    unanimous: bool = False


class Lines(Struct, frozen=True, kw_only=True):
    """A call whose body is lines, each an ask of its own, decided and committed while they arrive.

    `decode` gets one line as the body. `told` says what a fault or refusal of a line is called; None: it was no fault.
    """

    decode: Callable[[WireRequest, Caller], Ask]
    told: Callable[[Fault | Verdict, WireRequest], tuple[str, str, str] | None]
    mode: Callable[[WireRequest], "LineMode"]
    encode: Callable[[Imported, WireRequest], WireAnswer]


class LineMode(Struct, frozen=True, kw_only=True):
    """`rehearse`: decide and write nothing. `unanimous`: one line refused, and nothing is written."""

    rehearse: bool = False
    unanimous: bool = False


Handler = Write | Read | SignIn | Fixed | Lines


class Route(Struct, frozen=True, kw_only=True):
    """One operation. `path` has `{name}` for a whole segment, or `{name}:verb`; literal segments win over names.

    `operation` is the operationId in the OpenAPI document. `scope` is what a key must carry, or PUBLIC.
    """

    method: str
    path: str
    operation: str
    scope: str
    handler: Handler


# -------------------------------------------------------------------------------------------------------------- worlds


class Account(Struct, frozen=True, kw_only=True):
    """A seed that has been given its tenant. `token` is how documents of a world name their owner (`_account`)."""

    tenant: str
    token: str
    seed: AccountSeed


class World(Struct, frozen=True, kw_only=True):
    """A sandbox world about to be decoded: the document, its accounts, and the instant at which it begins."""

    document: Mapping[str, object]
    accounts: tuple[Account, ...]
    now: datetime
    new_id: Callable[[], str]


class Seeded(Struct, frozen=True, kw_only=True):
    """What a world holds, in our terms. Written as it stands: no events, no obligations."""

    orders: tuple[Order, ...] = ()
    records: tuple[Record, ...] = ()


# ------------------------------------------------------------------------------------------------------------- dialect


class Change(Struct, frozen=True, kw_only=True):
    """What became of an order, whoever asked: before (None: placed now), after, what happened, and what is known beside it.

    `companions` holds those records that the dialect names as such and that exist, as they are now.
    """

    before: Order | None
    after: Order
    events: tuple[Event, ...]
    companions: Mapping[RecordKey, Record] = field(default_factory=dict)


def no_records(change: Change) -> tuple[Record, ...]:
    """For a dialect whose orders leave nothing beside them."""
    del change
    return ()


class Reasons(Struct, frozen=True, kw_only=True):
    """A vendor's list of reasons. `theirs` has a word for every reason of ours, `ours` a reason for every word of theirs.

    Where several of ours share a word, going there and back loses something; the cancellation keeps our own in any case.
    """

    theirs: Mapping[Reason, str] = field(default_factory=dict)
    ours: Mapping[str, Reason] = field(default_factory=dict)


class Dialect(Struct, frozen=True, kw_only=True):
    """Everything the rest of the house knows about a vendor. Leaving a member out is a type error."""

    name: str
    title: str
    #: Where its API is mounted; routes are below it. `/<name>` for a vendor.
    mount: str
    #: By `Order.kind`; `order` is the ordinary kind.
    lifecycles: Mapping[str, Lifecycle]
    routes: tuple[Route, ...]
    #: Undoes another transport of the same call (a gateway form) before routing; identity for most. Raises CallerFault.
    rewrite: Callable[[WireRequest], WireRequest]
    #: Reads the credential from the headers. Raises CallerFault with NO_CREDENTIAL.
    credential: Callable[[WireRequest], Presented]
    #: Whether a caller without a good credential is told 401 even where there is no route.
    hides_routes: bool
    encode_fault: Callable[[Fault, WireRequest], WireAnswer]
    #: Headers for every answer to a caller with a rate limit.
    limit_headers: Callable[[RateState], tuple[tuple[str, str], ...]]
    #: Reads one account of a world, or the attributes given to `keys create`. Raises CallerFault with INVALID fields.
    account: Callable[[Mapping[str, object]], AccountSeed]
    #: Reads the collections of a world. Raises CallerFault with INVALID fields that point into it (`orders.3.status`).
    world: Callable[[World], Seeded]
    #: The values by which lists find the order after a change; stored as `Order.facets`.
    facets: Callable[[Order], Mapping[str, str]]
    #: What the vendor tells somebody because an order changed.
    notices: Callable[[Change], tuple[Notice, ...]]
    #: What the vendor writes down beside an order because it changed. An id is made of what changed: no change has two.
    records: Callable[[Change], tuple[Record, ...]]
    #: Records of the tenant, by kind and id, that these two look at. They are loaded with whatever changes its orders.
    companions: tuple[tuple[str, str], ...]
    #: The OpenAPI 3.1 document of what is served, without `servers`.
    openapi: Callable[[], Mapping[str, object]]
    #: Our reasons in the vendor's words and back; empty when the vendor knows no reasons.
    reasons: Reasons = field(default_factory=Reasons)
