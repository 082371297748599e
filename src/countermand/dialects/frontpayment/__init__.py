"""Front Payment's FPGO Connect, the order API at https://demo-api.frontpayment.no/api/v1. README.md says what is known of it."""

from countermand.dialects.contract import Dialect, Reasons, no_records
from countermand.dialects.wire import as_sent, credential
from countermand.model.order import Order

from .codes import encode_fault
from .doors import account, limit_headers
from .lifecycle import LIFECYCLES
from .name import NAME
from .notices import notices
from .openapi import openapi
from .operations import ROUTES
from .world import world

__all__ = ["DIALECT"]


def _facets(_order: Order) -> dict[str, str]:
    """The one list sorts by time and filters by status, which the store does unasked."""
    return {}


DIALECT = Dialect(
    name=NAME,
    title="Front Payment",
    mount=f"/{NAME}",
    lifecycles=LIFECYCLES,
    routes=ROUTES,
    rewrite=as_sent,
    credential=credential,
    # The framework looks for the route before it asks who is calling.
    hides_routes=False,
    encode_fault=encode_fault,
    limit_headers=limit_headers,
    account=account,
    world=world,
    facets=_facets,
    notices=notices,
    records=no_records,
    companions=(),
    openapi=openapi,
    reasons=Reasons(text_in="cancelOrder cancellationNote"),
)
