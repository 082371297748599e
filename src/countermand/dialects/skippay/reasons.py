"""Why an application is cancelled: the vendor's eight words and ours (/docs/api/cancelapplication, the enumeration `reason`)."""

from typing import Final

from countermand.dialects.contract import Reasons
from countermand.model.reason import Reason

#: What an absent reason means, says the page.
OTHER: Final = "APPLICATION_CANCELLED_OTHER"

REASONS: Final = Reasons(
    theirs={
        Reason.CUSTOMER_CHANGED_MIND: "APPLICATION_CANCELLED_BY_CUSTOMER",
        Reason.CUSTOMER_FOUND_CHEAPER: "APPLICATION_CANCELLED_BY_CUSTOMER",
        Reason.LATE_DELIVERY: "APPLICATION_CANCELLED_BY_CUSTOMER",
        Reason.ORDERED_BY_MISTAKE: "APPLICATION_CANCELLED_BY_CUSTOMER",
        Reason.DUPLICATE: "APPLICATION_CANCELLED_CART_CONTENT_CHANGED",
        Reason.PAYMENT_DECLINED: "APPLICATION_CANCELLED_UNFINISHED",
        Reason.PAYMENT_EXPIRED: "APPLICATION_CANCELLED_EXPIRED",
        Reason.FRAUD: "APPLICATION_CANCELLED_BY_ESHOP_RULES",
        Reason.OUT_OF_STOCK: "APPLICATION_CANCELLED_BY_ERP",
        Reason.PRICING_ERROR: "APPLICATION_CANCELLED_BY_ESHOP_RULES",
        Reason.ADDRESS_NOT_SERVICEABLE: "APPLICATION_CANCELLED_CARRIER_CHANGED",
        Reason.CANNOT_FULFIL: "APPLICATION_CANCELLED_BY_ERP",
        Reason.STAFF_ERROR: OTHER,
        Reason.VENDOR_REFUSED: OTHER,
        Reason.POLICY: "APPLICATION_CANCELLED_BY_ESHOP_RULES",
        Reason.OTHER: OTHER,
    },
    ours={
        "APPLICATION_CANCELLED_CARRIER_CHANGED": Reason.ADDRESS_NOT_SERVICEABLE,
        "APPLICATION_CANCELLED_CART_CONTENT_CHANGED": Reason.DUPLICATE,
        "APPLICATION_CANCELLED_BY_CUSTOMER": Reason.CUSTOMER_CHANGED_MIND,
        "APPLICATION_CANCELLED_BY_ERP": Reason.CANNOT_FULFIL,
        "APPLICATION_CANCELLED_EXPIRED": Reason.PAYMENT_EXPIRED,
        "APPLICATION_CANCELLED_UNFINISHED": Reason.PAYMENT_DECLINED,
        "APPLICATION_CANCELLED_BY_ESHOP_RULES": Reason.POLICY,
        OTHER: Reason.OTHER,
    },
    list_in="Cancelapplication reason",
    text_in="Cancelapplication customReason",
)
