"""Why something is cancelled: our list, to which every vendor's own list is mapped in the vendor's folder.

Drawn from the lists of Shopify, Stripe, Spree, Magento's defaults, eBay and Walmart, so that each of theirs has a place here.
It may grow; a reader must not fail on a word it does not know.
"""

from enum import StrEnum


class Reason(StrEnum):
    """The canonical reasons."""

    CUSTOMER_CHANGED_MIND = "customer_changed_mind"
    CUSTOMER_FOUND_CHEAPER = "customer_found_cheaper"
    LATE_DELIVERY = "late_delivery"
    ORDERED_BY_MISTAKE = "ordered_by_mistake"
    DUPLICATE = "duplicate"
    PAYMENT_DECLINED = "payment_declined"
    PAYMENT_EXPIRED = "payment_expired"
    FRAUD = "fraud"
    OUT_OF_STOCK = "out_of_stock"
    PRICING_ERROR = "pricing_error"
    ADDRESS_NOT_SERVICEABLE = "address_not_serviceable"
    CANNOT_FULFIL = "cannot_fulfil"
    STAFF_ERROR = "staff_error"
    VENDOR_REFUSED = "vendor_refused"
    POLICY = "policy"
    OTHER = "other"
