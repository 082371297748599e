"""The page of answers has everything that is declared, and a test for it."""

import pytest

from countermand.dialects import catalog
from tests.coverage import page
from tests.coverage.plugin import WATCHER

DIALECTS = list(catalog.load())


@pytest.fixture(autouse=True)
def _nothing_to_check_while_it_is_written(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--coverage-page"):
        pytest.skip("the page is being written")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_page_has_what_is_declared_and_nothing_else(dialect):
    """When this fails, what is served was changed: `make coverage` writes the page anew."""
    told = [item for (name, item), _ in page.entries() if name == dialect]
    assert len(told) == len(set(told))
    assert set(told) == WATCHER.documents[dialect].items.keys()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_everything_declared_is_shown_by_a_test(dialect):
    """When this fails, write a test that gets the answer, or don't declare it; then `make coverage`."""
    promised = {item for things in page.promises().values() for name, item in things if name == dialect}
    assert [item for item in WATCHER.documents[dialect].items if item not in promised] == []


def test_the_tests_that_are_named_are_there():
    for test in page.promises():
        path, _, function = test.partition("::")
        text = (page.ROOT / path).read_text(encoding="utf-8")
        assert f"def {function.rpartition('::')[2].partition('[')[0]}(" in text, test
