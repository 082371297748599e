"""Orders in the vendor's shapes: status, details, invoice number.

Get Order Status By UUID shows `orderAmount` and `refundedAmount` beside the recorded two members; Get Order Details By UUID
prints the details, without the product's `id` that Refund Order takes "from Get Order Details API".
"""

from typing import Final

from countermand.dialects.wire import major_of, unmilli
from countermand.model.order import Order

from .facts import Customer, Facts, Product, facts_of
from .lifecycle import BILLED, CANCELLED, PAID, REFUNDED

INVOICE_TYPE: Final = "INVOICE"

#: An invoiced order shows its number in these: Get Invoice Number By UUID.
NUMBERED: Final = frozenset({*BILLED, PAID, REFUNDED})


def refunded_minor(order: Order, facts: Facts) -> int:
    """What went back. A cancelled order was never paid, so nothing of it was refunded."""
    return 0 if order.status == CANCELLED else facts.summary.grand_total_minor - order.total_minor


def short_status(order: Order) -> dict[str, object]:
    """The row of the list."""
    return {"uuid": order.order_id, "status": order.status}


def full_status(order: Order) -> dict[str, object]:
    facts = facts_of(order)
    return {
        **short_status(order),
        "orderAmount": major_of(facts.summary.grand_total_minor),
        "refundedAmount": major_of(refunded_minor(order, facts)),
    }


def is_invoiced(facts: Facts) -> bool:
    return facts.invoiced or facts.type == INVOICE_TYPE


def invoice_number(order: Order) -> str | None:
    """The number of the invoice, once there is one."""
    facts = facts_of(order)
    invoiced = is_invoiced(facts) or order.status in BILLED
    return facts.invoice_number if invoiced and order.status in NUMBERED else None


def numbered(order: Order) -> dict[str, object]:
    return {"orderUuid": order.order_id, "invoiceNumber": invoice_number(order), "status": order.status}


def details(order: Order) -> dict[str, object]:
    facts = facts_of(order)
    summary = facts.summary
    return {
        "type": facts.type,
        "orderUuid": order.order_id,
        "invoiceNumber": invoice_number(order),
        "status": order.status,
        "orderDate": facts.order_date,
        "paymentLinkDueDate": facts.link_due,
        "productList": [_product(product) for product in facts.products],
        "orderSummary": {
            "subTotal": major_of(summary.sub_total_minor),
            "tax": major_of(summary.tax_minor),
            "discount": major_of(summary.discount_minor),
            "grandTotal": major_of(summary.grand_total_minor),
        },
        "customerDetails": _customer(facts.customer),
    }


def _product(product: Product) -> dict[str, object]:
    return {
        "id": product.id,
        "name": product.name,
        "productId": product.product_id,
        "quantity": unmilli(product.quantity_milli),
        "rate": major_of(product.rate_minor),
        "discount": major_of(product.discount_minor),
        "tax": unmilli(product.tax_milli),
        "amount": major_of(product.amount_minor),
    }


def _customer(customer: Customer) -> dict[str, object]:
    address = customer.address
    return {
        "type": customer.type,
        "uuid": customer.uuid,
        "countryCode": customer.country_code,
        "msisdn": customer.msisdn,
        "email": customer.email,
        "name": customer.name,
        "preferredLanguage": customer.preferred_language,
        "personalNumber": customer.personal_number,
        "organizationId": customer.organization_id,
        "address": {
            "street": address.street,
            "zip": address.zip,
            "city": address.city,
            "country": address.country,
        },
    }
