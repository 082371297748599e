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
    """Ours may share a word of theirs; a word that we took from them is one that we give back."""
    changed = {word: dialect.reasons.theirs[reason] for word, reason in dialect.reasons.ours.items()}
    assert {
        word: back for word, back in changed.items() if dialect.reasons.ours[back] is not dialect.reasons.ours[word]
    } == {}


def test_our_own_words_are_our_reasons():
    native = catalog.load()["native"]
    assert native.reasons.ours == {reason.value: reason for reason in Reason}
