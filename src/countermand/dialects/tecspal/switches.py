"""Choices that the vendor's pages leave open, each with its reason. README.md lists them with what the pages do say."""

from typing import Final

#: The constant in every envelope of every page; it names the vendor on the wire, whatever this folder is called.
VENDOR: Final = "tecspal"

#: Status of an order that an API call has made. No page says it; Quote Order speaks of a later step to QUOTED.
STATUS_AT_CREATE: Final = "PENDING"

#: `autoQuote` is for "sandbox/testing environments only" (Quote Order page). A codec can't tell where it runs, so it is served.
AUTO_QUOTE: Final = True

#: The brands of the Quote Order page lack APPLE, which its MACBOOK would need and which the Get Catalog page shows.
APPLE_IS_A_BRAND: Final = True

#: Amounts of an order without a stated currency; the currency of the example on the order pages.
CURRENCY: Final = "USD"

#: Country and destination of an order in a world that states none: those of the examples.
COUNTRY: Final = "UY"
SEND_TO: Final = "EMPLOYEE"

#: What `autoQuote` quotes for one piece, in minor units: round sums, easy to recognise. No page says how much.
QUOTED_MINOR: Final = {
    "MACBOOK": 2_000_00,
    "PC": 1_200_00,
    "EXTENDED_WARRANTY_MAC": 300_00,
    "EXTENDED_WARRANTY_WINDOWS": 200_00,
}

#: Who handles an onboarding, which has no member for it; the other word is COMPANY (Create Offboarding Movement page).
HANDLED_BY: Final = "TECSPAL"

#: Pieces of one hardware request; a fleet is bought in several.
AMOUNT_MAX: Final = 100_000
