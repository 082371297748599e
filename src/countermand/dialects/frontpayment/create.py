"""The creation calls: payment link, checkout session, and the invoices.

A new order is SENT (recorded); an invoice goes out at once and makes it INVOICED, except that a company first proves who it is
with BankID when it is an invoice session (Create Session for Invoice Order). The answers of all but the checkout session could
not be read: the pages promise both ids.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from countermand.dialects.contract import Ask, Caller, Held, Plan, WireAnswer, WireRequest, Write
from countermand.model.command import Amend, Command, Move, Place
from countermand.model.order import Order, PortionState
from countermand.model.outcome import Refusal, Refused, Verdict

from . import codes, rules
from .asking import checked
from .documents import INVOICE_TYPE
from .envelope import tell
from .facts import Callback, Facts, facts_of, to_bytes
from .ids import customer_uuid, first_choice, invoice_no, order_uuid
from .lifecycle import INVOICED, ORDER, SENT
from .payload import Payload
from .reading import customer_of, lines_of, optional_text, products_of, summary_of, taxes_of, text
from .rules import Fields
from .switches import CURRENCY, LINK_DAYS, PAYMENT_PAGE, SWITCHES, VERIFICATION_PAGE

CREATED: Final = "Order Created Successfully"
SUBMITTED: Final = "Order Submitted Successfully"

#: Attributes of an account: its key for the checksum of callbacks, and its own tax rates in per cent.
SECRET_KEY: Final = "secretKey"  # noqa: S105 - the name of the attribute, not a secret
TAX_RATES: Final = "taxRates"

REGULAR_TYPE: Final = "REGULAR"


@dataclass(frozen=True, slots=True)
class Making:
    """One creation call: its rules, the type of order, and whether the order begins as an invoice."""

    fields: Fields
    type: str
    invoices: Callable[[Payload], bool]


def _creating(making: Making) -> Callable[[WireRequest, Caller], Ask]:
    def decode(wire: WireRequest, caller: Caller) -> Ask:
        payload = checked(wire, rules_for(making.fields, caller))
        choice = first_choice(wire)

        def plan(held: Held) -> Plan | Refused:
            order_id = choice if held.order is None else order_uuid(held.new_id())
            return Plan(commands=(Place(order=new_order(making, payload, held=held, by=caller, order_id=order_id)),))

        return Ask(plan=plan, order=caller.order(choice))

    return decode


def rules_for(fields: Fields, caller: Caller) -> Fields:
    rates = caller.attributes.get(TAX_RATES)
    return rules.with_rates(fields, tuple(map(str, rates))) if isinstance(rates, list) else fields


def new_order(making: Making, payload: Payload, *, held: Held, by: Caller, order_id: str) -> Order:
    facts = facts_from(making, payload, held=held, by=by)
    invoiced = making.invoices(payload) and SWITCHES.invoices_at_once
    return Order(
        tenant=by.tenant,
        dialect=by.dialect,
        order_id=order_id,
        kind=ORDER,
        status=INVOICED if invoiced else SENT,
        placed_at=held.now,
        updated_at=held.now,
        currency=facts.currency,
        lines=lines_of(facts, PortionState.OPEN),
        total_minor=facts.summary.grand_total_minor,
        taxes=taxes_of(facts),
        facts=to_bytes(facts),
    )


def facts_from(making: Making, payload: Payload, *, held: Held, by: Caller) -> Facts:
    secret = by.attributes.get(SECRET_KEY)
    due = str(int((held.now + timedelta(days=LINK_DAYS)).timestamp()))
    return Facts(
        type=making.type,
        invoice_number=invoice_no(held.new_id()),
        order_date=text(payload, "orderDate"),
        link_due=text(payload, "dueDateForPaymentLink") or due,
        products=products_of(payload, "products"),
        summary=summary_of(payload),
        customer=customer_of(payload, customer_uuid(held.new_id())),
        callback=Callback(
            url=optional_text(payload, "callback", "callbackUrl"),
            success=optional_text(payload, "callback", "success"),
            failure=optional_text(payload, "callback", "failure"),
            secret=secret if isinstance(secret, str) and secret else None,
        ),
        via=text(payload, "submitPayment", "via") or ("invoice" if making.type == INVOICE_TYPE else ""),
        currency=text(payload, "submitPayment", "currency") or CURRENCY,
        reference=optional_text(payload, "referenceNo"),
        customer_reference=optional_text(payload, "customerReference"),
    )


# ------------------------------------------------------------------------------------------------- the invoice session


def _is_private(payload: Payload) -> bool:
    return payload.get("customerDetails", "type") == "private"


_SESSION: Final = Making(rules.INVOICE_SESSION, INVOICE_TYPE, _is_private)


def _decode_session(wire: WireRequest, caller: Caller) -> Ask:
    """`fpgoUuid` names an order of an earlier answer that is updated: the only way here to not make a duplicate."""
    payload = checked(wire, rules_for(_SESSION.fields, caller))
    earlier = optional_text(payload, "fpgoUuid")
    if earlier is None:
        return _creating(_SESSION)(wire, caller)

    def plan(held: Held) -> Plan | Refused:
        order = held.order
        if order is None or order.kind != ORDER:
            sentence = "The selected fpgo uuid is invalid."
            return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=codes.PAYLOAD_MISMATCH, detail=sentence)
        if order.status != SENT:
            return Refused(refusal=Refusal.VENDOR_RULE, vendor_code=codes.STATUS, order=order)
        return Plan(commands=_update(order, payload, held=held, by=caller))

    return Ask(plan=plan, order=caller.order(earlier))


def _update(order: Order, payload: Payload, *, held: Held, by: Caller) -> tuple[Command, ...]:
    fresh = facts_from(_SESSION, payload, held=held, by=by)
    known = facts_of(order)
    customer = msgspec.structs.replace(fresh.customer, uuid=known.customer.uuid)
    facts = msgspec.structs.replace(fresh, customer=customer, invoice_number=known.invoice_number)
    amend = Amend(
        facts=to_bytes(facts),
        lines=lines_of(facts, PortionState.OPEN),
        total_minor=facts.summary.grand_total_minor,
        taxes=taxes_of(facts),
        currency=facts.currency,
    )
    return (amend, Move(action="invoice")) if _is_private(payload) and SWITCHES.invoices_at_once else (amend,)


# ----------------------------------------------------------------------------------------------------------------- answers


def _ids(order: Order) -> dict[str, object]:
    return {"orderUuid": order.order_id, "customerUuid": facts_of(order).customer.uuid}


def _checkout(order: Order) -> dict[str, object]:
    return {**_ids(order), "paymentUrl": f"{PAYMENT_PAGE}{order.order_id}"}


def _session(order: Order) -> dict[str, object]:
    """A company gets the address where it proves who it is; a private customer's order needs none."""
    url = f"{VERIFICATION_PAGE}{order.order_id}" if order.status == SENT else None
    return {**_ids(order), "bankIdVerificationUrl": url}


def _answering(
    message: str, data: Callable[[Order], dict[str, object]]
) -> Callable[[Verdict, WireRequest], WireAnswer]:
    def encode(verdict: Verdict, _wire: WireRequest) -> WireAnswer:
        if isinstance(verdict, Refused):
            return codes.refused(verdict)
        assert verdict.order is not None, "a creation call always ends with an order"
        return tell(201, message, is_data=True, data=data(verdict.order))

    return encode


def _never(_payload: Payload) -> bool:
    return False


def _always(_payload: Payload) -> bool:
    return True


def _write(making: Making) -> Write:
    return Write(decode=_creating(making), encode=_answering(CREATED, _ids))


PAYMENT_LINK: Final = _write(Making(rules.PAYMENT_LINK, REGULAR_TYPE, _never))
INVOICE: Final = _write(Making(rules.INVOICE, INVOICE_TYPE, _always))
FAKTURA: Final = _write(Making(rules.FAKTURA, INVOICE_TYPE, _always))
EHF: Final = _write(Making(rules.EHF, INVOICE_TYPE, _always))
EHF_OLDER: Final = _write(Making(rules.EHF_OLDER, INVOICE_TYPE, _always))
CHECKOUT: Final = Write(
    decode=_creating(Making(rules.CHECKOUT, REGULAR_TYPE, _never)), encode=_answering(SUBMITTED, _checkout)
)
INVOICE_SESSION: Final = Write(decode=_decode_session, encode=_answering(SUBMITTED, _session))
