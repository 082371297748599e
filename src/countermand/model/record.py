"""Documents that live beside orders and change together with them: rentals, assets, companies, subscriptions to notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from countermand.model.keys import RecordKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
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
