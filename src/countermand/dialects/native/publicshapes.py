"""The shapes of what is told to anybody, without a key: lifecycles, reasons, and what a problem means."""

from countermand.dialects.native.shapes import Shape


class MoveShown(Shape):
    """A legal move: in `status`, `action` leads to another."""

    status: str
    action: str
    leads_to: str


class LifecycleShown(Shape):
    """The statuses of one kind of order of one dialect, and in which of them what may be tried."""

    dialect: str
    title: str
    kind: str
    initial: str
    statuses: list[str]
    cancellable: list[str]
    cancelled: list[str]
    allowed: dict[str, list[str]]
    moves: list[MoveShown]
    whole_only: bool


class LifecyclePage(Shape):
    """The lifecycles of every dialect."""

    items: list[LifecycleShown]


class ProblemShown(Shape):
    """What a problem's code means, and what to do about it."""

    code: str
    status: int
    title: str
    meaning: str
    advice: str
    allowed_actions: list[str]
    retryable: bool


class ReasonShown(Shape):
    """A canonical reason, and the word for it of each vendor that keeps a list."""

    reason: str
    vendors: dict[str, str]


class VendorWord(Shape):
    """A reason in a vendor's words, what it is in ours, and which of ours are told by it."""

    word: str
    reason: str
    told_for: list[str]


class VendorReasons(Shape):
    """The reasons that a vendor knows. `list_in` takes a word of the list, `text_in` a free text; null: nothing does."""

    dialect: str
    title: str
    list_in: str | None
    text_in: str | None
    words: list[VendorWord]


class ReasonPage(Shape):
    """The canonical reasons, to and from each vendor's list."""

    items: list[ReasonShown]
    vendors: list[VendorReasons]
