"""What a database URL says: the driver's part, and ours.

Ours is `?pooler=transaction`: between us and the database stands a pooler that hands every database transaction to another
session (PgBouncer in transaction mode). Then nothing may be kept in a session: no prepared statements, no settings.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

SCHEMES: Final = ("postgresql://", "postgres://")

_OURS: Final = "pooler"


class BadUrl(ValueError):  # noqa: N818 - what it is
    """A database URL that says what it can't mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the database is. `dsn` is in the driver's words."""

    dsn: str
    pooled: bool = False

    @property
    def hosts(self) -> tuple[str, ...]:
        """The same for each host alone, in their order."""
        parts = urlsplit(self.dsn)
        user, at, hosts = parts.netloc.rpartition("@")
        return tuple(urlunsplit(parts._replace(netloc=f"{user}{at}{host}")) for host in hosts.split(","))


def place_of(url: str) -> Place:
    """Raises BadUrl."""
    parts = urlsplit(url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    modes = [value for name, value in given if name == _OURS]
    if any(mode != "transaction" for mode in modes):
        raise BadUrl(f"{_OURS}={modes[0]}: the one value is `transaction`")
    rest = [(name, value) for name, value in given if name != _OURS]
    return Place(dsn=urlunsplit(parts._replace(query=urlencode(rest, safe="/"))), pooled=bool(modes))
