"""The documents of a sandbox world, one by one, each with its owner. Null is the same as absent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from countermand.dialects.contract import Account, CallerFault, World
from countermand.dialects.wire import instant_of
from countermand.model.keys import RecordKey
from countermand.model.record import Record

from .envelope import invalid
from .keeping import COUNTER, Count, record
from .name import NAME
from .requests import TEXT_CHARS_MAX

Shape = TypeVar("Shape")

#: What msgspec puts between what is wrong and where.
_WHERE: Final = " - at `$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One document, with where it stands (`orders.3`) and what it takes to complete it."""

    document: Mapping[str, object]
    path: str
    account: Account
    now: datetime
    new_id: Callable[[], str]

    @property
    def tenant(self) -> str:
        return self.account.tenant

    @property
    def code(self) -> str:
        """Its company: the one it names, or the first of its account."""
        codes = self.account.seed.attributes.get("companies")
        first = codes[0] if isinstance(codes, list) and codes else ""
        return self.text("companyCode", str(first))

    def text(self, name: str, default: str) -> str:
        value = self.document.get(name, default)
        if not isinstance(value, str) or "\x00" in value or len(value) > TEXT_CHARS_MAX:
            raise self.wrong(name, "must be a string")
        return value

    def identity(self) -> str:
        """Its id; a new one where it has none."""
        found = self.text("id", "")
        return found or self.new_id()

    def instant(self, name: str, default: datetime) -> datetime:
        value = self.document.get(name)
        if value is None:
            return default
        at = instant_of(value)
        if at is None:
            raise self.wrong(name, "must be an ISO 8601 time")
        return at

    def shaped(self, shape: type[Shape], **completed: object) -> Shape:
        """The document as `shape`; `completed` counts before what it says itself. Members that `shape` lacks are ignored."""
        try:
            return msgspec.convert({**self.document, **completed}, shape)
        except msgspec.ValidationError as error:
            told, _, where = str(error).partition(_WHERE)
            raise self.wrong(where.rstrip("`").lstrip("."), told) from error

    def wrong(self, name: str, message: str) -> CallerFault:
        path = f"{self.path}.{name}" if name else self.path
        return invalid(path, f"{path}: {message}")

    def key(self, kind: str, record_id: str) -> RecordKey:
        return RecordKey(self.tenant, NAME, kind, record_id)


def entries(given: World, collection: str) -> Iterator[Entry]:
    """The documents of a collection that belong to somebody."""
    listed = given.document.get(collection)
    if listed is None:
        return
    if not isinstance(listed, list):
        raise invalid(collection, f"{collection} must be an array")
    for index, document in enumerate(listed):
        path = f"{collection}.{index}"
        if not isinstance(document, dict):
            raise invalid(path, f"{path} must be an object")
        owner = _owner(given, document)
        if owner is not None:
            said = {name: value for name, value in document.items() if value is not None}
            yield Entry(document=said, path=path, account=owner, now=given.now, new_id=given.new_id)


def _owner(given: World, document: Mapping[str, object]) -> Account | None:
    token = document.get("_account")
    return next((account for account in given.accounts if token is None or token == account.token), None)


def once(entry: Entry, seen: set[tuple[str, str]], identity: str) -> None:
    """Two documents of one kind and tenant can't have one id."""
    if (entry.tenant, identity) in seen:
        raise entry.wrong("id", "there is another document with this id")
    seen.add((entry.tenant, identity))


class Numbers:
    """Numbers for the documents that have none, after the highest that any has; one sequence for each tenant."""

    def __init__(self, found: Sequence[Entry], member: str) -> None:
        self._member = member
        self._last: dict[str, int] = {entry.tenant: 0 for entry in found}
        for entry in found:
            number = entry.document.get(member)
            if isinstance(number, int) and not isinstance(number, bool):
                self._last[entry.tenant] = max(self._last[entry.tenant], number)

    def number_of(self, entry: Entry) -> object:
        if self._member in entry.document:
            return entry.document[self._member]
        self._last[entry.tenant] += 1
        return self._last[entry.tenant]

    def records(self, at: datetime) -> list[Record]:
        """The counters from which numbering goes on."""
        keys = ((RecordKey(tenant, NAME, COUNTER, self._member), last) for tenant, last in self._last.items())
        return [record(key, at, body=Count(last=last)) for key, last in keys]
