"""Every operation of ours, as a table: where, under which name, who serves it, and what it says of itself."""

from typing import Final

from countermand.dialects.contract import (
    APPROVE,
    CANCEL,
    POLICY,
    READ,
    REPORT,
    TRANSITION,
    WRITE,
    Fixed,
    Overview,
    Read,
    Write,
)
from countermand.dialects.native import (
    cancellations,
    decisions,
    explaining,
    lifecycles,
    orders,
    policies,
    publicshapes,
    reasons,
    reports,
    shapes,
    types,
)
from countermand.dialects.native.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    OPTIONAL_KEY,
    PAGE,
    Operation,
    Parameter,
    Said,
    operation,
)
from countermand.model.command import Closing

_STATE: Final = Parameter(name="state", description="Only cancellations in this state; may be repeated.")
_KEYED: Final = (IDEMPOTENCY_KEY, IF_MATCH)

_LISTED: Final = (
    Parameter(name="dialect", description="Orders of this dialect instead of our own."),
    Parameter(name="kind", description="Orders of this kind; `order` is the ordinary one."),
    Parameter(name="status", description="May be repeated."),
    Parameter(name="reference", description="The shop's own number."),
    Parameter(name="placed_from", schema={"type": "string", "format": "date-time"}),
    Parameter(name="placed_until", schema={"type": "string", "format": "date-time"}),
)

_ORDERS: Final = (
    operation(
        "POST /orders",
        "createOrder",
        Write(decode=orders.decode_place, encode=orders.encode_place),
        Said(
            summary="Place an order",
            answers={201: shapes.OrderShown},
            scope=WRITE,
            body=types.NewOrder,
            parameters=(OPTIONAL_KEY,),
        ),
    ),
    operation(
        "GET /orders",
        "listOrders",
        Read(decode=orders.decode_list, encode=orders.encode_list),
        Said(summary="List orders", answers={200: shapes.OrderPage}, scope=READ, parameters=(*_LISTED, *PAGE)),
    ),
    operation(
        "GET /orders/{order}",
        "getOrder",
        Read(decode=orders.decode_get, encode=orders.encode_get),
        Said(summary="Read an order", answers={200: shapes.OrderShown}, scope=READ),
    ),
    operation(
        "GET /orders/{order}/events",
        "listEvents",
        Read(decode=orders.decode_events, encode=orders.encode_events),
        Said(
            summary="What happened to an order, after a sequence number",
            answers={200: shapes.EventPage},
            scope=READ,
            parameters=(Parameter(name="after", schema={"type": "integer", "minimum": 0}), PAGE[0]),
        ),
    ),
    operation(
        "POST /orders/{order}:transition",
        "transitionOrder",
        Write(decode=reports.decode_transition, encode=reports.encode_report),
        Said(
            summary="Take a legal move of the order's lifecycle",
            answers={201: shapes.ReportShown},
            scope=TRANSITION,
            body=types.NewTransition,
            parameters=_KEYED,
        ),
    ),
    operation(
        "GET /orders/{order}/obligations",
        "listObligations",
        Read(decode=cancellations.decode_obligations, encode=cancellations.encode_obligations),
        Said(summary="What is or was owed", answers={200: shapes.ObligationPage}, scope=READ, parameters=PAGE),
    ),
    *(
        operation(
            f"POST /orders/{{order}}/obligations/{{obligation}}:{verb}",
            f"{verb}Obligation",
            Write(decode=decisions.decoder_of(how), encode=decisions.encode_obligation),
            Said(
                summary=f"{verb.capitalize()} what is owed",
                answers={200: shapes.ObligationShown},
                scope=APPROVE,
                body=types.Waiver if how is Closing.WAIVE else types.Decision,
                parameters=(OPTIONAL_KEY, IF_MATCH),
            ),
        )
        for verb, how in decisions.VERBS.items()
    ),
)

_CANCELLATIONS: Final = (
    operation(
        "POST /orders/{order}/cancellations",
        "createCancellation",
        Write(decode=cancellations.decode, encode=cancellations.encode),
        Said(
            summary="Cancel an order, lines of it, or quantities",
            answers={
                200: shapes.PreviewShown,
                201: shapes.CancellationWhole,
                202: shapes.CancellationWhole,
            },
            scope=CANCEL,
            body=types.NewCancellation,
            parameters=(
                *_KEYED,
                Parameter(
                    name="Prefer",
                    place="header",
                    description="Changes nothing; wait by reading the cancellation.",
                ),
            ),
        ),
    ),
    operation(
        "POST /orders/{order}/cancellations:preview",
        "previewCancellation",
        Write(decode=cancellations.decode_preview, encode=cancellations.encode),
        Said(
            summary="What a cancel would do, with a token to have exactly that done",
            answers={200: shapes.PreviewShown},
            scope=CANCEL,
            body=types.NewCancellation,
            parameters=(IF_MATCH,),
        ),
    ),
    operation(
        "GET /orders/{order}/cancellations",
        "listCancellations",
        Read(decode=cancellations.decode_list, encode=cancellations.encode_list),
        Said(
            summary="Cancellations of an order, newest first",
            answers={200: shapes.CancellationPage},
            scope=READ,
            parameters=(_STATE, *PAGE),
        ),
    ),
    operation(
        "GET /cancellations",
        "listAllCancellations",
        Read(decode=cancellations.decode_list_all, encode=cancellations.encode_list),
        Said(
            summary="Cancellations of all orders, newest first",
            answers={200: shapes.CancellationPage},
            scope=READ,
            parameters=(_STATE, *PAGE),
        ),
    ),
    operation(
        "GET /orders/{order}/cancellations/{cancellation}",
        "getCancellation",
        Read(decode=cancellations.decode_get, encode=cancellations.encode_get, over=cancellations.is_over),
        Said(
            summary="Read a cancellation",
            answers={200: shapes.CancellationWhole},
            scope=READ,
            parameters=(
                Parameter(
                    name="Prefer",
                    place="header",
                    description="wait=n (RFC 7240): answer when it is over, after n seconds at the latest; at most 20.",
                ),
            ),
        ),
    ),
    *(
        operation(
            f"POST /orders/{{order}}/cancellations/{{cancellation}}:{verb}",
            f"{verb}Cancellation",
            Write(decode=decode, encode=decisions.encode_cancellation),
            Said(
                summary=summary,
                answers={200: shapes.RestoredShown if verb == "restore" else shapes.CancellationWhole},
                scope=scope,
                body=types.NewRestore if verb == "restore" else types.Decision,
                parameters=(OPTIONAL_KEY, IF_MATCH),
            ),
        )
        for verb, decode, scope, summary in (
            ("approve", decisions.decode_approve, APPROVE, "Agree to a request"),
            ("reject", decisions.decode_reject, APPROVE, "Turn a request down"),
            ("withdraw", decisions.decode_withdraw, CANCEL, "Take back what is pending"),
            ("restore", decisions.decode_restore, CANCEL, "Undo a cancellation"),
            ("retry", decisions.decode_retry, CANCEL, "Try at once everything that is still owed"),
        )
    ),
)

_REPORTS: Final = tuple(
    operation(
        where,
        name,
        Write(decode=decode, encode=encode),
        Said(summary=summary, answers={201: shape}, scope=REPORT, body=body, parameters=_KEYED),
    )
    for where, name, decode, encode, summary, shape, body in (
        (
            "POST /orders/{order}/holds",
            "createHold",
            reports.decode_hold,
            reports.encode_hold,
            "Keep an order from leaving",
            shapes.HoldShown,
            types.NewHold,
        ),
        (
            "POST /orders/{order}/fulfilment-claims",
            "createFulfilmentClaim",
            reports.decode_claim,
            reports.encode_claim,
            "Claim units for picking: a cancel of them must wait",
            shapes.FulfilmentClaim,
            types.NewFulfilmentClaim,
        ),
        (
            "POST /orders/{order}/shipments",
            "createShipment",
            reports.decode_shipment,
            reports.encode_report,
            "Units have left",
            shapes.ReportShown,
            types.NewShipment,
        ),
        (
            "POST /orders/{order}/deliveries",
            "createDelivery",
            reports.decode_delivery,
            reports.encode_report,
            "Units have arrived",
            shapes.ReportShown,
            types.NewDelivery,
        ),
        (
            "POST /orders/{order}/returns",
            "createReturn",
            reports.decode_return,
            reports.encode_report,
            "Units have come back",
            shapes.ReportShown,
            types.NewReturn,
        ),
        (
            "POST /orders/{order}/payments/{payment}/reports",
            "createPaymentReport",
            reports.decode_payment,
            reports.encode_report,
            "Something happened to the money of a tender",
            shapes.ReportShown,
            types.NewPaymentReport,
        ),
    )
)

_RELEASES: Final = tuple(
    operation(
        where,
        name,
        Write(decode=decode, encode=reports.encode_order),
        Said(summary=summary, answers={200: shapes.OrderShown}, scope=REPORT, parameters=(OPTIONAL_KEY, IF_MATCH)),
    )
    for where, name, decode, summary in (
        (
            "POST /orders/{order}/holds/{hold}:release",
            "releaseHold",
            reports.decode_release_hold,
            "The order may leave again",
        ),
        (
            "POST /orders/{order}/fulfilment-claims/{claim}:release",
            "releaseFulfilmentClaim",
            reports.decode_release_claim,
            "The units are not picked after all",
        ),
        (
            "POST /orders/{order}/shipments/{shipment}:cancel",
            "cancelShipment",
            reports.decode_cancel_shipment,
            "A shipment was called off: its units are open again, and the order lives on",
        ),
    )
)

_POLICIES: Final = (
    operation(
        "GET /policies/{dialect}",
        "getPolicy",
        Read(decode=policies.decode_get, encode=policies.encode_get),
        Said(summary="What is allowed", answers={200: shapes.PolicyShown}, scope=READ),
    ),
    operation(
        "PUT /policies/{dialect}",
        "putPolicy",
        Write(decode=policies.decode_put, encode=policies.encode_put),
        Said(
            summary="Change what is allowed",
            answers={200: shapes.PolicyShown},
            scope=POLICY,
            body=types.NewPolicy,
            parameters=(OPTIONAL_KEY, IF_MATCH),
        ),
    ),
    operation(
        "GET /policies/{dialect}/events",
        "listPolicyEvents",
        Read(decode=policies.decode_events, encode=policies.encode_events),
        Said(summary="Who changed it", answers={200: shapes.PolicyEventPage}, scope=READ, parameters=PAGE),
    ),
    operation(
        "GET /lifecycles",
        "listLifecycles",
        Overview(encode=lifecycles.encode),
        Said(
            summary="Every dialect's statuses, and what is allowed in which",
            answers={200: publicshapes.LifecyclePage},
            scope="public",
        ),
    ),
    operation(
        "GET /problems/{code}",
        "explainProblem",
        Fixed(encode=explaining.encode),
        Said(
            summary="What a problem's `type` leads to",
            answers={200: publicshapes.ProblemShown},
            scope="public",
            html=True,
        ),
    ),
    operation(
        "GET /reasons",
        "listReasons",
        Overview(encode=reasons.encode),
        Said(
            summary="The canonical reasons, to and from each vendor's words",
            answers={200: publicshapes.ReasonPage},
            scope="public",
        ),
    ),
)

OPERATIONS: Final[tuple[Operation, ...]] = (*_ORDERS, *_CANCELLATIONS, *_REPORTS, *_RELEASES, *_POLICIES)
