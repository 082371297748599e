"""The record of the native dialect."""

from collections.abc import Mapping

from countermand.dialects.contract import (
    CANCEL,
    READ,
    SCOPES,
    WRITE,
    AccountSeed,
    CallerFault,
    Dialect,
    Fault,
    FaultKind,
    FieldFault,
    Notice,
    Presented,
    RateState,
    Read,
    Route,
    Seeded,
    WireRequest,
    World,
    Write,
)
from countermand.dialects.native import bulk, cancellations, imports, orders
from countermand.dialects.native.lifecycle import ORDER
from countermand.dialects.native.problems import encode_fault
from countermand.dialects.wire import bearer
from countermand.model.event import Event
from countermand.model.order import Order


def _credential(wire: WireRequest) -> Presented:
    token = bearer(wire)
    if token is None:
        raise CallerFault(Fault(kind=FaultKind.NO_CREDENTIAL))
    return Presented(secret=token)


def _account(given: Mapping[str, object]) -> AccountSeed:
    token = given.get("token")
    if not isinstance(token, str) or not token:
        raise CallerFault(Fault(kind=FaultKind.INVALID, fields=(FieldFault(path="token", message="must be a text"),)))
    return AccountSeed(realm=str(given.get("tenant") or token), secret=token, scopes=SCOPES)


def _world(world: World) -> Seeded:
    del world
    return Seeded()


def _limit_headers(state: RateState) -> tuple[tuple[str, str], ...]:
    policy = f'"default";q={state.limit.requests_max};w={state.limit.window_s}'
    return (("RateLimit-Policy", policy), ("RateLimit", f'"default";r={state.remaining};t={state.reset_s}'))


def _no_facets(order: Order) -> Mapping[str, str]:
    return order.facets


def _no_notices(before: Order | None, after: Order, events: tuple[Event, ...]) -> tuple[Notice, ...]:
    del before, after, events
    return ()


def _openapi() -> Mapping[str, object]:
    return {"openapi": "3.1.0", "info": {"title": "Countermand", "version": "1"}, "paths": {}}


DIALECT = Dialect(
    name="native",
    title="Countermand",
    mount="/v1",
    lifecycles={"order": ORDER},
    routes=(
        Route(
            method="POST",
            path="/orders",
            operation="createOrder",
            scope=WRITE,
            handler=Write(decode=orders.decode_place, encode=orders.encode_place),
        ),
        Route(
            method="GET",
            path="/orders",
            operation="listOrders",
            scope=READ,
            handler=Read(decode=orders.decode_list, encode=orders.encode_list),
        ),
        Route(
            method="GET",
            path="/orders/{order}",
            operation="getOrder",
            scope=READ,
            handler=Read(decode=orders.decode_get, encode=orders.encode_get),
        ),
        Route(
            method="GET",
            path="/orders/{order}/events",
            operation="listEvents",
            scope=READ,
            handler=Read(decode=orders.decode_events, encode=orders.encode_events),
        ),
        Route(
            method="POST",
            path="/orders/{order}/cancellations",
            operation="createCancellation",
            scope=CANCEL,
            handler=Write(decode=cancellations.decode, encode=cancellations.encode),
        ),
        *bulk.ROUTES,
        *imports.ROUTES,
    ),
    rewrite=lambda wire: wire,
    credential=_credential,
    hides_routes=False,
    encode_fault=encode_fault,
    limit_headers=_limit_headers,
    account=_account,
    world=_world,
    facets=_no_facets,
    notices=_no_notices,
    openapi=_openapi,
)
