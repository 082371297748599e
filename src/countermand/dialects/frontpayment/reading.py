"""Values of a checked payload, or of a sandbox document, as facts.

Whoever calls has validated what must be valid; what is still odd becomes a default.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from countermand.dialects.wire import QUANTITY_MILLI_MAX, decimal_of, minor_of
from countermand.model.money import share_minor
from countermand.model.order import Line, Portion, PortionState, TaxTotal

from .facts import Address, Customer, Facts, Product, Summary
from .payload import Payload
from .switches import LANGUAGE

_HUNDRED_PER_CENT_MILLI: Final = 100_000


def text(payload: Payload, *path: str) -> str:
    value = payload.get(*path)
    return value if isinstance(value, str) else ""


def optional_text(payload: Payload, *path: str) -> str | None:
    return text(payload, *path) or None


def minor(payload: Payload, *path: str) -> int:
    return minor_of(payload.get(*path)) or 0


def milli(value: object, *, default: int = 0) -> int:
    """Thousandths, rounded half up beyond the third place."""
    number = decimal_of(value)
    if number is None or abs(number) * 1000 > QUANTITY_MILLI_MAX:
        return default
    return int((number * 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def products_of(payload: Payload, name: str) -> tuple[Product, ...]:
    return tuple(
        Product(
            id=_id(payload.get(name, key, "id"), position),
            name=text(payload, name, key, "name"),
            product_id=optional_text(payload, name, key, "productId"),
            quantity_milli=max(1, milli(payload.get(name, key, "quantity"), default=1000)),
            rate_minor=minor(payload, name, key, "rate"),
            discount_minor=minor(payload, name, key, "discount"),
            tax_milli=max(0, milli(payload.get(name, key, "tax"))),
            amount_minor=minor(payload, name, key, "amount"),
        )
        for position, key in enumerate(payload.keys(name), start=1)
    )


def _id(given: object, position: int) -> int:
    return given if isinstance(given, int) and not isinstance(given, bool) else position


def summary_of(payload: Payload) -> Summary:
    """In the words of a creation call, or in those of the details."""

    def stated(*names: str) -> int:
        return next((amount for name in names if (amount := minor(payload, "orderSummary", name))), 0)

    return Summary(
        sub_total_minor=stated("subTotal"),
        tax_minor=stated("totalTax", "tax"),
        discount_minor=stated("totalDiscount", "discount"),
        shipping_minor=stated("shippingCost"),
        grand_total_minor=stated("grandTotal"),
    )


def customer_of(payload: Payload, uuid: str) -> Customer:
    """The customer; `uuid` names one who has no id yet."""

    def said(*path: str) -> str:
        return text(payload, "customerDetails", *path)

    company = bool(said("organizationId")) and not said("personalNumber")
    return Customer(
        uuid=said("customerUuid") or said("uuid") or uuid,
        type=said("type") or ("corporate" if company else "private"),
        country_code=said("countryCode"),
        msisdn=said("msisdn"),
        email=said("email"),
        name=said("name"),
        preferred_language=said("preferredLanguage") or LANGUAGE,
        personal_number=said("personalNumber") or None,
        organization_id=said("organizationId") or None,
        address=Address(
            street=said("address", "street"),
            zip=said("address", "zip"),
            city=said("address", "city"),
            country=said("address", "country"),
        ),
    )


def tax_minor(product: Product) -> int:
    """The tax inside the amount: 482.14 of 4500.00 at 12 % (the example of Create Checkout Session)."""
    return share_minor(product.amount_minor, product.tax_milli, _HUNDRED_PER_CENT_MILLI + product.tax_milli)


def lines_of(facts: Facts, state: PortionState) -> tuple[Line, ...]:
    return tuple(
        Line(
            line_id=f"{position}",
            sku=product.product_id or product.name,
            portions=(
                Portion(
                    state=state,
                    quantity_milli=product.quantity_milli,
                    price_minor=product.amount_minor,
                    tax_minor=tax_minor(product),
                ),
            ),
            names={"id": str(product.id)},
            tax_rate_milli=product.tax_milli,
        )
        for position, product in enumerate(facts.products, start=1)
    )


def taxes_of(facts: Facts) -> tuple[TaxTotal, ...]:
    """Tax by rate, from the products."""
    by_rate: dict[int, int] = {}
    for product in facts.products:
        by_rate[product.tax_milli] = by_rate.get(product.tax_milli, 0) + tax_minor(product)
    return tuple(TaxTotal(rate_milli=rate, amount_minor=amount) for rate, amount in sorted(by_rate.items()))
