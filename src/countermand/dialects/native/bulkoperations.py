"""The operations on many orders at once, as a table like `operations`."""

from collections.abc import Iterable
from typing import Final

from countermand.dialects.contract import APPROVE, CANCEL, READ, Read, Write
from countermand.dialects.native import analytics, bulk, bulkshapes, bulktypes
from countermand.dialects.native.operation import IDEMPOTENCY_KEY, PAGE, Operation, Parameter, Said, operation
from countermand.model.bulk import BulkAction
from countermand.model.survey import By

_INSTANT: Final = {"type": "string", "format": "date-time"}


def _counted(known: Iterable[By]) -> tuple[Parameter, ...]:
    """The parameters of figures, which may be counted by these."""
    return (
        Parameter(name="from", description="30 days before `until`, unless given.", schema=_INSTANT),
        Parameter(name="until", description="Now, unless given. It is not part of the period itself.", schema=_INSTANT),
        Parameter(name="by", description=f"Any of {', '.join(known)}, separated by commas."),
        Parameter(name="bucket", schema={"type": "string", "enum": list(analytics.BUCKETS_S)}),
        Parameter(name="dialect", description="Orders of this dialect only."),
    )


OPERATIONS: Final[tuple[Operation, ...]] = (
    operation(
        "POST /bulk-cancellations",
        "createBulkCancellation",
        Write(decode=bulk.decode_create, encode=bulk.encode_create),
        Said(
            summary="Cancel many orders",
            answers={202: bulkshapes.BulkShown},
            scope=CANCEL,
            body=bulktypes.NewBulk,
            parameters=(IDEMPOTENCY_KEY,),
        ),
    ),
    operation(
        "GET /bulk-cancellations",
        "listBulkCancellations",
        Read(decode=bulk.decode_list, encode=bulk.encode_list),
        Said(summary="List bulk cancellations", answers={200: bulkshapes.BulkPage}, scope=READ, parameters=PAGE),
    ),
    operation(
        "GET /bulk-cancellations/{bulk}",
        "getBulkCancellation",
        Read(decode=bulk.decode_get, encode=bulk.encode_get),
        Said(summary="Watch a bulk cancellation", answers={200: bulkshapes.BulkShown}, scope=READ),
    ),
    operation(
        "GET /bulk-cancellations/{bulk}/items",
        "listBulkCancellationItems",
        Read(decode=bulk.decode_items, encode=bulk.encode_items),
        Said(
            summary="What became of each order of a bulk cancellation",
            answers={200: bulkshapes.BulkItemPage},
            scope=READ,
            parameters=(Parameter(name="outcome", description="Only orders with this outcome."), *PAGE),
        ),
    ),
    *(
        operation(
            f"POST /bulk-cancellations/{{bulk}}:{action}",
            f"{action}BulkCancellation",
            Write(decode=bulk.decoder_of(action), encode=bulk.encode_change),
            Said(
                summary=f"{action.capitalize()} a bulk cancellation",
                answers={200: bulkshapes.BulkShown},
                scope=APPROVE if action is BulkAction.APPROVE else CANCEL,
            ),
        )
        for action in BulkAction
    ),
    operation(
        "GET /analytics/cancellations",
        "analyseCancellations",
        Read(decode=analytics.decode, encode=analytics.encode),
        Said(
            summary="Figures about cancellations",
            answers={200: bulkshapes.FiguresShown},
            scope=READ,
            parameters=_counted(By),
        ),
    ),
    operation(
        "GET /analytics/orders",
        "analyseOrders",
        Read(decode=analytics.decode_orders, encode=analytics.encode_orders),
        Said(
            summary="How many of the orders placed in a period were cancelled",
            answers={200: bulkshapes.OrderFiguresShown},
            scope=READ,
            parameters=_counted(analytics.COHORTS_BY),
        ),
    ),
)
