"""FastPOD, print on demand: the order API at https://api-v2.fastpod.net, all of it below /v1. README.md says what is
known of it.
"""

from functools import partial

from countermand.dialects.contract import Dialect, Reasons
from countermand.dialects.wire import as_sent, credential

from .codes import encode_fault
from .doors import limit_headers
from .lifecycle import lifecycle
from .name import NAME
from .notices import COMPANIONS, deliveries, notices
from .openapi import openapi
from .order import facets
from .routes import routes
from .world import account, world

__all__ = ["DIALECT"]

DIALECT = Dialect(
    name=NAME,
    title="FastPOD",
    mount=f"/{NAME}",
    lifecycles={"order": lifecycle()},
    routes=routes(),
    rewrite=as_sent,
    credential=credential,
    # An unknown path is unknown to everybody: nothing is learned from that.
    hides_routes=False,
    encode_fault=encode_fault,
    limit_headers=limit_headers,
    account=account,
    world=world,
    facets=facets,
    notices=notices,
    records=deliveries,
    companions=COMPANIONS,
    openapi=partial(openapi, routes()),
    # Its cancel has no body.
    reasons=Reasons(),
)
