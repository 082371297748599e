"""Why a subscription is cancelled: the vendor's five words and ours (api-reference/subscriptions/cancel, `reason`).

An order is cancelled there with a free text; the list is that of subscriptions, the only one the vendor has.
"""

from typing import Final

from countermand.dialects.contract import Reasons
from countermand.model.reason import Reason

REASONS: Final = Reasons(
    theirs={
        Reason.CUSTOMER_CHANGED_MIND: "customer_request",
        Reason.CUSTOMER_FOUND_CHEAPER: "customer_request",
        Reason.LATE_DELIVERY: "customer_request",
        Reason.ORDERED_BY_MISTAKE: "customer_request",
        Reason.DUPLICATE: "admin_decision",
        Reason.PAYMENT_DECLINED: "payment_failure",
        Reason.PAYMENT_EXPIRED: "payment_failure",
        Reason.FRAUD: "fraud",
        Reason.OUT_OF_STOCK: "admin_decision",
        Reason.PRICING_ERROR: "admin_decision",
        Reason.ADDRESS_NOT_SERVICEABLE: "admin_decision",
        Reason.CANNOT_FULFIL: "admin_decision",
        Reason.STAFF_ERROR: "admin_decision",
        Reason.VENDOR_REFUSED: "other",
        Reason.POLICY: "admin_decision",
        Reason.OTHER: "other",
    },
    ours={
        "customer_request": Reason.CUSTOMER_CHANGED_MIND,
        "payment_failure": Reason.PAYMENT_DECLINED,
        "fraud": Reason.FRAUD,
        "admin_decision": Reason.POLICY,
        "other": Reason.OTHER,
    },
    list_in="cancelSubscription reason",
    text_in="cancelOrder reason",
)
