"""A vendor that knows reasons has a word for each of ours, and a reason of ours for each of its words."""

import pytest

from countermand.dialects import catalog
from countermand.model.reason import Reason

KNOWING = [dialect for dialect in catalog.load().values() if dialect.reasons.theirs or dialect.reasons.ours]


@pytest.mark.parametrize("dialect", KNOWING, ids=lambda dialect: dialect.name)
def test_every_reason_has_a_word_and_every_word_a_reason(dialect):
    assert set(dialect.reasons.theirs) == set(Reason)
    assert set(dialect.reasons.theirs.values()) <= set(dialect.reasons.ours)


@pytest.mark.parametrize("dialect", KNOWING, ids=lambda dialect: dialect.name)
def test_a_word_of_theirs_comes_back_as_itself(dialect):
    """Ours may share a word of theirs; a word that we took from them is one that we give back: nothing of theirs is lost."""
    assert {word: dialect.reasons.theirs[reason] for word, reason in dialect.reasons.ours.items()} == {
        word: word for word in dialect.reasons.ours
    }


@pytest.mark.parametrize("dialect", catalog.load().values(), ids=lambda dialect: dialect.name)
def test_a_vendor_says_what_takes_a_reason(dialect):
    """A list without a call that takes its words tells nobody anything, and neither does a text."""
    assert bool(dialect.reasons.list_in) == bool(dialect.reasons.theirs)
    named = [text.split() for text in (dialect.reasons.list_in, dialect.reasons.text_in) if text]
    assert {operation for operation, _ in named} - {route.operation for route in dialect.routes} == set()


def test_our_own_words_are_our_reasons():
    native = catalog.load()["native"]
    assert native.reasons.ours == {reason.value: reason for reason in Reason}
