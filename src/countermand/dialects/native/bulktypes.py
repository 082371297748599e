"""The wire types of bulk cancellations."""

from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from countermand.dialects.native.types import Instant, Name, Wire

#: Orders named one by one. A body of a megabyte holds about as many UUIDs as that; use a filter for more.
ORDER_IDS_MAX: Final = 25_000


class BulkFilter(Wire):
    """Orders by what they are. All that is given must hold; an empty filter means every order there is."""

    kind: Name = "order"
    statuses: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)
    facets: Annotated[dict[str, str], Field(max_length=10)] = Field(default_factory=dict)
    placed_from: Instant | None = None
    placed_until: Instant | None = None


class BulkStop(Wire):
    """Stop by itself when more than this share was refused, once so many orders were tried."""

    refused_rate: Annotated[Decimal, Field(ge=0, le=1, decimal_places=3)]
    after: Annotated[int, Field(ge=1, le=1_000_000)] = 100


class NewBulk(Wire):
    """Many cancellations at once: which orders, and what each of them is asked, as in a single cancellation."""

    dialect: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,63}$")] = "native"
    order_ids: Annotated[list[Name], Field(min_length=1, max_length=ORDER_IDS_MAX)] | None = None
    filter: BulkFilter | None = None
    cancellation: dict[str, object] = Field(default_factory=dict)
    dry_run: bool = False
    stop: BulkStop | None = None

    @model_validator(mode="after")
    def _one_selection(self) -> Self:
        if (self.order_ids is None) is (self.filter is None):
            raise ValueError("give either order_ids or filter")
        return self
