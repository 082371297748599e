"""Where the vendor's pages are silent or disagree: each reading is a named value here, with its reason.

The README lists them all. Turning one over changes that behaviour and nothing else.
"""

from datetime import timedelta
from typing import Final

#: Cancelling a rental opens its unit of the order again, so that an order without rentals can be cancelled. The cancel page
#: says "Cancel subscriptions first"; the dashboard guide says a partial order is never cancelled. The page wins.
CANCELLED_RENTAL_REOPENS: Final = True

#: A rental from an order that nobody confirmed. The API page has an error code for it, the dashboard guide calls confirming
#: optional. The API page wins.
PENDING_MAY_BE_RENTED: Final = False

#: How long a create with the same customer e-mail and items is the same order. The overview says "a short window".
SAME_ORDER_WINDOW: Final = timedelta(seconds=60)

#: Contract length of an item that names none, where its variant has no default: the first length of the page's examples.
CONTRACT_MONTHS_DEFAULT: Final = 12

#: Longest contract, in months. Stated for subscriptions (1-120); an order's item can't usefully be longer.
CONTRACT_MONTHS_MAX: Final = 120

#: Most units of one item. No limit is documented; this one keeps every amount far inside 64 bits.
QUANTITY_MAX: Final = 100_000

#: Most items of one order. No limit is documented; each item names a catalogue row that must be read with the order.
ITEMS_MAX: Final = 500

#: How deep custom fields may nest. They are free-form; storing them must not depend on how deep a stack is.
CUSTOM_FIELDS_DEPTH_MAX: Final = 16

#: Page sizes of lists: the default and the maximum of the overview. A size that is none gets the default, one outside is
#: brought to the nearest bound, because the lists declare no 400.
PAGE_SIZE_DEFAULT: Final = 50
PAGE_SIZE_MAX: Final = 100

#: Problems listed in one answer. More help nobody, and a body can hold a hundred thousand.
DETAILS_MAX: Final = 50

#: Percent of what is still to be paid that an early return costs, where the caller names no fee: the page's own example.
EARLY_RETURN_PERCENT: Final = 50

#: Percent of the list price (or else the acquisition cost) that a device is worth at the end, added to what is still to be paid
#: when the caller names no buyout price. The page says 5-15 %.
RESIDUAL_PERCENT: Final = 10

#: Longest identifier or other text by which something is found. Indexes hold a couple of kilobytes, names here are far shorter.
NAME_CHARS_MAX: Final = 256
