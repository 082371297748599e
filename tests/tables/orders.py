"""Orders and commands by name, for tables of decisions."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from countermand.model.command import Amount, Cancel, Selector
from countermand.model.lifecycle import Lifecycle, Repeat, Standing
from countermand.model.order import Hold, Lease, Line, Order, Payment, Portion, PortionState, TaxTotal
from countermand.model.policy import Approval, Policy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

STANDINGS = {
    Standing.OPEN: "open",
    Standing.PART_SHIPPED: "part",
    Standing.SHIPPED: "shipped",
    Standing.DELIVERED: "delivered",
    Standing.RETURNED: "returned",
    Standing.CANCELLED: "cancelled",
}


def lifecycle(*, whole_only: bool = False, repeat: Repeat = Repeat.REFUSED) -> Lifecycle:
    return Lifecycle(
        initial="open",
        cancelled=frozenset({"cancelled"}),
        allowed={
            "cancel": frozenset({"open", "part", "shipped"}),
            "ship": frozenset({"open", "part"}),
            "deliver": frozenset({"open", "part", "shipped"}),
            "return": frozenset({"part", "shipped", "delivered"}),
            "reopen": frozenset({"part", "shipped"}),
        },
        moves={("open", "close"): "closed", ("open", "void"): "cancelled"},
        standings=STANDINGS,
        repeat=repeat,
        whole_only=whole_only,
    )


def portion(state: PortionState, quantity: int, price: int, tax: int = 0) -> Portion:
    return Portion(state=state, quantity_milli=quantity * 1000, price_minor=price, tax_minor=tax)


def line(line_id: str, *portions: Portion, sku: str = "", charge: str = "") -> Line:
    opened = sum(part.quantity_milli for part in portions if part.state is PortionState.OPEN)
    names = {"line_id": line_id, "sku": sku or f"SKU-{line_id}"}
    return Line(
        line_id=line_id,
        sku=sku or f"SKU-{line_id}",
        portions=portions,
        names=names,
        tax_rate_milli=21_000,
        reserved_milli=0 if charge else opened,
        charge=charge,
    )


def order(*lines: Line, status: str = "open", payments: tuple[Payment, ...] = ()) -> Order:
    live = [part for one in lines for part in one.portions if part.state is not PortionState.CANCELLED]
    return Order(
        tenant="t",
        dialect="any",
        order_id="o1",
        status=status,
        placed_at=NOW - timedelta(hours=1),
        updated_at=NOW,
        currency="EUR",
        lines=lines,
        total_minor=sum(part.price_minor for part in live),
        taxes=(TaxTotal(rate_milli=21_000, amount_minor=sum(part.tax_minor for part in live)),),
        payments=payments,
        version=3,
        sequence=3,
    )


OPEN = order(line("a", portion(PortionState.OPEN, 3, 999, 173)), line("b", portion(PortionState.OPEN, 1, 500)))
PART = order(
    line("a", portion(PortionState.OPEN, 2, 666), portion(PortionState.SHIPPED, 1, 333)),
    line("b", portion(PortionState.SHIPPED, 1, 500)),
    status="part",
)
LEASE = Lease(lease_id="l1", holder="wh", taken_at=NOW, expires_at=NOW + timedelta(minutes=5))
HOLD = Hold(hold_id="h1", reason="fraud check", placed_by="ops", placed_at=NOW)

ORDERS: dict[str, Order | None] = {
    "none": None,
    "open": OPEN,
    "part": PART,
    "shipped": order(line("a", portion(PortionState.SHIPPED, 3, 999)), status="shipped"),
    "closed": replace(OPEN, status="closed"),
    "cancelled": order(line("a", portion(PortionState.CANCELLED, 3, 999)), status="cancelled"),
    "twins": order(
        line("a", portion(PortionState.OPEN, 1, 10), sku="S"), line("b", portion(PortionState.OPEN, 1, 10), sku="S")
    ),
    "leased": replace(OPEN, leases=(LEASE,)),
    "lease_over": replace(OPEN, leases=(replace(LEASE, expires_at=NOW),)),
    "leased_b": replace(OPEN, leases=(replace(LEASE, line_ids=("b",)),)),
    "pending": replace(OPEN, pending="c9"),
    "pending_leased": replace(OPEN, pending="c9", leases=(LEASE,)),
    "held": replace(OPEN, holds=(HOLD,)),
}


def _cancel(**members: object) -> Cancel:
    return replace(Cancel(cancellation_id="c1"), **members)


def only(quantity: int | None = None, **names: str) -> tuple[Selector, ...]:
    milli = None if quantity is None else quantity * 1000
    return (Selector(names=names, quantity_milli=milli, pointer="/lines/0"),)


COMMANDS: dict[str, Cancel] = {
    "whole": _cancel(),
    "old_version": _cancel(expected_version=2),
    "this_version": _cancel(expected_version=3),
    "line_a": _cancel(selectors=only(line_id="a")),
    "line_z": _cancel(selectors=only(line_id="z")),
    "line_b": _cancel(selectors=only(line_id="b")),
    "one_of_s": _cancel(selectors=only(1, sku="S")),
    "nine_of_a": _cancel(selectors=only(9, line_id="a")),
    "too_dear": _cancel(amount=Amount(price_minor=10**6, currency="EUR")),
    "waiting": _cancel(waits=True),
    "agreed": _cancel(waits=True, agreed_by="boss"),
    "later": _cancel(waits=True, effective_at=NOW + timedelta(days=1)),
    "same_pending": _cancel(cancellation_id="c9", agreed_by="boss"),
}

POLICIES: dict[str, Policy | None] = {
    "-": None,
    "none_at_all": Policy(cancellable=frozenset({"part"})),
    "an_hour": Policy(window_s=3600),
    "59_minutes": Policy(window_s=3540),
    "approval": Policy(approval=Approval()),
    "approval_dear": Policy(approval=Approval(above_minor=1500)),
    "cooling": Policy(approval=Approval(), cooling_off_s=3600),
    "if_match": Policy(if_match_required=True),
}
