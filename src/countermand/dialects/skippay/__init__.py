"""Skip Pay: financing of shop orders. The partner API, v1.

Read `lifecycle`, `requests`, `cancel`, `application`, then `codes` and `switches`. The README has their words and ours, the
sources, and what was decided where the vendor says nothing.
"""

from typing import Final

from countermand.dialects.contract import Dialect, RateState, no_records
from countermand.dialects.wire import credential

from . import notices, search, signin, world
from .codes import encode_fault
from .lifecycle import LIFECYCLE
from .name import NAME
from .openapi import openapi
from .reasons import REASONS
from .routes import ROUTES


def _limit_headers(state: RateState) -> tuple[tuple[str, str], ...]:
    """None: the vendor says that 429 exists and nothing about limits."""
    del state
    return ()


DIALECT: Final = Dialect(
    name=NAME,
    title="Skip Pay",
    mount=f"/{NAME}",
    lifecycles={"order": LIFECYCLE},
    routes=ROUTES,
    rewrite=signin.rewrite,
    credential=credential,
    hides_routes=True,
    encode_fault=encode_fault,
    limit_headers=_limit_headers,
    account=signin.account,
    world=world.world,
    facets=search.facets,
    notices=notices.notices,
    records=no_records,
    companions=(),
    openapi=openapi,
    reasons=REASONS,
)
