"""A sandbox world of ours: orders in the shape in which they are placed, with what happened to them since.

```json
{"accounts": [{"token": "...", "tenant": "..."}],
 "orders": [{"id": "o1", "currency": "EUR", "lines": [...], "placed_at": "...", "_account": "..."}],
 "policies": [{"dialect": "native", "author": "...", "window_seconds": 3600, "_account": "..."}]}
```
"""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace
from pydantic import ValidationError

from countermand.dialects import catalog
from countermand.dialects.contract import (
    EVERY_SCOPE,
    Account,
    AccountSeed,
    Caller,
    CallerFault,
    Fault,
    FaultKind,
    FieldFault,
    RateLimit,
    Seeded,
    World,
)
from countermand.dialects.native.placing import placed
from countermand.dialects.native.policies import KIND, policy_of
from countermand.dialects.native.types import NewOrder, NewPolicy
from countermand.model.order import Order
from countermand.model.record import Record

#: What may be said of an account.
_ACCOUNT: Final = frozenset({"token", "tenant", "scopes", "rate_limit_per_minute"})


def account(given: Mapping[str, object]) -> AccountSeed:
    """`token`, the `tenant` it belongs to, its `scopes` (all, if none are named), a `rate_limit_per_minute`."""
    if strange := sorted(_plain(given).keys() - _ACCOUNT):
        raise _wrong(strange[0], f"is none of {', '.join(sorted(_ACCOUNT))}")
    token, scopes = given.get("token"), given.get("scopes")
    if not isinstance(token, str) or not token:
        raise _wrong("token", "must be a text")
    if scopes is not None and (not isinstance(scopes, list) or not EVERY_SCOPE.issuperset(map(str, scopes))):
        raise _wrong("scopes", f"must be a list of {', '.join(sorted(EVERY_SCOPE))}")
    limit = given.get("rate_limit_per_minute")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise _wrong("rate_limit_per_minute", "must be a number of requests")
    return AccountSeed(
        realm=str(given.get("tenant") or token),
        secret=token,
        scopes=EVERY_SCOPE if scopes is None else frozenset(map(str, scopes)),
        rate_limit=None if limit is None else RateLimit(requests_max=limit),
    )


def world(given: World) -> Seeded:
    orders = tuple(_order(given, at, document) for at, document in enumerate(_listed(given, "orders")))
    records = tuple(_policy(given, at, document) for at, document in enumerate(_listed(given, "policies")))
    return Seeded(orders=orders, records=records)


def _listed(given: World, name: str) -> list[Mapping[str, object]]:
    listed = given.document.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise _wrong(name, "must be an array of objects")
    return listed


def _owner(given: World, document: Mapping[str, object], path: str) -> Account:
    wanted = document.get("_account")
    for one in given.accounts:
        if wanted is None or one.token == wanted:
            return one
    raise _wrong(f"{path}._account", "is no account of this world")


def _order(given: World, at: int, document: Mapping[str, object]) -> Order:
    owner = _owner(given, document, f"orders.{at}")
    try:
        wanted = NewOrder.model_validate_json(msgspec.json.encode(_plain(document)))
        caller = Caller(tenant=owner.tenant, dialect="native", key_id="", scopes=owner.seed.scopes)
        order = placed(wanted, caller)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _wrong(".".join(["orders", str(at), *map(str, first["loc"])]), first["msg"]) from error
    except CallerFault as fault:
        raise _wrong(f"orders.{at}", fault.fault.detail) from fault
    return replace(
        order,
        order_id=wanted.id or given.new_id(),
        placed_at=wanted.placed_at or given.now,
        updated_at=wanted.placed_at or given.now,
    )


def _policy(given: World, at: int, document: Mapping[str, object]) -> Record:
    owner = _owner(given, document, f"policies.{at}")
    dialect = document.get("dialect", "native")
    if dialect not in catalog.load():
        raise _wrong(f"policies.{at}.dialect", "is no dialect")
    rules = {name: value for name, value in _plain(document).items() if name != "dialect"}
    try:
        policy = policy_of(NewPolicy.model_validate_json(msgspec.json.encode(rules)), str(dialect))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _wrong(".".join(["policies", str(at), *map(str, first["loc"])]), first["msg"]) from error
    return Record(
        tenant=owner.tenant,
        dialect="native",
        kind=KIND,
        record_id=str(dialect),
        created_at=given.now,
        updated_at=given.now,
        body=msgspec.json.encode(policy),
    )


def _plain(document: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in document.items() if not name.startswith("_")}


def _wrong(path: str, message: str) -> CallerFault:
    fault = FieldFault(path=path, message=message)
    return CallerFault(Fault(kind=FaultKind.INVALID, detail=f"{path} {message}", fields=(fault,)))
