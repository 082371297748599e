"""What a tenant allows: when may be cancelled, what it costs, who must agree. Data, decided on by the engine.

Every member's default means "no rule", so that a tenant who sets nothing pays for nothing.
"""

from enum import StrEnum

from msgspec import Struct

#: A whole, in thousandths of a percent: fees are shares of it.
PERCENT_MILLI_MAX = 100_000


class Fee(Struct, frozen=True, kw_only=True):
    """What a cancel costs from `after_s` seconds after placement on, until the next fee of the policy begins."""

    after_s: int = 0
    percent_milli: int = 0
    fixed_minor: int = 0


class OnTimeout(StrEnum):
    """What becomes of a request that nobody decided in time."""

    APPROVED = "approved"
    REJECTED = "rejected"


class Approval(Struct, frozen=True, kw_only=True):
    """Which cancels somebody must agree to: those with which `above_minor` or more of an order is cancelled. For so long at most.

    `four_eyes`: whoever asked, by key or by name, is not somebody.
    """

    above_minor: int = 0
    timeout_s: int = 172_800
    on_timeout: OnTimeout = OnTimeout.REJECTED
    four_eyes: bool = True


class Policy(Struct, frozen=True, kw_only=True):
    """The rules of one tenant for the orders of one dialect. None and zero: no rule.

    `cancellable` narrows the lifecycle's own list, it never widens it. Within `cooling_off_s` of placement a cancel needs no
    approval and costs no fee; `window_s` after placement it is too late. Outside effects wait `undo_window_s`, and a cancel
    can be undone for as long without a trace. `unpaid_expiry_s`: an order unpaid for so long may be cancelled by the timer.
    `ask_fulfilment`: a cancel of units that fulfilment has claimed asks for them instead of being refused.
    """

    cancellable: frozenset[str] | None = None
    window_s: int | None = None
    cooling_off_s: int = 0
    fees: tuple[Fee, ...] = ()
    approval: Approval | None = None
    undo_window_s: int = 0
    unpaid_expiry_s: int | None = None
    if_match_required: bool = False
    ask_fulfilment: bool = False
