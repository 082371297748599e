"""The record of the native dialect."""

from collections.abc import Mapping

from msgspec.structs import replace

from countermand.dialects.contract import (
    Change,
    Dialect,
    Notice,
    Presented,
    RateState,
    Reasons,
    WireRequest,
    no_records,
)
from countermand.dialects.native import bulkoperations, imports, openapi, world
from countermand.dialects.native.lifecycle import ORDER
from countermand.dialects.native.operations import OPERATIONS
from countermand.dialects.native.problems import encode_fault
from countermand.dialects.wire import as_sent, credential
from countermand.model.order import Order
from countermand.model.reason import Reason


def _limit_headers(state: RateState) -> tuple[tuple[str, str], ...]:
    policy = f'"default";q={state.limit.requests_max};w={state.limit.window_s}'
    return (("RateLimit-Policy", policy), ("RateLimit", f'"default";r={state.remaining};t={state.reset_s}'))


def _credential(wire: WireRequest) -> Presented:
    """A bearer token; `Tenant-ID` names the tenant that is meant, for callers who hold keys of several."""
    presented, tenant = credential(wire), wire.headers.get("tenant-id")
    return presented if tenant is None else replace(presented, tenant=tenant)


def _facets(order: Order) -> Mapping[str, str]:
    reference = order.aliases.get("reference")
    return {"reference": reference} if reference else {}


def _no_notices(change: Change) -> tuple[Notice, ...]:
    del change
    return ()


_DESCRIBED = (*OPERATIONS, *bulkoperations.OPERATIONS, *imports.OPERATIONS)


DIALECT = Dialect(
    name="native",
    title="Countermand",
    mount="/v1",
    lifecycles={"order": ORDER},
    routes=tuple(one.route for one in _DESCRIBED),
    rewrite=as_sent,
    credential=_credential,
    hides_routes=False,
    encode_fault=encode_fault,
    limit_headers=_limit_headers,
    account=world.account,
    world=world.world,
    facets=_facets,
    notices=_no_notices,
    records=no_records,
    companions=(),
    openapi=lambda: openapi.document(_DESCRIBED),
    reasons=Reasons(
        theirs={reason: reason.value for reason in Reason},
        ours={reason.value: reason for reason in Reason},
        list_in="createCancellation reason",
        text_in="createCancellation note",
    ),
)
