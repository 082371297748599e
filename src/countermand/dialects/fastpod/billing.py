"""The lines and totals of an order as Create Order and Update Order set them: priced once, shown unchanged after."""

from collections.abc import Mapping, Sequence

from countermand.dialects.contract import FieldFault
from countermand.dialects.wire import major_of

from .pricing import Priced, PricedLine, Wanted, price
from .products import product_of
from .reading import invalid
from .requests import CreateOrder, LineBody, UpdateOrder


def check_rush(body: CreateOrder | UpdateOrder) -> None:
    """Rush production is for orders of a single item (api-4681582)."""
    if body.rush and sum(line.quantity for line in body.line_items) > 1:
        message = "The rush_production field is for orders of a single item."
        raise invalid(FieldFault(path="rush_production", message=message))


def bill(body: CreateOrder | UpdateOrder, *, order_type: str, line_ids: Sequence[int]) -> Mapping[str, object]:
    """The members of a document that follow from what is bought and how it travels."""
    wanted = [Wanted(sku=line.sku, quantity=line.quantity) for line in body.line_items]
    priced = price(wanted, shipping_method=body.shipping_method, order_type=order_type)
    rows = zip(line_ids, body.line_items, priced.lines, strict=True)
    return {
        "shipping_method": body.shipping_method,
        "rush_production": bool(body.rush),
        "gift_message": body.gift_message,
        "address": body.address.model_dump(),
        "line_items": [_line(number, line, priced=one) for number, line, one in rows],
        "quantity_total": sum(line.quantity for line in body.line_items),
        **totals(priced),
    }


def totals(priced: Priced) -> Mapping[str, object]:
    """`point_earned` is 0: only subscribers of the points programme earn any (api-4681583), and there is none here."""
    return {
        "item_total": major_of(priced.item_minor),
        "shipping_total": major_of(priced.shipping_minor),
        "surcharge_total": 0,
        "order_total": major_of(priced.order_minor),
        "point_used": priced.point_used,
        "point_earned": 0,
    }


def _line(number: int, line: LineBody, *, priced: PricedLine) -> Mapping[str, object]:
    product = product_of(line.sku)
    return {
        "id": number,
        "item_id": line.item_id,
        "name": line.name or product.name,
        "sku": line.sku,
        "style": product.style,
        "color": product.color,
        "size": product.size,
        "unit_price": major_of(priced.unit_price_minor),
        "quantity": line.quantity,
        "point_earned": priced.point_earned,
        "price": major_of(priced.price_minor),
        "print_areas": line.print_areas,
        "preview_areas": line.preview_areas or {},
    }
