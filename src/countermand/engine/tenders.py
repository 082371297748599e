"""Money back to where it came from: what is owed per tender, and what each tender looks like when it was paid back.

Rule 1: an authorisation that was not captured is voided; what was captured is refunded. Void first: it costs nobody anything.
Rule 2: what goes back is what was paid beyond what the order still costs. Of an order that is paid in part, a cancel takes what
nobody has paid yet first. What was paid too much before stays for whoever finds out why.
Rule 3: nothing is promised twice. What open obligations will give back is counted on the payment (`voiding`, `refunding`),
so two partial cancels, however close together, never promise more than was paid.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from countermand.model.command import Refund
from countermand.model.obligation import Obligation, Owed
from countermand.model.order import Order, Payment

#: Tenders that are given back in kind; everything else that was captured is refunded.
IN_KIND: Final = frozenset({"points", "gift_card", "store_credit"})

#: Tenders that no machine can give back: a person does, and says so.
BY_HAND: Final = frozenset({"cash", "manual", "bank_transfer", "cheque"})

#: Kinds of obligations that move money of a payment.
MONEY: Final = frozenset({"void", "refund", *IN_KIND})


def voidable_minor(payment: Payment) -> int:
    """What is authorised, not captured, and not released or about to be."""
    if payment.voided:
        return 0
    free = payment.authorised_minor - payment.captured_minor - payment.released_minor - payment.voiding_minor
    return max(0, free)


def refundable_minor(payment: Payment) -> int:
    """What is captured and not given back or about to be."""
    return max(0, payment.captured_minor - payment.refunded_minor - payment.refunding_minor)


def overpaid_minor(order: Order, total_minor: int) -> int:
    """How much of the order's money would be too much if it cost this. What was refunded was paid: a favour isn't taken back."""
    return max(0, sum([one.captured_minor + voidable_minor(one) for one in order.payments]) - total_minor)


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What is owed, and the payments that have been promised to."""

    owed: tuple[Owed, ...]
    payments: tuple[Payment, ...]


def give_back(payments: tuple[Payment, ...], amount_minor: int, *, refund: Refund, currency: str) -> GiveBack:
    """Share an amount out over the tenders in their order: authorisations first, then captured money."""
    if refund is Refund.NONE or amount_minor <= 0:
        return GiveBack((), payments)
    left, owed, after = amount_minor, list[Owed](), list(payments)
    for index, payment in enumerate(after):
        part = min(left, voidable_minor(payment))
        if part:
            after[index] = replace(payment, voiding_minor=payment.voiding_minor + part)
            owed.append(_owed("void", payment, part, currency))
            left -= part
    for index, payment in enumerate(after):
        part = min(left, refundable_minor(payment))
        if part:
            after[index] = replace(payment, refunding_minor=payment.refunding_minor + part)
            owed.append(_owed(kind_of(payment, refund), payment, part, currency))
            left -= part
    return GiveBack(tuple(owed), tuple(after))


def kind_of(payment: Payment, refund: Refund) -> str:
    """The kind of obligation by which captured money of a tender goes back."""
    if refund is Refund.STORE_CREDIT:
        return "store_credit"
    return payment.method if payment.method in IN_KIND else "refund"


def _owed(kind: str, payment: Payment, amount_minor: int, currency: str) -> Owed:
    data = {"payment_id": payment.payment_id}
    if payment.method:
        data["method"] = payment.method
    if kind == "void":
        data["otherwise"] = "refund"
    owner = "staff" if payment.method in BY_HAND and kind == "refund" else "relay"
    return Owed(kind=kind, type=f"payment.{kind}", amount_minor=amount_minor, currency=currency, data=data, owner=owner)


# ------------------------------------------------------------------------------------------------ when a promise ends


def kept(payments: tuple[Payment, ...], obligation: Obligation) -> tuple[Payment, ...]:
    """The payments after this obligation was settled."""
    return _changed(payments, obligation, kept=True)


def dropped(payments: tuple[Payment, ...], obligation: Obligation) -> tuple[Payment, ...]:
    """The payments after it was waived or withdrawn: the money stays where it is."""
    return _changed(payments, obligation, kept=False)


def _changed(payments: tuple[Payment, ...], obligation: Obligation, *, kept: bool) -> tuple[Payment, ...]:
    if obligation.kind not in MONEY:
        return payments
    payment_id = obligation.data.get("payment_id")
    return tuple(_paid(one, obligation, kept=kept) if one.payment_id == payment_id else one for one in payments)


def _paid(payment: Payment, obligation: Obligation, *, kept: bool) -> Payment:
    amount = obligation.amount_minor
    if obligation.kind == "void":
        after = replace(payment, voiding_minor=payment.voiding_minor - amount)
        return released(after, amount) if kept else after
    return replace(
        payment,
        refunding_minor=payment.refunding_minor - amount,
        refunded_minor=payment.refunded_minor + (amount if kept else 0),
    )


def released(payment: Payment, amount_minor: int) -> Payment:
    """So much of the authorisation is void; when nothing can be captured any more, the payment is."""
    after = replace(payment, released_minor=payment.released_minor + amount_minor)
    return replace(after, voided=after.authorised_minor <= after.captured_minor + after.released_minor)


def by_id(payments: tuple[Payment, ...]) -> Mapping[str, Payment]:
    return {payment.payment_id: payment for payment in payments}


def with_payment(payments: tuple[Payment, ...], changed: Payment) -> tuple[Payment, ...]:
    """The payments with this one in its place, or at the end when it is new."""
    if changed.payment_id not in by_id(payments):
        return (*payments, changed)
    return tuple(changed if one.payment_id == changed.payment_id else one for one in payments)
