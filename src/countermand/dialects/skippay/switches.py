"""What the vendor's pages leave open, and what we do about it. Each switch is one decision with its reason.

The README lists them under the same names. Changing one changes nothing else.
"""

from typing import Final

#: Smallest quantity in a selector or an order item. The schema says `minimum: 1`, the prose "positive decimal": we take the
#: stricter one, because the vendor's PHP client refuses to send less. 1 allows any positive quantity of three decimals.
QUANTITY_MILLI_MIN: Final[int] = 1000

#: Whether `deliveryTrackingNumber` and `merchantId` are sent as "" instead of null. The schema allows null; the vendor's Java
#: client of June 2023 fails on it.
EMPTY_FOR_NULL: Final[bool] = False

#: Whether a payment carries `variableSymbol`. Only the newer page has it, and the Java client refuses unknown members.
PAYMENT_HAS_SYMBOL: Final[bool] = False

#: Currencies of an application. The specification of 2023 says CZK only, the pages of today also EUR.
CURRENCIES: Final = frozenset({"CZK", "EUR"})

#: Item types whose amounts may be negative. No rule about signs is published, but a discount is one of the types.
CREDIT_TYPES: Final = frozenset({"DISCOUNT", "STORE_CREDIT", "GIFT_CARD"})

#: Digits of a new application id. The samples have ten; twelve make a clash of two ids improbable for ten million applications.
APPLICATION_ID_DIGITS: Final[int] = 12

#: Payments on one page. Paging is documented, its size is not; the sample of `nextPage` says `limit=10`.
PAYMENTS_PER_PAGE: Final[int] = 10
PAYMENTS_PER_PAGE_MAX: Final[int] = 100

#: Where an application from a recurrence begins. The customer agreed once and isn't sent to the gateway again.
RECURRENT_BEGINS: Final = "PROCESSING_PREAPPROVED"

#: What the health check says about itself. Free text at the vendor's.
PROJECT_VERSION: Final = "countermand"

#: Faults of one request that are reported. There may be one for each of thousands of items.
FIELD_FAULTS_MAX: Final[int] = 20
