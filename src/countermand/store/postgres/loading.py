"""Loads what a batch wants: one statement for orders, names and claims, and one more for records.

A batch that reads single rows loads them without locks, because its write checks every version that it read
(`countermand.store.postgres.writing`). A batch that reads sets of rows loads with locks.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

import asyncpg
import msgspec

from countermand.model.keys import AliasKey, ClaimKey, OrderKey, RecordKey
from countermand.model.timer import TimerKey
from countermand.store.port import History, Loaded, StoredClaim, Wanted, Writes
from countermand.store.postgres.composing import Composed, loading, named, records
from countermand.store.postgres.sessions import Session
from countermand.store.postgres.texts import storable
from countermand.store.rows import (
    OrderRow,
    RecordRow,
    cancellation_of,
    instant,
    obligation_of,
    order_of,
    record_of,
    timer_of,
)

_decode_headers: Final = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode

_ORDER, _CLAIM = 0, 1

# Within one tenant; comparing keys as such costs ten times as much.
_order_of_orders = attrgetter("dialect", "order_id")
_order_of_claims = attrgetter("scope", "key")


class SeveralTenants(ValueError):  # noqa: N818 - what is wrong with the batch
    """A batch that names rows of two tenants. On a sharded database these are two transactions."""


def _keys(wanted: Wanted) -> Sequence[OrderKey | AliasKey | RecordKey | ClaimKey | TimerKey]:
    return (*wanted.orders, *wanted.names, *wanted.records, *wanted.claims, *wanted.timers)


def tenant_of(wanted: Wanted) -> str | None:
    """The one tenant whose rows are wanted; None when no rows are."""
    tenants = {key.tenant for key in _keys(wanted)}
    if len(tenants) > 1:
        raise SeveralTenants(sorted(tenants))
    return next(iter(tenants), None)


def tenant_written(writes: Writes) -> str:
    """The one tenant whose rows a batch writes that wanted none."""
    orders: Sequence[OrderKey] = (*writes.orders, *writes.erased, *writes.forgotten)
    others: Sequence[RecordKey | TimerKey] = (*writes.records, *writes.timers)
    tenants = {key.tenant for key in orders} | {key.tenant for key in others}
    tenants |= {claim.key.tenant for claim in writes.claims}
    tenants |= {obligation.tenant for obligation in writes.obligations}
    if len(tenants) != 1:
        raise SeveralTenants(sorted(tenants))
    return tenants.pop()


def needs_locks(wanted: Wanted) -> bool:
    """Whether a set of rows is wanted, which can grow without the version of any row telling."""
    return bool(wanted.order_kinds or wanted.histories or wanted.timers)


async def load(session: Session, wanted: Wanted, *, locked: bool) -> Loaded:
    """What there is of it. With `locked`, inside a transaction, every order and record stays as it is until its end."""
    loaded = Loaded()
    tenant = tenant_of(wanted)
    if tenant is None:
        return loaded
    orders = sorted((key for key in wanted.orders if storable(key.order_id)), key=_order_of_orders)
    claims = sorted((key for key in wanted.claims if storable(key.key)), key=_order_of_claims)
    aliases = [name for name in wanted.names if isinstance(name, AliasKey) and storable(name.value)]
    children = [name for name in wanted.names if isinstance(name, RecordKey) and storable(name.record_id)]
    sources = (("aliases",) if aliases else ()) + (("parents",) if children else ())
    if orders or claims or sources:
        statement = loading(locked=locked, sources=sources, claims=bool(claims))
        values: dict[str, object] = {
            "tenant": tenant,
            **_orders(orders),
            **_claims(claims),
            **_names(aliases, children),
        }
        rows = await session.fetch(statement.text, *statement.arguments(values))
        _take(loaded, rows, tenant=tenant, names=(*aliases, *children))
    if wanted.records or wanted.order_kinds:
        await _load_records(session, wanted, loaded=loaded, statement=records(locked=locked))
    if wanted.histories:
        await _load_histories(session, wanted, loaded=loaded)
    if wanted.timers:
        await _load_timers(session, wanted, loaded=loaded)
    return loaded


def _orders(keys: Sequence[OrderKey]) -> dict[str, object]:
    return {"dialects": [key.dialect for key in keys], "order_ids": [key.order_id for key in keys]}


def _claims(keys: Sequence[ClaimKey]) -> dict[str, object]:
    return {"claim_scopes": [key.scope for key in keys], "claim_keys": [key.key for key in keys]}


def _names(aliases: Sequence[AliasKey], children: Sequence[RecordKey]) -> dict[str, object]:
    """Both are numbered through, so that a row can say which name it answers."""
    return {
        "name_dialects": [key.dialect for key in aliases],
        "name_names": [key.name for key in aliases],
        "name_values": [key.value for key in aliases],
        "child_dialects": [key.dialect for key in children],
        "child_kinds": [key.kind for key in children],
        "child_ids": [key.record_id for key in children],
        "child_nths": list(range(len(aliases) + 1, len(aliases) + len(children) + 1)),
    }


def _take(
    loaded: Loaded, rows: Sequence[asyncpg.Record], *, tenant: str, names: Sequence[AliasKey | RecordKey]
) -> None:
    for row in rows:
        what = row[0]
        if what == _ORDER:
            order = order_of(OrderRow(tenant, *row[2:12]))
            loaded.orders[order.key] = order
        elif what == _CLAIM:
            key = ClaimKey(tenant, row[2], row[3])
            loaded.claims[key] = StoredClaim(
                key=key,
                fingerprint=row[11],
                status=row[4],
                headers=_decode_headers(row[12]),
                body=row[10],
                created_at=instant(row[8]),
            )
        else:
            loaded.names[names[row[1] - 1]] = OrderKey(tenant, row[2], row[3])


async def _load_records(session: Session, wanted: Wanted, *, loaded: Loaded, statement: Composed) -> None:
    tenant = tenant_of(wanted)
    keys = [key for key in wanted.records if storable(key.record_id)]
    parents = [
        (parent, kind)
        for holder, kinds in wanted.order_kinds.items()
        if (parent := _parent(holder, loaded)) is not None
        for kind in kinds
    ]
    if not keys and not parents:
        return
    values = {
        "tenant": tenant,
        "record_dialects": [key.dialect for key in keys],
        "record_kinds": [key.kind for key in keys],
        "record_ids": [key.record_id for key in keys],
        "parent_dialects": [parent.dialect for parent, _ in parents],
        "parent_ids": [parent.order_id for parent, _ in parents],
        "parent_kinds": [kind for _, kind in parents],
    }
    for row in await session.fetch(statement.text, *statement.arguments(values)):
        record = record_of(RecordRow(str(tenant), *row))
        loaded.records[record.key] = record


async def _load_histories(session: Session, wanted: Wanted, *, loaded: Loaded) -> None:
    parents = {parent for holder in wanted.histories if (parent := _parent(holder, loaded)) is not None}
    loaded.histories = {parent: History() for parent in parents}
    tenant, statement = tenant_of(wanted), named("histories")
    values = {"tenant": tenant, **_orders(tuple(parents))}
    for what, dialect, order_id, body, _ in await session.fetch(statement.text, *statement.arguments(values)):
        history = loaded.histories[OrderKey(str(tenant), dialect, order_id)]
        if what == 0:
            history.cancellations.append(cancellation_of(body))
        else:
            history.obligations.append(obligation_of(body))


async def _load_timers(session: Session, wanted: Wanted, *, loaded: Loaded) -> None:
    keys = [key for key in wanted.timers if storable(key.timer_id)]
    values = {
        "tenant": tenant_of(wanted),
        "timer_dialects": [key.dialect for key in keys],
        "timer_ids": [key.timer_id for key in keys],
    }
    statement = named("timers_locked")
    timers = [timer_of(body) for (body,) in await session.fetch(statement.text, *statement.arguments(values))]
    loaded.timers = {timer.key: timer for timer in timers}


def _parent(holder: OrderKey | AliasKey | RecordKey, loaded: Loaded) -> OrderKey | None:
    key = holder if isinstance(holder, OrderKey) else loaded.names.get(holder)
    return key if key in loaded.orders else None
