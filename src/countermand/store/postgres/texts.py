"""What PostgreSQL can't hold as text: the character NUL, and halves of surrogate pairs. SQLite holds the first.

A key with either in it names nothing, because no row can have it. A facet value with either is kept and looked up with a
replacement in its place.
"""


def storable(text: str) -> bool:
    """Whether a row can have this text."""
    if "\0" in text:
        return False
    return text.isascii() or _is_unicode(text)


def stored(text: str) -> str:
    """The text as a row has it."""
    return (
        text
        if storable(text)
        else text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
