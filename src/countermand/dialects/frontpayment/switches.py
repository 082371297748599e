"""Choices that the vendor's pages leave open, each with its reason. Tables of messages are in `codes`, statuses in `lifecycle`.

Rule: a choice stands here once; functions that depend on it take `switches` so that both positions can be tested.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """One position of every switch; the defaults are what is served."""

    #: Whether a cancelled order is told to its callback URL. The callback page lists PAID, INVOICED, RESERVED, CAPTURED and
    #: CHARGED as statuses, no cancellation.
    cancel_calls_back: bool = False

    #: Whether a body that is declared as something other than JSON counts as no input. The framework reads JSON by its
    #: declaration only; a missing declaration is let pass.
    json_by_declaration: bool = True

    #: Whether creating an invoice makes the order INVOICED at once, as the page of the invoice session says for private
    #: customers. The pages of the other invoice calls name no status.
    invoices_at_once: bool = True


SWITCHES: Final = Switches()

# ----------------------------------------------------------------------------------------------------------------- defaults

#: The currency of an order that names none: every example of the vendor is in Norwegian kroner.
CURRENCY: Final = "NOK"

#: "If nothing is given it will set default to no" (create-session-for-invoice-order, revision 1782).
LANGUAGE: Final = "no"

#: Tax rates in per cent: "0, 12, 15, 25, unless you have other configuration" (send-payment-link).
TAX_RATES: Final = (0, 12, 15, 25)

#: Requests a minute: `x-ratelimit-limit` of every recorded answer. The window is the framework's usual one.
REQUESTS_MAX: Final = 240
WINDOW_S: Final = 60

#: How long a payment link is good when the request does not say: the pages give no default.
LINK_DAYS: Final = 14

#: Where a customer would pay. The vendor's own payment page can't take money for orders that are held here.
PAYMENT_PAGE: Final = "https://checkout.frontpayment.example/orders/"
VERIFICATION_PAGE: Final = "https://checkout.frontpayment.example/bankid/"

#: The largest amount of one field, in major units. The documents know no limit; a billion kroner is no order.
AMOUNT_MAX: Final = 10**9
