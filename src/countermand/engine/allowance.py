"""What restrains a cancel besides the lifecycle: a pending one, a stop-ship lease, the tenant's policy. And what it costs.

None of it is looked at for an order that has no lease, no pending cancellation and no policy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from countermand.engine.around import Around
from countermand.engine.units import named_by, names_of
from countermand.model.command import Cancel
from countermand.model.order import Lease, Line, Order, PortionState
from countermand.model.outcome import Cause, Refusal, Refused
from countermand.model.policy import PERCENT_MILLI_MAX, Approval, Fee, OnTimeout, Policy


def restraint(order: Order, command: Cancel, around: Around, now: datetime) -> Refused | None:
    """The first thing that forbids the cancel, if anything does. What was agreed to, or was asked in time, stays allowed."""
    policy = around.policy
    if order.pending and order.pending != command.cancellation_id:
        return _pending(order, around)
    if policy is not None and not command.agreed_by and not command.due:
        if policy.if_match_required and command.expected_version is None and command.waits:
            return _no(order, Cause.IF_MATCH_REQUIRED)
        if policy.cancellable is not None and order.status not in policy.cancellable:
            return _no(order, Cause.POLICY_FORBIDS)
        # The last instant of the window still belongs to the customer.
        if policy.window_s is not None and now - order.placed_at > timedelta(seconds=policy.window_s):
            return _no(order, Cause.WINDOW_CLOSED)
    # Whoever agrees, with a key, says that fulfilment gives the units up.
    if policy is not None and policy.ask_fulfilment and (command.waits or command.agreed_key) and not _is_over(command):
        return None
    return _leased(order, command, now)


def _is_over(command: Cancel) -> bool:
    """Whether nobody answered in time. By then the claim has ended, or fulfilment took it again."""
    return command.due or (bool(command.agreed_by) and not command.agreed_key)


def _leased(order: Order, command: Cancel, now: datetime) -> Refused | None:
    for lease, lines in _in_the_way(order, command, now):
        return Refused(
            refusal=Refusal.STATUS_FORBIDS,
            order=order,
            cause=Cause.FULFILMENT_CLAIMED,
            blocked_by=(lease.lease_id, *(line.line_id for line in lines)),
            retry_at=lease.expires_at,
        )
    return None


def _in_the_way(order: Order, command: Cancel, now: datetime) -> Iterator[tuple[Lease, list[Line]]]:
    """The leases that have not ended, each with the lines that the cancel wants of it."""
    alive = [lease for lease in order.leases if now < lease.expires_at]
    wanted = _wanted(order, command) if alive else []
    for lease in alive:
        held = set(lease.line_ids)
        # Nobody picks a charge: a claim of everything is one of the goods.
        if lines := [line for line in wanted if (line.line_id in held if held else not line.charge)]:
            yield lease, lines


def _wanted(order: Order, command: Cancel) -> list[Line]:
    """The lines of which the cancel wants units."""
    if command.selectors is None:
        return [line for line in order.lines if line.open]
    names = names_of(order, command.selectors)
    named = {line.line_id for selector in command.selectors for line in named_by(order, selector, names)}
    return [line for line in order.lines if line.open and line.line_id in named]


def _pending(order: Order, around: Around) -> Refused:
    """Another one is pending; for what it waits is told where it was loaded."""
    refused = _no(order, Cause.CANCELLATION_PENDING, (order.pending,))
    found = around.cancellation(order.pending)
    return refused if found is None else replace(refused, detail=found.state)


def _no(order: Order, cause: Cause, blocked_by: tuple[str, ...] = ()) -> Refused:
    return Refused(refusal=Refusal.STATUS_FORBIDS, order=order, cause=cause, blocked_by=blocked_by)


# ------------------------------------------------------------------------------------------------------ fee and waiting


@dataclass(frozen=True, slots=True)
class Wait:
    """A cancel does not take effect now. `approval` None: only its time has not come. `lease`: what fulfilment should end."""

    due_at: datetime
    approval: Approval | None = None
    lease: Lease | None = None


def cools(order: Order, policy: Policy, now: datetime) -> bool:
    """Whether the customer may still change their mind for nothing."""
    return now - order.placed_at <= timedelta(seconds=policy.cooling_off_s) if policy.cooling_off_s else False


def fee_minor(order: Order, policy: Policy | None, amount_minor: int, now: datetime) -> int:
    """What cancelling this amount costs by the latest fee that has begun; never more than the amount itself."""
    if policy is None or not policy.fees or cools(order, policy, now):
        return 0
    age = now - order.placed_at
    begun = [fee for fee in policy.fees if age >= timedelta(seconds=fee.after_s)]
    if not begun:
        return 0
    fee: Fee = max(begun, key=lambda one: one.after_s)
    share = (amount_minor * fee.percent_milli + PERCENT_MILLI_MAX // 2) // PERCENT_MILLI_MAX
    return max(0, min(amount_minor, share + fee.fixed_minor))


def cancelled_minor(order: Order) -> int:
    """What all that is cancelled of the order cost."""
    return sum(
        portion.price_minor
        for line in order.lines
        for portion in line.portions
        if portion.state is PortionState.CANCELLED
    )


def wait(order: Order, command: Cancel, policy: Policy | None, *, amount_minor: int, now: datetime) -> Wait | None:
    """Whether the cancel must wait for somebody or for its time."""
    approval = policy.approval if policy is not None else None
    if policy is not None and approval is not None and not command.agreed_by and not command.due:
        # Many small cancels are one large one: what was cancelled before counts.
        much = amount_minor + cancelled_minor(order) >= approval.above_minor
        if much and not cools(order, policy, now):
            return Wait(now + timedelta(seconds=approval.timeout_s), approval)
    if policy is not None and policy.ask_fulfilment and order.leases and not command.agreed_by and not command.due:
        asked = max(
            (lease for lease, _ in _in_the_way(order, command, now)), key=lambda one: one.expires_at, default=None
        )
        if asked is not None:
            return Wait(asked.expires_at, Approval(on_timeout=OnTimeout.APPROVED), asked)
    if command.effective_at is not None and command.effective_at > now and not command.due:
        return Wait(command.effective_at)
    return None
