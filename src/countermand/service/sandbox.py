"""The sandbox: worlds that replace everything held for one vendor, and what has happened since.

It runs only on a database that was made for it: a live one is refused, so that nobody's orders are replaced by a test.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from countermand.dialects.contract import (
    Account,
    AccountSeed,
    CallerFault,
    Dialect,
    Fault,
    FaultKind,
    FieldFault,
    World,
)
from countermand.dialects.wire import instant_of
from countermand.service.clock import FIRST, LAST, SandboxClock
from countermand.service.keyring import Keyring, key_of, login_of
from countermand.store.port import Effects, Store, StoredKey, WorldRows

#: Documents in one collection of a world. A world is held in memory once while it is read.
DOCUMENTS_MAX: Final = 200_000

#: How far one call may move the clock: a century, so that no instant leaves the calendar.
ADVANCE_S_MAX: Final = 100 * 366 * 86_400


class Sandbox:
    """Puts worlds, moves the clock, tells effects."""

    def __init__(self, store: Store, clock: SandboxClock, keyring: Keyring, new_id: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._keyring = keyring
        self._new_id = new_id
        #: Called when a world was put: whoever remembers something of the one before must forget it.
        self.on_world: Callable[[], None] = lambda: None

    async def put_world(self, dialect: Dialect, document: Mapping[str, object]) -> None:
        """Replace everything held for the dialect. Raises CallerFault with what is wrong with the document."""
        at = _clock_of(document)
        now = self._clock.beginning(at)
        accounts = self._accounts(dialect, document)
        world = World(document=document, accounts=accounts, now=now, new_id=self._new_id)
        seeded = dialect.world(world)
        keys = {account.token: self._key(dialect, account, now) for account in accounts}
        rows = WorldRows(
            dialect=dialect.name,
            keys=tuple(keys.values()),
            logins=tuple(login_of(login, keys[account.token]) for account in accounts if (login := account.seed.login)),
            orders=seeded.orders,
            records=seeded.records,
        )
        await self._store.replace_world(rows)
        self._clock.begin(dialect.name, at)
        self._keyring.forget()
        self.on_world()

    async def effects(self, dialect: Dialect) -> Effects:
        return await self._store.effects(dialect.name)

    def advance(self, seconds: object) -> None:
        """Move every dialect's clock forward. Raises CallerFault for anything but a sensible number of seconds."""
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= ADVANCE_S_MAX:
            raise _invalid("advance_seconds", f"must be a number from 0 to {ADVANCE_S_MAX}")
        try:
            self._clock.advance(timedelta(seconds=seconds))
        except OverflowError as error:
            raise _invalid("advance_seconds", "the clock would leave the calendar") from error

    def _accounts(self, dialect: Dialect, document: Mapping[str, object]) -> tuple[Account, ...]:
        listed = document.get("accounts", [])
        if not isinstance(listed, list):
            raise _invalid("accounts", "must be an array")
        found: dict[str, Account] = {}
        for index, given in enumerate(listed):
            if not isinstance(given, dict):
                raise _invalid(f"accounts.{index}", "must be an object")
            account = _account(dialect, given, index)
            if account.token in found:
                raise _invalid(f"accounts.{index}.token", "is another account's too")
            found[account.token] = account
        return tuple(found.values())

    def _key(self, dialect: Dialect, account: Account, now: datetime) -> StoredKey:
        return key_of(account.seed, tenant=account.tenant, dialect=dialect.name, key_id=self._new_id(), now=now)


def _account(dialect: Dialect, given: Mapping[str, object], index: int) -> Account:
    try:
        seed: AccountSeed = dialect.account(given)
    except CallerFault as fault:
        fields = tuple(
            FieldFault(path=f"accounts.{index}.{field.path}", message=field.message, code=field.code)
            for field in fault.fault.fields
        )
        raise CallerFault(Fault(kind=FaultKind.INVALID, detail=fault.fault.detail, fields=fields)) from fault
    shared = given.get("_tenant")
    tenant = shared if isinstance(shared, str) and shared else f"sandbox.{dialect.name}.{seed.realm}"
    return Account(tenant=tenant, token=seed.secret, seed=seed)


def _clock_of(document: Mapping[str, object]) -> datetime | None:
    if "clock" not in document:
        return None
    at = instant_of(document["clock"])
    if at is None:
        raise _invalid("clock", "must be an RFC 3339 time")
    if not FIRST <= at <= LAST:
        raise _invalid("clock", f"must be between {FIRST.year} and {LAST.year}")
    return at


def _invalid(path: str, message: str) -> CallerFault:
    fault = FieldFault(path=path, message=message)
    return CallerFault(Fault(kind=FaultKind.INVALID, detail=f"{path} {message}", fields=(fault,)))
