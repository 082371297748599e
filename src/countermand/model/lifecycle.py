"""A vendor's lifecycle as data: its statuses, the legal moves between them, and where a cancel is allowed.

The engine reads these tables and knows none of the words in them. A pair that is absent is illegal, not ignored.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field


class Standing(StrEnum):
    """What the portions of an order say taken together, least advanced part first; cancelled portions are ignored."""

    OPEN = "open"  # nothing has left yet
    PART_SHIPPED = "part_shipped"  # some units left, some are open
    SHIPPED = "shipped"  # nothing open, the least advanced unit is shipped
    DELIVERED = "delivered"  # the least advanced unit is delivered
    RETURNED = "returned"  # everything that left came back
    CANCELLED = "cancelled"  # every unit is cancelled, or the order has no lines and was cancelled


class Repeat(StrEnum):
    """What a second cancel of a cancelled order gets."""

    REFUSED = "refused"
    SAME_ANSWER = "same_answer"


class Lifecycle(Struct, frozen=True, kw_only=True):
    """The tables of one kind of order.

    `allowed` maps an action that works on units (`cancel`, `ship`, `deliver`, `return`, `reopen`, or a dialect's own word for
    a second door to the same thing) to the statuses in which it may be tried. `moves` are the transitions that work on the
    order as a whole, by (status, action). `standings` gives the status that follows from the portions after units moved;
    a standing that is absent leaves the status alone. `pinned` lists, by status, the standings that cannot displace it.
    """

    initial: str
    cancelled: frozenset[str]
    allowed: Mapping[str, frozenset[str]]
    moves: Mapping[tuple[str, str], str] = field(default_factory=dict)
    standings: Mapping[Standing, str] = field(default_factory=dict)
    pinned: Mapping[str, frozenset[Standing]] = field(default_factory=dict)
    repeat: Repeat = Repeat.REFUSED
    #: Whether a cancel is refused once any unit has left (True), or takes what is still open (False).
    whole_only: bool = False

    @property
    def statuses(self) -> frozenset[str]:
        """Every word the tables use."""
        words = {self.initial, *self.cancelled, *self.standings.values(), *self.moves.values(), *self.pinned}
        words.update(status for status, _ in self.moves)
        return frozenset(words.union(*self.allowed.values()))
