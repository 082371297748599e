"""Every operation that is served: its route, its payload, and every answer that its page knows. Routes and the OpenAPI document
are made from this one list.

Names are the titles of the vendor's pages; it states no operationIds. Both methods of Cancel Reservation are served: the page
says GET with a body, the public client sends POST. Paths of older revisions are kept beside the new ones.
"""

from dataclasses import dataclass
from typing import Final

from countermand.dialects.contract import CANCEL, READ, WRITE, Handler, Route
from countermand.model.outcome import Refusal

from . import actions, cancel, codes, create, reads, refund, rules
from .lifecycle import LIFECYCLES, TERMINAL
from .rules import Fields

BASE: Final = "/api/v1/connect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """What it answers when all is well. `data` names a schema of `schemas`; None: null."""

    status: int
    messages: tuple[str, ...]
    is_data: bool
    data: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call, with the title of its page. `conflicts` are its 400 messages, `missing` those of its 404."""

    method: str
    path: str
    name: str
    page: str
    scope: str
    handler: Handler
    success: Success
    fields: Fields = ()
    conflicts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    broken: str = "Something Went Wrong"

    @property
    def route(self) -> Route:
        return Route(method=self.method, path=self.path, operation=self.name, scope=self.scope, handler=self.handler)


def _messages(table: codes.Messages) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table.values()))


_LOST: Final = (codes.NOT_FOUND,)

#: Two new orders drew the same ten digits twice. Nothing was made, so the caller may simply try again.
_TAKEN: Final = (codes.REFUSALS[Refusal.ALREADY_EXISTS][1],)

_CANCELS: Final = (
    Operation(
        method="POST",
        path=f"{BASE}/orders/cancel/{{uuid}}",
        name="cancelOrder",
        page="Cancel Order",
        scope=CANCEL,
        handler=cancel.CANCEL_ORDER,
        success=Success(status=202, messages=("cancelledOrderSuccessfully",), is_data=False),
        fields=rules.CANCEL_ORDER,
        conflicts=_messages(codes.CANCEL),
        missing=_LOST,
    ),
    *(
        Operation(
            method=method,
            path=f"{BASE}/reservations/cancel/{{uuid}}",
            name=name,
            page="Cancel Reservation",
            scope=CANCEL,
            handler=cancel.CANCEL_RESERVATION,
            success=Success(status=202, messages=("cancelledOrderSuccessfully",), is_data=False),
            fields=rules.CANCEL_RESERVATION,
            conflicts=_messages(codes.CANCEL_RESERVATION),
            missing=_LOST,
        )
        for method, name in (("POST", "cancelReservation"), ("GET", "cancelReservationByGet"))
    ),
    Operation(
        method="POST",
        path=f"{BASE}/terminal/orders/cancel/{{uuid}}",
        name="cancelTerminalOrder",
        page="Cancel Terminal Order",
        scope=CANCEL,
        handler=cancel.CANCEL_TERMINAL,
        success=Success(
            status=200,
            messages=("cancelledOrderSuccessfully", "refundRequestRejectedSuccessfully"),
            is_data=False,
        ),
        fields=rules.CANCEL_TERMINAL,
        conflicts=_messages(
            {status: said for status, said in codes.CANCEL.items() if status in LIFECYCLES[TERMINAL].statuses}
        ),
        missing=_LOST,
    ),
    Operation(
        method="POST",
        path=f"{BASE}/subscriptions/cancel/{{uuid}}",
        name="cancelSubscription",
        page="Cancel Subscription",
        scope=CANCEL,
        handler=cancel.CANCEL_SUBSCRIPTION,
        success=Success(status=201, messages=("successfullyCancelledSubscription",), is_data=True, data="Nothing"),
        fields=rules.CANCEL_SUBSCRIPTION,
        conflicts=_messages(codes.CANCEL_SUBSCRIPTION),
        missing=_LOST,
    ),
)

_READS: Final = (
    Operation(
        method="GET",
        path=f"{BASE}/orders/status",
        name="getAllOrderStatus",
        page="Get All Order Status",
        scope=READ,
        handler=reads.STATUS_LIST,
        success=Success(status=200, messages=(reads.RETRIEVED,), is_data=True, data="StatusList"),
        missing=(codes.STATUS_NOT_FOUND,),
    ),
    Operation(
        method="GET",
        path=f"{BASE}/orders/status/{{uuid}}",
        name="getOrderStatusByUuid",
        page="Get Order Status By UUID",
        scope=READ,
        handler=reads.STATUS,
        success=Success(status=200, messages=(reads.RETRIEVED,), is_data=True, data="Status"),
        missing=(codes.STATUS_NOT_FOUND,),
    ),
    Operation(
        method="GET",
        path=f"{BASE}/orders/details/{{uuid}}",
        name="getOrderDetailsByUuid",
        page="Get Order Details By UUID",
        scope=READ,
        handler=reads.DETAILS,
        success=Success(status=200, messages=("orderRetrievedSuccessfully",), is_data=True, data="Details"),
        missing=_LOST,
    ),
    Operation(
        method="GET",
        path=f"{BASE}/orders/invoice-number/{{uuid}}",
        name="getInvoiceNumberByUuid",
        page="Get Invoice Number By UUID",
        scope=READ,
        handler=reads.INVOICE_NUMBER,
        success=Success(
            status=200, messages=("orderInvoiceNoRetrievedSuccessfully",), is_data=True, data="InvoiceNumber"
        ),
        missing=_LOST,
    ),
)

_ACTIONS: Final = (
    Operation(
        method="POST",
        path=f"{BASE}/orders/resend/{{uuid}}",
        name="resendPaymentLink",
        page="Resend Payment Link",
        scope=WRITE,
        handler=actions.RESEND,
        success=Success(status=202, messages=("resentOrderSuccessfully",), is_data=True),
        fields=rules.RESEND,
        conflicts=_messages(codes.RESEND),
        missing=_LOST,
    ),
    Operation(
        method="POST",
        path=f"{BASE}/orders/refund/{{uuid}}",
        name="refundOrder",
        page="Refund Order",
        scope=WRITE,
        handler=refund.REFUND,
        success=Success(status=202, messages=("orderRefundedSuccessfully",), is_data=True),
        fields=rules.REFUND,
        conflicts=(*_messages(codes.REFUND), codes.RULES[codes.WEEKLY_LIMIT][1]),
        missing=(*_LOST, codes.RULES[codes.NO_TRANSACTION][1]),
    ),
    Operation(
        method="POST",
        path="/api/v1/orders/refund/request/approval/{uuid}",
        name="requestRefundApproval",
        page="Request Refund Approval",
        scope=WRITE,
        handler=refund.REFUND_APPROVAL,
        success=Success(status=201, messages=("requestedOrderRefundSuccessfully",), is_data=False),
        fields=rules.REFUND_APPROVAL,
        conflicts=_messages(codes.REFUND),
        missing=(*_LOST, codes.RULES[codes.NO_TRANSACTION][1]),
    ),
    Operation(
        method="POST",
        path=f"{BASE}/orders/delayed/charge/{{uuid}}",
        name="delayedCharge",
        page="Delayed Charge",
        scope=WRITE,
        handler=actions.DELAYED_CHARGE,
        success=Success(status=200, messages=("orderDelayedChargedSuccessfully",), is_data=True),
        conflicts=_messages(codes.CANCEL),
        missing=_LOST,
        broken=codes.CHARGE_BROKEN,
    ),
)


def _creation(path: str, name: str, *, page: str, handler: Handler, fields: Fields) -> Operation:
    return Operation(
        method="POST",
        path=f"{BASE}/orders/{path}",
        name=name,
        page=page,
        scope=WRITE,
        handler=handler,
        success=Success(status=201, messages=(create.CREATED,), is_data=True, data="Ids"),
        fields=fields,
        conflicts=_TAKEN,
    )


_CREATIONS: Final = (
    _creation(
        "payment-link/create",
        "sendPaymentLink",
        page="Send Payment Link",
        handler=create.PAYMENT_LINK,
        fields=rules.PAYMENT_LINK,
    ),
    Operation(
        method="POST",
        path=f"{BASE}/orders/regular/submit",
        name="createCheckoutSession",
        page="Create Checkout Session - Card, Vipps, Apple & Google Pay",
        scope=WRITE,
        handler=create.CHECKOUT,
        success=Success(status=201, messages=(create.SUBMITTED,), is_data=True, data="Checkout"),
        fields=rules.CHECKOUT,
        conflicts=_TAKEN,
    ),
    Operation(
        method="POST",
        path=f"{BASE}/orders/invoice/submit",
        name="createSessionForInvoiceOrder",
        page="Create Session for Invoice Order",
        scope=WRITE,
        handler=create.INVOICE_SESSION,
        success=Success(status=201, messages=(create.SUBMITTED,), is_data=True, data="InvoiceSession"),
        fields=rules.INVOICE_SESSION,
        conflicts=(*_messages(codes.CANCEL), *_TAKEN),
    ),
    _creation("invoice/create", "sendInvoice", page="Send Invoice", handler=create.INVOICE, fields=rules.INVOICE),
    _creation("faktura/create", "sendEFaktura", page="Send E-Faktura", handler=create.FAKTURA, fields=rules.FAKTURA),
    _creation(
        "invoice/create/faktura",
        "sendEFakturaOlder",
        page="Send E-Faktura (older path)",
        handler=create.FAKTURA,
        fields=rules.FAKTURA,
    ),
    _creation("ehf/create", "sendEhfInvoice", page="Send EHF Invoice", handler=create.EHF, fields=rules.EHF),
    _creation(
        "invoice/create/ehf",
        "sendEhfInvoiceOlder",
        page="Send EHF Invoice (older path)",
        handler=create.EHF_OLDER,
        fields=rules.EHF_OLDER,
    ),
)

OPERATIONS: Final = (*_CREATIONS, *_ACTIONS, *_CANCELS, *_READS)
ROUTES: Final = tuple(operation.route for operation in OPERATIONS)
