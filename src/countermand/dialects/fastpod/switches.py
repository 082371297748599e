"""Choices that the vendor's pages leave open, each with its reason. Everything else about them is in README.md.

Rule: a choice stands here once; functions that depend on it take `switches` so that both positions can be tested.
"""

from dataclasses import dataclass
from typing import Final

from countermand.model.lifecycle import Repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """One position of every switch; the defaults are what is served."""

    #: Where a cancel is tried. The page names no precondition; these are the statuses in which Update Order still lets
    #: an order be edited (api-4681585), and payment and production begin after `new_order` (api-4681582).
    cancellable: frozenset[str] = frozenset({"draft", "new_order", "on_hold"})

    #: Cancelling twice. 422 is the only 4xx on the page; `Repeat.SAME_ANSWER` answers 200 with the stored order,
    #: unchanged.
    recancel: Repeat = Repeat.REFUSED

    #: An id that is unknown, another merchant's or a `reference_id`. 404 is in no list of answers, so 422 stands for
    #: all.
    unknown_order_status: int = 422

    #: `boost_production` beside `rush_production`: schemas have the one, most examples the other, so clients of either
    #: exist.
    boost_alias: bool = True

    #: Webhook calls. The side menu names List, Subscribe and Unsubscribe; no page of them could be read. What is
    #: served is our reading of a menu; without it these paths are unknown.
    webhooks: bool = True


SWITCHES: Final = Switches()

# ------------------------------------------------------------------------------------------------------------- defaults

#: `order_status` left out of Create Order: the page allows that and states no default. Note that it is the one that
#: charges.
STATUS_AT_CREATE: Final = "new_order"

#: `order_type` left out: the schema demands it, the page's own example has none. 1 is a regular order.
ORDER_TYPE: Final = "1"

#: A new order in the Create example is to be paid in cash and not yet paid, whatever the text says about automatic
#: payment.
PAYMENT_METHOD: Final = "cash"
PAYMENT_STATUS: Final = "unpaid"

#: Rows per page: the sample value of the List page, and the most that one page may hold (the vendor states neither).
PER_PAGE: Final = 25
PER_PAGE_MAX: Final = 100
