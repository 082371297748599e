"""The native API without a wire: a command's request goes through the same decoder, desk and encoder as one over HTTP.

Rule: a command has no way of its own to an order. What it can do, a caller with every scope of the native API can do.
"""

import getpass
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import click
import msgspec

from countermand.bootstrap import House, new_id
from countermand.dialects import catalog
from countermand.dialects.contract import EVERY_SCOPE, Caller, CallerFault, Read, Route, WireAnswer, WireRequest, Write
from countermand.dialects.native.addressing import spelled
from countermand.dialects.native.problems import encode_fault

NATIVE: Final = "native"

tenant_option = click.option("--tenant", metavar="TENANT", required=True, help="Whose orders.")
dialect_option = click.option(
    "--dialect", metavar="NAME", default=NATIVE, show_default=True, help="The API under which the order was placed."
)


def caller_of(tenant: str) -> Caller:
    """Whoever types the command, as the executor of what it does."""
    return Caller(tenant=tenant, dialect=NATIVE, key_id=f"command line: {getpass.getuser()}", scopes=EVERY_SCOPE)


def named(dialect: str, order_id: str) -> str:
    """The name by which the native API knows an order of a dialect."""
    return spelled(known(dialect), order_id)


def known(dialect: str) -> str:
    """A dialect that there is."""
    names = catalog.load()
    if dialect not in names:
        raise click.BadParameter(f"{dialect!r} is none of: {', '.join(names)}", param_hint="--dialect")
    return dialect


def request(
    body: object = None, *, params: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None
) -> WireRequest:
    """A request as it would arrive, with an idempotency key of its own."""
    asked = new_id()
    return WireRequest(
        method="POST",
        path=f"/command-line/{asked}",
        received_at=datetime.now(UTC),
        params=params or {},
        query=tuple((query or {}).items()),
        headers={"idempotency-key": asked},
        body=b"" if body is None else msgspec.json.encode(body),
        request_id=asked,
    )


async def call(house: House, operation: str, caller: Caller, *, wire: WireRequest) -> WireAnswer:
    """Serve one operation of the native API to the caller."""
    handler = route(operation).handler
    try:
        if isinstance(handler, Write):
            return await house.desk.submit(
                handler.decode(wire, caller),
                tenant=caller.tenant,
                dialect=catalog.load()[NATIVE],
                encode=lambda verdict: handler.encode(verdict, wire),
            )
        if isinstance(handler, Read):
            found = [await house.store.find(query) for query in handler.decode(wire, caller)]
            return handler.encode(tuple(found), wire)
    except CallerFault as fault:
        return encode_fault(fault.fault, wire)
    raise TypeError(f"{operation} is no single request")


def route(operation: str) -> Route:
    return next(found for found in catalog.load()[NATIVE].routes if found.operation == operation)


def told(answer: WireAnswer) -> dict[str, object]:
    return msgspec.json.decode(answer.body, type=dict[str, object])
