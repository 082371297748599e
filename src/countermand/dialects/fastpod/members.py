"""Members that requests and orders share: enumerations, dollars, times and texts, with the forms in which they are
accepted.

Enumerations: List Orders (api-4681580), Estimate Line Item (api-4893905). Money is a JSON number in dollars, 24 or
14.4, never a string (api-4681584); integers in the schemas are wrong, 4.99 in the examples shows it.
"""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, StrictBool, WithJsonSchema

from countermand.dialects.wire import instant_of, major_of, minor_of

Status = Literal["draft", "new_order", "on_hold", "in_production", "shipped", "cancelled", "rejected"]
PaymentMethod = Literal["cash", "point"]
PaymentStatus = Literal["paid", "unpaid"]
Area = Literal["front", "back", "pocket", "neck_label", "right_sleeve", "left_sleeve"]

#: Longest text that we take for anything with a name. Laravel's own `string` columns hold 255.
TEXT_MAX: Final = 255

#: Longest address of a picture or a webhook: what browsers and proxies agree on.
URL_MAX: Final = 2048

#: Pieces on one line. Far beyond a print shop's order; with the prices here amounts stay small integers.
QUANTITY_MAX: Final = 100_000

#: Amounts up to which a float tells cents apart with room to spare.
FEW: Final = 10**9

#: No control characters in what becomes a key somewhere: a database can't store all of them, and nobody can read them.
PRINTABLE: Final = r"^[^\u0000-\u001f\u007f]*$"


def _digit(value: object) -> object:
    """A numbered choice is an integer in some bodies and a string in others, so both are taken everywhere."""
    whole = _whole(value)
    return str(whole) if isinstance(whole, int) and not isinstance(whole, bool) else value


def _whole(value: object) -> object:
    """JSON knows no difference between 3 and 3.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def cents_of(value: object) -> int | None:
    """A JSON number in dollars as cents, rounded half up; None when it is no amount. Texts are none here."""
    if type(value) is int and abs(value) < FEW:
        return value * 100
    # Nearly every fraction is whole cents already; to know that takes no decimal arithmetic.
    if isinstance(value, float) and abs(value) < FEW and (cents := round(value * 100)) / 100 == value:
        return cents
    return None if isinstance(value, str) else minor_of(value)


def _dollars(value: object) -> int | float:
    cents = cents_of(value)
    if cents is None:
        raise ValueError("not an amount")
    return major_of(cents)


def _instant(value: object) -> object:
    if value is None or isinstance(value, datetime):
        return value
    instant = instant_of(value)
    if instant is None:
        raise ValueError("not a time")
    return instant


def stamp(at: datetime) -> str:
    """2023-12-07T08:29:50.000000Z: the fraction is always zero in the samples, so a second is the resolution."""
    return f"{at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}.000000Z"


def _numbered(*values: str) -> WithJsonSchema:
    return WithJsonSchema({"enum": [*(int(value) for value in values), *values]})


#: Money in dollars, rounded to the cent.
Dollars = Annotated[
    int | float, Field(ge=0), BeforeValidator(_dollars), WithJsonSchema({"type": "number", "minimum": 0})
]
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    PlainSerializer(stamp, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Text = Annotated[str, Field(min_length=1, max_length=TEXT_MAX, pattern=PRINTABLE)]
Url = Annotated[str, Field(min_length=1, max_length=URL_MAX)]
Flag = StrictBool
Count = Annotated[int, Field(strict=True, ge=0), BeforeValidator(_whole)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=QUANTITY_MAX), BeforeValidator(_whole)]
OrderType = Annotated[Literal["1", "2"], BeforeValidator(_digit)]
ShippingMethod = Annotated[Literal["1", "2", "3", "4"], BeforeValidator(_digit)]

#: The same two as a request may state them.
AskedOrderType = Annotated[OrderType, _numbered("1", "2")]
AskedShippingMethod = Annotated[ShippingMethod, _numbered("1", "2", "3", "4")]
