"""TecsPal: hardware orders that are quoted, confirmed and cancelled (README.md has the sources and what is inferred)."""

from countermand.dialects.contract import Dialect, Reasons

from .codes import encode_fault
from .credential import credential, limit_headers
from .envelope import rewrite
from .history import records
from .lifecycle import LIFECYCLE
from .name import NAME
from .notices import notices
from .openapi import openapi
from .order import facets
from .routes import ROUTES
from .world import account, world

DIALECT = Dialect(
    name=NAME,
    title="TecsPal",
    mount=f"/{NAME}",
    lifecycles={"order": LIFECYCLE},
    routes=ROUTES,
    rewrite=rewrite,
    credential=credential,
    # The framework behind the API looks for a route first: an unknown path is a 404 to anybody.
    hides_routes=False,
    encode_fault=encode_fault,
    limit_headers=limit_headers,
    account=account,
    world=world,
    facets=facets,
    notices=notices,
    records=records,
    companions=(),
    openapi=openapi,
    # Its cancel names the order and nothing else.
    reasons=Reasons(),
)
