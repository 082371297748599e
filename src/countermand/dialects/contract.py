"""What a dialect is: a record of functions and tables. Nothing is inherited and nothing that grants access has a default.

The journey of a request (`countermand.api.exchange`): `rewrite` - match a `Route` - `credential`, judged by the API - the
handler's `decode` - queries or a plan, run by the service - the handler's `encode`. Whatever goes wrong before the
handler's encoder is a `Fault`, rendered by `encode_fault` in the shape that the vendor's clients expect.

Every function here is pure: the instant, new ids and what is stored arrive as arguments.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, field

from countermand.dialects.asking import Ask, Claim, Held, Notice, Plan
from countermand.dialects.message import CallerFault, Fault, FaultKind, FieldFault, WireAnswer, WireRequest
from countermand.model.event import Event
from countermand.model.keys import AliasKey, OrderKey, RecordKey
from countermand.model.lifecycle import Lifecycle
from countermand.model.order import Order
from countermand.model.outcome import Verdict
from countermand.model.query import Found, Query
from countermand.model.reason import Reason
from countermand.model.record import Record

__all__ = [
    "APPROVE",
    "CANCEL",
    "EVERY_SCOPE",
    "POLICY",
    "PUBLIC",
    "READ",
    "REPORT",
    "SCOPES",
    "TRANSITION",
    "WRITE",
    "Account",
    "AccountSeed",
    "Ask",
    "Caller",
    "CallerFault",
    "Change",
    "Claim",
    "Dialect",
    "Fault",
    "FaultKind",
    "FieldFault",
    "Fixed",
    "Handler",
    "Held",
    "Imported",
    "LineFault",
    "LineMode",
    "Lines",
    "Login",
    "Notice",
    "Overview",
    "Plan",
    "Presented",
    "RateLimit",
    "RateState",
    "Read",
    "Reasons",
    "Route",
    "Seeded",
    "SignIn",
    "WireAnswer",
    "WireRequest",
    "World",
    "Write",
    "no_records",
]

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

# ------------------------------------------------------------------------------------------------------------- callers


class Presented(Struct, frozen=True, kw_only=True):
    """What the caller showed: a secret, and what it says about itself (`{"tenant": "bu_nl"}`), absent members left out.

    `tenant`: the tenant whose orders it means to reach, where it may say so; a key of another is refused.
    """

    secret: str
    claims: Mapping[str, str] = field(default_factory=dict)
    tenant: str | None = None


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


# -------------------------------------------------------------------------------------------------------------- routes


class Write(Struct, frozen=True, kw_only=True):
    """A call that may change something."""

    decode: Callable[[WireRequest, Caller], Ask]
    encode: Callable[[Verdict, WireRequest], WireAnswer]


class Read(Struct, frozen=True, kw_only=True):
    """A call that changes nothing. `encode` gets one found thing per query, in the same order.

    `over` says whether there is nothing more to wait for, for a caller who prefers to; None: nobody waits here.
    """

    decode: Callable[[WireRequest, Caller], tuple[Query, ...]]
    encode: Callable[[tuple[Found, ...], WireRequest], WireAnswer]
    over: Callable[[tuple[Found, ...]], bool] | None = None


class SignIn(Struct, frozen=True, kw_only=True):
    """A public call that trades a name and password for a token. `encode` gets the token, or None when refused."""

    decode: Callable[[WireRequest], Login]
    encode: Callable[[str | None, WireRequest], WireAnswer]
    lifetime_s: int


class Fixed(Struct, frozen=True, kw_only=True):
    """A public call whose answer depends on nothing stored."""

    encode: Callable[[WireRequest], WireAnswer]


class Overview(Struct, frozen=True, kw_only=True):
    """A public call that tells of every dialect that is served, by name, and of nothing stored."""

    encode: Callable[[Mapping[str, "Dialect"], WireRequest], WireAnswer]


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


Handler = Write | Read | SignIn | Fixed | Overview | Lines


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
    `list_in` and `text_in` name the operation and member that take a word of the list, or a text of the caller's own; empty:
    the vendor takes none.
    """

    theirs: Mapping[Reason, str] = field(default_factory=dict)
    ours: Mapping[str, Reason] = field(default_factory=dict)
    list_in: str = ""
    text_in: str = ""


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
    #: Our reasons in the vendor's words and back, and where it takes them. `Reasons()` for a vendor that takes none.
    reasons: Reasons
