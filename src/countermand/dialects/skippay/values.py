"""The vendor's scalar types: texts with their limits, amounts, rates, quantities, symbols, dates.

Limits: the vendor's OpenAPI file. Rule: numbers are also taken as texts that spell them, because the vendor's own older
client sends them so; they are always given back as numbers.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from countermand.dialects.wire import AMOUNT_MINOR_MAX, decimal_of, instant_of, milli_of

from .switches import QUANTITY_MILLI_MIN


class Wire(BaseModel):
    """A JSON object of the vendor's. Members that it doesn't know are ignored; the vendor says nothing about them."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, alias_generator=to_camel, defer_build=True)


# ------------------------------------------------------------------------------------------------- texts

_NO_NUL: Final = r"^[^\x00]*$"

Text = Annotated[str, Field(pattern=_NO_NUL)]
Text10 = Annotated[str, Field(max_length=10, pattern=_NO_NUL)]
Text20 = Annotated[str, Field(max_length=20, pattern=_NO_NUL)]
Text30 = Annotated[str, Field(max_length=30, pattern=_NO_NUL)]
Text60 = Annotated[str, Field(max_length=60, pattern=_NO_NUL)]
Text64 = Annotated[str, Field(max_length=64, pattern=_NO_NUL)]
Text100 = Annotated[str, Field(max_length=100, pattern=_NO_NUL)]
Text200 = Annotated[str, Field(max_length=200, pattern=_NO_NUL)]
Text240 = Annotated[str, Field(max_length=240, pattern=_NO_NUL)]
Text250 = Annotated[str, Field(max_length=250, pattern=_NO_NUL)]
Text254 = Annotated[str, Field(max_length=254, pattern=_NO_NUL)]
Text255 = Annotated[str, Field(max_length=255, pattern=_NO_NUL)]
Url = Annotated[str, Field(max_length=512, pattern=r"^https?://[^\s\x00]+$")]
Phone = Annotated[str, Field(pattern=r"^\+[0-9]{1,12}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


def _spelled(value: object) -> object:
    """A whole number as the text that it stands for: the older client sends order numbers as numbers."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


OrderNumber = Annotated[str, BeforeValidator(_spelled), Field(min_length=1, max_length=100, pattern=_NO_NUL)]
Symbol = Annotated[str, BeforeValidator(_spelled), Field(pattern=r"^[0-9]{1,10}$")]


def _date(value: str) -> str:
    try:
        parsed = date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date", "must be a date such as 2017-01-12") from None
    return parsed.isoformat()


def _date_time(value: str) -> str:
    if instant_of(value) is None:
        raise PydanticCustomError(
            "date_time", "must be a date and time with an offset, such as 2017-07-15T00:00:00+02:00"
        )
    return value


Day = Annotated[
    str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}), AfterValidator(_date)
]
DateTime = Annotated[
    str, Field(max_length=40), AfterValidator(_date_time), WithJsonSchema({"type": "string", "format": "date-time"})
]


def _file(value: str) -> str:
    """Either a URL or base64 text."""
    if value.startswith(("http://", "https://")):
        return value
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise PydanticCustomError("file", "must be a URL or base64 text") from None
    return value


File = Annotated[str, Field(min_length=1), AfterValidator(_file)]

# ------------------------------------------------------------------------------------------------- numbers


def _minor(value: object) -> int:
    number = decimal_of(value)
    if number is None or abs(number) > AMOUNT_MINOR_MAX or number != number.to_integral_value():
        raise PydanticCustomError("amount", "must be an amount in whole minor units")
    return int(number)


def _rate(value: object) -> int:
    rate_milli = milli_of(value)
    if rate_milli is None or rate_milli < 0:
        raise PydanticCustomError("rate", "must be a rate in percent, zero or more, with at most three decimals")
    return rate_milli


def _quantity(value: object) -> int:
    quantity_milli = milli_of(value)
    if quantity_milli is None or quantity_milli < QUANTITY_MILLI_MIN:
        raise PydanticCustomError("quantity", "must be a quantity of at least one, with at most three decimals")
    return quantity_milli


def _schema(number: Mapping[str, object], text: str) -> dict[str, object]:
    return {"anyOf": [dict(number), {"type": "string", "pattern": text}]}


Minor = Annotated[
    int,
    BeforeValidator(_minor),
    WithJsonSchema(
        _schema({"type": "integer", "minimum": -AMOUNT_MINOR_MAX, "maximum": AMOUNT_MINOR_MAX}, r"^-?[0-9]{1,14}$")
    ),
]
RateMilli = Annotated[
    int,
    BeforeValidator(_rate),
    WithJsonSchema(_schema({"type": "number", "minimum": 0, "maximum": 1000, "multipleOf": 0.001}, r"^[0-9]{1,3}$")),
]
QuantityMilli = Annotated[
    int,
    BeforeValidator(_quantity),
    WithJsonSchema(
        _schema({"type": "number", "minimum": 1, "maximum": 10**9, "multipleOf": 0.001}, r"^[1-9][0-9]{0,8}$")
    ),
]


class Amount(Wire):
    """Money in minor units: 12590 is 125.90."""

    amount: Minor
    currency: Currency


class VatAmount(Amount):
    """The tax contained in a price, at one rate in percent."""

    vat_rate: RateMilli
