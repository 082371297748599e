"""What a batch saw while others could write, and whether it is still so when the batch is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import apsw

from countermand.model.keys import OrderKey, RecordKey
from countermand.store.port import Loaded, Wanted, Writes
from countermand.store.sql import statements

_SQL: Final = statements(__package__)


class LostUpdate(Exception):  # noqa: N818 - what happened, as in the literature
    """A row changed between load and write; the transaction is rolled back. Where it was locked, a bug."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Versions of what was found, noted before it is judged, because judging adds what it makes. None: it wasn't there."""

    orders: Mapping[OrderKey, int]
    records: Mapping[RecordKey, int | None]

    @classmethod
    def of(cls, wanted: Wanted, loaded: Loaded) -> Self:
        found = loaded.records
        return cls(
            orders={key: order.version for key, order in loaded.orders.items()},
            records={key: found[key].version if key in found else None for key in wanted.records},
        )

    def check(self, connection: apsw.Connection, writes: Writes) -> None:
        """Raises LostUpdate when anything that was seen has changed since.

        An order that is written is checked by that, and one that wasn't there can't be made twice. Where nothing but an
        answer is kept, nothing is checked: it was true when it was decided.
        """
        changed = writes.orders or writes.records or writes.obligations or writes.timers
        if not (changed or writes.erased or writes.forgotten):
            return
        for key in self.orders.keys() - writes.orders.keys():
            place = (key.tenant, key.dialect, key.order_id)
            _compare(connection.execute(_SQL["version_of_order"], place).get, self.orders[key])
        for record, version in self.records.items():
            row = (record.tenant, record.dialect, record.kind, record.record_id)
            _compare(connection.execute(_SQL["version_of_record"], row).get, version)


def _compare(now: object, seen: int | None) -> None:
    if now != seen:
        raise LostUpdate
