"""Documents that live beside orders and change together with them: rentals, assets, companies, subscriptions to notices."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from countermand.model.keys import RecordKey


class Record(Struct, frozen=True, kw_only=True):
    """One document. `body` is the dialect's JSON; `order_id` its parent order, if it has one, which never changes.

    `facets` are the values by which lists filter and sort it. `deleted` takes it out of the store.
    """

    tenant: str
    dialect: str
    kind: str
    record_id: str
    created_at: datetime
    updated_at: datetime
    order_id: str | None = None
    facets: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    version: int = 1
    deleted: bool = False

    @property
    def key(self) -> RecordKey:
        return RecordKey(self.tenant, self.dialect, self.kind, self.record_id)
