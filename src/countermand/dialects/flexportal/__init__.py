"""FlexPortal: device rental, served as its public pages describe it. The README says what, from where, and what is inferred.

Read `requests`, `lifecycle`, `codes`, then `orders` and `rentals`.
"""

from countermand.dialects.contract import Dialect, no_records
from countermand.dialects.wire import as_sent

from .caller import account, credential
from .codes import encode_fault
from .lifecycle import ORDER
from .name import NAME
from .notices import notices
from .openapi import openapi
from .order import facets
from .reasons import REASONS
from .routes import ROUTES
from .world import world

__all__ = ["DIALECT"]

DIALECT = Dialect(
    name=NAME,
    title="FlexPortal",
    mount=f"/{NAME}",
    lifecycles={"order": ORDER},
    routes=ROUTES,
    rewrite=as_sent,
    credential=credential,
    hides_routes=True,
    encode_fault=encode_fault,
    limit_headers=lambda _: (),  # no page shows any but Retry-After, which a refusal carries
    account=account,
    world=world,
    facets=facets,
    notices=notices,
    records=no_records,
    companions=(),
    openapi=openapi,
    reasons=REASONS,
)
